package decide

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// atNight is a watch of one rule with working hours, late in the evening of Wednesday the 25th.
func atNight(t *testing.T, rules ...string) *watch {
	t.Helper()
	w := watching(true, rules...)
	hours := alertstest.Working(t, "UTC", "Mon-Fri 09:00-18:00")
	w.rules.Zone, w.rules.WorkingHours = hours.Zone, hours.Hours
	w.now = time.Date(2026, time.November, 25, 20, 0, 0, 0, time.UTC)
	return w
}

var morning = time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)

// deferredUntil returns when each delivery may be posted, by its id.
func deferredUntil(plan composed) map[string]string {
	deferred := map[string]string{}
	for _, d := range plan.Outcome.Deliveries {
		if !d.NotBefore.IsZero() {
			deferred[d.ID] = d.NotBefore.Format("Mon 15:04")
		}
	}
	return deferred
}

func expectDeferred(t *testing.T, plan composed, want map[string]string, withdrawn ...string) {
	t.Helper()
	if diff := cmp.Diff(want, deferredUntil(plan)); diff != "" {
		t.Errorf("deferred (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(withdrawn, plan.Outcome.Withdrawn); diff != "" {
		t.Errorf("withdrawn (-want +got):\n%s", diff)
	}
}

func TestBelowTheLimitAMessageWaitsForWorkingHours(t *testing.T) {
	w := atNight(t, "a@cdn")
	plan := w.check(t, 810)
	expect(t, plan, "d1 root #cdn a 80%: first threshold reached")
	expectDeferred(t, plan, map[string]string{"d1": "Thu 09:00"})
	if again := w.check(t, 820); len(again.Outcome.Deliveries) != 0 {
		t.Errorf("it is posted again: %v", posted(again))
	}
}

func TestAtTheLimitItDoesNotWait(t *testing.T) {
	w := atNight(t, "a@cdn")
	expectDeferred(t, w.check(t, 1010), map[string]string{})
}

func TestWhatWaitsIsSupersededByNewerNews(t *testing.T) {
	w := atNight(t, "a@cdn")
	w.check(t, 810)
	plan := w.check(t, 1010)
	expect(t, plan, "d2 root #cdn a 100%: first threshold reached")
	expectDeferred(t, plan, map[string]string{}, "d1")
	if got := w.BudgetStates[alertstest.BudgetOf("a")]; got.ParentID != "d2" || !got.DeferredUntil.IsZero() {
		t.Errorf("the budget state has the parent %s, deferred until %s", got.ParentID, got.DeferredUntil)
	}
}

func TestWhatIsNoLongerSoIsNotPostedInTheMorning(t *testing.T) {
	w := atNight(t, "a@cdn")
	w.check(t, 810)
	plan := w.check(t, 500)
	expect(t, plan)
	expectDeferred(t, plan, map[string]string{}, "d1")
	w.now = morning
	plan = w.check(t, 805)
	expect(t, plan, "d2 root #cdn a 80%: first threshold reached")
	expectDeferred(t, plan, map[string]string{})
}

func TestWhatIsLessByNowIsPostedAsItIs(t *testing.T) {
	w := atNight(t, "a@cdn")
	w.rules.Rules[0].Thresholds = []rules.Threshold{80, 90, 100}
	w.know()
	w.check(t, 910)
	plan := w.check(t, 850)
	expect(t, plan, "d2 root #cdn a 80%: first threshold reached")
	expectDeferred(t, plan, map[string]string{"d2": "Thu 09:00"}, "d1")
}

// TestNewerFiguresOfWhatWaitsAreStillNews: who reads it first on Monday reads why it is posted.
func TestNewerFiguresOfWhatWaitsAreStillNews(t *testing.T) {
	w := atNight(t, "a@cdn")
	w.now = time.Date(2026, time.November, 27, 20, 0, 0, 0, time.UTC)
	w.check(t, 810)
	w.now = w.now.AddDate(0, 0, 1)
	plan := w.check(t, 820)
	expect(t, plan, "d2 root #cdn a 80%: first threshold reached")
	expectDeferred(t, plan, map[string]string{"d2": "Mon 09:00"}, "d1")
}

func TestAMuteWithdrawsWhatWaits(t *testing.T) {
	w := atNight(t, "a@cdn")
	w.check(t, 810)
	state := w.BudgetStates[alertstest.BudgetOf("a")]
	state.Mute = alerts.Answer{By: "U1", At: w.now, Threshold: 80}
	w.BudgetStates[alertstest.BudgetOf("a")] = state
	plan := w.check(t, 810)
	expect(t, plan)
	expectDeferred(t, plan, map[string]string{}, "d1")
}

func TestAThresholdBelowTheLimitWaitsAndItsEditDoesNot(t *testing.T) {
	w := atNight(t, "a@cdn")
	w.rules.Rules[0].Thresholds = []rules.Threshold{80, 90, 100}
	w.know()
	w.now = morning
	w.check(t, 810)
	w.now = morning.Add(12 * time.Hour)
	plan := w.check(t, 910)
	expect(t, plan, "d2 rise #cdn <d1 a 90%: higher threshold reached", "d3 refresh #cdn <d1 a 90%: higher threshold reached")
	expectDeferred(t, plan, map[string]string{"d2": "Fri 09:00"})
}

func TestAListWaitsUnlessOneOfItIsOver(t *testing.T) {
	w := atNight(t, "a@cdn", "b@cdn", "c@cdn", "d@cdn", "e@shop", "f@shop", "g@shop", "h@shop")
	expectDeferred(t, w.check(t, 810, 820, 830, 840, 810, 820, 830, 1010), map[string]string{"d1": "Thu 09:00"})
}

// unanswered is a rule that calls people after two hours, in working hours.
func unanswered(t *testing.T) *watch {
	t.Helper()
	w := atNight(t, "a@cdn")
	w.rules.Operators.Channel = "ops"
	w.rules.Rules[0].EscalateAfter = 2 * time.Hour
	return w
}

func TestNobodyAnswers(t *testing.T) {
	w := unanswered(t)
	w.check(t, 1010)
	w.now = morning
	expect(t, w.check(t, 1010)) // an hour of work
	plan := w.check(t, 1010)
	expect(t, plan, "d2 note #cdn <d1 a 100%: nobody has answered", "d3 refresh #cdn <d1 a 100%: nobody has answered")
	if !plan.Decisions[0].PostsInFull() {
		t.Error("the edit of its parent message does not say what grew")
	}
	if since := plan.Outcome.Deliveries[0].Message.Since; since.Hour() != 21 {
		t.Errorf("nobody has answered since %s, want when it was posted", since)
	}
	expect(t, w.check(t, 1010))
	expect(t, w.check(t, 1010), "d4 call #ops a 100%: nobody has answered")
	w.now = w.now.AddDate(0, 0, 2)
	if late := w.check(t, 1010); len(late.Outcome.Deliveries) > 0 {
		for _, d := range late.Outcome.Deliveries {
			if d.Kind != alerts.DeliverUpdate {
				t.Errorf("a third call: %v", posted(late))
			}
		}
	}
}

func TestAnAnswerStopsTheCalls(t *testing.T) {
	for _, tt := range []struct {
		name        string
		answer      func(*alerts.BudgetState)
		escalations bool
	}{
		{"an acknowledgement does", func(s *alerts.BudgetState) { s.Ack = alerts.Answer{By: "U1", Threshold: 100} }, false},
		{"one of a lower threshold does not", func(s *alerts.BudgetState) { s.Ack = alerts.Answer{By: "U1", Threshold: 80} }, true},
		{"a mute does", func(s *alerts.BudgetState) { s.Mute = alerts.Answer{By: "U1", Threshold: 80} }, false},
		{"usage that came down does", func(s *alerts.BudgetState) { s.Threshold = 80 }, false},
		{"a budget that was over when its rule came calls nobody", func(s *alerts.BudgetState) { s.OverAt = time.Time{} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := unanswered(t)
			w.check(t, 1010)
			state := w.BudgetStates[alertstest.BudgetOf("a")]
			tt.answer(&state)
			f := findingOf(&w.rules.Rules[0], 1010, "v9")
			if got := isEscalationDue(&f, state, w.rules.Calendar(), morning.Add(2*time.Hour)); got != tt.escalations {
				t.Errorf("a call is due: %t, want %t", got, tt.escalations)
			}
		})
	}
}

// TestTheOwnersOfAListedBudgetAreCalledInItsChannel: there is no parent message to reply to.
func TestTheOwnersOfAListedBudgetAreCalledInItsChannel(t *testing.T) {
	w := unanswered(t)
	for _, other := range []string{"b@cdn", "c@cdn", "d@cdn"} {
		w.add(other)
	}
	w.know()
	w.check(t, 1010, 810, 810, 810)
	w.now = morning.Add(time.Hour)
	expect(t, w.check(t, 1010, 810, 810, 810), "d2 call #cdn a 100%: nobody has answered")
	w.rules.Operators.Channel = ""
	w.now = morning.Add(3 * time.Hour)
	expect(t, w.check(t, 1010, 810, 810, 810)) // and there is nobody else to call
}

// TestACallNamesAllThatOneListNamed: sixty calls would be read by nobody.
func TestACallNamesAllThatOneListNamed(t *testing.T) {
	w := unanswered(t)
	for _, other := range []string{"b@cdn", "c@cdn", "d@cdn", "e@shop"} {
		w.add(other).EscalateAfter = 2 * time.Hour
	}
	w.know()
	w.check(t, 1010, 1020, 1030, 1040, 810)
	w.now = morning.Add(time.Hour)
	owners := "d3 call #cdn d 100% c 100% b 100% a 100%: nobody has answered"
	expect(t, w.check(t, 1010, 1020, 1030, 1040, 810), owners)
	w.now = morning.Add(3 * time.Hour)
	expect(t, w.check(t, 1010, 1020, 1030, 1040, 810), "d4 call #ops d 100% c 100% b 100% a 100%: nobody has answered")
	w.now = morning.Add(6 * time.Hour)
	expect(t, w.check(t, 1010, 1020, 1030, 1040, 810))
}

// TestRepliesAreGroupedLikeParents: up to three are replies of their own, more are one list; each parent message is edited.
func TestRepliesAreGroupedLikeParents(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn", "c@cdn", "d@cdn")
	w.check(t, 810, 810, 100, 100)
	w.check(t, 810, 810, 810, 810) // four parent messages, two a check
	three := w.check(t, 1010, 1010, 1010, 810)
	broadcasts := 0
	for _, d := range three.Outcome.Deliveries {
		if d.Kind == alerts.DeliverBroadcast {
			broadcasts++
		}
	}
	if broadcasts != 3 {
		t.Errorf("three that rise have %d replies: %v", broadcasts, posted(three))
	}
	four := w.check(t, 1260, 1270, 1280, 1290)
	kinds := map[alerts.DeliveryKind]int{}
	for _, d := range four.Outcome.Deliveries {
		kinds[d.Kind]++
		if d.Kind == alerts.DeliverList && (len(d.Message.Budgets) != 4 || d.Message.Reason != alerts.ReasonThresholdRose || d.Message.Budgets[0].Rule != "d") {
			t.Errorf("the list is %+v", d.Message)
		}
	}
	if kinds[alerts.DeliverList] != 1 || kinds[alerts.DeliverUpdate] != 4 || len(kinds) != 2 {
		t.Errorf("four that rise are %v", posted(four))
	}
	for _, a := range four.Outcome.Alerts {
		if a.DeliveryID == "" || a.DeliveryID != four.Outcome.Alerts[0].DeliveryID {
			t.Errorf("the threshold %s of %s was posted by %q", a.Threshold, a.BudgetID, a.DeliveryID)
		}
	}
	expect(t, w.check(t, 1260, 1270, 1280, 1290))
}
