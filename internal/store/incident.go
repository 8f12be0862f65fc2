package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// Incidents returns what lasts for a while, as check.Ledger requires.
func (s *Store) Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error) {
	return list(ctx, fmt.Sprintf("read the incidents since %s", since), s.queries.Incidents, monthText(since), readIncident)
}

func readIncident(row query.Episode) (alerts.Incident, error) {
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	if err != nil {
		return alerts.Incident{}, err
	}
	e := alerts.Incident{
		BudgetID: budget, Kind: alerts.IncidentKind(row.Kind), State: alerts.IncidentState(row.State),
		Since: instant(row.Since), PostedAt: instant(row.SaidAt), EndedAt: instant(row.EndedAt),
		Version: row.Version, CountedTo: instant(row.CountedTo), ParentID: row.RootID, Revision: row.Revision,
	}
	if err := json.Unmarshal([]byte(row.Report), &e.Report); err != nil {
		return alerts.Incident{}, fmt.Errorf("incident %s of %s: read its report: %w", e.Kind, budget, err)
	}
	return e, nil
}

func recordIncidents(ctx context.Context, w *engine.Work, incidents []alerts.Incident, at time.Time) error {
	rows := make([]query.SaveIncidentParams, len(incidents))
	for i, e := range slices.SortedFunc(slices.Values(incidents), byKey) {
		report, err := json.Marshal(e.Report)
		if err != nil {
			return fmt.Errorf("write the report of incident %s of %s: %w", e.Kind, e.BudgetID, err)
		}
		rows[i] = query.SaveIncidentParams{
			Rule: e.Rule, Scope: e.Instance, Month: monthText(e.Month), Kind: string(e.Kind), State: string(e.State),
			Since: millis(e.Since), SaidAt: millis(e.PostedAt), EndedAt: millis(e.EndedAt),
			Version: e.Version, CountedTo: millis(e.CountedTo), RootID: e.ParentID, Report: string(report), RecordedAt: millis(at), Revision: e.Revision,
		}
	}
	return firstConflict(w.SaveIncident(ctx, rows).QueryRow)
}

// byKey is an order in which two replicas that write at once wait for one another and never both.
func byKey(a, b alerts.Incident) int {
	return cmp.Or(a.Month.Compare(b.Month), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Instance, b.Instance))
}
