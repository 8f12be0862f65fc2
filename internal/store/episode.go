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

// Episodes returns what lasts for a while, as check.Ledger says.
func (s *Store) Episodes(ctx context.Context, since billing.Month) ([]alerts.Episode, error) {
	return ask(ctx, fmt.Sprintf("read the episodes since %s", since), func(ctx context.Context) ([]alerts.Episode, error) {
		rows, err := s.queries.Episodes(ctx, monthText(since))
		return readAll(rows, readEpisode, err)
	})
}

func readEpisode(row query.Episode) (alerts.Episode, error) {
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	if err != nil {
		return alerts.Episode{}, err
	}
	e := alerts.Episode{
		BudgetID: budget, Kind: alerts.EpisodeKind(row.Kind), State: alerts.EpisodeState(row.State),
		Since: instant(row.Since), SaidAt: instant(row.SaidAt), EndedAt: instant(row.EndedAt),
		Version: row.Version, CountedTo: instant(row.CountedTo), RootID: row.RootID, Revision: row.Revision,
	}
	if err := json.Unmarshal([]byte(row.Report), &e.Report); err != nil {
		return alerts.Episode{}, fmt.Errorf("episode %s of %s: read its report: %w", e.Kind, budget, err)
	}
	return e, nil
}

func recordEpisodes(ctx context.Context, w *engine.Work, episodes []alerts.Episode, at time.Time) error {
	var inserts []query.InsertEpisodeParams
	var updates []query.UpdateEpisodeParams
	for _, e := range slices.SortedFunc(slices.Values(episodes), byKey) {
		row, err := episodeRow(e, at)
		if err != nil {
			return err
		}
		if e.Revision == 0 {
			inserts = append(inserts, row)
			continue
		}
		updates = append(updates, episodeUpdate(row, e.Revision))
	}
	if err := firstConflict(w.InsertEpisode(ctx, inserts).QueryRow); err != nil {
		return err
	}
	return firstConflict(w.UpdateEpisode(ctx, updates).QueryRow)
}

// byKey is an order in which two replicas that write at once wait for one another and never both.
func byKey(a, b alerts.Episode) int {
	return cmp.Or(a.Month.Compare(b.Month), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Scope, b.Scope))
}

func episodeRow(e alerts.Episode, at time.Time) (query.InsertEpisodeParams, error) {
	report, err := json.Marshal(e.Report)
	if err != nil {
		return query.InsertEpisodeParams{}, fmt.Errorf("write the report of episode %s of %s: %w", e.Kind, e.BudgetID, err)
	}
	return query.InsertEpisodeParams{
		Rule: e.Rule, Scope: e.Scope, Month: monthText(e.Month), Kind: string(e.Kind), State: string(e.State),
		Since: millis(e.Since), SaidAt: millis(e.SaidAt), EndedAt: millis(e.EndedAt),
		Version: e.Version, CountedTo: millis(e.CountedTo), RootID: e.RootID, Report: string(report), RecordedAt: millis(at),
	}, nil
}

func episodeUpdate(row query.InsertEpisodeParams, revision int64) query.UpdateEpisodeParams {
	return query.UpdateEpisodeParams{
		Rule: row.Rule, Scope: row.Scope, Month: row.Month, Kind: row.Kind, Revision: revision,
		State: row.State, Since: row.Since, SaidAt: row.SaidAt, EndedAt: row.EndedAt,
		Version: row.Version, CountedTo: row.CountedTo, RootID: row.RootID, Report: row.Report, RecordedAt: row.RecordedAt,
	}
}
