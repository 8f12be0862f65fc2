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
	"budgetbot/internal/alertstest"
)

// decemberAt is so long after the end of November.
func decemberAt(days float64) time.Time {
	return alertstest.November.End().Add(time.Duration(days * float64(24*time.Hour)))
}

// lateLook is a check after a month's end: when, what was used of 1,000, and how far it is counted, in days before the end.
type lateLook struct {
	days  float64
	used  int64
	short int
	want  string
}

func TestAMonthThatIsOver(t *testing.T) {
	const closes, over, reopened = "refresh: the month is closed", "silent: the month is over", "Fastly restated a closed month"
	for _, tt := range []struct {
		name   string
		before alerts.BudgetState
		rule   func(*rules.Rule)
		looks  []lateLook
	}{
		{"it is open until its last day is counted", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{0.5, 1110, 2, over}, {1.5, 1120, 1, over}, {1.6, 1140, 0, closes + ", final 1140"}, {1.7, 1140, 0, over},
		}},
		{"after 72 hours it is closed as it is", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{2.9, 1110, 1, over}, {3, 1110, 1, closes + ", final 1110"},
		}},
		{"a service that was down for weeks closes it when it is back", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{25, 1110, 0, closes + ", final 1110"}, {25.1, 1110, 0, over},
		}},
		{"a threshold reached on its last day is still posted, and closes it", alertstest.WithParent(alertstest.BudgetStateAt(80, 900), 0), nil, []lateLook{
			{0.2, 1000, 1, "rise: higher threshold reached"}, {1.2, 1010, 0, closes + ", final 1010"},
		}},
		{"both at once are one reply and one edit", alertstest.WithParent(alertstest.BudgetStateAt(80, 900), 0), nil, []lateLook{
			{1.2, 1010, 0, "rise: higher threshold reached, final 1010"}, {1.3, 1010, 0, over},
		}},
		{"a budget without an alert closes without a message", alertstest.BudgetStateAt(0, 500), nil, []lateLook{
			{1.2, 510, 0, "silent: the month is closed, final 510"},
		}},
		{"a restatement above 1% is posted once", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{1.2, 1100, 0, closes + ", final 1100"}, {5, 1111, 0, over}, {6, 1112, 0, "note: " + reopened}, {7, 1200, 0, over},
		}},
		{"be it a fall", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{1.2, 1100, 0, closes + ", final 1100"}, {5, 1000, 0, "note: " + reopened},
		}},
		{"a closed month that stands still is silent", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{1.2, 1100, 0, closes + ", final 1100"}, {2, 1100, 0, over}, {9, 1100, 0, over},
		}},
		{"after 14 days nobody looks any more", alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0), nil, []lateLook{
			{1.2, 1100, 0, closes + ", final 1100"}, {14, 1300, 0, over},
		}},
		{"a restatement of a budget without an alert is not posted", alertstest.BudgetStateAt(0, 500), nil, []lateLook{
			{1.2, 510, 0, "silent: the month is closed, final 510"}, {5, 600, 0, "silent: " + reopened},
		}},
		{"unless a threshold is reached by it", alertstest.BudgetStateAt(0, 790), nil, []lateLook{
			{1.2, 790, 0, "silent: the month is closed, final 790"}, {5, 1010, 0, "root: " + reopened},
		}},
		{"muted, it is still closed, by an edit, and a restatement is one too", alertstest.Muted(alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0)), nil, []lateLook{
			{1.2, 1100, 0, closes + ", final 1100"}, {5, 1200, 0, "refresh: " + reopened},
		}},
		{
			"a limit of the next month has no say in it", alertstest.WithParent(alertstest.BudgetStateAt(80, 900), 0),
			func(r *rules.Rule) { r.Budget.Value = decimal.New(500, 0) },
			[]lateLook{{0.2, 900, 1, over}, {1.2, 910, 0, closes + ", final 910"}},
		},
		{
			"a rule that counts something else by now closes it with what was known", alertstest.WithParent(alertstest.BudgetStateAt(80, 900), 0),
			func(r *rules.Rule) { r.Match.UsageType = "Asia *" },
			[]lateLook{{0.2, 20, 0, over}, {3.2, 20, 0, closes + ", final 900"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.BudgetRule()
			if tt.rule != nil {
				tt.rule(rule)
			}
			state := tt.before
			var got, want []string
			for i, look := range tt.looks {
				f := findingOf(rule, look.used, fmt.Sprint("late", i))
				f.CountedTo = alertstest.November.End().AddDate(0, 0, -look.short)
				d := Decide(Past{BudgetState: state, SeenHash: state.RuleHash}, f, decemberAt(look.days))
				got, want = append(got, becomesOf(d, state)), append(want, look.want)
				if d.Changed {
					state = d.BudgetState
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAMonthThatIsOverIsComparedWithItsOwnLimit: what is posted and recorded of it is what was decided on.
func TestAMonthThatIsOverIsComparedWithItsOwnLimit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		budget int64 // by now; in the month it was 1,000
	}{{"a budget that is higher by now", 2000}, {"one that is lower by now", 500}, {"the same budget", 1000}} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.BudgetRule()
			rule.Budget.Value = decimal.New(tt.budget, 0)
			f := findingOf(rule, 1300, "late")
			f.CountedTo = alertstest.November.End()
			memory := alerts.Memory{BudgetStates: []alerts.BudgetState{alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0)}, Known: map[string]string{rule.Name: rule.Hash(alertstest.November, rules.Instance{})}}
			plan := planned(&rules.Rules{Rules: []rules.Rule{*rule}}, []evaluate.Finding{f}, memory, decemberAt(1.2), alertstest.NewBook().NewID)
			var reported []string
			for _, d := range plan.Outcome.Deliveries {
				line := d.Message.Budgets[0]
				reported = append(reported, fmt.Sprintf("%s: %s of %s, %s", d.Kind, line.Used, line.Limit, line.Threshold))
			}
			for _, a := range plan.Outcome.Alerts {
				reported = append(reported, fmt.Sprintf("alert: %s of %s, %s", a.Used, a.Limit, a.Threshold))
			}
			const figures = "1300 of 1000, 125%"
			if diff := cmp.Diff([]string{"rise: " + figures, "refresh: " + figures, "alert: " + figures}, reported); diff != "" {
				t.Errorf("posted (-want +got):\n%s", diff)
			}
		})
	}
}

// becomesOf is what a decision says and why, and the final figure that it closes a month with.
func becomesOf(d Decision, before alerts.BudgetState) string {
	posts := d.Posts
	if posts == "" {
		posts = "silent"
	}
	text := fmt.Sprintf("%s: %s", posts, d.Reason)
	if before.ClosedAt.IsZero() && !d.BudgetState.ClosedAt.IsZero() {
		text += ", final " + d.BudgetState.Final.String()
	}
	return text
}

// TestAClosedMonthIsNotAnswered: its buttons are gone, and who types an answer reads why.
func TestAClosedMonthIsNotAnswered(t *testing.T) {
	state := alertstest.WithParent(alertstest.BudgetStateAt(100, 1100), 0)
	state.ClosedAt = decemberAt(1)
	_, _, err := answer.Respond(state, alerts.Press{Act: alerts.ActAcknowledge, By: "U1"}, decemberAt(1.1))
	if refused, ok := err.(*alerts.Refusal); !ok || refused.Obstacle != alerts.ObstacleMonthOver { //nolint:errorlint // returned as it is
		t.Errorf("error = %v, want that the month is over", err)
	}
}
