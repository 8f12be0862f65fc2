package alerts

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

const (
	ann = "U0ANN"
	bob = "U0BOB"
)

// by is a press of somebody on a message that shows the standing as it is.
func by(who string, act Act, on Standing) Press {
	shown := ShownOf(on.Level, on.Answers)
	return Press{Act: act, By: who, Shown: &shown}
}

// typed is the same, typed.
func typed(who string, act Act) Press { return Press{Act: act, By: who} }

func TestRespond(t *testing.T) {
	t.Parallel()
	said := rooted(standingAt(80, 810), time.Hour)
	risen := rooted(standingAt(100, 1010), time.Hour)
	fresh := standingAt(0, 300)
	foretold := rooted(standingAt(0, 300), time.Hour)
	foretold.Foretold = 100
	unwatched := Standing{BudgetID: said.BudgetID}
	mine, mutedByMe := acked(said, 80), muted(said)
	mine.Ack.By, mutedByMe.Mute.By = ann, ann
	both := mine
	both.Mute = mutedByMe.Mute
	end := november.End()

	tests := []struct {
		name     string
		before   Standing
		press    Press
		now      time.Time // noon where zero
		obstacle Obstacle
		want     Answers
	}{
		{name: "what was said can be acknowledged", before: said, press: by(ann, ActAcknowledge, said), want: Answers{Ack: Answer{By: ann, At: noon, Level: 80}}},
		{
			name: "with a reason", before: said, press: Press{Act: ActAcknowledge, By: ann, Reason: "launch"},
			want: Answers{Ack: Answer{By: ann, At: noon, Level: 80, Reason: "launch"}},
		},
		{name: "a level that was said in a list can be acknowledged", before: standingAt(80, 810), press: typed(ann, ActAcknowledge), want: Answers{Ack: Answer{By: ann, At: noon, Level: 80}}},
		{name: "nothing said is nothing to acknowledge", before: fresh, press: typed(ann, ActAcknowledge), obstacle: ObstacleNothingSaid},
		{name: "a forecast can be acknowledged", before: foretold, press: by(ann, ActAcknowledge, foretold), want: Answers{Ack: Answer{By: ann, At: noon}}},
		{name: "what came down to nothing cannot be", before: rooted(fresh, time.Hour), press: typed(ann, ActAcknowledge), obstacle: ObstacleNothingSaid},
		{name: "the second of two people is told of the first", before: mine, press: by(bob, ActAcknowledge, said), obstacle: ObstacleAcknowledged, want: mine.Answers},
		{name: "a second press of one person changes nothing", before: mine, press: by(ann, ActAcknowledge, said), obstacle: ObstacleAcknowledged, want: mine.Answers},
		{
			name: "a higher level than the acknowledged one can be acknowledged", before: acked(risen, 80), press: by(bob, ActAcknowledge, acked(risen, 80)),
			want: Answers{Ack: Answer{By: bob, At: noon, Level: 100}},
		},
		{name: "a message that showed a lower level is an older one", before: risen, press: by(ann, ActAcknowledge, said), obstacle: ObstacleChanged},
		{name: "what is typed means the budget as it stands", before: risen, press: typed(ann, ActAcknowledge), want: Answers{Ack: Answer{By: ann, At: noon, Level: 100}}},
		{name: "a reason can be given afterwards, and the rest stays", before: mine, press: Press{Act: ActExplain, By: ann, Reason: "launch"}, want: Answers{Ack: Answer{By: ann, At: mine.Ack.At, Level: 80, Reason: "launch"}}},
		{name: "but not for somebody else", before: mine, press: Press{Act: ActExplain, By: bob, Reason: "launch"}, obstacle: ObstacleOthers, want: mine.Answers},
		{name: "nor for an acknowledgement that was taken back", before: said, press: by(ann, ActExplain, mine), obstacle: ObstacleUnacknowledged},
		{name: "anybody may take an acknowledgement back", before: mine, press: by(bob, ActUnacknowledge, mine)},
		{name: "only once", before: said, press: by(bob, ActUnacknowledge, mine), obstacle: ObstacleUnacknowledged},
		{
			name: "undo means the acknowledgement that was seen, not a later one", before: acked(said, 80), obstacle: ObstacleChanged, want: acked(said, 80).Answers,
			press: Press{Act: ActUnacknowledge, By: bob, Shown: &Shown{80, noon.Add(-2 * time.Hour)}},
		},
		{name: "a budget can be muted", before: said, press: by(ann, ActMute, said), want: Answers{Mute: Answer{By: ann, At: noon, Level: 80}}},
		{name: "before anything was said, too", before: fresh, press: typed(ann, ActMute), want: Answers{Mute: Answer{By: ann, At: noon}}},
		{name: "and an acknowledgement stays beside it", before: mine, press: by(bob, ActMute, mine), want: Answers{Ack: mine.Ack, Mute: Answer{By: bob, At: noon, Level: 80}}},
		{name: "the second to mute is told of the first", before: mutedByMe, press: by(bob, ActMute, said), obstacle: ObstacleMuted, want: mutedByMe.Answers},
		{name: "a mute can be taken back, and the acknowledgement stays", before: both, press: by(bob, ActUnmute, both), want: mine.Answers},
		{name: "what is not muted cannot be", before: mine, press: typed(bob, ActUnmute), obstacle: ObstacleUnmuted, want: mine.Answers},
		{name: "a month's budget can be muted up to its last moment", before: said, press: by(ann, ActMute, said), now: end.Add(-time.Millisecond), want: Answers{Mute: Answer{By: ann, At: end.Add(-time.Millisecond), Level: 80}}},
		{name: "after its month there is nothing to mute", before: said, press: by(ann, ActMute, said), now: end, obstacle: ObstacleMonthOver},
		{name: "what is said of a month's last day can still be acknowledged", before: said, press: by(ann, ActAcknowledge, said), now: end.Add(lateFor - 1), want: Answers{Ack: Answer{By: ann, At: end.Add(lateFor - time.Millisecond), Level: 80}}},
		{name: "but not for ever", before: said, press: by(ann, ActAcknowledge, said), now: end.Add(lateFor), obstacle: ObstacleMonthOver},
		{name: "before the first check there is nothing to answer to", before: unwatched, press: typed(ann, ActMute), obstacle: ObstacleUnwatched},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			now := test.now
			if now.IsZero() {
				now = noon
			}
			got, entry, err := Respond(test.before, test.press, now.In(time.FixedZone("CET", 3600)))
			want := test.before
			want.Answers = test.want
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(billing.Month{})); diff != "" {
				t.Errorf("standing (-want +got):\n%s", diff)
			}
			assertRefusal(t, err, test.obstacle, test.before)
			assertAudited(t, entry, test.press, test.before, err)
		})
	}
}

func assertRefusal(t *testing.T, err error, want Obstacle, before Standing) {
	t.Helper()
	var got Obstacle
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		got = refusal.Obstacle
		if refusal.Standing.Answers != before.Answers {
			t.Errorf("the refusal tells of %+v, want %+v", refusal.Standing.Answers, before.Answers)
		}
	}
	if got != want {
		t.Errorf("obstacle = %q (%v), want %q", got, err, want)
	}
}

func assertAudited(t *testing.T, got AuditEntry, p Press, before Standing, err error) {
	t.Helper()
	if err != nil {
		if got != (AuditEntry{}) {
			t.Errorf("the audit keeps %+v of what changed nothing", got)
		}
		return
	}
	want := AuditEntry{
		At: got.At, Actor: p.By, Act: p.Act, BudgetID: before.BudgetID, Level: before.Level, Detail: p.Reason,
		Revision: before.Revision + 1,
	}
	if got != want || got.At.Location() != time.UTC {
		t.Errorf("audit = %+v, want %+v in UTC", got, want)
	}
}

func TestAcknowledgementCoversItsLevel(t *testing.T) {
	t.Parallel()
	standing := acked(standingAt(100, 1010), 100)
	for level, want := range map[rules.Level]bool{0: true, 80: true, 100: true, 125: false} {
		if got := standing.Acknowledged(level); got != want {
			t.Errorf("acknowledged at 100%%, %s is acknowledged: %t, want %t", level, got, want)
		}
	}
	gone := Decide(Past{Standing: rooted(standing, time.Hour), SeenHash: standing.RuleHash}, findingOf(budgetRule(), 100, "v2"), noon).Standing
	if gone.Ack.Given() {
		t.Errorf("after a fall below every level %s has nothing in hand", gone.Ack.By)
	}
	fallen := Decide(Past{Standing: standing, SeenHash: standing.RuleHash}, findingOf(budgetRule(), 850, "v2"), noon).Standing
	if fallen.Level != 80 || !fallen.Acknowledged(80) || fallen.Acknowledged(100) {
		t.Errorf("after a fall to 80%% it covers %s, want 80%%: what is reached again wants a new answer", fallen.Ack.Level)
	}
}

func TestChangedRuleKeepsTheMuteAlone(t *testing.T) {
	t.Parallel()
	standing := muted(acked(standingAt(80, 810), 80))
	d := Decide(Past{Standing: standing, SeenHash: "another form"}, findingOf(budgetRule(), 1010, "v2"), noon)
	if d.Reason != ReasonChangedRule || d.Standing.Ack.Given() || !d.Standing.Muted() {
		t.Errorf("%s: answers %+v, want the mute alone: what was acknowledged is forgotten", d.Reason, d.Standing.Answers)
	}
}
