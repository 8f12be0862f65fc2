package alertstest

import (
	"testing"

	"budgetbot/alerts"
)

// Notebook is what a ledger remembers of unknown budgets, kept by the same rules.
type Notebook struct {
	Incidents []alerts.Incident
	IDs       int
}

// Keep records an incident as the store does, where its revision is the one that was read.
func (n *Notebook) Keep(t *testing.T, e alerts.Incident) {
	t.Helper()
	for i, have := range n.Incidents {
		if have.BudgetID == e.BudgetID && have.Kind == e.Kind {
			if have.Revision != e.Revision {
				t.Fatalf("incident %q has revision %d, not %d", e.Instance, have.Revision, e.Revision)
			}
			e.Revision++
			n.Incidents[i] = e
			return
		}
	}
	if e.Revision != 0 {
		t.Fatalf("incident %q is not there, and has revision %d", e.Instance, e.Revision)
	}
	e.Revision = 1
	n.Incidents = append(n.Incidents, e)
}
