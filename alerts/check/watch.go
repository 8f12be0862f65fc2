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
		o, err := c.look(ctx, rules, result.reading, now)
		if err != nil {
			return err
		}
		result.Posted += len(o.Deliveries)
		result.unknownChanges = o.Unknown
		c.logTransitions(o.Transitions)
		return nil
	})
	if err != nil {
		result.Err = errors.Join(result.Err, fmt.Errorf("watch for changes in %s: %w", result.Month, err))
	}
}

func (c *Checker) look(ctx context.Context, rules *rules.Rules, reading evaluate.Reading, now time.Time) (*decide.WatchPlanner, error) {
	remembered, err := c.Ledger.Incidents(ctx, reading.Month.Add(-1))
	if err != nil {
		return nil, err
	}
	o := decide.NewWatchPlanner(rules, reading.Month, remembered, now, c.NewID)
	o.Withdraw(remembered)
	o.Changes(reading)
	if rules.LooksBack() {
		rows, why := c.past.before(ctx, c.Source, reading.Month, now, c.Log)
		rows, unread := billing.Readable(rows)
		inventory := evaluate.Inventory{Month: reading.Month, Rows: slices.Concat(reading.Rows, rows), Unread: slices.Concat(reading.Unread, unread)}
		if rules.LooksForServices() {
			inventory.Services = c.services.look(ctx, c.Source, inventory.Month, inventory.Rows, now)
		}
		o.Items(inventory, why)
	}
	if len(o.Incidents) == 0 {
		return o, nil
	}
	c.lookFirst(o.Deliveries)
	return o, c.Ledger.Record(ctx, o.Outcome)
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
