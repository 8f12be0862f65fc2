package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
)

// TestMarks: what is posted again after it fell has a mark of its own; a database that knows as much gives the same marks, whatever the ids are.
func TestMarks(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		first, second, edit := parent("r1", "cdn-budget"), parent("r2", "cdn-budget"), refresh("f1", "r1", noon)
		enqueue(t, s, first)
		enqueue(t, s, second, parent("r3", "cdn-budget"), edit)
		marks := map[string]bool{}
		for _, id := range []string{"r1", "r2", "r3"} {
			marks[delivery(t, s, id).Mark] = true
		}
		if d := delivery(t, s, "f1"); len(marks) != 3 || marks[""] || d.Mark != "" || d.Carried() != "f1" {
			t.Errorf("marks %v of three, the edit carries %q; want three, and its id", marks, d.Carried())
		}
		on(t, s, "DELETE FROM delivery WHERE id IN ('r2', 'r3')") // as an older copy has it
		enqueue(t, s, parent("anew", "cdn-budget"))
		if got := delivery(t, s, "anew").Mark; got != alerts.MarkOf(first.Key(), 1) || !marks[got] {
			t.Errorf("posted anew it carries %q, want that of the second", got)
		}
	})
}

// TestWhatMayBePostedIsLookedFor: of what is older than the process, and of what the database has forgotten trying.
func TestWhatMayBePostedIsLookedFor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		marked := parent("marked", "cdn-budget")
		marked.LookFirst = true
		enqueue(t, s, parent("young", "cdn-budget"), parent("old", "cdn-budget"), marked)
		on(t, s, "UPDATE delivery SET queued_at = queued_at - 3600000 WHERE id = 'old'")
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			attempts <- a
			if a.ID == "young" && a.Attempts == 1 && !a.LookFirst {
				return deliver.Verdict{State: alerts.DeliveryPending, Wait: time.Second, Err: errors.New("no answer")}
			}
			return sent(a)
		}})
		for range 3 {
			a := next(t, "an attempt", attempts)
			if want := a.ID != "young"; a.LookFirst != want {
				t.Errorf("%s is looked for: %t, want %t", a.ID, a.LookFirst, want)
			}
			if want := a.ID == "marked"; a.Delivery.LookFirst != want { // what is only older was posted after it was recorded, if at all
				t.Errorf("%s may have been posted at any time: %t, want %t", a.ID, a.Delivery.LookFirst, want)
			}
		}
		eventually(t, "the attempt is recorded", func() bool {
			return count(t, s, "SELECT count(*) FROM delivery WHERE id = 'young' AND begun_at = 0") == 1
		})
		on(t, s, "UPDATE delivery SET attempts = 0, unsettled = FALSE WHERE id = 'young'") // a failover that lost it
		if a := next(t, "the attempt after it", attempts); a.ID != "young" || !a.LookFirst {
			t.Errorf("%s is looked for: %t, want young and true", a.ID, a.LookFirst)
		}
	})
}
