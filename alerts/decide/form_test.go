package decide

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// A change of a rule that comes back within the month forgets nothing: what was posted and answered under the form of before holds again.
func TestAChangeThatComesBackForgetsNothing(t *testing.T) {
	limit := func(units int64) func(*rules.Rule) {
		return func(r *rules.Rule) { r.Budget.Value = decimal.New(units, 0) }
	}
	over := alertstest.Acked(alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour), 100)
	over.OverAt, over.Escalations = alertstest.Noon.Add(-time.Hour), 1
	forecasted := alertstest.Acked(alertstest.WithParent(alertstest.BudgetStateAt(0, 500), time.Hour), 0)
	forecasted.ForecastThreshold, forecasted.Track = 100, forecast.Track{Likely: true, Version: "v1"}
	for _, tt := range []struct {
		name   string
		before alerts.BudgetState
		forms  []func(*rules.Rule) // one after another, before the rule comes back
		used   []int64             // at each form, and when the rule is back
		undo   bool                // somebody takes the acknowledgement back meanwhile

		reason      alerts.Reason
		posts       alerts.DeliveryKind
		taken       []rules.Threshold
		passed      []rules.Threshold
		threshold   rules.Threshold
		ack         rules.Threshold
		acked       bool
		forecast    rules.Threshold
		falls       []alerts.Fall
		escalations int
		over        time.Time
	}{
		{
			name: "a limit raised and put back", before: over, forms: []func(*rules.Rule){limit(1200)}, used: []int64{1010, 1010},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{100}, threshold: 100, ack: 100, acked: true, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "raised so far that no threshold applied meanwhile", before: over, forms: []func(*rules.Rule){limit(9000)}, used: []int64{1010, 1010},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{80, 100}, threshold: 100, ack: 100, acked: true, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "put back by way of a third limit", before: over, forms: []func(*rules.Rule){limit(9000), limit(1200)}, used: []int64{1010, 1010, 1010},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{100}, threshold: 100, ack: 100, acked: true, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "another product and back", before: over, used: []int64{10, 1010},
			forms:  []func(*rules.Rule){func(r *rules.Rule) { r.Match.Product = "compute" }},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{80, 100}, threshold: 100, ack: 100, acked: true, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "a threshold that usage was restated a little below still holds", before: over, forms: []func(*rules.Rule){limit(9000)}, used: []int64{990, 990},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{80, 100}, threshold: 100, ack: 100, acked: true, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "one that it was restated clearly below does not", before: over, forms: []func(*rules.Rule){limit(9000)}, used: []int64{900, 900},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{80}, threshold: 80, ack: 80, acked: true, escalations: 1,
		},
		{
			name: "a threshold that usage crossed meanwhile is a summary, without those of before", before: over, forms: []func(*rules.Rule){limit(9000)},
			used:   []int64{1300, 1300},
			reason: alerts.ReasonChangedRule, posts: alerts.DeliverUpdate, taken: []rules.Threshold{80, 100}, passed: []rules.Threshold{125}, threshold: 125, ack: 100, acked: true, escalations: 1,
			over: alertstest.Noon,
		},
		{
			name: "one that it crosses as the limit comes back is news", before: over, forms: []func(*rules.Rule){limit(1200)}, used: []int64{1010, 1300},
			reason: alerts.ReasonThresholdRose, posts: alerts.DeliverBroadcast, taken: []rules.Threshold{100}, passed: []rules.Threshold{125}, threshold: 125, ack: 100, acked: true, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "what was taken back meanwhile stays taken back", before: over, forms: []func(*rules.Rule){limit(1200)}, used: []int64{1010, 1010}, undo: true,
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, taken: []rules.Threshold{100}, threshold: 100, escalations: 1, over: alertstest.Noon,
		},
		{
			name: "a forecast that was posted stays posted, and answered", before: forecasted, forms: []func(*rules.Rule){limit(9000)}, used: []int64{500, 500},
			reason: alerts.ReasonRuleIsBack, posts: alerts.DeliverUpdate, acked: true, forecast: 100,
		},
		{
			name: "what usage wavered around is still known", before: fallen(alertstest.BudgetStateAt(80, 970), 100, 2, time.Hour), forms: []func(*rules.Rule){limit(9000)},
			used:   []int64{970, 970},
			reason: alerts.ReasonRuleIsBack, taken: []rules.Threshold{80}, threshold: 80, falls: []alerts.Fall{{Threshold: 100, Times: 2, At: alertstest.Noon.Add(-time.Hour)}},
		},
		{
			name: "a limit that nothing was posted under is taken as ever", before: alertstest.BudgetStateAt(0, 500), forms: []func(*rules.Rule){limit(9000)},
			used:   []int64{1010, 1010},
			reason: alerts.ReasonChangedRule, passed: []rules.Threshold{80, 100}, threshold: 100,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			state, seen := tt.before, tt.before.RuleHash
			var d Decision
			for i, form := range append(slices.Clone(tt.forms), func(*rules.Rule) {}) {
				rule := alertstest.BudgetRule()
				rule.Forecast = tt.before.ForecastThreshold
				form(rule)
				f := findingOf(rule, tt.used[i], "v"+string(rune('2'+i)))
				d = Decide(Past{BudgetState: state, SeenHash: seen}, f, alertstest.Noon)
				if state, seen = d.BudgetState, f.Hash(); tt.undo && i == 0 {
					var err error
					if state, _, err = answer.Respond(state, alerts.Press{Act: alerts.ActUnacknowledge, By: "U1"}, alertstest.Noon); err != nil {
						t.Fatal(err)
					}
				}
			}
			type outcome struct {
				Reason            alerts.Reason
				Speak             alerts.DeliveryKind
				Applied, Passed   []rules.Threshold
				Threshold, Ack    rules.Threshold
				Acked             bool
				ForecastThreshold rules.Threshold
				Falls             []alerts.Fall
				Escalations       int
				Over              time.Time
			}
			got := outcome{
				d.Reason, d.Posts, d.Applied, d.Passed, state.Threshold, state.Ack.Threshold, state.Ack.Given(), state.ForecastThreshold,
				state.Falls, state.Escalations, state.OverAt,
			}
			want := outcome{tt.reason, tt.posts, tt.taken, tt.passed, tt.threshold, tt.ack, tt.acked, tt.forecast, tt.falls, tt.escalations, tt.over}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("when the rule is back (-want +got):\n%s", diff)
			}
			rule := alertstest.BudgetRule()
			rule.Forecast = tt.before.ForecastThreshold
			again := Decide(Past{BudgetState: state, SeenHash: seen}, findingOf(rule, tt.used[len(tt.used)-1], state.Version), alertstest.Noon)
			if again.Posts != "" || again.BudgetState.Threshold != tt.threshold || again.BudgetState.ForecastThreshold != tt.forecast {
				t.Errorf("the next check makes %+v", again)
			}
		})
	}
}

// TestTheNewestFormsAreRemembered: a rule that is edited time and again does not let its row grow without end.
func TestTheNewestFormsAreRemembered(t *testing.T) {
	state, seen := alertstest.BudgetStateAt(100, 1010), alertstest.BudgetRule().Hash(alertstest.November, rules.Instance{})
	for i := range int64(3 * alerts.MostForms) {
		rule := alertstest.BudgetRule()
		rule.Budget.Value = decimal.New(1000-i, 0)
		f := findingOf(rule, 1010, "v2")
		state, seen = Decide(Past{BudgetState: state, SeenHash: seen}, f, alertstest.Noon).BudgetState, f.Hash()
	}
	if len(state.Forms) != alerts.MostForms || state.FormOf(seen).Hash != "" {
		t.Errorf("%d forms are remembered, want the %d newest without the one in force", len(state.Forms), alerts.MostForms)
	}
}
