package answer

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// by is a press of somebody on a message that shows the budget state as it is.
func by(who string, act alerts.Act, on alerts.BudgetState) alerts.Press {
	shown := alerts.ShownOf(on.Threshold, on.Answers)
	return alerts.Press{Act: act, By: who, Shown: &shown}
}

// typed is the same, typed.
func typed(who string, act alerts.Act) alerts.Press { return alerts.Press{Act: act, By: who} }

func TestRespond(t *testing.T) {
	t.Parallel()
	posted := alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour)
	raised := alertstest.WithParent(alertstest.BudgetStateAt(100, 1010), time.Hour)
	fresh := alertstest.BudgetStateAt(0, 300)
	forecast := alertstest.WithParent(alertstest.BudgetStateAt(0, 300), time.Hour)
	forecast.ForecastThreshold = 100
	unwatched := alerts.BudgetState{BudgetID: posted.BudgetID}
	mine, mutedByMe := alertstest.Acked(posted, 80), alertstest.Muted(posted)
	mine.Ack.By, mutedByMe.Mute.By = alertstest.Ann, alertstest.Ann
	both := mine
	both.Mute = mutedByMe.Mute
	end := alertstest.November.End()
	friday := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	toFriday := alertstest.Muted(posted)
	toFriday.Mute.Until = friday
	ended := toFriday
	ended.Mute.Until = alertstest.Noon
	until := func(who string, at time.Time) alerts.Press {
		return alerts.Press{Act: alerts.ActMute, By: who, Until: at}
	}

	tests := []struct {
		name     string
		before   alerts.BudgetState
		press    alerts.Press
		now      time.Time // noon where zero
		obstacle alerts.Obstacle
		want     alerts.Answers
	}{
		{name: "what was posted can be acknowledged", before: posted, press: by(alertstest.Ann, alerts.ActAcknowledge, posted), want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Threshold: 80}}},
		{
			name: "with a reason", before: posted, press: alerts.Press{Act: alerts.ActAcknowledge, By: alertstest.Ann, Reason: "launch"},
			want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Threshold: 80, Reason: "launch"}},
		},
		{name: "a threshold that was posted in a list can be acknowledged", before: alertstest.BudgetStateAt(80, 810), press: typed(alertstest.Ann, alerts.ActAcknowledge), want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Threshold: 80}}},
		{name: "nothing posted is nothing to acknowledge", before: fresh, press: typed(alertstest.Ann, alerts.ActAcknowledge), obstacle: alerts.ObstacleNoAlert},
		{name: "a forecast can be acknowledged", before: forecast, press: by(alertstest.Ann, alerts.ActAcknowledge, forecast), want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon}}},
		{name: "what came down to nothing cannot be", before: alertstest.WithParent(fresh, time.Hour), press: typed(alertstest.Ann, alerts.ActAcknowledge), obstacle: alerts.ObstacleNoAlert},
		{name: "the second of two people reads of the first", before: mine, press: by(alertstest.Bob, alerts.ActAcknowledge, posted), obstacle: alerts.ObstacleAcknowledged, want: mine.Answers},
		{name: "a second press of one person changes nothing", before: mine, press: by(alertstest.Ann, alerts.ActAcknowledge, posted), obstacle: alerts.ObstacleAcknowledged, want: mine.Answers},
		{
			name: "a higher threshold than the acknowledged one can be acknowledged", before: alertstest.Acked(raised, 80), press: by(alertstest.Bob, alerts.ActAcknowledge, alertstest.Acked(raised, 80)),
			want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Bob, At: alertstest.Noon, Threshold: 100}},
		},
		{name: "a message that showed a lower threshold is an older one", before: raised, press: by(alertstest.Ann, alerts.ActAcknowledge, posted), obstacle: alerts.ObstacleChanged},
		{name: "what is typed means the budget as it stands", before: raised, press: typed(alertstest.Ann, alerts.ActAcknowledge), want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Threshold: 100}}},
		{name: "a reason can be given afterwards, and the rest stays", before: mine, press: alerts.Press{Act: alerts.ActExplain, By: alertstest.Ann, Reason: "launch"}, want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: mine.Ack.At, Threshold: 80, Reason: "launch"}}},
		{name: "but not for somebody else", before: mine, press: alerts.Press{Act: alerts.ActExplain, By: alertstest.Bob, Reason: "launch"}, obstacle: alerts.ObstacleOthers, want: mine.Answers},
		{name: "nor for an acknowledgement that was taken back", before: posted, press: by(alertstest.Ann, alerts.ActExplain, mine), obstacle: alerts.ObstacleUnacknowledged},
		{name: "anybody may take an acknowledgement back", before: mine, press: by(alertstest.Bob, alerts.ActUnacknowledge, mine)},
		{name: "only once", before: posted, press: by(alertstest.Bob, alerts.ActUnacknowledge, mine), obstacle: alerts.ObstacleUnacknowledged},
		{
			name: "undo means the acknowledgement that was seen, not a later one", before: alertstest.Acked(posted, 80), obstacle: alerts.ObstacleChanged, want: alertstest.Acked(posted, 80).Answers,
			press: alerts.Press{Act: alerts.ActUnacknowledge, By: alertstest.Bob, Shown: &alerts.Shown{Threshold: 80, Answered: alertstest.Noon.Add(-2 * time.Hour)}},
		},
		{name: "a budget can be muted", before: posted, press: by(alertstest.Ann, alerts.ActMute, posted), want: alerts.Answers{Mute: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Threshold: 80}}},
		{name: "before anything was posted, too", before: fresh, press: typed(alertstest.Ann, alerts.ActMute), want: alerts.Answers{Mute: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon}}},
		{name: "and an acknowledgement stays beside it", before: mine, press: by(alertstest.Bob, alerts.ActMute, mine), want: alerts.Answers{Ack: mine.Ack, Mute: alerts.Answer{By: alertstest.Bob, At: alertstest.Noon, Threshold: 80}}},
		{name: "the second to mute reads of the first", before: mutedByMe, press: by(alertstest.Bob, alerts.ActMute, posted), obstacle: alerts.ObstacleMuted, want: mutedByMe.Answers},
		{name: "a mute may end on a day", before: posted, press: until(alertstest.Ann, friday), want: alerts.Answers{Mute: alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Threshold: 80, Until: friday}}},
		{name: "until the same day it is muted already", before: toFriday, press: until(alertstest.Bob, friday), obstacle: alerts.ObstacleMuted, want: toFriday.Answers},
		{name: "until another day it is muted anew", before: toFriday, press: until(alertstest.Bob, friday.AddDate(0, 0, 1)), want: alerts.Answers{Mute: alerts.Answer{By: alertstest.Bob, At: alertstest.Noon, Threshold: 80, Until: friday.AddDate(0, 0, 1)}}},
		{name: "so it is until the month's end", before: toFriday, press: typed(alertstest.Bob, alerts.ActMute), want: alerts.Answers{Mute: alerts.Answer{By: alertstest.Bob, At: alertstest.Noon, Threshold: 80}}},
		{name: "a mute that has ended is none", before: ended, press: typed(alertstest.Bob, alerts.ActUnmute), obstacle: alerts.ObstacleUnmuted},
		{name: "a mute can be taken back, and the acknowledgement stays", before: both, press: by(alertstest.Bob, alerts.ActUnmute, both), want: mine.Answers},
		{name: "what is not muted cannot be", before: mine, press: typed(alertstest.Bob, alerts.ActUnmute), obstacle: alerts.ObstacleUnmuted, want: mine.Answers},
		{name: "a month's budget can be muted up to its last moment", before: posted, press: by(alertstest.Ann, alerts.ActMute, posted), now: end.Add(-time.Millisecond), want: alerts.Answers{Mute: alerts.Answer{By: alertstest.Ann, At: end.Add(-time.Millisecond), Threshold: 80}}},
		{name: "after its month there is nothing to mute", before: posted, press: by(alertstest.Ann, alerts.ActMute, posted), now: end, obstacle: alerts.ObstacleMonthOver},
		{name: "an alert of a month's last day can still be acknowledged", before: posted, press: by(alertstest.Ann, alerts.ActAcknowledge, posted), now: end.Add(alerts.LateFor - 1), want: alerts.Answers{Ack: alerts.Answer{By: alertstest.Ann, At: end.Add(alerts.LateFor - time.Millisecond), Threshold: 80}}},
		{name: "but not for ever", before: posted, press: by(alertstest.Ann, alerts.ActAcknowledge, posted), now: end.Add(alerts.LateFor), obstacle: alerts.ObstacleMonthOver},
		{name: "before the first check there is nothing to answer to", before: unwatched, press: typed(alertstest.Ann, alerts.ActMute), obstacle: alerts.ObstacleUnwatched},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			now := test.now
			if now.IsZero() {
				now = alertstest.Noon
			}
			got, entry, err := Respond(test.before, test.press, now.In(time.FixedZone("CET", 3600)))
			want := test.before
			want.Answers = test.want
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(billing.Month{})); diff != "" {
				t.Errorf("budget state (-want +got):\n%s", diff)
			}
			assertRefusal(t, err, test.obstacle, test.before)
			assertAudited(t, entry, test.press, test.before, err)
		})
	}
}

func assertRefusal(t *testing.T, err error, want alerts.Obstacle, before alerts.BudgetState) {
	t.Helper()
	var got alerts.Obstacle
	if refusal, ok := errors.AsType[*alerts.Refusal](err); ok {
		got = refusal.Obstacle
		if refusal.BudgetState.Answers != before.At(alertstest.Noon) {
			t.Errorf("the refusal tells of %+v, want %+v", refusal.BudgetState.Answers, before.Answers)
		}
	}
	if got != want {
		t.Errorf("obstacle = %q (%v), want %q", got, err, want)
	}
}

func assertAudited(t *testing.T, got alerts.AuditEntry, p alerts.Press, before alerts.BudgetState, err error) {
	t.Helper()
	if err != nil {
		if got != (alerts.AuditEntry{}) {
			t.Errorf("the audit keeps %+v of what changed nothing", got)
		}
		return
	}
	want := alerts.AuditEntry{
		At: got.At, Actor: p.By, Act: p.Act, BudgetID: before.BudgetID, Threshold: before.Threshold, Detail: p.Reason, MuteUntil: p.Until,
		Revision: before.Revision + 1,
	}
	if got != want || got.At.Location() != time.UTC {
		t.Errorf("audit = %+v, want %+v in UTC", got, want)
	}
}

func TestAcknowledgementCoversItsThreshold(t *testing.T) {
	t.Parallel()
	state := alertstest.Acked(alertstest.BudgetStateAt(100, 1010), 100)
	for threshold, want := range map[rules.Threshold]bool{0: true, 80: true, 100: true, 125: false} {
		if got := state.Acknowledged(threshold); got != want {
			t.Errorf("acknowledged at 100%%, %s is acknowledged: %t, want %t", threshold, got, want)
		}
	}
	gone := decide.Decide(decide.Past{BudgetState: alertstest.WithParent(state, time.Hour), SeenHash: state.RuleHash}, findingOf(alertstest.BudgetRule(), 100, "v2"), alertstest.Noon).BudgetState
	if gone.Ack.Given() {
		t.Errorf("after a fall below every threshold %s has nothing in hand", gone.Ack.By)
	}
	fallen := decide.Decide(decide.Past{BudgetState: state, SeenHash: state.RuleHash}, findingOf(alertstest.BudgetRule(), 850, "v2"), alertstest.Noon).BudgetState
	if fallen.Threshold != 80 || !fallen.Acknowledged(80) || fallen.Acknowledged(100) {
		t.Errorf("after a fall to 80%% it covers %s, want 80%%: what is reached again wants a new answer", fallen.Ack.Threshold)
	}
}

func TestChangedRuleKeepsTheMuteAlone(t *testing.T) {
	t.Parallel()
	state := alertstest.Muted(alertstest.Acked(alertstest.BudgetStateAt(80, 810), 80))
	d := decide.Decide(decide.Past{BudgetState: state, SeenHash: "another form"}, findingOf(alertstest.BudgetRule(), 1010, "v2"), alertstest.Noon)
	if d.Reason != alerts.ReasonChangedRule || d.BudgetState.Ack.Given() || !d.BudgetState.Muted() {
		t.Errorf("%s: answers %+v, want the mute alone: what was acknowledged is forgotten", d.Reason, d.BudgetState.Answers)
	}
}
