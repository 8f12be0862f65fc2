package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
)

// TestAParentThatNobodyHasIsGone: what was recorded as posted without a receipt, and what is no longer recorded at all, holds back nothing. The
// next news is a message of its own and takes the parent's place.
func TestAParentThatNobodyHasIsGone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, how string }{
		{"sent without a receipt", "UPDATE delivery SET state = 'sent', ts = '' WHERE id = 'r1'"},
		{"not recorded any more", "DELETE FROM delivery WHERE id = 'r1'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
				before := budgetState("na-bandwidth")
				before.ParentID = "r1"
				broadcast := parent("up1", "cdn-budget")
				broadcast.Kind, broadcast.ParentID = alerts.DeliverBroadcast, "r1"
				record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{before}, Deliveries: []alerts.Delivery{parent("r1", "cdn-budget"), broadcast}})
				on(t, s, test.how)
				start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
					attempts <- a
					verdict := sent(a)
					verdict.ParentGone = a.ParentGone
					return verdict
				}})
				if a := next(t, "the rise", attempts); a.ID != "up1" || !a.ParentGone {
					t.Errorf("attempt of %s has a root that is gone = %t, want up1 and true", a.ID, a.ParentGone)
				}
				awaitState(t, s, "up1", alerts.DeliverySent)
				if got := must(s.BudgetStates(t.Context(), november))(t)[0]; got.ParentID != "up1" {
					t.Errorf("the budget's root is %q, want up1", got.ParentID)
				}
			})
		})
	}
}

// TestWhatIsOpenIsRemembered: since when it is open whether a message was posted, and that it was looked for, outlive the attempts between and
// the process.
func TestWhatIsOpenIsRemembered(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		open := deliver.Verdict{State: alerts.DeliveryPending, Wait: time.Second, Unsettled: true, Err: errors.New("no answer")}
		waits := deliver.Verdict{State: alerts.DeliveryPending, Wait: time.Second, Err: errors.New("waits")}
		looked := deliver.Verdict{State: alerts.DeliveryPending, Wait: time.Hour, Looked: true, Err: errors.New("not there")}
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, answers(attempts, open, waits, looked))
		first := next(t, "an attempt without an outcome", attempts)
		if first.Unsettled || first.UnsureFor != 0 || first.Looked {
			t.Errorf("attempt 1 = %+v, want nothing open", first)
		}
		began := time.Now()
		second, third := next(t, "a wait", attempts), next(t, "a look", attempts)
		if second.UnsureFor < 900*time.Millisecond || third.UnsureFor < second.UnsureFor+900*time.Millisecond || second.Looked || third.Looked {
			t.Errorf("open for %s and %s, looked for %t and %t; want a second more each, and neither", second.UnsureFor, third.UnsureFor, second.Looked, third.Looked)
		}
		eventually(t, "the look is recorded", func() bool {
			return count(t, s, "SELECT count(*) FROM delivery WHERE looked_at > 0 AND begun_at = 0") == 1
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}

		again := openAt(t, url)
		on(t, again, "UPDATE delivery SET retry_at = 0")
		start(t, again, answers(attempts, open, open, open, open, waits))
		fourth := next(t, "another process's attempt", attempts)
		if lasted := time.Since(began); !fourth.Looked || fourth.LookedFor <= 0 || fourth.UnsureFor < third.UnsureFor || fourth.UnsureFor > lasted+time.Second {
			t.Errorf("attempt 4 is open for %s, looked for %t %s ago; want at most %s, true", fourth.UnsureFor, fourth.Looked, fourth.LookedFor, lasted+time.Second)
		}
		seen := time.Now()
		if fifth := next(t, "the next", attempts); fifth.Looked || fifth.UnsureFor > time.Since(seen)+900*time.Millisecond || !fifth.Unsettled {
			t.Errorf("attempt 5 is open for %s, looked for %t, want it open since the one before, and not looked for", fifth.UnsureFor, fifth.Looked)
		}
	})
}
