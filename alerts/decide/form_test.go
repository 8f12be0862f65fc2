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
	over := alertstest.Acked(alertstest.Rooted(alertstest.StandingAt(100, 1010), time.Hour), 100)
	over.OverAt, over.Calls = alertstest.Noon.Add(-time.Hour), 1
	foretold := alertstest.Acked(alertstest.Rooted(alertstest.StandingAt(0, 500), time.Hour), 0)
	foretold.Foretold, foretold.Track = 100, forecast.Track{Likely: true, Version: "v1"}
	for _, tt := range []struct {
		name   string
		before alerts.Standing
		forms  []func(*rules.Rule) // one after another, before the rule comes back
		used   []int64             // at each form, and when the rule is back
		undo   bool                // somebody takes the acknowledgement back meanwhile

		reason   alerts.Reason
		speak    alerts.DeliveryKind
		taken    []rules.Level
		passed   []rules.Level
		level    rules.Level
		ack      rules.Level
		acked    bool
		foretold rules.Level
		falls    []alerts.Fall
		calls    int
		over     time.Time
	}{
		{
			name: "a limit raised and put back", before: over, forms: []func(*rules.Rule){limit(1200)}, used: []int64{1010, 1010},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{100}, level: 100, ack: 100, acked: true, calls: 1, over: alertstest.Noon,
		},
		{
			name: "raised so far that nothing held meanwhile", before: over, forms: []func(*rules.Rule){limit(9000)}, used: []int64{1010, 1010},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{80, 100}, level: 100, ack: 100, acked: true, calls: 1, over: alertstest.Noon,
		},
		{
			name: "put back by way of a third limit", before: over, forms: []func(*rules.Rule){limit(9000), limit(1200)}, used: []int64{1010, 1010, 1010},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{100}, level: 100, ack: 100, acked: true, calls: 1, over: alertstest.Noon,
		},
		{
			name: "another product and back", before: over, used: []int64{10, 1010},
			forms:  []func(*rules.Rule){func(r *rules.Rule) { r.Match.Product = "compute" }},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{80, 100}, level: 100, ack: 100, acked: true, calls: 1, over: alertstest.Noon,
		},
		{
			name: "a level that usage was restated a little below still holds", before: over, forms: []func(*rules.Rule){limit(9000)}, used: []int64{990, 990},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{80, 100}, level: 100, ack: 100, acked: true, calls: 1, over: alertstest.Noon,
		},
		{
			name: "one that it was restated clearly below does not", before: over, forms: []func(*rules.Rule){limit(9000)}, used: []int64{900, 900},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{80}, level: 80, ack: 80, acked: true, calls: 1,
		},
		{
			name: "a level that usage crossed meanwhile is a summary, without those of before", before: over, forms: []func(*rules.Rule){limit(9000)},
			used:   []int64{1300, 1300},
			reason: alerts.ReasonChangedRule, speak: alerts.DeliverRefresh, taken: []rules.Level{80, 100}, passed: []rules.Level{125}, level: 125, ack: 100, acked: true, calls: 1,
			over: alertstest.Noon,
		},
		{
			name: "one that it crosses as the limit comes back is news", before: over, forms: []func(*rules.Rule){limit(1200)}, used: []int64{1010, 1300},
			reason: alerts.ReasonLevelRose, speak: alerts.DeliverRise, taken: []rules.Level{100}, passed: []rules.Level{125}, level: 125, ack: 100, acked: true, calls: 1, over: alertstest.Noon,
		},
		{
			name: "what was taken back meanwhile stays taken back", before: over, forms: []func(*rules.Rule){limit(1200)}, used: []int64{1010, 1010}, undo: true,
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, taken: []rules.Level{100}, level: 100, calls: 1, over: alertstest.Noon,
		},
		{
			name: "a forecast that was posted stays posted, and answered", before: foretold, forms: []func(*rules.Rule){limit(9000)}, used: []int64{500, 500},
			reason: alerts.ReasonRuleIsBack, speak: alerts.DeliverRefresh, acked: true, foretold: 100,
		},
		{
			name: "what usage wavered around is still known", before: fallen(alertstest.StandingAt(80, 970), 100, 2, time.Hour), forms: []func(*rules.Rule){limit(9000)},
			used:   []int64{970, 970},
			reason: alerts.ReasonRuleIsBack, taken: []rules.Level{80}, level: 80, falls: []alerts.Fall{{Level: 100, Times: 2, At: alertstest.Noon.Add(-time.Hour)}},
		},
		{
			name: "a limit that nothing was posted under is taken as ever", before: alertstest.StandingAt(0, 500), forms: []func(*rules.Rule){limit(9000)},
			used:   []int64{1010, 1010},
			reason: alerts.ReasonChangedRule, passed: []rules.Level{80, 100}, level: 100,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			standing, seen := tt.before, tt.before.RuleHash
			var d Decision
			for i, form := range append(slices.Clone(tt.forms), func(*rules.Rule) {}) {
				rule := alertstest.BudgetRule()
				rule.Forecast = tt.before.Foretold
				form(rule)
				f := findingOf(rule, tt.used[i], "v"+string(rune('2'+i)))
				d = Decide(Past{Standing: standing, SeenHash: seen}, f, alertstest.Noon)
				if standing, seen = d.Standing, f.Hash(); tt.undo && i == 0 {
					var err error
					if standing, _, err = answer.Respond(standing, alerts.Press{Act: alerts.ActUnacknowledge, By: "U1"}, alertstest.Noon); err != nil {
						t.Fatal(err)
					}
				}
			}
			type outcome struct {
				Reason        alerts.Reason
				Speak         alerts.DeliveryKind
				Taken, Passed []rules.Level
				Level, Ack    rules.Level
				Acked         bool
				Foretold      rules.Level
				Falls         []alerts.Fall
				Calls         int
				Over          time.Time
			}
			got := outcome{
				d.Reason, d.Speak, d.Taken, d.Passed, standing.Level, standing.Ack.Level, standing.Ack.Given(), standing.Foretold,
				standing.Falls, standing.Calls, standing.OverAt,
			}
			want := outcome{tt.reason, tt.speak, tt.taken, tt.passed, tt.level, tt.ack, tt.acked, tt.foretold, tt.falls, tt.calls, tt.over}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("when the rule is back (-want +got):\n%s", diff)
			}
			rule := alertstest.BudgetRule()
			rule.Forecast = tt.before.Foretold
			again := Decide(Past{Standing: standing, SeenHash: seen}, findingOf(rule, tt.used[len(tt.used)-1], standing.Version), alertstest.Noon)
			if again.Speak != "" || again.Standing.Level != tt.level || again.Standing.Foretold != tt.foretold {
				t.Errorf("the next check makes %+v", again)
			}
		})
	}
}

// TestTheNewestFormsAreRemembered: a rule that is edited time and again does not let its row grow without end.
func TestTheNewestFormsAreRemembered(t *testing.T) {
	standing, seen := alertstest.StandingAt(100, 1010), alertstest.BudgetRule().Hash(alertstest.November, "")
	for i := range int64(3 * alerts.MostForms) {
		rule := alertstest.BudgetRule()
		rule.Budget.Value = decimal.New(1000-i, 0)
		f := findingOf(rule, 1010, "v2")
		standing, seen = Decide(Past{Standing: standing, SeenHash: seen}, f, alertstest.Noon).Standing, f.Hash()
	}
	if len(standing.Forms) != alerts.MostForms || standing.FormOf(seen).Hash != "" {
		t.Errorf("%d forms are remembered, want the %d newest without the one in force", len(standing.Forms), alerts.MostForms)
	}
}
