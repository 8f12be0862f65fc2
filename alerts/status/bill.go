package status

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// DailyRecord is a consumer contract of LikelyBill. It models the usage that checks recorded by day; the store implements it.
type DailyRecord interface {
	// RecordedSince returns the usage of every day that was recorded of the month and those after it.
	RecordedSince(ctx context.Context, month billing.Month) ([]alerts.RecordedUsage, error)
}

// LikelyBill returns how the bill of the running month is likely to end; nil where that cannot be known. record may be nil; where it cannot
// be read, the forecast is made without it and returned beside the error.
func LikelyBill(ctx context.Context, bills billing.BillReader, record DailyRecord, month billing.Month, now time.Time) (*forecast.CostForecast, error) {
	newest, err := ReadBills(ctx, bills, month, now)
	if err != nil {
		return nil, err
	}
	return newest.Likely(ctx, record)
}

// Bills are the newest bills of a month: Fastly's estimate, and the newest invoice that is known of it or of the months before. Either may be nil.
type Bills struct {
	Month          billing.Month
	Estimate, Last *billing.Bill
}

// ReadBills reads the bills of a month.
func ReadBills(ctx context.Context, bills billing.BillReader, month billing.Month, now time.Time) (Bills, error) {
	newest, since := Bills{Month: month}, month.Add(-billing.InvoiceLag)
	reading, err := bills.ReadBills(ctx, billing.Range{First: since, Last: month}, now)
	if err != nil {
		return newest, fmt.Errorf("read the bills since %s: %w", since, err)
	}
	for i := range reading.Bills {
		switch bill := &reading.Bills[i]; {
		case bill.Month == month && bill.IsEstimate():
			newest.Estimate = bill
		case !bill.IsEstimate() && bill.Unknown == "":
			newest.Last = bill
		}
	}
	return newest, nil
}

// Likely returns how the estimate is likely to end, as LikelyBill does.
func (b Bills) Likely(ctx context.Context, record DailyRecord) (*forecast.CostForecast, error) {
	estimate, last := b.Estimate, b.Last
	if estimate == nil {
		return nil, nil
	}
	var recorded []alerts.RecordedUsage
	var err error
	if record != nil {
		if recorded, err = record.RecordedSince(ctx, b.Month.Add(-billing.InvoiceLag)); err != nil {
			err = fmt.Errorf("forecast the bill of %s without the record: %w", b.Month, err)
		}
	}
	rows := make([]billing.Usage, len(recorded))
	for i, r := range recorded {
		rows[i] = r.Usage
	}
	if last != nil {
		named := last.WithProducts(rows)
		last = &named
	}
	likely := forecast.Cost(estimate.WithProducts(rows), last, evaluate.NewArchive(nil, recorded, nil).ChargeHistory(last))
	if likely.Unknown != "" {
		return nil, err
	}
	return &likely, err
}
