package check

import (
	"context"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// explanations are what messages show of budgets beside their news.
type explanations map[alerts.BudgetID]decide.Explanation

// explain adds to some of the plan's findings what grew, and what their likely end costs. What grew is services if Fastly lists them in
// time, else usage types or regions.
func (r *reader) explain(ctx context.Context, plan *decide.Plan, reading evaluate.Reading, explained explanations, wanted func(i int) bool) {
	g := grower{reading: reading, index: evaluate.NewIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), services: map[billing.Metric]*grownMetric{}}
	var grown []*evaluate.Finding
	for i := range plan.Findings {
		f := &plan.Findings[i]
		if _, done := explained[f.BudgetID]; done || !wanted(i) || !isOfAccount(f) {
			continue
		}
		rows := g.index.Covered(f.Rule.Match)
		drivers, known := reading.Archive.Drivers(f.Rule.Match, f.Rule.Budget.Kind, rows, f.CountedTo)
		e := decide.Explanation{NoHistory: !known}
		if known {
			e.Drivers = &drivers
			grown = append(grown, f)
			g.want(f, rows)
		}
		if f.Forecast.End.GreaterThan(f.Limit) && !reading.Month.IsOver(reading.ReadAt) {
			e.Above = r.rates.read(ctx, r.config.Bills, &reading, r.config.Log).above(f, rows, g.factors)
		}
		explained[f.BudgetID] = e
	}
	if err := g.read(ctx, r.usage); err != nil {
		r.config.Log.Debug("growth by service left out", zap.Error(err))
	}
	for _, f := range grown {
		e := explained[f.BudgetID]
		drivers := g.byService(f, *e.Drivers)
		e.Drivers = &drivers
		explained[f.BudgetID] = e
	}
}
