package alertstest

import (
	"testing"

	"budgetbot/alerts"
)

// Notebook is what a ledger remembers of unknown budgets, kept by the same rules.
type Notebook struct {
	Episodes []alerts.Episode
	IDs      int
}

// Keep records an incident as the store does, where its revision is the one that was read.
func (n *Notebook) Keep(t *testing.T, e alerts.Episode) {
	t.Helper()
	for i, have := range n.Episodes {
		if have.BudgetID == e.BudgetID && have.Kind == e.Kind {
			if have.Revision != e.Revision {
				t.Fatalf("episode %q has revision %d, not %d", e.Scope, have.Revision, e.Revision)
			}
			e.Revision++
			n.Episodes[i] = e
			return
		}
	}
	if e.Revision != 0 {
		t.Fatalf("episode %q is not there, and has revision %d", e.Scope, e.Revision)
	}
	e.Revision = 1
	n.Episodes = append(n.Episodes, e)
}
