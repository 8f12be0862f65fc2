package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
)

const mondays = "digest monday | 0 9 * * 1 | UTC"

func digestDelivery(id string) alerts.Delivery {
	return alerts.Delivery{
		ID: id, Kind: alerts.DeliverDigest, Channel: "finops", BudgetID: alerts.BudgetID{Month: november}, CreatedAt: noon,
		Message: alerts.Message{Reason: alerts.ReasonSchedule, Bulletin: &alerts.Bulletin{Digest: "monday", Month: november, MadeAt: noon}},
	}
}

func TestDueAt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		monday, week := noon.Add(45*time.Hour), 7*24*time.Hour
		for _, step := range []struct {
			name       string
			next, want time.Time
		}{
			{"a task that is not known is due at the next time", monday, monday},
			{"which stands, also when it is over", monday.Add(week), monday},
			{"a time further ahead was set by a clock that has been put back", monday.Add(-week), monday.Add(-week)},
			{"and is corrected for good", monday, monday.Add(-week)},
		} {
			if due := must(s.DueAt(t.Context(), mondays, step.next))(t); !due.Equal(step.want) {
				t.Errorf("%s: due at %s, want %s", step.name, due, step.want)
			}
		}
	})
}

func TestPublish(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		next := noon.Add(7 * 24 * time.Hour)
		must(s.DueAt(t.Context(), mondays, noon))(t)
		if must(s.Claim(t.Context(), mondays, "a", noon.Add(-1), next, time.Minute))(t) {
			t.Fatal("claimed before it was due")
		}
		if !must(s.Claim(t.Context(), mondays, "a", noon, next, time.Minute))(t) {
			t.Fatal("not claimed")
		}
		if err := finishTask(s, t.Context(), mondays, "b", noon, []alerts.Delivery{digestDelivery("d1")}); !errors.Is(err, alerts.ErrConflict) {
			t.Fatalf("published by another: %v", err)
		}
		if n := count(t, s, "SELECT count(*) FROM delivery"); n != 0 {
			t.Fatalf("%d deliveries of a claim that was lost", n)
		}
		if err := finishTask(s, t.Context(), mondays, "a", noon, []alerts.Delivery{digestDelivery("d1")}); err != nil {
			t.Fatal(err)
		}
		if due := must(s.DueAt(t.Context(), mondays, next))(t); !due.Equal(next) {
			t.Errorf("due at %s, want %s", due, next)
		}
		if must(s.Claim(t.Context(), mondays, "b", noon.Add(time.Hour), next, time.Minute))(t) {
			t.Error("claimed a second time")
		}
		got := delivery(t, s, "d1")
		if r := got.Message.Bulletin; got.Kind != alerts.DeliverDigest || got.Month != november || r == nil || r.Digest != "monday" {
			t.Errorf("stored as %+v", got)
		}
	})
}

// TestFinishPostsAnIDOnce: a process that learns late that its claim was good posts nothing again.
func TestFinishPostsAnIDOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		for i, task := range []string{"a task", "another", "a third"} {
			must(s.DueAt(t.Context(), task, noon))(t)
			must(s.Claim(t.Context(), task, "a", noon, midnight, time.Minute))(t)
			posted := []alerts.Delivery{digestDelivery("same"), digestDelivery(fmt.Sprint("other ", i))}
			if err := finishTask(s, t.Context(), task, "a", noon, posted); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(t, s, "SELECT count(*) FROM delivery"); n != 4 {
			t.Errorf("%d deliveries, want the same one once and three others", n)
		}
	})
}

func TestOneOfManyPublishes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		stores := openReplicas(t, url)
		must(stores[0].DueAt(t.Context(), mondays, noon))(t)
		var published atomic.Int64
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				s, owner := stores[i%len(stores)], string(rune('a'+i))
				claimed, err := s.Claim(t.Context(), mondays, owner, noon, midnight, time.Minute)
				if err != nil || !claimed {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err := finishTask(s, t.Context(), mondays, owner, noon, []alerts.Delivery{digestDelivery("d1")}); err != nil {
					t.Error(err)
				}
				published.Add(1)
			})
		}
		all.Wait()
		if published.Load() != 1 {
			t.Errorf("%d published, want 1", published.Load())
		}
	})
}

// TestAlertsGoBeforeDigests: what goes first in a channel is not what was recorded first.
func TestAlertsGoBeforeDigests(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		waits := digestDelivery("d1")
		waits.CreatedAt = noon.Add(-time.Hour)
		enqueue(t, s, waits, parent("a1", waits.Channel), parent("a2", waits.Channel))
		start(t, s, sends(attempts))
		for _, want := range []string{"a1", "a2", "d1"} {
			if a := next(t, "the next", attempts); a.ID != want {
				t.Errorf("%s goes, want %s", a.ID, want)
			}
		}
	})
}

func TestPruneForgetsDigestsThatAreGone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		must(s.DueAt(t.Context(), "of long ago", noon.AddDate(-2, 0, 0)))(t)
		must(s.DueAt(t.Context(), mondays, noon.AddDate(0, -1, 0)))(t)
		readUsageAt(t, s, noon, usage("A", "1", midnight))
		must(s.Prune(t.Context(), noon))(t)
		if n := count(t, s, "SELECT count(*) FROM schedule"); n != 2 {
			t.Errorf("%d tasks are kept, want the check and the digest", n)
		}
	})
}
