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
func (c *Checker) observe(ctx context.Context, rules *rules.Rules, result *Result, reading evaluate.Reading, now time.Time) {
	result.seen = decide.Observation{
		Compared:  true,
		CountedTo: evaluate.NewestOf(reading.Rows),
		Usual:     reading.Archive.UsualGap(),
		Unread:    reading.Services.Unread(),
		Services:  reading.UnreadServices,
		Bill:      reading.UnreadBill,
		Unknown:   unknownsOf(result.Plan, reading),
	}
	planner, err := c.recordIncidents(ctx, rules, result.Month, now, func(planner *decide.IncidentPlanner) {
		c.decideOther(ctx, planner, rules, reading, now)
	})
	if err != nil {
		result.Err = errors.Join(result.Err, fmt.Errorf("watch for changes in %s: %w", result.Month, err))
		return
	}
	result.Posted += len(planner.Deliveries)
	result.seen.Unknown = append(result.seen.Unknown, planner.Unknown...)
	c.logTransitions(planner.Transitions)
}

// decideOther decides on the rules with change, new and vanished.
func (c *Checker) decideOther(ctx context.Context, planner *decide.IncidentPlanner, rules *rules.Rules, reading evaluate.Reading, now time.Time) {
	planner.Withdraw()
	planner.Changes(reading)
	planner.Spikes(c.reader.spikes(ctx, rules, &reading))
	if !rules.LooksBack() {
		return
	}
	rows, why := c.reader.before(ctx, reading.Month, now)
	rows, unread := billing.Readable(rows)
	inventory := evaluate.Inventory{
		Month: reading.Month, Rows: slices.Concat(reading.Rows, rows), Unread: slices.Concat(reading.Unread, unread),
	}
	if rules.LooksForServices() {
		inventory.Services = c.reader.look(ctx, inventory.Month, inventory.Rows, now)
	}
	planner.Items(inventory, why)
}

// recordIncidents decides on incidents, from those that the ledger remembers, and records them.
func (c *Checker) recordIncidents(
	ctx context.Context, rules *rules.Rules, month billing.Month, now time.Time, see func(*decide.IncidentPlanner),
) (planner *decide.IncidentPlanner, err error) {
	err = alerts.Retrying(func() error {
		remembered, err := c.Ledger.Incidents(ctx, month.Add(-1))
		if err != nil {
			return fmt.Errorf("read the incidents: %w", err)
		}
		planner = decide.NewIncidentPlanner(rules, month, remembered, now, c.NewID)
		if see(planner); len(planner.Incidents) == 0 {
			return nil
		}
		c.lookFirst(planner.Deliveries)
		return c.Ledger.Record(ctx, planner.Outcome)
	})
	return planner, err
}

func (c *Checker) logTransitions(transitions []decide.Transition) {
	for _, t := range transitions {
		fields := []zap.Field{
			zap.String("rule", t.Rule), zap.String("instance", t.Instance), zap.Stringer("month", t.Month), zap.String("kind", string(t.Kind)),
			zap.String("reason", string(t.Reason)), zap.String("data_version", t.Version),
		}
		if t.Posts != "" {
			c.Log.Info("rule alert", append(fields, zap.String("posts", string(t.Posts)))...)
			continue
		}
		c.Log.Debug("rule checked", fields...)
	}
}

// watchHealth posts troubles that a check saw to the operators. If that cannot be recorded, the next check tries again:
// what was compared stays recorded.
func (c *Checker) watchHealth(ctx context.Context, result Result, now time.Time) {
	seen := result.seen
	if !seen.Compared {
		seen.Failure = result.Err
	}
	month := billing.MonthOf(now)
	if err := c.hadFigures(ctx, seen.Unknown, month); err != nil {
		c.Log.Warn("bot health not watched", zap.Error(err))
		return
	}
	planner, err := c.recordIncidents(ctx, c.Rules(), month, now, func(planner *decide.IncidentPlanner) { planner.Health(seen, c.Every) })
	if err != nil {
		c.Log.Warn("bot health not watched", zap.Error(err))
		return
	}
	for _, e := range planner.Incidents {
		fields := []zap.Field{zap.String("kind", string(e.Kind)), zap.String("state", string(e.State)), zap.String("cause", e.Report.Trouble.Cause)}
		if unknown := e.Report.Trouble.Unknown; len(unknown) > 0 { // one of many is enough
			fields = append(fields, zap.String("rule", unknown[0].Rule), zap.String("why", unknown[0].Why))
		}
		c.Log.Info("trouble", fields...)
	}
}

// unknownsOf returns the budgets without a figure. If all of a rule's services or teams are unknown, the rule is listed
// instead of each of them.
func unknownsOf(plan decide.Plan, reading evaluate.Reading) []decide.UnknownNow {
	whole := map[string]bool{}
	had := map[string]bool{}
	for i, d := range plan.Decisions {
		f := &plan.Findings[i]
		whole[f.BudgetID.Rule] = whole[f.BudgetID.Rule] || f.Unknown != "" && f.Instance == ""
		had[f.BudgetID.Rule] = had[f.BudgetID.Rule] || d.BudgetState.Version != ""
	}
	var unknown []decide.UnknownNow
	for i, d := range plan.Decisions {
		f := &plan.Findings[i]
		if f.Unknown == "" || f.Instance != "" && whole[f.BudgetID.Rule] {
			continue
		}
		u := decide.UnknownNow{UnknownBudget: alerts.UnknownBudget{Rule: f.BudgetID.Rule, Instance: f.Instance, Title: f.Rule.Title, Why: f.Unknown}}
		u.Had, u.Waits = d.BudgetState.Version != "" || f.Instance == "" && had[u.Rule], f.NotBilled
		u.Reported = reading.UnreadBill != nil && f.Rule.IsMoney() || reading.UnreadServices != nil && f.Rule.IsOfServices()
		unknown = append(unknown, u)
	}
	return unknown
}

// hadFigures marks the unknown budgets that had figures in the month before.
func (c *Checker) hadFigures(ctx context.Context, unknown []decide.UnknownNow, month billing.Month) error {
	if !slices.ContainsFunc(unknown, func(u decide.UnknownNow) bool { return !u.Had }) {
		return nil
	}
	states, err := c.Ledger.BudgetStates(ctx, month.Add(-1))
	if err != nil {
		return fmt.Errorf("read the state of %s: %w", month.Add(-1), err)
	}
	had := map[alerts.BudgetName]bool{}
	for _, s := range states {
		had[s.BudgetName()] = had[s.BudgetName()] || s.Version != ""
		had[alerts.BudgetName{Rule: s.Rule}] = had[alerts.BudgetName{Rule: s.Rule}] || s.Version != ""
	}
	for i := range unknown {
		unknown[i].Had = unknown[i].Had || had[unknown[i].Name()] && !unknown[i].Waits
	}
	return nil
}

// lookFirst marks the deliveries of this process's first check: if the ledger was restored from a backup, Slack may have them already.
func (c *Checker) lookFirst(deliveries []alerts.Delivery) {
	for i := range deliveries {
		deliveries[i].LookFirst = !c.sure && deliveries[i].Key() != ""
	}
}
