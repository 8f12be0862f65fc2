package decide

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// answered is a look at the month, after which somebody may answer.
type answered struct {
	look

	press alerts.Act // after the look
}

// The looks of a month whose end turns out likely over.
var (
	open   = answered{look: look{300, 1100, "v1", "silent: below the first threshold; On Course; next 50%"}}
	likely = answered{look: look{310, 1100, "v2", "root: likely to end above the budget; Likely Over; next 100%"}}
	acked  = answered{likely.look, alerts.ActAcknowledge}
)

// TestBelowTheLimitThresholdsAddNothingToLikelyOver: once a month was posted as Likely Over, or acknowledged as such, thresholds below the
// limit update its message. An acknowledgement of it holds until 100%, and one of a threshold until the next.
func TestBelowTheLimitThresholdsAddNothingToLikelyOver(t *testing.T) {
	for _, tt := range []struct {
		name  string
		muted bool
		rule  func(*rules.Rule)
		looks []answered
	}{
		{
			name: "each threshold below the limit updates the Likely Over message, and the limit is posted",
			looks: []answered{
				open, likely,
				{look{500, 1100, "v3", "refresh: shown in the Likely Over message; 50% Used, Likely Over; next 100%"}, ""},
				{look{810, 1100, "v4", "refresh: shown in the Likely Over message; 80% Used, Likely Over; next 100%"}, ""},
				{look{1000, 1200, "v5", "rise: higher threshold reached; Over; next 125%"}, ""},
			},
		},
		{
			name: "an acknowledgement of Likely Over holds until the limit, and one of the limit until the next threshold",
			looks: []answered{
				open, acked,
				{look{810, 1100, "v3", "refresh: shown in the Likely Over message; 80% Used, Likely Over; next 100%, acknowledged"}, ""},
				{look{820, 1100, "v4", "silent: threshold already posted; 80% Used, Likely Over; next 100%, acknowledged"}, ""},
				{look{1000, 1200, "v5", "rise: higher threshold reached; Over; next 125%"}, alerts.ActAcknowledge},
				{look{1100, 1200, "v6", "silent: threshold already posted; Over; next 125%, acknowledged"}, ""},
				{look{1250, 1300, "v7", "rise: higher threshold reached; Over; next 0%"}, ""},
			},
		},
		{
			name: "back on course, a threshold is news again",
			looks: []answered{
				open, likely,
				{look{320, 950, "v3", "silent: forecast already posted; Likely Over; next 100%"}, ""},
				{look{330, 950, "v4", "refresh: no longer likely to end above the budget; Back on Course; next 50%"}, ""},
				{look{500, 950, "v5", "rise: first threshold reached; 50% Used; next 80%"}, ""},
			},
		},
		{
			name: "an acknowledgement ends with Likely Over, so that a threshold after it has none",
			looks: []answered{
				open, acked,
				{look{320, 950, "v3", "silent: forecast already posted; Likely Over; next 100%, acknowledged"}, ""},
				{look{330, 950, "v4", "refresh: no longer likely to end above the budget; Back on Course; next 50%"}, ""},
				{look{500, 950, "v5", "rise: first threshold reached; 50% Used; next 80%"}, ""},
			},
		},
		{
			name: "a threshold whose message says Likely Over is such a message, too",
			looks: []answered{
				{look{500, 1100, "v1", "root: first threshold reached; 50% Used, Likely Over; next 100%"}, ""},
				{look{800, 1100, "v2", "refresh: shown in the Likely Over message; 80% Used, Likely Over; next 100%"}, ""},
			},
		},
		{
			name: "what comes down below the limit and is reached again adds nothing either",
			looks: []answered{
				open, likely,
				{look{810, 1100, "v3", "refresh: shown in the Likely Over message; 80% Used, Likely Over; next 100%"}, ""},
				{look{700, 1100, "v4", "refresh: usage restated below the threshold; 50% Used, Likely Over; next 100%"}, ""},
				{look{810, 1100, "v5", "refresh: shown in the Likely Over message; 80% Used, Likely Over; next 100%"}, ""},
			},
		},
		{
			name: "muted without a message, nobody knows of Likely Over once the mute is undone", muted: true,
			looks: []answered{
				open,
				{look{310, 1100, "v2", "silent: muted; Likely Over; next 50%"}, alerts.ActUnmute},
				{look{500, 1100, "v3", "root: first threshold reached; 50% Used, Likely Over; next 100%"}, ""},
			},
		},
		{
			name: "muted, and acknowledged all the same, somebody knows", muted: true,
			looks: []answered{
				open,
				{look{310, 1100, "v2", "silent: muted; Likely Over; next 50%"}, alerts.ActAcknowledge},
				{look{315, 1100, "v2", "silent: forecast already posted; Likely Over; next 100%, acknowledged"}, alerts.ActUnmute},
				{look{500, 1100, "v3", "silent: shown in the Likely Over message; 50% Used, Likely Over; next 100%, acknowledged"}, ""},
			},
		},
		{
			name: "a rule that forecasts nothing posts every threshold", rule: func(r *rules.Rule) { r.Forecast = 0 },
			looks: []answered{
				{look{500, 1100, "v1", "root: first threshold reached; 50% Used, Likely Over; next 80%"}, ""},
				{look{800, 1100, "v2", "rise: higher threshold reached; 80% Used, Likely Over; next 100%"}, ""},
			},
		},
		{
			name: "the default forecast is silent once the limit is reached", rule: func(r *rules.Rule) { r.Forecast = rules.DefaultForecast },
			looks: []answered{
				{look{1000, 1100, "v1", "root: first threshold reached; Over; next 125%"}, ""},
				{look{1010, 1350, "v2", "silent: threshold already posted; Over; next 125%"}, ""},
				{look{1020, 1350, "v3", "silent: threshold already posted; Over; next 125%"}, ""},
			},
		},
		{
			name: "an acknowledged budget that is used up posts no forecast above it", rule: func(r *rules.Rule) { r.Forecast = 120 },
			looks: []answered{
				{look{1000, 1100, "v1", "root: first threshold reached; Over; next 125%"}, alerts.ActAcknowledge},
				{look{1010, 1350, "v2", "silent: threshold already posted; Over; next 125%, acknowledged"}, ""},
				{look{1020, 1350, "v3", "silent: threshold already posted; Over; next 125%, acknowledged"}, ""},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.ForecastRule()
			rule.Thresholds = []rules.Threshold{50, 80, 100, 125}
			if tt.rule != nil {
				tt.rule(rule)
			}
			b, id := alertstest.NewBook(), alertstest.BudgetOf(rule.Name)
			known := alerts.BudgetState{BudgetID: id, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Revision: 1}
			if tt.muted {
				known.Mute = alerts.Answer{By: "U1", At: alertstest.Noon}
			}
			b.BudgetStates[id] = known
			var got, want []string
			for i, look := range tt.looks {
				now := alertstest.Noon.Add(time.Duration(i) * time.Hour)
				words := look.at(t, b, rule, now)
				state := b.BudgetStates[id]
				words += fmt.Sprintf("; next %s", state.Next(rule))
				if state.Ack.Given() && state.Acknowledged(state.Threshold) {
					words += ", acknowledged"
				}
				got, want = append(got, words), append(want, look.want)
				if look.press != "" {
					press(t, b, id, look.press, now)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}

func press(t *testing.T, b *alertstest.Book, id alerts.BudgetID, act alerts.Act, now time.Time) {
	t.Helper()
	after, _, err := answer.Respond(b.BudgetStates[id], alerts.Press{Act: act, By: alertstest.Ann}, now)
	if err != nil {
		t.Fatal(err)
	}
	after.Revision++
	b.BudgetStates[id] = after
}

// TestAListThatSaysLikelyOverIsEnough: a budget that was listed as likely over has no message of its own, and gets none below the limit.
func TestAListThatSaysLikelyOverIsEnough(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn")
	look := func(version string, used int64) composed {
		var findings []evaluate.Finding
		for i := range w.rules.Rules {
			rule := &w.rules.Rules[i]
			rule.Forecast = 100
			findings = append(findings, foreseeing(findingOf(rule, used, version), 1100))
		}
		plan := planned(w.rules, findings, w.memory(), w.now, w.NewID)
		if err := w.Record(plan.Outcome); err != nil {
			t.Fatal(err)
		}
		return plan
	}
	look("v1", 300)
	expect(t, look("v2", 310), "d1 list #cdn a 0% b 0% c 0% d 0%: first threshold reached")
	shown := look("v3", 810)
	expect(t, shown)
	for _, alert := range shown.Outcome.Alerts {
		if alert.Reason != alerts.ReasonShown || alert.DeliveryID != "" {
			t.Errorf("%s of %s is recorded as %q", alert.Threshold, alert.Rule, alert.Reason)
		}
	}
	if len(shown.Outcome.Alerts) != 4 {
		t.Errorf("%d thresholds are recorded", len(shown.Outcome.Alerts))
	}
	expect(t, look("v4", 1010), "d2 list #cdn a 100% b 100% c 100% d 100%: first threshold reached")
}

// TestOtherDefaultsAreNoEdit: a rule that leaves its thresholds and its forecast to the version has other ones after an upgrade, and what was
// posted before stays posted. The upgrade posts nothing again, and reports no change of a rule.
func TestOtherDefaultsAreNoEdit(t *testing.T) {
	rule := alertstest.RuleOf(t, "product: cdn_usage, budget: 1000, thresholds: [100%, 125%, 150%, 200%], forecast: 105%")
	if rule.Thresholds[0] != rules.DefaultThresholds[0] || rule.Forecast != rules.DefaultForecast {
		t.Fatalf("the defaults are %v and %s", rules.DefaultThresholds, rules.DefaultForecast)
	}
	id := alertstest.BudgetOf(rule.Name)
	before := alerts.BudgetState{
		BudgetID: id, RuleHash: rule.Hash(alertstest.November, rules.Instance{}), Threshold: 80, ForecastThreshold: 100, Used: decimal.New(810, 0),
		Limit: decimal.New(1000, 0), Version: "v1", Track: forecast.Track{Likely: true, Version: "v1"}, ParentID: "d0", ParentChannel: "cdn",
		PostedAt: alertstest.Noon.Add(-48 * time.Hour), Revision: 1,
	}
	for _, tt := range []struct {
		name  string
		looks []look
	}{
		{"likely over by the old forecast and by the new one", []look{
			{810, 1200, "v1", "silent: threshold already posted; 80% Used, Likely Over"},
			{820, 1200, "v2", "refresh: figures updated; 80% Used, Likely Over"},
			{830, 1200, "v3", "silent: threshold already posted; 80% Used, Likely Over"},
			{1010, 1200, "v4", "rise: higher threshold reached; Over"},
		}},
		{"likely over by the old forecast alone", []look{
			{820, 1020, "v2", "refresh: figures updated; 80% Used, Likely Over"},
			{830, 1020, "v3", "refresh: no longer likely to end above the budget; 80% Used"},
			{840, 1020, "v4", "silent: threshold already posted; 80% Used"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := alertstest.NewBook()
			b.BudgetStates[id] = before
			var got, want []string
			for i, look := range tt.looks {
				got, want = append(got, look.at(t, b, &rule, alertstest.Noon.Add(time.Duration(i)*time.Hour))), append(want, look.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}
