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
	month     billing.Month
	standings map[alerts.BudgetID]alerts.Standing
	byRule    map[string][]alerts.Standing // the same, of rules that have a budget for each service or team
	outlooks  map[alerts.BudgetID]alerts.OutlookDay
	episodes  []alerts.Episode // of the month
	status    alerts.CheckStatus
	routes    []alerts.RouteTrouble
}

func (a *App) readBooks(ctx context.Context) (books, error) {
	b := books{month: billing.MonthOf(a.Now()), standings: map[alerts.BudgetID]alerts.Standing{}, byRule: map[string][]alerts.Standing{}}
	b.outlooks = map[alerts.BudgetID]alerts.OutlookDay{}
	standings, err := a.Budgets.Standings(ctx, b.month)
	if err != nil {
		return books{}, fmt.Errorf("read the standings of %s: %w", b.month, err)
	}
	for _, s := range standings {
		b.standings[s.BudgetID] = s
		if s.Scope != "" {
			b.byRule[s.Rule] = append(b.byRule[s.Rule], s)
		}
	}
	outlooks, err := a.Budgets.LatestOutlooks(ctx, b.month)
	if err != nil {
		return books{}, fmt.Errorf("read the outlooks of %s: %w", b.month, err)
	}
	for _, day := range outlooks {
		b.outlooks[day.BudgetID] = day
	}
	if b.episodes, err = a.Budgets.Episodes(ctx, b.month); err != nil {
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

// scopes are the services or teams that the rule has a budget for, by name; none where it has one budget.
func (b books) scopes(rule *rules.Rule) []string {
	var scopes []string
	for _, standing := range b.byRule[rule.Name] {
		if evaluate.Holds(rule, standing) {
			scopes = append(scopes, standing.Scope)
		}
	}
	slices.Sort(scopes)
	return scopes
}

// allScopes are those of every rule that has any.
func (b books) allScopes(rules *rules.Rules) map[string][]string {
	all := map[string][]string{}
	for i := range rules.Rules {
		rule := &rules.Rules[i]
		if scopes := b.scopes(rule); len(scopes) > 0 {
			all[rule.Name] = scopes
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
	for _, scope := range b.scopes(rule) {
		each = append(each, b.stateOf(rule, scope, staleAfter, now))
	}
	if len(each) > 0 {
		return budgetview.Group(each, rule.BudgetFor(b.month, "").Value, now)
	}
	return b.stateOf(rule, "", staleAfter, now)
}

// stateOf is how one budget stands at now. Figures that count no further than staleAfter ago are not fresh.
func (b books) stateOf(rule *rules.Rule, scope string, staleAfter time.Duration, now time.Time) budgetview.BudgetState {
	id := alerts.BudgetID{Rule: rule.Name, Scope: scope, Month: b.month}
	s, found := b.standings[id]
	stale := found && s.Unknown == "" && !s.CountedTo.IsZero() && now.Sub(s.CountedTo) > staleAfter
	if stale {
		s.Unknown = "Fastly's figures do not move"
		if failure := b.failure(); failure != "" {
			s.Unknown = "the newest check failed: " + failure
		}
	}
	known := found && s.Version != "" && (scope != "") == (rule.Per != "")
	if !known && s.Unknown == "" && !b.status.SucceededAt.IsZero() {
		s.Unknown = "the newest check found nothing that it covers; a name in the rule may be misspelt"
		if now.Sub(b.month.Start()) < staleAfter { // as long as a check finds it no failure that Fastly lists nothing
			s.Unknown = "the month is so young that Fastly may not list it yet"
		}
	}
	route := rule.Route(scope)
	state := budgetview.BudgetState{
		Known: known, Unknown: s.Unknown, Stale: stale, Channel: route.Channel,
		Line: alerts.BudgetLine{
			BudgetID: id, Title: rule.Title, Level: s.Level, Next: rule.Next(s.Level), Used: s.Used,
			Limit: rule.BudgetOf(b.month, rules.Instance{Scope: scope, ServiceID: s.ServiceID}).Value, Measure: rule.Measure(), Estimate: evaluate.IsEstimate(rule),
			CountedTo: s.CountedTo, ReadAt: b.status.SucceededAt, Owners: route.Owners, PingAt: rule.PingAt, Answers: s.Answers,
		},
	}
	if day, foreseen := b.outlooks[id]; foreseen && known && s.Unknown == "" && day.Version == s.Version {
		state.Line.Prospect = evaluate.ProspectOf(day, rule.Foreseen(), s.Track)
	}
	return state
}
