package store

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

func TestClaimCheck(t *testing.T) {
	t.Parallel()
	const every, lease = time.Hour, 5 * time.Minute
	type step struct {
		owner string
		at    time.Duration // business time since noon
		wall  time.Duration // wall time since the test began
		ends  string        // the owner finishes with "ok" or a failure
		every time.Duration
		want  bool
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"the first check is due at once", []step{{owner: "a", want: true}}},
		{"a claim keeps others out", []step{{owner: "a", want: true}, {owner: "b"}}},
		{"a claim that was not finished is its own holder's at once", []step{{owner: "a", want: true}, {owner: "a", want: true}, {owner: "b"}}},
		{"a finished check is not due before its interval is over", []step{
			{owner: "a", want: true, ends: "ok"}, {owner: "b", at: every - 1}, {owner: "b", at: every, want: true},
		}},
		{"a failed check is not due before its interval is over either", []step{
			{owner: "a", want: true, ends: "Fastly did not answer"}, {owner: "b", at: every - 1}, {owner: "b", at: every, want: true},
		}},
		{"a claim that was not finished is free after its lease, in wall time", []step{
			{owner: "a", want: true}, {owner: "b", at: every, wall: lease - 1}, {owner: "b", wall: lease, want: true},
		}},
		{"intervals missed in a long pause are not made up for", []step{
			{owner: "a", want: true, ends: "ok"}, {owner: "a", at: 9 * every, want: true, ends: "ok"}, {owner: "a", at: 9*every + 1},
		}},
		{"an interval that was made shorter counts at once", []step{
			{owner: "a", want: true, ends: "ok"}, {owner: "a", at: time.Minute, every: time.Minute, want: true},
		}},
		{"a replica whose clock is behind does not check again", []step{
			{owner: "a", want: true, ends: "ok"}, {owner: "b", at: -2 * time.Second},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				var wall time.Time
				s := openWith(t, Config{URL: url})
				s.setClock(func() time.Time { return wall })
				for i, step := range test.steps {
					wall = noon.Add(step.wall)
					now := noon.Add(step.at)
					interval := max(step.every, 0)
					if interval == 0 {
						interval = every
					}
					got := must(claimCheck(s, t.Context(), step.owner, now, interval, lease))(t)
					if got != step.want {
						t.Fatalf("step %d: claimed = %t, want %t", i, got, step.want)
					}
					finish(t, s, step.owner, now, step.ends)
				}
			})
		})
	}
}

func finish(t *testing.T, s *Store, owner string, now time.Time, ends string) {
	t.Helper()
	if ends == "" {
		return
	}
	if ends == "ok" {
		ends = ""
	}
	if err := finishCheck(s, t.Context(), owner, now, ends); err != nil {
		t.Fatal(err)
	}
}

func TestOneOfManyClaims(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		stores := openReplicas(t, url)
		var claims atomic.Int64
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				claimed, err := claimCheck(stores[i%len(stores)], t.Context(), string(rune('a'+i)), noon, time.Hour, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if claimed {
					claims.Add(1)
				}
			})
		}
		all.Wait()
		if claims.Load() != 1 {
			t.Errorf("%d claims, want 1", claims.Load())
		}
	})
}

func TestCheckStatus(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		assertStatus(t, s, "before the first check", alerts.CheckStatus{})
		must(claimCheck(s, t.Context(), "a", noon, time.Hour, time.Minute))(t)
		finish(t, s, "a", noon.Add(time.Minute), "Fastly did not answer")
		bad := alerts.CheckStatus{FailedAt: noon.Add(time.Minute), Failure: "Fastly did not answer", NextAt: noon.Add(time.Hour)}
		assertStatus(t, s, "after a failure", bad)
		must(claimCheck(s, t.Context(), "a", noon.Add(time.Hour), time.Hour, time.Minute))(t)
		finish(t, s, "a", noon.Add(61*time.Minute), "ok")
		good := bad
		good.SucceededAt, good.NextAt = noon.Add(61*time.Minute), noon.Add(2*time.Hour)
		assertStatus(t, s, "after a success", good)
		if err := finishCheck(s, t.Context(), "b", noon, ""); !errors.Is(err, alerts.ErrConflict) {
			t.Errorf("finishing what another claims: error = %v, want %v", err, alerts.ErrConflict)
		}
	})
}

func assertStatus(t *testing.T, s *Store, when string, want alerts.CheckStatus) {
	t.Helper()
	if diff := cmp.Diff(want, must(s.CheckStatus(t.Context()))(t)); diff != "" {
		t.Errorf("status %s (-want +got):\n%s", when, diff)
	}
}

func alert(rule string, threshold rules.Threshold) alerts.Alert {
	return alerts.Alert{
		BudgetID: budget(rule), Kind: alerts.KindBudget, Threshold: threshold, Reason: alerts.ReasonFirstThreshold,
		Used: decimal.RequireFromString("99999999999999.123456"), Limit: decimal.NewFromInt(1), At: noon, DeliveryID: "d-" + rule,
	}
}

func TestRecordKeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		scoped, unknown := budgetState("shop"), budgetState("unknown")
		scoped.Instance, unknown.Unknown, unknown.CountedTo = "www-shop", "no answer", time.Time{}
		recorded := []alerts.Alert{alert("shop", 80), alert("shop", 100)}
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{unknown, budgetState("shop"), scoped}, Alerts: recorded})

		want := []alerts.BudgetState{budgetState("shop"), scoped, unknown}
		for i := range want {
			want[i].Revision = 1
		}
		if diff := cmp.Diff(want, must(s.BudgetStates(t.Context(), november))(t), sameMonth); diff != "" {
			t.Errorf("standings (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(recorded, must(s.Alerts(t.Context(), budget("shop")))(t), sameMonth); diff != "" {
			t.Errorf("alerts (-want +got):\n%s", diff)
		}
		if got := must(s.BudgetStates(t.Context(), november.Add(1)))(t); len(got) != 0 {
			t.Errorf("%d standings in another month, want 0", len(got))
		}
	})
}

func TestRecordUpdatesABudgetStateOfTheSameRevision(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("a"), budgetState("b")}})
		changed := budgetState("b")
		changed.Revision, changed.Threshold, changed.Used, changed.RuleHash = 1, 100, decimal.NewFromInt(7), "other"
		record(t, s, alerts.Outcome{At: noon.Add(time.Hour), BudgetStates: []alerts.BudgetState{changed}})
		same := budgetState("a")
		same.Revision, changed.Revision = 1, 2
		if diff := cmp.Diff([]alerts.BudgetState{same, changed}, must(s.BudgetStates(t.Context(), november))(t), sameMonth); diff != "" {
			t.Errorf("standings (-want +got):\n%s", diff)
		}
		known := must(s.KnownRules(t.Context()))(t)
		if want := map[string]string{"a": "hash", "b": "other"}; !maps.Equal(known, want) {
			t.Errorf("known rules = %v, want %v", known, want)
		}
	})
}

func TestKnownRulesHaveTheHashRecordedLast(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		for i, hash := range []string{"z", "m", "a"} {
			next := budgetState("r")
			next.RuleHash, next.Month = hash, november.Add(-i) // the last month recorded is not the last month
			record(t, s, alerts.Outcome{At: noon.Add(time.Duration(i) * time.Hour), BudgetStates: []alerts.BudgetState{next}})
		}
		if known := must(s.KnownRules(t.Context()))(t); known["r"] != "a" {
			t.Errorf("hash = %q, want a", known["r"])
		}
	})
}

func TestConflictWritesNothing(t *testing.T) {
	t.Parallel()
	stale := budgetState("known")
	stale.Revision = 1 // the row has 2
	ahead := budgetState("known")
	ahead.Revision = 3
	tests := []struct {
		name    string
		outcome alerts.Outcome
	}{
		{"a standing that another check has inserted", alerts.Outcome{BudgetStates: []alerts.BudgetState{budgetState("known"), budgetState("new")}}},
		{"a standing that another check has updated", alerts.Outcome{BudgetStates: []alerts.BudgetState{stale, budgetState("new")}}},
		{"a standing of a revision that never was", alerts.Outcome{BudgetStates: []alerts.BudgetState{ahead, budgetState("new")}}},
		{"an alert that another check has recorded", alerts.Outcome{
			BudgetStates: []alerts.BudgetState{budgetState("new")}, Alerts: []alerts.Alert{alert("new", 80), alert("known", 80)},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s := openAt(t, url)
				record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("known")}, Alerts: []alerts.Alert{alert("known", 80)}})
				record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{stale}})
				outcome := test.outcome // each database has its own
				outcome.At = noon
				outcome.Usage = []billing.Usage{usage("Asia Bandwidth", "1", midnight)}
				outcome.Deliveries = []alerts.Delivery{parent("r1", "cdn-budget")}
				if err := s.Record(t.Context(), outcome); !errors.Is(err, alerts.ErrConflict) {
					t.Fatalf("error = %v, want %v", err, alerts.ErrConflict)
				}
				assertOnlyKnown(t, s)
			})
		})
	}
}

func assertOnlyKnown(t *testing.T, s *Store) {
	t.Helper()
	states := must(s.BudgetStates(t.Context(), november))(t)
	if len(states) != 1 || states[0].Rule != "known" || states[0].Revision != 2 {
		t.Errorf("standings = %+v, want the one that was there, unchanged", states)
	}
	for statement, want := range map[string]int64{
		"SELECT count(*) FROM alert":    1,
		"SELECT count(*) FROM snapshot": 0,
		"SELECT count(*) FROM delivery": 0,
		"SELECT count(*) FROM lane":     0,
	} {
		if got := count(t, s, statement); got != want {
			t.Errorf("%s = %d, want %d", statement, got, want)
		}
	}
}

func TestAnAlertOfAnotherKeyIsNoConflict(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		scoped, later, kind := alert("r", 80), alert("r", 80), alert("r", 80)
		scoped.Instance, later.Month, kind.Kind = "www-shop", november.Add(1), "forecast"
		record(t, s, alerts.Outcome{At: noon, Alerts: []alerts.Alert{alert("r", 80), alert("r", 100), alert("q", 80), scoped, later, kind}})
		if n := count(t, s, "SELECT count(*) FROM alert"); n != 6 {
			t.Errorf("%d alerts, want 6", n)
		}
	})
}

func TestRearmedThresholdsMayBePostedAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		record(t, s, alerts.Outcome{At: noon, Alerts: []alerts.Alert{alert("r", 80), alert("r", 100), alert("r", 125), alert("q", 125)}})
		forecast := alert("r", 100)
		forecast.Kind = alerts.KindForecast
		record(t, s, alerts.Outcome{At: noon, Alerts: []alerts.Alert{forecast}})
		rearm := alerts.Rearm{BudgetID: alert("r", 80).BudgetID, Kind: alerts.KindBudget, Above: 80}
		record(t, s, alerts.Outcome{At: noon, Lifts: []alerts.Rearm{rearm}, Alerts: []alerts.Alert{alert("r", 100)}})
		var thresholds []rules.Threshold
		for _, a := range must(s.Alerts(t.Context(), rearm.BudgetID))(t) {
			if a.Kind == alerts.KindBudget {
				thresholds = append(thresholds, a.Threshold)
			}
		}
		slices.Sort(thresholds)
		if n := count(t, s, "SELECT count(*) FROM alert WHERE kind = 'forecast'"); n != 1 {
			t.Errorf("%d forecasts, want 1: it was not lifted", n)
		}
		if diff := cmp.Diff([]rules.Threshold{80, 100}, thresholds); diff != "" {
			t.Errorf("levels of the budget (-want +got):\n%s", diff)
		}
		if n := count(t, s, "SELECT count(*) FROM alert WHERE rule = 'q'"); n != 1 {
			t.Errorf("%d alerts of another budget, want 1", n)
		}
	})
}

func TestOneOfManyRecords(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		stores := openReplicas(t, url)
		var wins, conflicts atomic.Int64
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				err := stores[i%len(stores)].Record(t.Context(), alerts.Outcome{
					At: noon, Alerts: []alerts.Alert{alert("a", 80), alert("b", 80)},
					Deliveries: []alerts.Delivery{parent(string(rune('a'+i)), "cdn-budget")},
				})
				switch {
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
			t.Errorf("%d records and %d conflicts, want 1 and 7", wins.Load(), conflicts.Load())
		}
		if n := lanes(t, stores[0]); n != 1 {
			t.Errorf("%d jobs, want 1", n)
		}
	})
}

func TestRulesFile(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		if _, _, found, err := s.LastGoodRules(t.Context()); found || err != nil {
			t.Fatalf("before the first: found %t, %v", found, err)
		}
		for i, text := range []string{"rules: []", "rules: # zweite\n"} {
			at := noon.Add(time.Duration(i) * time.Hour)
			if _, err := s.JoinRules(t.Context(), text, at); err != nil {
				t.Fatal(err)
			}
			got, savedAt, found, err := s.LastGoodRules(t.Context())
			if got != text || !savedAt.Equal(at) || !found || err != nil {
				t.Errorf("LastGoodRules = %q, %s, %t, %v; want %q of %s", got, savedAt, found, err, text, at)
			}
		}
	})
}
