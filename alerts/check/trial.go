package check

import (
	"context"
	"errors"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// ErrNoSuchBudget says that a rule has no budget of that scope this month.
var ErrNoSuchBudget = errors.New("the rule has no such budget this month")

// Trial is what a check would make of one budget, were it made now.
type Trial struct {
	// Unknown is why the usage cannot be told, for a person; empty where it can, and the others are meaningless where it is set.
	Unknown string
	// Speak is what the check would post; empty where it would post nothing.
	Speak alerts.DeliveryKind
	// Message shows the budget as it is, whether a check would post it or not, with the reason for either.
	Message alerts.Message
}

// Try reads usage for one rule, as it is now or was a moment ago, and says what a check would decide on one of its budgets. Nothing is recorded or said. It may be
// called beside Run.
func (c *Checker) Try(ctx context.Context, rule rules.Rule, id alerts.BudgetID, now time.Time) (Trial, error) {
	compared := []rules.Rule{rule}
	reading, err := Read(ctx, Sources{c.Trial, c.Bills}, compared, id.Month, now)
	if err != nil {
		return Trial{}, err
	}
	past, pastErrors, rates := archivist{record: c.Record, traffic: c.Traffic, log: c.Log}, errorHistory{}, rateBook{} // Run's own are not shared
	reading.Archive = past.archive(ctx, reading.Closed, id.Month, now)
	reading.ForecastErrors = pastErrors.read(ctx, c.Ledger, id.Month, now, c.Log)
	memory, err := Recall(ctx, c.Ledger, id.Month)
	if err != nil {
		return Trial{}, err
	}
	findings := evaluate.Evaluate(compared, reading)
	plan := decide.MakePlan(c.Rules(), evaluate.Settle(findings, memory.BudgetStates), memory, now, c.NewID)
	for i, f := range plan.Findings {
		if f.BudgetID != id && (f.Unknown == "" || f.Instance != "") { // a rule whose budgets cannot be told has a single finding
			continue
		}
		trial := Trial{Unknown: f.Unknown, Speak: plan.Decisions[i].Speak}
		if f.Unknown == "" {
			reported := decide.Plan{Decisions: []decide.Decision{{Speak: alerts.DeliverParent}}}
			c.explain(ctx, c.Trial, &rates, plan.Findings[i:i+1], reported, reading)
			f, p := plan.Findings[i], decide.Planner{Now: now}
			trial.Message = p.Message(&f, &plan.Decisions[i])
		}
		return trial, nil
	}
	return Trial{}, ErrNoSuchBudget
}
