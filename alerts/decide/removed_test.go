package decide

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// TestARemovedRuleEndsItsMessage: the parent message says that nobody watches any more, what waits is dropped, and once is enough.
func TestARemovedRuleEndsItsMessage(t *testing.T) {
	w := watching(true, "a@cdn", "b@cdn")
	parent := w.check(t, 810, 10).Outcome.Deliveries[0]
	removed := w.rules.Rules[0]
	w.rules.Rules = w.rules.Rules[1:]
	memory := w.memory()
	memory.Parents = map[string]alerts.Delivery{"d1": parent}
	plan := planned(w.rules, []evaluate.Finding{findingOf(&w.rules.Rules[0], 10, "v9")}, memory, w.now, w.NewID)
	expect(t, plan, "d2 refresh #cdn <d1 a 80%: the budget is no longer watched")
	if diff := cmp.Diff([]alerts.BudgetID{alertstest.BudgetOf("a")}, plan.Outcome.Drops, cmp.Comparer(func(a, b alerts.BudgetID) bool { return a == b })); diff != "" {
		t.Errorf("drops (-want +got):\n%s", diff)
	}
	if err := w.Record(plan.Outcome); err != nil {
		t.Fatal(err)
	}
	again := planned(w.rules, nil, w.memory(), w.now, w.NewID)
	if expect(t, again); len(again.Outcome.Drops) > 0 {
		t.Error("it is given up twice")
	}

	w.rules.Rules = append([]rules.Rule{removed}, w.rules.Rules...)
	expect(t, w.check(t, 820, 10))
	expect(t, w.check(t, 1010, 10), "d3 root #cdn a 100%: higher threshold reached")
}

// TestARemovedRuleGivesUpItsLikelyOverMessage: where the rule comes back, a threshold below the limit gets a message of its own.
func TestARemovedRuleGivesUpItsLikelyOverMessage(t *testing.T) {
	w := watching(true, "a@cdn")
	id := alertstest.BudgetOf("a")
	w.check(t, 300)
	state := w.BudgetStates[id]
	state.ForecastThreshold, state.ParentID, state.ParentChannel, state.PostedAt = 100, "d0", "cdn", w.now
	state.Track = forecast.Track{Likely: true, Version: state.Version}
	w.BudgetStates[id] = state
	w.rules.Rules[0].Forecast = 100
	removed := w.rules.Rules
	w.rules.Rules = nil
	if err := w.Record(planned(w.rules, nil, w.memory(), w.now, w.NewID).Outcome); err != nil {
		t.Fatal(err)
	}
	w.rules.Rules = removed
	expect(t, w.check(t, 810), "d1 root #cdn a 80%: first threshold reached")
}

// TestARuleThatMovesPostsWhereItIsNow: its parent message stays where it was and is kept fresh; news is a parent message in the new channel.
func TestARuleThatMovesPostsWhereItIsNow(t *testing.T) {
	w := watching(true, "a@cdn")
	expect(t, w.check(t, 810), "d1 root #cdn a 80%: first threshold reached")
	w.rules.Rules[0].Channel = "shop"
	w.now = w.now.AddDate(0, 0, 1)
	expect(t, w.check(t, 820), "d2 refresh #cdn <d1 a 80%: figures updated")
	expect(t, w.check(t, 1010), "d3 root #shop a 100%: higher threshold reached")
	expect(t, w.check(t, 1300),
		"d4 rise #shop <d3 a 125%: higher threshold reached", "d5 refresh #shop <d3 a 125%: higher threshold reached")
}

// TestAWideBudgetNamesTheNarrowOne: both are posted, and the wide one's message says that the other is a part of it.
func TestAWideBudgetNamesTheNarrowOne(t *testing.T) {
	w := watching(true, "wide@cdn", "narrow@shop", "other@cdn")
	w.rules.Rules[0].Match = rules.Match{Product: "cdn_usage", UsageType: "* Bandwidth"}
	w.rules.Rules[1].Match = rules.Match{Product: "cdn_usage", UsageType: "Asia Bandwidth"}
	w.rules.Rules[1].Title = "Asia"
	w.rules.Rules[2].Match = rules.Match{Product: "compute"}
	w.know()
	plan := w.check(t, 1010, 810, 810)
	expect(t, plan, "d1 root #cdn wide 100%: first threshold reached", "d2 root #cdn other 80%: first threshold reached",
		"d3 root #shop narrow 80%: first threshold reached")
	for _, d := range plan.Outcome.Deliveries {
		named := d.Message.Budgets[0].Narrower
		if d.Rule != "wide" && len(named) > 0 || d.Rule == "wide" && (len(named) != 1 || named[0].Title != "Asia") {
			t.Errorf("%s names %v", d.Rule, named)
		}
	}
}

func TestMatchContains(t *testing.T) {
	for _, tt := range []struct {
		name         string
		wide, narrow rules.Match
		want         bool
	}{
		{"everything contains something", rules.Match{}, rules.Match{Product: "cdn_usage"}, true},
		{"something does not contain everything", rules.Match{Product: "cdn_usage"}, rules.Match{}, false},
		{"a glob contains a name", rules.Match{UsageType: "* Bandwidth"}, rules.Match{UsageType: "Asia Bandwidth"}, true},
		{"a name contains itself", rules.Match{UsageType: "Asia Bandwidth"}, rules.Match{UsageType: "Asia Bandwidth"}, true},
		{"a part in one field and not in another is none", rules.Match{Product: "cdn_usage", UsageType: "", Region: "Asia", Service: ""}, rules.Match{Product: "cdn_usage", UsageType: "x", Region: "Europe", Service: ""}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.wide.Contains(tt.narrow); got != tt.want {
				t.Errorf("contains = %t, want %t", got, tt.want)
			}
		})
	}
}
