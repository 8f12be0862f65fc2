package status

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// recorded is what the store has, for a test.
type recorded struct {
	states    []alerts.BudgetState
	forecasts []alerts.ForecastDay
	reached   []alerts.Alert
	checks    alerts.CheckStatus
	err       error
	asked     int // calls of Alerts
}

func (r *recorded) BudgetStates(context.Context, billing.Month) ([]alerts.BudgetState, error) {
	return r.states, r.err
}

func (r *recorded) ForecastsOn(context.Context, billing.Month, time.Time) ([]alerts.ForecastDay, error) {
	return r.forecasts, r.err
}

func (r *recorded) Alerts(context.Context, alerts.BudgetID) ([]alerts.Alert, error) {
	r.asked++
	return r.reached, r.err
}

func (r *recorded) CheckStatus(context.Context) (alerts.CheckStatus, error) { return r.checks, r.err }

// checkedMeanwhile is a store in which a check ends after the first read.
type checkedMeanwhile struct {
	recorded
	after recorded
	reads int
}

func (c *checkedMeanwhile) now() *recorded {
	if c.reads++; c.reads > 1 {
		return &c.after
	}
	return &c.recorded
}

func (c *checkedMeanwhile) BudgetStates(ctx context.Context, m billing.Month) ([]alerts.BudgetState, error) {
	return c.now().BudgetStates(ctx, m)
}

func (c *checkedMeanwhile) ForecastsOn(ctx context.Context, m billing.Month, day time.Time) ([]alerts.ForecastDay, error) {
	return c.now().ForecastsOn(ctx, m, day)
}

func (c *checkedMeanwhile) CheckStatus(ctx context.Context) (alerts.CheckStatus, error) {
	return c.now().CheckStatus(ctx)
}

func TestFiguresAreNeverOlderThanTheCheckThatDatesThem(t *testing.T) {
	t.Parallel()
	now := alertstest.Noon
	checked := func(at time.Time) recorded {
		id := alerts.BudgetID{Rule: "na", Month: alertstest.November}
		return recorded{states: []alerts.BudgetState{{BudgetID: id, Used: decimal.New(500, 0), CountedTo: at}}, checks: alerts.CheckStatus{SucceededAt: at}}
	}
	s, err := Read(t.Context(), &checkedMeanwhile{recorded: checked(now.AddDate(0, 0, -7)), after: checked(now)}, budgetRules(t, ""), now)
	if err != nil {
		t.Fatal(err)
	}
	if state := s.states[alerts.BudgetID{Rule: "na", Month: alertstest.November}]; state.CountedTo.Before(s.Checks.SucceededAt) {
		t.Errorf("figures of %s are dated %s", state.CountedTo, s.Checks.SucceededAt)
	}
}

func budgetRules(t *testing.T, keys string) *rules.Rules {
	t.Helper()
	return alertstest.Load(t, `rules: [{name: na, product: cdn_usage, channel: cdn, budget: 1000, thresholds: [80%, 100%], `+keys+`}]`)
}

func TestWhyABudgetHasNoFigure(t *testing.T) {
	t.Parallel()
	now := alertstest.Noon // November 22
	id := alerts.BudgetID{Rule: "na", Month: alertstest.November}
	known := alerts.BudgetState{BudgetID: id, Used: decimal.New(500, 0), Version: "v1", CountedTo: now.Add(-12 * time.Hour)}
	change := func(s alerts.BudgetState, by func(*alerts.BudgetState)) []alerts.BudgetState {
		by(&s)
		return []alerts.BudgetState{s}
	}
	stale := func(s *alerts.BudgetState) { s.CountedTo = now.Add(-40 * time.Hour) }
	checked, failed := alerts.CheckStatus{SucceededAt: now.Add(-time.Hour)}, alerts.CheckStatus{
		SucceededAt: now.Add(-2 * time.Hour), FailedAt: now.Add(-time.Hour), Failure: "Fastly refused the token",
	}
	for _, tt := range []struct {
		name    string
		states  []alerts.BudgetState
		checks  alerts.CheckStatus
		now     time.Time
		known   bool
		stale   bool
		unknown string
	}{
		{"a figure of today is known", []alerts.BudgetState{known}, checked, now, true, false, ""},
		{"one that has not moved for longer than stale_after is not fresh", change(known, stale), checked, now, true, true, "Fastly has not updated its figures"},
		{"where the newest check failed that is the reason", change(known, stale), failed, now, true, true, "the latest check failed: Fastly refused the token"},
		{"a check that failed leaves fresh figures as they are", []alerts.BudgetState{known}, failed, now, true, false, ""},
		{"what a check could not count says why", change(known, func(s *alerts.BudgetState) { s.Unknown = "two units" }), checked, now, true, false, "two units"},
		{"and is not called stale", change(known, func(s *alerts.BudgetState) { stale(s); s.Unknown = "two units" }), checked, now, true, false, "two units"},
		{"before the first check there is no reason", nil, alerts.CheckStatus{}, now, false, false, ""},
		{"after one the rule covers nothing", nil, checked, now, false, false, "the latest check found no usage that the rule covers; a name in the rule may be misspelt"},
		{"unless the month has just begun", nil, alerts.CheckStatus{SucceededAt: alertstest.November.Start()}, alertstest.November.Start().Add(6 * time.Hour), false, false, "the month has just begun, and Fastly may not list it yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := budgetRules(t, "")
			s, err := Read(t.Context(), &recorded{states: tt.states, checks: tt.checks}, set, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Budget(&set.Rules[0])
			if got.Known != tt.known || got.Stale != tt.stale || got.Unknown != tt.unknown {
				t.Errorf("known %t, stale %t, %q", got.Known, got.Stale, got.Unknown)
			}
		})
	}
}

func TestAForecastIsOfTheFiguresItStandsBeside(t *testing.T) {
	t.Parallel()
	set := budgetRules(t, "")
	id := alerts.BudgetID{Rule: "na", Month: alertstest.November}
	state := alerts.BudgetState{BudgetID: id, Used: decimal.New(500, 0), Version: "v2", CountedTo: alertstest.Nov21, Track: forecast.Track{Likely: true}}
	day := alerts.ForecastDay{
		BudgetID: id, Day: alertstest.Nov21.AddDate(0, 0, -1), Used: state.Used, Limit: decimal.New(1000, 0), Method: forecast.MethodPace, Version: "v2",
		Low: decimal.New(1100, 0), Expected: decimal.New(1200, 0), High: decimal.New(1300, 0),
	}
	for version, want := range map[string]alerts.State{"v2": alerts.StateLikelyOver, "v1": alerts.StateOnCourse} {
		day.Version = version
		s, err := Read(t.Context(), &recorded{states: []alerts.BudgetState{state}, forecasts: []alerts.ForecastDay{day}}, set, alertstest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Budget(&set.Rules[0]).State(alertstest.Noon); got != want {
			t.Errorf("with a forecast of %s it is %s, want %s", version, got, want)
		}
	}
}

// TestOneRuleWithManyBudgets: they are one line, which stands as the worst of them and counts the others.
func TestOneRuleWithManyBudgets(t *testing.T) {
	t.Parallel()
	set := budgetRules(t, `service: "*", per: service, except: {big: 5000}`)
	rule := &set.Rules[0]
	var states []alerts.BudgetState
	for name, used := range map[string]int64{"low": 100, "over": 1200, "big": 4200, "new": 0} {
		state := alerts.BudgetState{
			BudgetID: alerts.BudgetID{Rule: "na", Instance: name, Month: alertstest.November}, Used: decimal.New(used, 0), Version: "v", CountedTo: alertstest.Nov21,
		}
		if name == "new" {
			state.Version, state.Unknown = "", "Fastly no longer lists usage of it"
		}
		states = append(states, state)
	}
	other := alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "na", Instance: "old", Month: alertstest.November}, RuleHash: "of another form", Version: "v"}
	s, err := Read(t.Context(), &recorded{states: append(states, other)}, set, alertstest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"na": {"over", "new", "big", "low"}}, s.InstancesByRule()); diff != "" {
		t.Error(diff)
	}
	got := s.Budget(rule)
	var order []string
	for _, one := range got.Instances {
		order = append(order, one.Line.Instance)
	}
	if diff := cmp.Diff([]string{"over", "new", "big", "low"}, order); diff != "" {
		t.Errorf("worst first (-want +got):\n%s", diff)
	}
	if got.Line.Instance != "over" || got.Count != 4 || !got.Each.Equal(decimal.New(1000, 0)) {
		t.Errorf("the rule stands as %s, one of %d, %s each", got.Line.Instance, got.Count, got.Each)
	}
	if diff := cmp.Diff(map[alerts.State]int{alerts.StateNoData: 1, alerts.StateAhead: 1, alerts.StateOnCourse: 1}, got.Rest); diff != "" {
		t.Errorf("the others (-want +got):\n%s", diff)
	}
}

func TestSinceWhenABudgetIsInItsState(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return alertstest.November.Start().AddDate(0, 0, day-1) }
	reached := []alerts.Alert{
		{Kind: alerts.KindForecast, Threshold: 100, At: at(5)},
		{Kind: alerts.KindBudget, Threshold: 80, At: at(10), Reason: alerts.ReasonNewRule},
		{Kind: alerts.KindBudget, Threshold: 100, At: at(15)},
		{Kind: alerts.KindBudget, Threshold: 125, At: at(20)},
	}
	for _, tt := range []struct {
		name      string
		used      int64
		threshold rules.Threshold
		want      time.Time
		fromStart bool
	}{
		{"its threshold was reached, before the rule was watched", 85, 80, at(10), true},
		{"over is since its limit was reached, whatever came after", 130, 125, at(15), false},
		{"over is so also where a lower threshold is the last one posted", 100, 80, at(15), false},
		{"a forecast marks no moment", 50, 0, time.Time{}, false},
	} {
		line := alerts.BudgetLine{Used: decimal.New(tt.used, 0), Limit: decimal.New(100, 0), Threshold: tt.threshold}
		if got, fromStart := Since(line, reached); !got.Equal(tt.want) || fromStart != tt.fromStart {
			t.Errorf("%s: %s, %v, want %s, %v", tt.name, got, fromStart, tt.want, tt.fromStart)
		}
	}
}

// TestOfManyBudgetsNoneIsDated: to look up each would take too long, and nobody reads so many.
func TestOfManyBudgetsNoneIsDated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ budgets, asked int }{{maxDated, maxDated}, {maxDated + 1, 0}} {
		r := &recorded{reached: []alerts.Alert{{Kind: alerts.KindBudget, Threshold: 80, At: alertstest.Noon}}}
		s, err := Read(t.Context(), r, &rules.Rules{}, alertstest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		budgets := make([]alerts.BudgetStatus, tt.budgets)
		for i := range budgets {
			budgets[i].Line = alerts.BudgetLine{Threshold: 80, Limit: decimal.New(1, 0)}
		}
		if err := s.Date(t.Context(), budgets); err != nil || r.asked != tt.asked || budgets[0].Since.IsZero() != (tt.asked == 0) {
			t.Errorf("%d budgets: %v, %d look-ups, since %s", tt.budgets, err, r.asked, budgets[0].Since)
		}
	}
}

func TestRecordsThatCannotBeReadAreAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk full")
	if s, err := Read(t.Context(), &recorded{err: broken}, budgetRules(t, ""), alertstest.Noon); s != nil || !errors.Is(err, broken) {
		t.Errorf("%+v, %v", s, err)
	}
}
