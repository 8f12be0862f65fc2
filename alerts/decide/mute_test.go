package decide

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// TestAMuteThatEndsOnADay: the first check after it says so by an update, what was crossed meanwhile is not posted, and what comes then is.
func TestAMuteThatEndsOnADay(t *testing.T) {
	muted := func(s alerts.BudgetState, ends time.Duration) alerts.BudgetState {
		s.Mute = alerts.Answer{By: "U1", At: alertstest.Noon.Add(-time.Hour), Until: alertstest.Noon.Add(ends)}
		return s
	}
	said := alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour)
	silent := alertstest.BudgetStateAt(80, 810)
	for _, tt := range []struct {
		name    string
		before  alerts.BudgetState
		used    int64
		unknown string
		reason  alerts.Reason
		posts   alerts.DeliveryKind
		muted   bool
		changed bool
	}{
		{"before it ends a threshold is shown by an update", muted(said, time.Nanosecond), 1010, "", alerts.ReasonMuted, alerts.DeliverUpdate, true, true},
		{"when it ends the message is updated", muted(said, 0), 810, "", alerts.ReasonMuteOver, alerts.DeliverUpdate, false, true},
		{"a threshold that is crossed then is posted", muted(said, 0), 1010, "", alerts.ReasonThresholdRose, alerts.DeliverBroadcast, false, true},
		{"one that was crossed meanwhile is not", muted(alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour), 0), 1010, "", alerts.ReasonMuteOver, alerts.DeliverUpdate, false, true},
		{"without a message its end is only recorded", muted(silent, 0), 810, "", alerts.ReasonAlreadyPosted, "", false, true},
		{"without a figure it waits for one", muted(said, 0), 0, "no rows", alerts.ReasonUnknown, "", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := findingOf(alertstest.BudgetRule(), tt.used, "v1")
			f.Unknown = tt.unknown
			d := Decide(Past{BudgetState: tt.before, SeenHash: tt.before.RuleHash}, f, alertstest.Noon)
			got := []any{d.Reason, d.Posts, d.BudgetState.Muted(), d.Changed}
			if diff := cmp.Diff([]any{tt.reason, tt.posts, tt.muted, tt.changed}, got); diff != "" {
				t.Errorf("reason, post, muted, changed (-want +got):\n%s", diff)
			}
		})
	}
}

// TestANewRuleIsSummedThoughItsMuteEnds: the end of a mute takes no summary away.
func TestANewRuleIsSummedThoughItsMuteEnds(t *testing.T) {
	s := alerts.BudgetState{BudgetID: alertstest.BudgetOf("na"), Revision: 1}
	s.Mute = alerts.Answer{By: "U1", At: alertstest.Noon.Add(-time.Hour), Until: alertstest.Noon}
	d := Decide(Past{BudgetState: s}, findingOf(alertstest.BudgetRule(), 1010, "v1"), alertstest.Noon)
	if !d.IsSummed() || d.BudgetState.Muted() || d.BudgetState.Threshold != rules.Threshold(100) {
		t.Errorf("%s: %+v", d.Reason, d.BudgetState)
	}
}
