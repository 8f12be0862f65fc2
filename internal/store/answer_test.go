package store

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/deliver"
)

// stored records a budget state and returns it as it is kept.
func stored(t *testing.T, s *Store, rule string) alerts.BudgetState {
	t.Helper()
	record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState(rule)}})
	return must(s.BudgetStates(t.Context(), november))(t)[0]
}

// answered is what somebody's press on the budget is to be recorded as.
func answered(t *testing.T, before alerts.BudgetState, p alerts.Press, id string) answer.Answered {
	t.Helper()
	next, entry, err := answer.Respond(before, p, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	entry.ID = id
	edit := refresh("edit-"+id, before.ParentID, noon)
	edit.Revision = entry.Revision
	return answer.Answered{BudgetState: next, Entry: entry, Deliveries: []alerts.Delivery{edit}}
}

func recordAnswer(t *testing.T, s *Store, a answer.Answered) {
	t.Helper()
	if err := s.RecordAnswer(t.Context(), a); err != nil {
		t.Fatalf("RecordAnswer: %v", err)
	}
}

func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		before := stored(t, s, "na")
		recordAnswer(t, s, answered(t, before, alerts.Press{Act: alerts.ActAcknowledge, By: "U1", Reason: "launch"}, "a1"))
		acked := must(s.BudgetState(t.Context(), before.BudgetID))(t)
		recordAnswer(t, s, answered(t, acked, alerts.Press{Act: alerts.ActMute, By: "U2", Until: noon.Add(48 * time.Hour)}, "a2"))

		want, at := before, noon.Add(time.Hour)
		want.Revision = 3
		want.Ack = alerts.Answer{By: "U1", At: at, Reason: "launch", Threshold: 80}
		want.Mute = alerts.Answer{By: "U2", At: at, Threshold: 80, Until: noon.Add(48 * time.Hour).UTC()}
		if diff := cmp.Diff([]alerts.BudgetState{want}, must(s.BudgetStates(t.Context(), november))(t), sameMonth); diff != "" {
			t.Errorf("standing (-want +got):\n%s", diff)
		}
		entries := []alerts.AuditEntry{
			{ID: "a2", At: at, Actor: "U2", Act: alerts.ActMute, BudgetID: before.BudgetID, Threshold: 80, Revision: 3, MuteUntil: want.Mute.Until},
			{ID: "a1", At: at, Actor: "U1", Act: alerts.ActAcknowledge, BudgetID: before.BudgetID, Threshold: 80, Detail: "launch", Revision: 2},
		}
		if diff := cmp.Diff(entries, must(s.Audit(t.Context(), before.BudgetID, 0))(t), sameMonth); diff != "" {
			t.Errorf("audit, newest first (-want +got):\n%s", diff)
		}
		if got := must(s.Audit(t.Context(), before.BudgetID, 1))(t); len(got) != 1 || got[0].ID != "a2" {
			t.Errorf("the newest entry = %+v, want a2", got)
		}
	})
}

// TestAnAnswerIsNoNewsOfTheRule: what dates a rule's hash is the check that recorded it, and not who answered last.
func TestAnAnswerIsNoNewsOfTheRule(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		old, next := budgetState("na"), budgetState("na")
		old.Month, old.RuleHash = november.Add(-1), "an earlier form"
		record(t, s, alerts.Outcome{At: noon.Add(-time.Hour), BudgetStates: []alerts.BudgetState{old}})
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{next}})
		old.Revision = 1
		recordAnswer(t, s, answer.Answered{BudgetState: old, Entry: alerts.AuditEntry{ID: "a1", BudgetID: old.BudgetID, At: noon.Add(time.Hour)}})
		if known := must(s.KnownRules(t.Context()))(t); known["na"] != next.RuleHash {
			t.Errorf("hash = %q, want %q", known["na"], next.RuleHash)
		}
		if none := must(s.BudgetState(t.Context(), alerts.BudgetID{Rule: "nobody", Month: november}))(t); none.Revision != 0 || none.Rule != "nobody" {
			t.Errorf("the standing of a budget that was never checked = %+v, want revision 0", none)
		}
	})
}

// TestOneOfManyAnswers: people on several replicas press at once. One wins; of the others nothing is written.
func TestOneOfManyAnswers(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		stores := openReplicas(t, url)
		before := stored(t, stores[0], "na")
		var wins, conflicts atomic.Int64
		var all sync.WaitGroup
		for i := range 8 {
			who := "U" + strings.Repeat("1", i+1)
			outcome := answered(t, before, alerts.Press{Act: alerts.ActAcknowledge, By: who}, who)
			all.Go(func() {
				switch err := stores[i%len(stores)].RecordAnswer(t.Context(), outcome); {
				case err == nil:
					wins.Add(1)
				case errors.Is(err, alerts.ErrConflict):
					conflicts.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if wins.Load() != 1 || conflicts.Load() != 7 {
			t.Errorf("%d won and %d met a conflict, want 1 and 7", wins.Load(), conflicts.Load())
		}
		now := must(stores[0].BudgetState(t.Context(), before.BudgetID))(t)
		entries := must(stores[0].Audit(t.Context(), before.BudgetID, 0))(t)
		if len(entries) != 1 || entries[0].Actor != now.Ack.By {
			t.Errorf("acknowledged by %s, audit %+v; want the winner alone", now.Ack.By, entries)
		}
		if n := count(t, stores[0], "SELECT count(*) FROM delivery"); n != 1 {
			t.Errorf("%d deliveries, want the winner's", n)
		}
	})
}

// TestLaterEditIsOfTheHigherRevision: a check begins, somebody answers, and the check is recorded. Its edit is the later one,
// although it was begun earlier.
func TestLaterEditIsOfTheHigherRevision(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		answer, check := refresh("answer", "r1", noon.Add(time.Minute)), refresh("check", "r1", noon)
		answer.Revision, check.Revision = 2, 3
		first, second := parent("ack", "cdn-budget"), parent("undo", "cdn-budget")
		first.Kind, first.ParentID, first.Revision = alerts.DeliverAnswer, "r1", 2
		second.Kind, second.ParentID, second.Revision = alerts.DeliverAnswer, "r1", 3
		enqueue(t, s, parent("r1", "cdn-budget"), answer, check, first, second)

		latest, found, err := s.ByParent(t.Context(), "r1")
		if latest.ID != "check" || !found || err != nil {
			t.Errorf("the root will show %q, %t, %v; want the check's edit", latest.ID, found, err)
		}
		if _, found, err := s.ByParent(t.Context(), "unknown"); found || err != nil {
			t.Errorf("an unknown root: found %t, %v", found, err)
		}

		start(t, s, sends(attempts))
		superseded := map[string]bool{}
		for range 5 {
			a := next(t, "every delivery", attempts)
			superseded[a.ID] = a.Superseded
		}
		want := map[string]bool{"r1": false, "answer": true, "check": false, "ack": false, "undo": false}
		if diff := cmp.Diff(want, superseded); diff != "" {
			t.Errorf("superseded, which replies about answers never are (-want +got):\n%s", diff)
		}
	})
}
