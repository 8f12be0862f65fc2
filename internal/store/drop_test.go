package store

import (
	"context"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
)

// TestWhatWaitsOfARemovedRuleIsDropped: nothing is posted about it any more, nothing is tried for ever, and the trouble of a channel
// that nothing waits for is forgotten.
func TestWhatWaitsOfARemovedRuleIsDropped(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		broken := &deliver.BrokenRoute{Channel: "shop-cdn", Reason: "not_in_channel"}
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			if a.Superseded {
				return deliver.Verdict{State: alerts.DeliveryDropped}
			}
			if a.Channel == "shop-cdn" {
				return deliver.Verdict{State: alerts.DeliveryBroken, Wait: rescueAfter, Err: broken}
			}
			return sent(a)
		}, notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false }})
		enqueue(t, s, parent("d1", "shop-cdn"))
		awaitState(t, s, "d1", alerts.DeliveryBroken)
		closing := refresh("d2", "d1", noon)
		closing.Channel = "shop-cdn"
		record(t, s, alerts.Outcome{At: noon, Drops: []alerts.BudgetID{budget("na-bandwidth")}, Deliveries: []alerts.Delivery{closing}})
		awaitState(t, s, "d1", alerts.DeliveryDropped)
		awaitState(t, s, "d2", alerts.DeliveryDropped)
		if routes := must(s.Routes(t.Context()))(t); len(routes) != 0 {
			t.Errorf("broken routes = %+v", routes)
		}
		if backlog := must(s.QueueDepth(t.Context()))(t); backlog.Broken+backlog.Pending != 0 {
			t.Errorf("backlog = %+v", backlog)
		}
	})
}

// TestABrokenRouteIsReportedOnceWhileItsAlertIsReplaced: newer figures replace the alert that waits for a channel. The channel is
// as broken as before, and operators have been notified already.
func TestABrokenRouteIsReportedOnceWhileItsAlertIsReplaced(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		channel    string // of the alert that replaces the one that waits; empty for none
		stillKnown bool
	}{
		{"an alert for the same channel keeps the route broken", "shop-cdn", true},
		{"an alert for another channel leaves nothing that waits for the first", "cdn-budget", false},
		{"without another alert the route is forgotten", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s, ctx := openAt(t, url), t.Context()
				notices := 0
				s.dispatcher.handler = script{notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) {
					notices++
					return alerts.Delivery{}, false
				}}
				enqueue(t, s, parent("d1", "shop-cdn"))
				attempt := must(s.dispatcher.begin(ctx, "shop-cdn"))(t)
				refused := deliver.Verdict{State: alerts.DeliveryBroken, Err: &deliver.BrokenRoute{Channel: "shop-cdn", Reason: "not_in_channel"}}
				if err := s.dispatcher.record(ctx, *attempt, refused); err != nil {
					t.Fatal(err)
				}
				outcome := alerts.Outcome{At: noon, Withdrawn: []string{"d1"}}
				if tt.channel != "" {
					outcome.Deliveries = []alerts.Delivery{parent("d2", tt.channel)}
				}
				record(t, s, outcome)
				if routes := must(s.Routes(ctx))(t); (len(routes) == 1) != tt.stillKnown {
					t.Errorf("broken routes = %+v", routes)
				}
				if tt.stillKnown {
					again := must(s.dispatcher.begin(ctx, "shop-cdn"))(t)
					if again == nil || again.ID != "d2" {
						t.Fatalf("the attempt is %+v, want that of d2", again)
					}
					if err := s.dispatcher.record(ctx, *again, refused); err != nil {
						t.Fatal(err)
					}
				}
				if notices != 1 {
					t.Errorf("operators got %d notices, want 1", notices)
				}
			})
		})
	}
}

// TestAnEditThatIsDroppedUnderWayHoldsNothingUp: its outcome too late, and the channel's next delivery goes at once all the same.
func TestAnEditThatIsDroppedUnderWayHoldsNothingUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, ctx := openAt(t, url), t.Context()
		enqueue(t, s, parent("r1", "cdn-budget"))
		first := must(s.dispatcher.begin(ctx, "cdn-budget"))(t)
		if err := s.dispatcher.record(ctx, *first, sent(first.Attempt)); err != nil {
			t.Fatal(err)
		}
		enqueue(t, s, refresh("e1", "r1", noon), parent("r2", "cdn-budget"))
		edit := must(s.dispatcher.begin(ctx, "cdn-budget"))(t)
		if edit == nil || edit.ID != "e1" {
			t.Fatalf("the attempt is %+v, want that of e1", edit)
		}
		record(t, s, alerts.Outcome{At: noon, Drops: []alerts.BudgetID{budget("na-bandwidth")}})
		if err := s.dispatcher.record(ctx, *edit, sent(edit.Attempt)); err != nil {
			t.Fatal(err)
		}
		if d := delivery(t, s, "e1"); d.State != alerts.DeliveryDropped {
			t.Errorf("the edit is %s, want it dropped", d.State)
		}
		enqueue(t, s, parent("r3", "cdn-budget"))
		if next := must(s.dispatcher.begin(ctx, "cdn-budget"))(t); next == nil {
			t.Error("the channel is still taken")
		}
	})
}

// TestAReplyMendsAChannelThatNothingWaitsFor: a reply does not prove that its channel takes messages of their own, so that the trouble lasts
// while one waits, and ends with the last that waits.
func TestAReplyMendsAChannelThatNothingWaitsFor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, ctx := openAt(t, url), t.Context()
		s.dispatcher.handler = script{notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false }}
		try := func(id string, verdict func(deliver.Attempt) deliver.Verdict) {
			t.Helper()
			on(t, s, "UPDATE lane SET due_at = 0, post_at = 0, edit_at = 0")
			attempt := must(s.dispatcher.begin(t.Context(), "cdn-budget"))(t)
			if attempt == nil || attempt.ID != id {
				t.Fatalf("the attempt is %+v, want that of %s", attempt, id)
			}
			if err := s.dispatcher.record(t.Context(), *attempt, verdict(attempt.Attempt)); err != nil {
				t.Fatal(err)
			}
		}
		refused := func(deliver.Attempt) deliver.Verdict {
			return deliver.Verdict{State: alerts.DeliveryBroken, Wait: time.Minute, Err: &deliver.BrokenRoute{Channel: "cdn-budget", Reason: "is_archived"}}
		}
		troubles := func(want int) {
			t.Helper()
			if routes := must(s.Routes(ctx))(t); len(routes) != want {
				t.Errorf("broken routes = %+v, want %d", routes, want)
			}
		}
		enqueue(t, s, parent("r1", "cdn-budget"))
		try("r1", sent)
		broadcast := refresh("r2", "r1", noon)
		broadcast.Kind = alerts.DeliverBroadcast
		enqueue(t, s, broadcast, refresh("r3", "r1", noon), parent("r4", "cdn-budget"))
		try("r2", refused)
		troubles(1)
		try("r2", sent)
		try("r3", sent)
		troubles(1)
		try("r4", sent)
		troubles(0)
		enqueue(t, s, refresh("r5", "r1", noon.Add(time.Hour)))
		try("r5", refused)
		troubles(1)
		try("r5", sent)
		troubles(0)
	})
}

// TestAParentThatIsGoneIsReplaced: the broadcast reply that was posted instead is the budget's parent message from then on, whichever of its edit and
// itself met the hole first. Without news there is no parent message, and the next news makes one.
func TestAParentThatIsGoneIsReplaced(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		gone := func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			switch {
			case a.Kind == alerts.DeliverUpdate:
				return deliver.Verdict{State: alerts.DeliveryDropped, ParentGone: true, Err: deliver.ErrParentGone}
			case a.Kind == alerts.DeliverBroadcast:
				v := sent(a)
				v.ParentGone = true
				return v
			}
			return sent(a)
		}
		start(t, s, script{attempt: gone})
		state := budgetState("na-bandwidth")
		state.ParentID = "d1"
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{state}, Deliveries: []alerts.Delivery{parent("d1", "cdn-budget")}})
		awaitState(t, s, "d1", alerts.DeliverySent)

		record(t, s, alerts.Outcome{At: noon, Deliveries: []alerts.Delivery{refresh("d2", "d1", noon)}})
		awaitState(t, s, "d2", alerts.DeliveryDropped)
		after := must(s.BudgetState(t.Context(), state.BudgetID))(t)
		if after.ParentID != "" || after.Revision != 2 {
			t.Errorf("after an edit of what is gone the root is %q at revision %d", after.ParentID, after.Revision)
		}
		broadcast := refresh("d3", "d1", noon)
		broadcast.Kind = alerts.DeliverBroadcast
		record(t, s, alerts.Outcome{At: noon, Deliveries: []alerts.Delivery{broadcast}})
		awaitState(t, s, "d3", alerts.DeliverySent)
		after = must(s.BudgetState(t.Context(), state.BudgetID))(t)
		if after.ParentID != "d3" || after.ParentChannel != "cdn-budget" {
			t.Errorf("after news the root is %q in %q", after.ParentID, after.ParentChannel)
		}
	})
}
