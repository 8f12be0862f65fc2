package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// observe decides on the rules that are no budgets, once the budgets of the month are recorded. If that cannot be recorded, the check
// fails and the next one tries again.
func (c *Checker) observe(ctx context.Context, rules *rules.Rules, result *Result, now time.Time) {
	err := alerts.Retrying(func() error {
		planner, err := c.planIncidents(ctx, rules, result.Month, now)
		if err != nil {
			return err
		}
		c.decideOther(ctx, planner, rules, result.reading, now)
		if err := c.recordIncidents(ctx, planner); err != nil {
			return err
		}
		result.Posted += len(planner.Deliveries)
		result.unknownChanges = planner.Unknown
		c.logTransitions(planner.Transitions)
		return nil
	})
	if err != nil {
		result.Err = errors.Join(result.Err, fmt.Errorf("watch for changes in %s: %w", result.Month, err))
	}
}

// decideOther decides on the rules with change, new and vanished.
func (c *Checker) decideOther(ctx context.Context, planner *decide.IncidentPlanner, rules *rules.Rules, reading evaluate.Reading, now time.Time) {
	planner.Withdraw()
	planner.Changes(reading)
	if !rules.LooksBack() {
		return
	}
	rows, why := c.past.before(ctx, c.Source, reading.Month, now, c.Log)
	rows, unread := billing.Readable(rows)
	inventory := evaluate.Inventory{Month: reading.Month, Rows: slices.Concat(reading.Rows, rows), Unread: slices.Concat(reading.Unread, unread)}
	if rules.LooksForServices() {
		inventory.Services = c.services.look(ctx, c.Source, inventory.Month, inventory.Rows, now)
	}
	planner.Items(inventory, why)
}

// planIncidents begins to decide on incidents, from those that the ledger remembers.
func (c *Checker) planIncidents(ctx context.Context, rules *rules.Rules, month billing.Month, now time.Time) (*decide.IncidentPlanner, error) {
	remembered, err := c.Ledger.Incidents(ctx, month.Add(-1))
	if err != nil {
		return nil, fmt.Errorf("read the incidents: %w", err)
	}
	return decide.NewIncidentPlanner(rules, month, remembered, now, c.NewID), nil
}

func (c *Checker) recordIncidents(ctx context.Context, planner *decide.IncidentPlanner) error {
	if len(planner.Incidents) == 0 {
		return nil
	}
	c.lookFirst(planner.Deliveries)
	return c.Ledger.Record(ctx, planner.Outcome)
}

func (c *Checker) logTransitions(transitions []decide.Transition) {
	for _, t := range transitions {
		fields := []zap.Field{
			zap.String("rule", t.Rule), zap.String("scope", t.Instance), zap.Stringer("month", t.Month), zap.String("kind", string(t.Kind)),
			zap.String("reason", string(t.Reason)), zap.String("data_version", t.Version),
		}
		if t.Posts != "" {
			c.Log.Info("rule alert", append(fields, zap.String("speak", string(t.Posts)))...)
			continue
		}
		c.Log.Debug("rule checked", fields...)
	}
}
