package slackapp

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/usage"
)

// books is what is recorded of this month: how budgets stand, incidents, and channels that cannot be posted to.
type books struct {
	*status.Snapshot
	incidents []alerts.Incident // of the month
	routes    []alerts.RouteTrouble
}

func (a *App) readBooks(ctx context.Context) (b books, err error) {
	if b.Snapshot, err = status.Read(ctx, a.Budgets, a.Rules(), a.Now()); err != nil {
		return books{}, err
	}
	if b.incidents, err = a.Budgets.Incidents(ctx, b.Month); err != nil {
		return books{}, fmt.Errorf("read the incidents of %s: %w", b.Month, err)
	}
	if b.routes, err = a.Budgets.Routes(ctx); err != nil {
		return books{}, fmt.Errorf("read the broken routes: %w", err)
	}
	return b, nil
}

// likely returns how the bill of the running month is likely to end, where the question is about the whole of it; else, and where
// that cannot be known, nil. The bills have just been read, so that this finds them in the cache.
func (a *App) likely(ctx context.Context, q report.Question, now time.Time) *usageview.LikelyCost {
	month := q.Months.Last
	if !q.Cost || q.Product != "" || q.UsageType != "" || month != billing.MonthOf(now) || q.Months.Len() > 1 || a.Bills == nil {
		return nil
	}
	likely, err := status.LikelyBill(ctx, a.Bills, a.Days, month, now)
	if err != nil {
		a.Log.Warn("the bill is not forecast as well as it could be", zap.Error(err))
	}
	if likely == nil {
		return nil
	}
	return &usageview.LikelyCost{Low: likely.Low, High: likely.High, Fixed: likely.Pending}
}
