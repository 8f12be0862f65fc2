package store

import (
	"errors"
	"testing"
	"time"

	"budgetbot/alerts"
)

// TestTheNewestStartHasTheCurrentRules: a file that was current before is a new revision when somebody starts with it again, and one
// that is current is joined. A store whose file is current again takes part again.
func TestTheNewestStartHasTheCurrentRules(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		for i, step := range []struct {
			name, text string
			revision   int64
			since      int // hours after noon
		}{
			{"the first start", "one", 1, 0},
			{"another start with the same file", "one", 1, 0},
			{"a changed file", "two", 2, 2},
			{"the same, once more", "two", 2, 2},
			{"the first file again", "one", 3, 4},
		} {
			got := must(s.JoinRules(t.Context(), step.text, noon.Add(time.Duration(i)*time.Hour)))(t)
			if since := noon.Add(time.Duration(step.since) * time.Hour); got.Number != step.revision || !got.Since.Equal(since) {
				t.Errorf("%s is revision %d since %s, want %d since %s", step.name, got.Number, got.Since, step.revision, since)
			}
		}
		must(s.JoinRules(t.Context(), "one", noon))(t)
		if current, isOld, err := s.CurrentRules(t.Context()); current.Number != 3 || isOld || err != nil {
			t.Errorf("current is %d, older %t, %v", current.Number, isOld, err)
		}
	})
}

// behind makes the store's rules those of an earlier start, as another replica with another file does.
func behind(t *testing.T, s *Store) {
	t.Helper()
	on(t, s, "UPDATE rules_file SET body = 'newer', hash = $1, revision = revision + 1", hashOf("newer"))
}

// TestOlderRulesDecideNothing: they claim nothing, and what is under way when they are replaced is not recorded.
func TestOlderRulesDecideNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		must(s.JoinRules(t.Context(), "older", noon))(t)
		if claimed, err := claimCheck(s, t.Context(), "a", noon, time.Hour, time.Minute); !claimed || err != nil {
			t.Fatalf("claimed %t, %v", claimed, err)
		}
		must(s.DueAt(t.Context(), "digest", noon))(t)
		must(s.Claim(t.Context(), "digest", "a", noon, noon.Add(time.Hour), time.Minute))(t)
		behind(t, s)
		for name, err := range map[string]error{
			"a record":  s.Record(t.Context(), alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("r")}}),
			"a digest":  finishTask(s, t.Context(), "digest", "a", noon, []alerts.Delivery{parent("d1", "cdn-budget")}),
			"a rename":  s.RenameRules(t.Context(), map[string]string{"was": "is"}),
			"a claim":   second(claimCheck(s, t.Context(), "a", noon.Add(2*time.Hour), time.Hour, time.Minute)),
			"a claim 2": second(s.Claim(t.Context(), "digest", "b", noon.Add(2*time.Hour), noon.Add(3*time.Hour), time.Minute)),
		} {
			if !errors.Is(err, alerts.ErrOldRules) {
				t.Errorf("%s by older rules: %v", name, err)
			}
		}
		if n := count(t, s, "SELECT (SELECT count(*) FROM standing) + (SELECT count(*) FROM delivery)"); n != 0 {
			t.Errorf("%d rows of older rules", n)
		}
		if _, isOld, err := s.CurrentRules(t.Context()); !isOld || err != nil {
			t.Errorf("older: %t, %v", isOld, err)
		}
		must(s.JoinRules(t.Context(), "older", noon))(t)
		if err := s.Record(t.Context(), alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("r")}}); err != nil {
			t.Errorf("after a start with them again: %v", err)
		}
	})
}

func second(_ bool, err error) error { return err }

// TestAWrongFileJoinsWithTheLastGoodOne, and makes it no new revision, also where it has been replaced meanwhile.
func TestAWrongFileJoinsWithTheLastGoodOne(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		on(t, s, "INSERT INTO rules_file (name, body, saved_at) VALUES ('last good', 'good', 5)") // as an earlier version wrote it
		if err := s.JoinLastGood(t.Context(), "good"); err != nil {
			t.Fatal(err)
		}
		if err := s.Record(t.Context(), alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("r")}}); err != nil {
			t.Errorf("a record: %v", err)
		}
		behind(t, s)
		if err := s.JoinLastGood(t.Context(), "good"); err != nil {
			t.Fatal(err)
		}
		current, isOld, err := s.CurrentRules(t.Context())
		if current.Hash != hashOf("newer") || !isOld || err != nil {
			t.Errorf("current is revision %d, older %t, %v", current.Number, isOld, err)
		}
	})
}

// TestOtherRulesAreCheckedAtOnce: what changed in the file does not wait for the next check.
func TestOtherRulesAreCheckedAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		isDue := func() bool {
			claimed := must(claimCheck(s, t.Context(), "a", noon, time.Hour, time.Minute))(t)
			if claimed {
				if err := finishCheck(s, t.Context(), "a", noon, ""); err != nil {
					t.Fatal(err)
				}
			}
			return claimed
		}
		for _, step := range []struct {
			text string
			due  bool
		}{{"one", true}, {"one", false}, {"two", true}, {"two", false}, {"one", true}} {
			must(s.JoinRules(t.Context(), step.text, noon))(t)
			if due := isDue(); due != step.due {
				t.Errorf("after a start with %s a check is due: %t, want %t", step.text, due, step.due)
			}
		}
	})
}
