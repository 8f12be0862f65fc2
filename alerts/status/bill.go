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
	since := month.Add(-billing.InvoiceLag)
	reading, err := bills.ReadBills(ctx, billing.Range{First: since, Last: month}, now)
	if err != nil {
		return nil, fmt.Errorf("read the bills since %s: %w", since, err)
	}
	var estimate, last *billing.Bill
	for i := range reading.Bills {
		switch bill := &reading.Bills[i]; {
		case bill.Month == month && bill.IsEstimate():
			estimate = bill
		case bill.Month.Before(month) && !bill.IsEstimate() && bill.Unknown == "":
			last = bill
		}
	}
	if estimate == nil {
		return nil, nil
	}
	var recorded []alerts.RecordedUsage
	if record != nil {
		if recorded, err = record.RecordedSince(ctx, since); err != nil {
			err = fmt.Errorf("forecast the bill of %s without the record: %w", month, err)
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
