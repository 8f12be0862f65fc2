package status

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Evaluation reads the usage of some rules in a month that is over, and evaluates them. check.Sources.Evaluate is one.
type Evaluation func(ctx context.Context, set []rules.Rule, month billing.Month, now time.Time) ([]evaluate.Finding, error)

// ReadEnded returns how the budgets of the rules ended in a month that is over. If the record has a budget's final figure, it takes that with the limit of
// the month. It evaluates the other budgets: with the month's recorded limit, or with today's if there is no record. The error wraps
// alerts.ErrNoUsage if no budget has a figure, since Fastly lists no usage in the month.
func ReadEnded(ctx context.Context, records Records, set *rules.Rules, month billing.Month, now time.Time, read Evaluation) (*Snapshot, error) {
	states, err := records.BudgetStates(ctx, month)
	if err != nil {
		return nil, fmt.Errorf("%w: read the budget states of %s: %w", alerts.ErrRecords, month, err)
	}
	e := ending{month: month, now: now, states: map[alerts.BudgetID]alerts.BudgetState{}, findings: map[alerts.BudgetID]*evaluate.Finding{}}
	for _, state := range states {
		e.states[state.BudgetID] = state
	}
	open := slices.DeleteFunc(slices.Clone(set.Rules), func(r rules.Rule) bool { return r.Kind != rules.RuleBudget || isClosed(&r, states) })
	if len(open) > 0 {
		findings, unread := read(ctx, open, month, now)
		if unread != nil && (ctx.Err() != nil || len(states) == 0) {
			return nil, unread
		}
		e.unread = unread
		findings = evaluate.Settle(findings, states)
		for i := range findings {
			e.findings[findings[i].BudgetID] = &findings[i]
		}
	}
	s := &Snapshot{Month: month, Now: now, Unread: e.unread, Gone: gone(set, states), records: records, rules: set, ended: map[string][]alerts.BudgetStatus{}}
	for i := range set.Rules {
		if rule := &set.Rules[i]; rule.Kind == rules.RuleBudget {
			s.ended[rule.Name] = e.of(rule)
		}
	}
	return s, nil
}

// isClosed reports whether the record has the final figures of all budgets that the rule had.
func isClosed(r *rules.Rule, states []alerts.BudgetState) bool {
	found := false
	for _, s := range states {
		if s.Rule != r.Name || (s.Instance != "") != (r.Per != "") {
			continue
		}
		if found = true; s.ClosedAt.IsZero() {
			return false
		}
	}
	return found
}

// gone counts the rules that had a budget in the month and are no longer in the file.
func gone(set *rules.Rules, states []alerts.BudgetState) int {
	names := map[string]bool{}
	for _, s := range states {
		if !slices.ContainsFunc(set.Rules, func(r rules.Rule) bool { return r.Name == s.Rule }) {
			names[s.Rule] = true
		}
	}
	return len(names)
}

// ending joins the record of a month with what an evaluation found now.
type ending struct {
	month    billing.Month
	now      time.Time
	states   map[alerts.BudgetID]alerts.BudgetState
	findings map[alerts.BudgetID]*evaluate.Finding
	unread   error // why the evaluation found nothing
}

// of returns how the budgets of a rule ended: one, or one for each service or team.
func (e *ending) of(rule *rules.Rule) []alerts.BudgetStatus {
	if rule.Per == "" {
		return []alerts.BudgetStatus{e.budget(rule, "")}
	}
	instances := map[string]bool{}
	for id, s := range e.states {
		if evaluate.HasBudget(rule, s) {
			instances[id.Instance] = true
		}
	}
	for id := range e.findings {
		if id.Rule == rule.Name && id.Instance != "" {
			instances[id.Instance] = true
		}
	}
	var all []alerts.BudgetStatus
	for instance := range instances {
		all = append(all, e.budget(rule, instance))
	}
	if len(all) == 0 {
		return []alerts.BudgetStatus{e.budget(rule, "")}
	}
	slices.SortFunc(all, func(a, b alerts.BudgetStatus) int { return strings.Compare(a.Line.Instance, b.Line.Instance) })
	return all
}

// budget returns how one budget ended.
func (e *ending) budget(rule *rules.Rule, instance string) alerts.BudgetStatus {
	id := alerts.BudgetID{Rule: rule.Name, Instance: instance, Month: e.month}
	state, found := e.states[id], e.findings[id]
	of := rules.Instance{Name: instance, ServiceID: state.ServiceID}
	if found != nil {
		of.ServiceID = cmp.Or(of.ServiceID, found.ServiceID)
	}
	route, today := rule.Route(instance), rule.BudgetOf(e.month, of).Value
	b := alerts.BudgetStatus{
		Channel: route.Channel, ServiceID: of.ServiceID,
		Line:   alerts.BudgetLine{BudgetID: id, Title: rule.Title, Limit: today, Measure: rule.Measure(), Estimate: rule.IsEstimate(), Owners: route.Owners, ReadAt: e.now},
		Ending: &alerts.Ending{Thresholds: rule.Thresholds, LimitNow: today},
	}
	l := &b.Line
	if state.Version != "" {
		b.Known, b.Ending.Recorded = true, true
		l.Used, l.Threshold, l.CountedTo = state.Used, state.Threshold, state.CountedTo
		if state.Limit.IsPositive() {
			l.Limit = state.Limit
		}
	}
	switch {
	case !state.ClosedAt.IsZero():
		b.Ending.Final = true
		return b
	case found != nil && found.Unknown == "":
		was := evaluate.AsItWas(*found, state, e.now)
		b.Known, l.Used, l.Limit, l.Threshold, l.CountedTo = true, was.Used, was.Limit, was.Threshold, was.CountedTo
		b.Ending.Final = !was.CountedTo.Before(e.month.End()) || !e.now.Before(e.month.End().Add(alerts.LateFor))
		return b
	}
	b.Unknown = e.whyUnknown(rule, found)
	return b
}

// whyUnknown says, for a person, why there is no final figure.
func (e *ending) whyUnknown(rule *rules.Rule, found *evaluate.Finding) string {
	whole := e.findings[alerts.BudgetID{Rule: rule.Name, Month: e.month}]
	switch {
	case found != nil:
		return found.Unknown
	case whole != nil && whole.Unknown != "":
		return whole.Unknown
	case errors.Is(e.unread, alerts.ErrNoUsage):
		return "Fastly lists no usage of that month"
	case e.unread != nil:
		return alerts.CauseOf(e.unread)
	case rule.IsMoney():
		return "the invoice isn't in yet"
	}
	return "Fastly lists no usage that it covers in that month"
}

// DateReached sets when the budgets reached their thresholds.
func (s *Snapshot) DateReached(ctx context.Context, budgets []alerts.BudgetStatus) error {
	for i := range budgets {
		b := &budgets[i]
		if b.Ending == nil || !b.Ending.Recorded || b.Line.Threshold == 0 {
			continue
		}
		past, err := s.records.Alerts(ctx, b.Line.BudgetID)
		if err != nil {
			return fmt.Errorf("read the alerts of %s: %w", b.Line.BudgetID, err)
		}
		dated := *b.Ending
		dated.Reached = slices.DeleteFunc(past, func(a alerts.Alert) bool { return a.Kind == alerts.KindForecast || a.Threshold > b.Line.Threshold })
		b.Ending = &dated
	}
	return nil
}
