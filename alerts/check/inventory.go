package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

const (
	// mostSeen is how many services are kept apart, counted by product and unit. In an account with more, it is unknown which are new.
	mostSeen = 40_000
	// seenEvery is how often the current month is read, and how soon a failed reading is tried again.
	seenEvery = 24 * time.Hour
	// seenTimeout bounds reading one month; leaseLeft is how much of a check's time is kept for the rest of it.
	seenTimeout = 10 * time.Second
	leaseLeft   = 5 * time.Second
)

var errTooManyServices = errors.New("the account has too many services to tell which are new")

// look returns what is known of services. rows are those of the month and of the months before. A check reads the services of at most one
// month: the current one once a day, else the newest earlier month that is not yet recorded.
func (r *reader) look(ctx context.Context, month billing.Month, rows []billing.Usage, now time.Time) evaluate.ServiceInventory {
	first := month.Add(-evaluate.NewMonths)
	_, whole, err := r.Ledger.SeenServices(ctx, first)
	if err == nil {
		r.seeOne(ctx, month, whole, rows, now)
	}
	seen, whole, err := r.Ledger.SeenServices(ctx, first)
	if err != nil {
		r.Log.Warn("the record of services can't be read", zap.Error(err))
		return evaluate.ServiceInventory{Unknown: "the record of services can't be read"}
	}
	return evaluate.NewServiceInventory(month, seen, whole, r.broken)
}

// seeOne reads one month, if one is due.
func (r *reader) seeOne(ctx context.Context, month billing.Month, whole map[billing.Month]time.Time, rows []billing.Usage, now time.Time) {
	due, found := r.due(month, whole, now)
	if !found {
		return
	}
	reads, cancel := context.WithDeadline(ctx, deadline(ctx, seenTimeout, leaseLeft))
	defer cancel()
	seen, err := see(reads, r.usage, due, rows)
	if err == nil {
		err = r.Ledger.RecordServices(ctx, due, now, seen)
	}
	switch {
	case err == nil:
		r.broken = ""
		return
	case errors.Is(err, errTooManyServices):
		r.broken = errTooManyServices.Error()
	default:
		r.broken = "the services can't be read: " + alerts.CauseOf(err)
	}
	r.tried[due] = now
	r.Log.Warn("could not read services", zap.Stringer("month", due), zap.Error(err))
}

// due returns the month to read now.
func (r *reader) due(month billing.Month, whole map[billing.Month]time.Time, now time.Time) (billing.Month, bool) {
	for n := range evaluate.NewMonths + 1 {
		m := month.Add(-n)
		seenAt, seen := whole[m]
		isDue := !seen || n == 0 && now.Sub(seenAt) >= seenEvery || n > 0 && seenAt.Before(m.End())
		if tried, failed := r.tried[m]; isDue && (!failed || now.Sub(tried).Abs() >= seenEvery) {
			return m, true
		}
	}
	return billing.Month{}, false
}

// seenUnit is a service of a product in one unit.
type seenUnit struct {
	id   string
	unit evaluate.ProductUnit
}

// see reads the services of every usage type of the month that was used, and returns each service's share of its product, in the unit where
// that share is largest.
func see(ctx context.Context, source ServiceSource, month billing.Month, rows []billing.Usage) ([]alerts.SeenService, error) {
	used := slices.DeleteFunc(slices.Clone(rows), func(row billing.Usage) bool { return row.Month != month || !row.Quantity.IsPositive() })
	var mu sync.Mutex
	sums := ledger.NewSums[seenUnit](mostSeen)
	var queries []billing.ServiceQuery
	for _, row := range evaluate.MetricsOf(used) {
		queries = append(queries, row.Metric().In(month))
	}
	err := eachQuery(queries, func(query billing.ServiceQuery) error {
		return source.ServiceUsage(ctx, query, func(page []billing.ServiceUsage) error {
			mu.Lock()
			defer mu.Unlock()
			return addSeen(sums, month, page)
		})
	})
	if err != nil {
		return nil, err
	}
	totals, services := evaluate.ProductTotals(rows), map[billing.Metric]alerts.SeenService{}
	for key, quantity := range sums.All() {
		place := billing.Metric{Product: key.unit.Product, UsageType: key.id}
		service := alerts.SeenService{Month: month, Product: key.unit.Product, ID: key.id, Name: sums.Name(key), Share: services[place].Share}
		if total := totals[key.unit]; total.IsPositive() {
			service.Share = decimal.Max(service.Share, evaluate.Exactly(quantity.Div(total)))
		}
		services[place] = service
	}
	return slices.SortedFunc(maps.Values(services), func(a, b alerts.SeenService) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.ID, b.ID))
	}), nil
}

// addSeen adds a page of services. One with an unreadable figure is listed, so it was used.
func addSeen(sums *ledger.Sums[seenUnit], month billing.Month, page []billing.ServiceUsage) error {
	for _, u := range page {
		wasUsed := u.Unread != "" || u.Quantity.IsPositive()
		switch key := (seenUnit{u.ServiceID, evaluate.ProductUnit{Month: month, Product: u.Product, Unit: u.Unit}}); {
		case u.Unread != "" && u.ServiceID == "":
			return &billing.BodyError{Reason: u.Unread}
		case wasUsed && !sums.Add(key, u):
			return errTooManyServices
		}
	}
	return nil
}

// ServiceSource is a consumer contract of SharedNames. It models Fastly's usage by service; source.Cache has it.
type ServiceSource interface {
	ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error
}

// SharedNames warns of rules that name one service by a name that several have in the newest month of their usage: all of them count. rows
// are the account's.
func SharedNames(ctx context.Context, source ServiceSource, file string, set *rules.Rules, rows []billing.Usage) (rules.Problems, error) {
	var naming []*rules.Rule
	var covered []billing.Usage
	index := evaluate.NewIndex(rows)
	for i := range set.Rules {
		if rule := &set.Rules[i]; rule.Match.Service != "" && !strings.Contains(rule.Match.Service, "*") {
			naming, covered = append(naming, rule), append(covered, index.Covered(rule.Match)...)
		}
	}
	if len(covered) == 0 {
		return nil, nil
	}
	newest := slices.MaxFunc(covered, func(a, b billing.Usage) int { return a.Month.Compare(b.Month) }).Month
	seen, err := see(ctx, source, newest, covered)
	if err != nil {
		return nil, err
	}
	var warnings rules.Problems
	for _, rule := range naming {
		var ids []string
		for _, s := range seen {
			if rule.Match.CoversService(billing.ServiceUsage{ServiceID: s.ID, ServiceName: s.Name}) {
				ids = append(ids, s.ID)
			}
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) > 1 {
			text := fmt.Sprintf(": %d services are called %s, and all of them count; for one alone write its id: %s",
				len(ids), rules.Clip(rule.Match.Service), rules.OrList(ids[:min(len(ids), 3)]))
			warnings = append(warnings, rule.Problem(file, text, "service"))
		}
	}
	return warnings, nil
}
