package status

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Records is a consumer contract of Read. It models what checks recorded about budgets and themselves; the store implements it.
type Records interface {
	// BudgetStates returns the state of every budget in the month.
	BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error)
	// ForecastsOn returns the last forecast of every budget of the month that was made by the end of the day.
	ForecastsOn(ctx context.Context, month billing.Month, day time.Time) ([]alerts.ForecastDay, error)
	// Alerts returns the thresholds that a budget has reached, posted or not.
	Alerts(ctx context.Context, id alerts.BudgetID) ([]alerts.Alert, error)
	// CheckStatus returns when checks last succeeded and failed.
	CheckStatus(ctx context.Context) (alerts.CheckStatus, error)
}

// Snapshot is how the budgets of the rules stand at one moment.
type Snapshot struct {
	Month  billing.Month
	Now    time.Time
	Checks alerts.CheckStatus
	// Gone counts the rules that had a budget in a month that is over and are no longer in the file. Unread is why something of that month could not be
	// read now.
	Gone   int
	Unread error

	records   Records
	rules     *rules.Rules
	states    map[alerts.BudgetID]alerts.BudgetState
	instances map[string][]alerts.BudgetState // by rule, for rules that have a budget for each service or team
	forecasts map[alerts.BudgetID]alerts.ForecastDay
	ended     map[string][]alerts.BudgetStatus // by rule; nil while the month runs
}

// Read returns how the budgets of the rules stand in the month of now.
func Read(ctx context.Context, records Records, set *rules.Rules, now time.Time) (*Snapshot, error) {
	s := &Snapshot{
		Month: billing.MonthOf(now), Now: now, records: records, rules: set, states: map[alerts.BudgetID]alerts.BudgetState{},
		instances: map[string][]alerts.BudgetState{}, forecasts: map[alerts.BudgetID]alerts.ForecastDay{},
	}
	var err error
	if s.Checks, err = records.CheckStatus(ctx); err != nil { // first: a check that ends meanwhile must not date figures of the one before
		return nil, fmt.Errorf("read the status of the checks: %w", err)
	}
	states, err := records.BudgetStates(ctx, s.Month)
	if err != nil {
		return nil, fmt.Errorf("read the budget states of %s: %w", s.Month, err)
	}
	for _, state := range states {
		s.states[state.BudgetID] = state
		if state.Instance != "" {
			s.instances[state.Rule] = append(s.instances[state.Rule], state)
		}
	}
	forecasts, err := records.ForecastsOn(ctx, s.Month, s.Month.End())
	if err != nil {
		return nil, fmt.Errorf("read the forecasts of %s: %w", s.Month, err)
	}
	for _, day := range forecasts {
		s.forecasts[day.BudgetID] = day
	}
	return s, nil
}

// Instances returns the services or teams that the rule has a budget for, by name; none if the rule has one budget.
func (s *Snapshot) Instances(rule *rules.Rule) []string {
	var names []string
	for _, state := range s.instances[rule.Name] {
		if evaluate.HasBudget(rule, state) {
			names = append(names, state.Instance)
		}
	}
	slices.Sort(names)
	return names
}

// InstancesByRule returns the instances of every rule that has any, the worst first.
func (s *Snapshot) InstancesByRule() map[string][]string {
	all := map[string][]string{}
	for i := range s.rules.Rules {
		rule := &s.rules.Rules[i]
		for _, b := range s.Budget(rule).Instances {
			all[rule.Name] = append(all[rule.Name], b.Line.Instance)
		}
	}
	return all
}

// Budgets returns how the budgets of some of the rules stand, in their order, and since when.
func (s *Snapshot) Budgets(ctx context.Context, of []rules.Rule) ([]alerts.BudgetStatus, error) {
	budgets := s.Undated(of)
	return budgets, s.Date(ctx, budgets)
}

// Undated is Budgets without the dates, for which alerts would have to be read.
func (s *Snapshot) Undated(of []rules.Rule) []alerts.BudgetStatus {
	var budgets []alerts.BudgetStatus
	for i := range of {
		if rule := &of[i]; rule.Kind == rules.RuleBudget {
			budgets = append(budgets, s.Budget(rule))
		}
	}
	return budgets
}

// Budget returns how the rule stands. A rule with a budget for each service or team stands as the worst of them.
func (s *Snapshot) Budget(rule *rules.Rule) alerts.BudgetStatus {
	each := s.ended[rule.Name]
	if len(each) == 1 && each[0].Line.Instance == "" {
		return each[0]
	}
	for _, instance := range s.Instances(rule) {
		each = append(each, s.Instance(rule, instance))
	}
	if len(each) > 0 {
		return Group(each, rule.BudgetOf(s.Month, rules.Instance{}).Value, s.Now)
	}
	return s.Instance(rule, "")
}

// Instance returns how one budget of the rule stands; the instance is empty if the rule has one budget.
func (s *Snapshot) Instance(rule *rules.Rule, instance string) alerts.BudgetStatus {
	id := alerts.BudgetID{Rule: rule.Name, Instance: instance, Month: s.Month}
	state, found := s.states[id]
	known := found && state.Version != "" && (instance != "") == (rule.Per != "")
	unknown, stale := s.whyUnknown(state, known)
	route := rule.Route(instance)
	b := alerts.BudgetStatus{
		Known: known, Unknown: unknown, Stale: stale, Channel: route.Channel, ServiceID: state.ServiceID,
		Line: alerts.BudgetLine{
			BudgetID: id, Title: rule.Title, Threshold: state.Threshold, Next: state.Next(rule), Used: state.Used,
			Limit:   rule.BudgetOf(s.Month, rules.Instance{Name: instance, ServiceID: state.ServiceID}).Value,
			Measure: rule.Measure(), Estimate: rule.IsEstimate(),
			CountedTo: state.CountedTo, ReadAt: s.Checks.SucceededAt, Owners: route.Owners, PingAt: rule.PingAt, Answers: state.At(s.Now),
		},
	}
	if day, kept := s.forecasts[id]; kept && known && unknown == "" && day.Version == state.Version {
		b.Line.Forecast = evaluate.ForecastSummary(day, rule, state.Track)
	}
	return b
}

// whyUnknown says, for a person, why there is no current figure; stale means that no newer figures came for too long.
func (s *Snapshot) whyUnknown(state alerts.BudgetState, known bool) (why string, stale bool) {
	staleAfter := s.rules.Operators.StaleAfter
	switch {
	case state.Unknown != "":
		return state.Unknown, false
	case !state.CountedTo.IsZero() && s.Now.Sub(state.CountedTo) > staleAfter:
		if failure := s.Checks.Trouble(); failure != "" {
			return "the latest check failed: " + failure, true
		}
		return "Fastly has not updated its figures", true
	case known || s.Checks.SucceededAt.IsZero():
		return "", false
	case s.Now.Sub(s.Month.Start()) < staleAfter: // so long a check accepts that Fastly lists nothing
		return "the month has just begun, and Fastly may not list it yet", false
	}
	return "the latest check found no usage that the rule covers; a name in the rule may be misspelt", false
}

// maxDated is up to how many budgets Date looks up one by one.
const maxDated = 50

// Date sets since when each budget has been in its state, unless more than maxDated of them have reached a threshold.
func (s *Snapshot) Date(ctx context.Context, budgets []alerts.BudgetStatus) error {
	var reached []*alerts.BudgetStatus
	for i := range budgets {
		if budgets[i].Line.Threshold > 0 {
			reached = append(reached, &budgets[i])
		}
	}
	if len(reached) > maxDated {
		return nil
	}
	for _, b := range reached {
		past, err := s.records.Alerts(ctx, b.Line.BudgetID)
		if err != nil {
			return fmt.Errorf("read the alerts of %s: %w", b.Line.BudgetID, err)
		}
		b.Since, b.FromStart = Since(b.Line, past)
	}
	return nil
}

// Since returns when the budget came into its state: when it crossed its limit, whatever threshold it has reached since, or else when it reached its
// threshold. It is zero if no alert has the moment. fromStart means that this was before the bot watched the rule.
func Since(l alerts.BudgetLine, reached []alerts.Alert) (at time.Time, fromStart bool) {
	threshold := l.Threshold
	if l.Used.GreaterThanOrEqual(l.Limit) {
		threshold = alerts.OverThreshold
	}
	for _, alert := range reached {
		if alert.Kind != alerts.KindForecast && alert.Threshold == threshold {
			at, fromStart = alert.At, alert.Reason == alerts.ReasonNewRule
		}
	}
	return at, fromStart
}

// Compare orders budgets, the worst first: by state, then by the share that is used, then by name.
func Compare(a, b alerts.BudgetStatus, now time.Time) int {
	return cmp.Or(
		cmp.Compare(rank(a, now), rank(b, now)),
		alerts.PercentOf(b.Line).Cmp(alerts.PercentOf(a.Line)),
		cmp.Compare(cmp.Or(a.Line.Title, a.Line.Rule), cmp.Or(b.Line.Title, b.Line.Rule)),
		cmp.Compare(a.Line.Instance, b.Line.Instance),
	)
}

func rank(s alerts.BudgetStatus, now time.Time) int { return slices.Index(alerts.States, s.State(now)) }

// WorstFirst returns the budgets in the order of Compare.
func WorstFirst(budgets []alerts.BudgetStatus, now time.Time) []alerts.BudgetStatus {
	return slices.SortedStableFunc(slices.Values(budgets), func(a, b alerts.BudgetStatus) int { return Compare(a, b, now) })
}

// Count counts budgets by state.
func Count(budgets []alerts.BudgetStatus, now time.Time) map[alerts.State]int {
	counts := map[alerts.State]int{}
	for _, b := range budgets {
		counts[b.State(now)]++
	}
	return counts
}

// Group returns how a rule with a budget for each service or team stands: as the worst of them. each is the limit of those without an exception.
// There is at least one budget.
func Group(budgets []alerts.BudgetStatus, each decimal.Decimal, now time.Time) alerts.BudgetStatus {
	sorted := WorstFirst(budgets, now)
	group := sorted[0]
	group.Instances, group.Count, group.Each, group.Rest = sorted, len(sorted), each, Count(sorted[1:], now)
	return group
}
