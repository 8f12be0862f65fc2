package check

import (
	"context"

	"go.uber.org/zap"

	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// explain adds to the findings of a plan that are about to be spoken of what grew. Where Fastly tells it by service in time it is
// services, else usage types or regions.
func (c *Checker) explain(ctx context.Context, from billing.Source, rates *rateBook, findings []evaluate.Finding, plan decide.Plan, reading evaluate.Reading) {
	g := grower{reading: reading, index: evaluate.NewIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), services: map[billing.Metric]*grownMetric{}}
	var spoken []*evaluate.Finding
	for i := range plan.Decisions {
		if i >= len(findings) || !plan.Decisions[i].Speaks() || !isOfAccount(&findings[i]) {
			continue
		}
		f := &findings[i]
		rows := g.index.Covered(f.Rule.Match)
		grown, known := reading.Archive.Drivers(f.Rule.Match, f.Rule.Budget.Kind, rows, f.CountedTo)
		if f.Drivers = nil; known {
			f.Drivers = &grown
			spoken = append(spoken, f)
			g.want(f, rows)
		}
		f.NoHistory = !known
		if f.Forecast.End.GreaterThan(f.Limit) && !reading.Month.IsOver(reading.ReadAt) {
			f.Above = rates.read(ctx, c.Bills, &reading, c.Log).above(f, rows, g.factors)
		}
	}
	if err := g.read(ctx, from); err != nil {
		c.Log.Debug("what grew is not told by service", zap.Error(err))
	}
	for _, f := range spoken {
		g.report(f)
	}
}
