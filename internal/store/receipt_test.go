package store

import (
	"context"
	"testing"

	"budgetbot/alerts"
)

// TestARootThatNobodyHasIsGone: what was recorded as posted without a receipt, and what is no longer recorded at all, holds back nothing. The
// next news is a message of its own and takes the root's place.
func TestARootThatNobodyHasIsGone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, how string }{
		{"sent without a receipt", "UPDATE delivery SET state = 'sent', ts = '' WHERE id = 'r1'"},
		{"not recorded any more", "DELETE FROM delivery WHERE id = 'r1'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s, attempts := openAt(t, url), make(chan alerts.Attempt, 10)
				before := standing("na-bandwidth")
				before.RootID = "r1"
				rise := root("up1", "cdn-budget")
				rise.Kind, rise.RootID = alerts.DeliverRise, "r1"
				record(t, s, alerts.Outcome{At: noon, Standings: []alerts.Standing{before}, Deliveries: []alerts.Delivery{root("r1", "cdn-budget"), rise}})
				on(t, s, test.how)
				start(t, s, script{attempt: func(_ context.Context, a alerts.Attempt) alerts.Verdict {
					attempts <- a
					verdict := sent(a)
					verdict.RootGone = a.RootGone
					return verdict
				}})
				if a := next(t, "the rise", attempts); a.ID != "up1" || !a.RootGone {
					t.Errorf("attempt of %s has a root that is gone = %t, want up1 and true", a.ID, a.RootGone)
				}
				awaitState(t, s, "up1", alerts.DeliverySent)
				if got := must(s.Standings(t.Context(), november))(t)[0]; got.RootID != "up1" {
					t.Errorf("the budget's root is %q, want up1", got.RootID)
				}
			})
		})
	}
}
