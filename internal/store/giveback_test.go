package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/alerts/rules"
)

// tells is an outcome with a delivery about thresholds, and the budget has reached the last.
func tells(d alerts.Delivery, revision int64, thresholds ...rules.Threshold) alerts.Outcome {
	s := budgetState("na-bandwidth")
	s.Threshold, s.ForecastThreshold, s.ParentID, s.Revision = thresholds[len(thresholds)-1], 0, d.ParentID, revision
	if d.Kind == alerts.DeliverParent {
		s.ParentID = d.ID
	}
	d.Revision = revision + 1
	outcome := alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{s}, Deliveries: []alerts.Delivery{d}}
	for _, threshold := range thresholds {
		outcome.Alerts = append(outcome.Alerts, alerts.Alert{
			BudgetID: s.BudgetID, Kind: alerts.KindBudget, Threshold: threshold, Reason: alerts.ReasonThresholdRose, Used: s.Used, Limit: s.Limit,
			At: noon, DeliveryID: d.ID,
		})
	}
	return outcome
}

func broadcast(id, parentID string) alerts.Delivery {
	d := refresh(id, parentID, noon)
	d.Kind = alerts.DeliverBroadcast
	return d
}

// thresholds are those recorded of the budget, each with its delivery.
func thresholds(t *testing.T, s *Store) map[rules.Threshold]string {
	t.Helper()
	found := map[rules.Threshold]string{}
	for _, alert := range must(s.Alerts(t.Context(), budget("na-bandwidth")))(t) {
		found[alert.Threshold] = alert.DeliveryID
	}
	return found
}

func standsAt(t *testing.T, s *Store, want rules.Threshold, parent string) {
	t.Helper()
	if got := must(s.BudgetState(t.Context(), budget("na-bandwidth")))(t); got.Threshold != want || got.ParentID != parent {
		t.Errorf("it stands at %s with the root %q, want %s and %q", got.Threshold, got.ParentID, want, parent)
	}
}

// TestWhatWaitsIsKnown: a level waits for as long as nobody has seen its message, and no attempt at it is under way or without an
// outcome, unless its channel refuses.
func TestWhatWaitsIsKnown(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, tells(parent("d1", "cdn-budget"), 0, 50))
		on(t, s, "UPDATE delivery SET state = 'sent', ts = '1.2' WHERE id = 'd1'")
		record(t, s, tells(broadcast("d2", "d1"), 1, 80, 100))
		for _, tt := range []struct {
			name, change       string
			waits, mayBePosted bool
		}{
			{"recorded just now", "state = 'pending'", true, false},
			{"refused by its channel", "state = 'broken', attempts = 3", true, false},
			{"refused after an attempt whose outcome nobody knows", "state = 'broken', unsettled = TRUE", true, true},
			{"under way", "state = 'pending', begun_at = 5, unsettled = TRUE", false, false},
			{"tried without an outcome", "state = 'pending', begun_at = 0, unsettled = TRUE", false, false},
			{"posted", "state = 'sent', unsettled = FALSE", false, false},
		} {
			on(t, s, "UPDATE delivery SET "+tt.change+" WHERE id = 'd2'")
			got := must(s.Waiting(t.Context(), november))(t)
			w := alerts.Waiting{
				BudgetID: budget("na-bandwidth"), Kind: alerts.KindBudget, Threshold: 80, DeliveryID: "d2", Sort: alerts.DeliverBroadcast, Channel: "cdn-budget",
				ReachedAt: noon, Reason: alerts.ReasonThresholdRose, Seen: 50, MayBePosted: tt.mayBePosted,
			}
			var want []alerts.Waiting
			if tt.waits {
				next := w
				next.Threshold = 100
				want = []alerts.Waiting{w, next}
			}
			if diff := cmp.Diff(want, got, sameMonth, emptyIsNil); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}
	})
}

// TestOnlyWhatNobodyHasSeenIsTakenBack: with it goes what was to edit it or to be a reply to it.
func TestOnlyWhatNobodyHasSeenIsTakenBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, tells(parent("d1", "cdn-budget"), 0, 80))
		enqueue(t, s, refresh("d2", "d1", noon))
		on(t, s, "UPDATE delivery SET begun_at = 5, unsettled = TRUE WHERE id = 'd1'")
		if err := s.Record(t.Context(), alerts.Outcome{At: noon, Withdrawn: []string{"d1"}}); !errors.Is(err, alerts.ErrConflict) {
			t.Errorf("what is under way is taken back: %v", err)
		}
		on(t, s, "UPDATE delivery SET state = 'broken', begun_at = 0, attempts = 4 WHERE id = 'd1'")
		on(t, s, "INSERT INTO route (channel, reason, since) VALUES ('cdn-budget', 'is_archived', 1)")
		record(t, s, alerts.Outcome{At: noon, Withdrawn: []string{"d1"}})
		for _, id := range []string{"d1", "d2"} {
			if d := delivery(t, s, id); d.State != alerts.DeliveryDropped {
				t.Errorf("%s is %s", id, d.State)
			}
		}
		if routes := must(s.Routes(t.Context()))(t); len(routes) != 0 {
			t.Errorf("broken routes = %+v, and nothing waits for one", routes)
		}
	})
}

// TestADropLeavesMessagesAboutAThreshold: a threshold that stays recorded keeps its message.
func TestADropLeavesMessagesAboutAThreshold(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, tells(parent("d1", "cdn-budget"), 0, 80))
		enqueue(t, s, refresh("d2", "d1", noon))
		record(t, s, alerts.Outcome{At: noon, Drops: []alerts.BudgetID{budget("na-bandwidth")}})
		if first, second := delivery(t, s, "d1"), delivery(t, s, "d2"); first.State != alerts.DeliveryPending || second.State != alerts.DeliveryDropped {
			t.Errorf("the message is %s, its edit %s", first.State, second.State)
		}
	})
}

// TestAReplyIsOvertakenByOneWithMoreThresholds, and by no other: its thresholds then belong to the newer one.
func TestAReplyIsOvertakenByOneWithMoreThresholds(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, tells(parent("d1", "cdn-budget"), 0, 50))
		record(t, s, tells(broadcast("d2", "d1"), 1, 80, 100))
		record(t, s, tells(broadcast("d3", "d1"), 2, 125))
		forecast := broadcast("d4", "d1")
		forecast.Revision = 9
		enqueue(t, s, forecast)
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			switch {
			case a.Superseded:
				return deliver.Verdict{State: alerts.DeliveryDropped}
			case a.ParentID != "" && a.Parent.TS == "":
				return deliver.Verdict{State: alerts.DeliveryPending, Wait: time.Second}
			}
			return sent(a)
		}})
		awaitState(t, s, "d2", alerts.DeliveryDropped)
		for _, id := range []string{"d1", "d3", "d4"} {
			awaitState(t, s, id, alerts.DeliverySent)
		}
		if diff := cmp.Diff(map[rules.Threshold]string{50: "d1", 80: "d3", 100: "d3", 125: "d3"}, thresholds(t, s)); diff != "" {
			t.Errorf("levels and what tells them (-want +got):\n%s", diff)
		}
		standsAt(t, s, 125, "d1")
	})
}

// TestADroppedDeliveryGivesItsThresholdsBack: a reply whose parent message is withdrawn while an attempt at the reply is under way.
func TestADroppedDeliveryGivesItsThresholdsBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, tells(parent("d1", "cdn-budget"), 0, 50))
		record(t, s, tells(broadcast("d2", "d1"), 1, 80, 100))
		on(t, s, "UPDATE delivery SET state = 'dropped' WHERE id = 'd1'")
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			if a.Superseded {
				return deliver.Verdict{State: alerts.DeliveryDropped}
			}
			return sent(a)
		}})
		awaitState(t, s, "d2", alerts.DeliveryDropped)
		if diff := cmp.Diff(map[rules.Threshold]string{50: "d1"}, thresholds(t, s)); diff != "" {
			t.Errorf("levels and what tells them (-want +got):\n%s", diff)
		}
		standsAt(t, s, 50, "d1")
	})
}
