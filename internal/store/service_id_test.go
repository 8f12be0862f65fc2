package store

import (
	"testing"

	"budgetbot/alerts"
)

// TestABudgetStateKeepsWhoseItIs: a state from before has no id, and takes the one that a check finds; what people answered stays.
func TestABudgetStateKeepsWhoseItIs(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		before := budgetState("services")
		before.Instance, before.Mute = "www", alerts.Answer{By: "U1", At: noon, Threshold: 80}
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{before}})
		before.Revision = 1
		before.ServiceID = "SU1Z0isxPaozGVKXdv0eY"
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{before}})
		got := must(s.BudgetStates(t.Context(), november))(t)
		if len(got) != 1 || got[0].ServiceID != before.ServiceID || got[0].Mute.By != "U1" || got[0].Instance != "www" {
			t.Errorf("standings are %+v", got)
		}
	})
}
