package slackapp

import (
	"context"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/view"
)

// likely returns how the bill of the month that runs is likely to end, where the question is about the whole of it; nil where
// nobody can say. The bills have just been read, so that this is a look into the cache.
func (a *App) likely(ctx context.Context, q billing.Question, now time.Time) *view.LikelyCost {
	month := q.Months.Last
	if !q.Cost || q.Product != "" || q.UsageType != "" || month != billing.MonthOf(now) || q.Months.Len() > 1 || a.Bills == nil {
		return nil
	}
	reading, err := a.Bills.ReadBills(ctx, billing.Range{First: month.Add(-alerts.InvoiceLag), Last: month}, now)
	if err != nil {
		return nil
	}
	var estimate, last *billing.Bill
	for i := range reading.Bills {
		switch bill := &reading.Bills[i]; {
		case bill.Month == month && bill.IsEstimate():
			estimate = bill
		case bill.Month.Before(month) && !bill.IsEstimate():
			last = bill
		}
	}
	if estimate == nil {
		return nil
	}
	outlook := alerts.ForecastCost(*estimate, last, a.unitsBefore(ctx, month, last))
	if outlook.Unknown != "" {
		return nil
	}
	return &view.LikelyCost{Low: outlook.Low, High: outlook.High, Fixed: outlook.Pending}
}

// unitsBefore returns what is known of a usage type's billed units before: by day from the record, and the newest invoice's.
func (a *App) unitsBefore(ctx context.Context, month billing.Month, last *billing.Bill) func(usageType string) alerts.History {
	monthly := alerts.MonthlyUnits(last)
	if a.Days == nil {
		return monthly
	}
	recorded, err := a.Days.RecordedSince(ctx, month.Add(-alerts.InvoiceLag))
	if err != nil {
		a.Log.Warn("a bill is forecast without the record", zap.Error(err))
		return monthly
	}
	archive := alerts.NewArchive(nil, recorded, nil)
	return func(usageType string) alerts.History {
		return alerts.History{
			Days:   archive.History(alerts.Match{UsageType: usageType}, billing.Billed).Days,
			Months: monthly(usageType).Months,
		}
	}
}
