package alertstest

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// DrawerOfServices keeps which services were seen.
type DrawerOfServices struct {
	seen  map[billing.Month][]alerts.SeenService
	Whole map[billing.Month]time.Time
	Err   error
}

// NewDrawer returns a record without any service.
func NewDrawer() *DrawerOfServices {
	return &DrawerOfServices{seen: map[billing.Month][]alerts.SeenService{}, Whole: map[billing.Month]time.Time{}}
}

// SeenServices is as the store has it.
func (d *DrawerOfServices) SeenServices(_ context.Context, since billing.Month) (seen []alerts.SeenService, whole map[billing.Month]time.Time, err error) {
	whole = map[billing.Month]time.Time{}
	for month, at := range d.Whole {
		if !month.Before(since) {
			whole[month], seen = at, append(seen, d.seen[month]...)
		}
	}
	return seen, whole, d.Err
}

// RecordServices is as the store has it.
func (d *DrawerOfServices) RecordServices(_ context.Context, month billing.Month, at time.Time, seen []alerts.SeenService) error {
	d.seen[month], d.Whole[month] = seen, at
	return d.Err
}

// Of is a month that was looked through a day after it ended, with so much per mille of cdn_usage by each service.
func (d *DrawerOfServices) Of(month billing.Month, shares map[string]int64) {
	for id, share := range shares {
		d.seen[month] = append(d.seen[month], alerts.SeenService{Month: month, Product: "cdn_usage", ID: id, Name: "name of " + id, Share: decimal.New(share, -3)})
	}
	d.Whole[month] = month.End().AddDate(0, 0, 1)
}
