package slackapp

import (
	"context"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/usage"
)

// likely returns how the bill of the month that runs is likely to end, where the question is about the whole of it; nil where
// nobody can say. The bills have just been read, so that this is a look into the cache.
func (a *App) likely(ctx context.Context, q report.Question, now time.Time) *usageview.LikelyCost {
	month := q.Months.Last
	if !q.Cost || q.Product != "" || q.UsageType != "" || month != billing.MonthOf(now) || q.Months.Len() > 1 || a.Bills == nil {
		return nil
	}
	reading, err := a.Bills.ReadBills(ctx, billing.Range{First: month.Add(-billing.InvoiceLag), Last: month}, now)
	if err != nil {
		return nil
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
		return nil
	}
	recorded := a.recorded(ctx, month)
	rows := make([]billing.Usage, 0, len(recorded))
	for _, r := range recorded {
		rows = append(rows, r.Usage)
	}
	named := estimate.WithProducts(rows)
	if last != nil {
		before := last.WithProducts(rows)
		last = &before
	}
	expected := forecast.Cost(named, last, unitsBefore(recorded, last))
	if expected.Unknown != "" {
		return nil
	}
	return &usageview.LikelyCost{Low: expected.Low, High: expected.High, Fixed: expected.Pending}
}

// recorded returns the record of the months that a bill is forecast by; none where it cannot be read.
func (a *App) recorded(ctx context.Context, month billing.Month) []alerts.RecordedUsage {
	if a.Days == nil {
		return nil
	}
	recorded, err := a.Days.RecordedSince(ctx, month.Add(-billing.InvoiceLag))
	if err != nil {
		a.Log.Warn("a bill is forecast without the record", zap.Error(err))
	}
	return recorded
}

// unitsBefore returns what is known of a usage type's billed units before: by day from the record, and the newest invoice's. Of a name
// that two products have the days are known where the bill tells which one it means.
func unitsBefore(recorded []alerts.RecordedUsage, last *billing.Bill) func(billing.Metric) forecast.History {
	monthly, archive := forecast.MonthlyUnits(last), evaluate.NewArchive(nil, recorded, nil)
	products := map[string]map[string]bool{}
	for _, r := range recorded {
		if products[r.UsageType] == nil {
			products[r.UsageType] = map[string]bool{}
		}
		products[r.UsageType][r.Product] = true
	}
	return func(of billing.Metric) forecast.History {
		known := forecast.History{Months: monthly(of).Months}
		match := rules.Match{UsageType: of.UsageType}
		if products[of.UsageType][of.Product] {
			match.Product = of.Product
		}
		if match.Product != "" || len(products[of.UsageType]) < 2 {
			known.Days = archive.History(match, billing.Billed).Days
		}
		return known
	}
}
