package slackapp

import (
	"context"
	"fmt"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/view/budget"
)

// books is what the ledger holds of this month.
type books struct {
	month        billing.Month
	budgetStates map[alerts.BudgetID]alerts.BudgetState
	byRule       map[string][]alerts.BudgetState // the same, of rules that have a budget for each service or team
	forecasts    map[alerts.BudgetID]alerts.ForecastDay
	incidents    []alerts.Incident // of the month
	status       alerts.CheckStatus
	routes       []alerts.RouteTrouble
}

func (a *App) readBooks(ctx context.Context) (books, error) {
	b := books{month: billing.MonthOf(a.Now()), budgetStates: map[alerts.BudgetID]alerts.BudgetState{}, byRule: map[string][]alerts.BudgetState{}}
	b.forecasts = map[alerts.BudgetID]alerts.ForecastDay{}
	states, err := a.Budgets.BudgetStates(ctx, b.month)
	if err != nil {
		return books{}, fmt.Errorf("read the standings of %s: %w", b.month, err)
	}
	for _, s := range states {
		b.budgetStates[s.BudgetID] = s
		if s.Instance != "" {
			b.byRule[s.Rule] = append(b.byRule[s.Rule], s)
		}
	}
	forecasts, err := a.Budgets.LatestForecasts(ctx, b.month)
	if err != nil {
		return books{}, fmt.Errorf("read the outlooks of %s: %w", b.month, err)
	}
	for _, day := range forecasts {
		b.forecasts[day.BudgetID] = day
	}
	if b.incidents, err = a.Budgets.Incidents(ctx, b.month); err != nil {
		return books{}, fmt.Errorf("read the episodes of %s: %w", b.month, err)
	}
	if b.status, err = a.Budgets.CheckStatus(ctx); err != nil {
		return books{}, fmt.Errorf("read how the checks fare: %w", err)
	}
	if b.routes, err = a.Budgets.Routes(ctx); err != nil {
		return books{}, fmt.Errorf("read the broken routes: %w", err)
	}
	return b, nil
}

// instances are the services or teams that the rule has a budget for, by name; none where it has one budget.
func (b books) instances(rule *rules.Rule) []string {
	var instances []string
	for _, state := range b.byRule[rule.Name] {
		if evaluate.Holds(rule, state) {
			instances = append(instances, state.Instance)
		}
	}
	slices.Sort(instances)
	return instances
}

// allInstances are those of every rule that has any.
func (b books) allInstances(rules *rules.Rules) map[string][]string {
	all := map[string][]string{}
	for i := range rules.Rules {
		rule := &rules.Rules[i]
		if instances := b.instances(rule); len(instances) > 0 {
			all[rule.Name] = instances
		}
	}
	return all
}

// failure is why the newest check did not succeed; empty where it did.
func (b books) failure() string {
	if b.status.FailedAt.After(b.status.SucceededAt) {
		return b.status.Failure
	}
	return ""
}

// state is how the rule stands at now: with one budget for each service or team, as the worst of them.
func (b books) state(rule *rules.Rule, staleAfter time.Duration, now time.Time) budgetview.BudgetState {
	var each []budgetview.BudgetState
	for _, instance := range b.instances(rule) {
		each = append(each, b.stateOf(rule, instance, staleAfter, now))
	}
	if len(each) > 0 {
		return budgetview.Group(each, rule.BudgetFor(b.month, "").Value, now)
	}
	return b.stateOf(rule, "", staleAfter, now)
}

// stateOf is how one budget stands at now. Figures that count no further than staleAfter ago are not fresh.
func (b books) stateOf(rule *rules.Rule, instance string, staleAfter time.Duration, now time.Time) budgetview.BudgetState {
	id := alerts.BudgetID{Rule: rule.Name, Instance: instance, Month: b.month}
	s, found := b.budgetStates[id]
	stale := found && s.Unknown == "" && !s.CountedTo.IsZero() && now.Sub(s.CountedTo) > staleAfter
	if stale {
		s.Unknown = "Fastly's figures do not move"
		if failure := b.failure(); failure != "" {
			s.Unknown = "the newest check failed: " + failure
		}
	}
	known := found && s.Version != "" && (instance != "") == (rule.Per != "")
	if !known && s.Unknown == "" && !b.status.SucceededAt.IsZero() {
		s.Unknown = "the newest check found nothing that it covers; a name in the rule may be misspelt"
		if now.Sub(b.month.Start()) < staleAfter { // as long as a check finds it no failure that Fastly lists nothing
			s.Unknown = "the month is so young that Fastly may not list it yet"
		}
	}
	route := rule.Route(instance)
	state := budgetview.BudgetState{
		Known: known, Unknown: s.Unknown, Stale: stale, Channel: route.Channel,
		Line: alerts.BudgetLine{
			BudgetID: id, Title: rule.Title, Threshold: s.Threshold, Next: rule.Next(s.Threshold), Used: s.Used,
			Limit: rule.BudgetOf(b.month, rules.Instance{Instance: instance, ServiceID: s.ServiceID}).Value, Measure: rule.Measure(), Estimate: evaluate.IsEstimate(rule),
			CountedTo: s.CountedTo, ReadAt: b.status.SucceededAt, Owners: route.Owners, PingAt: rule.PingAt, Answers: s.Answers,
		},
	}
	if day, forecast := b.forecasts[id]; forecast && known && s.Unknown == "" && day.Version == s.Version {
		state.Line.Forecast = evaluate.ForecastSummary(day, rule.ForecastThreshold(), s.Track)
	}
	return state
}
