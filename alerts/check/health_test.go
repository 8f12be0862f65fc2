package check

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestChecksPostTheirOwnTroubles: the checker watches also where the check fails, and what it cannot record costs no check.
func TestChecksPostTheirOwnTroubles(t *testing.T) {
	const rules = "operators: {channel: ops}\n" + checkedRule
	watched := alerts.Incident{Kind: alerts.IncidentFailing, State: alerts.IncidentWatched, Since: alertstest.Noon.Add(-3 * time.Hour), Revision: 1}
	for _, tt := range []struct {
		name   string
		sets   func(*bench)
		want   string // "kind, state" of each incident that is recorded
		failed string
	}{
		{"a failure that begins is remembered", func(*bench) {}, "failing, watched", "Fastly did not answer in time"},
		{"one that lasts is posted", func(b *bench) {
			b.ledger.OnIncidents = func(billing.Month) ([]alerts.Incident, error) { return []alerts.Incident{watched}, nil }
		}, "failing, open", "Fastly did not answer in time"},
		{"a success ends it", func(b *bench) {
			open := watched
			open.State, open.ParentID = alerts.IncidentOpen, "d0"
			b.ledger.OnIncidents = func(billing.Month) ([]alerts.Incident, error) { return []alerts.Incident{open}, nil }
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return alertstest.Account(), nil }
			b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
		}, "failing, over", ""},
		{"incidents that cannot be read are left to the next check", func(b *bench) {
			b.ledger.OnIncidents = func(billing.Month) ([]alerts.Incident, error) { return nil, errors.New("locked") }
		}, "", "Fastly did not answer in time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, rules)
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return nil, billing.ErrTimeout }
			var got []string
			b.ledger.Health = func(o alerts.Outcome) error {
				for _, e := range o.Incidents {
					got = append(got, string(e.Kind)+", "+string(e.State))
				}
				return nil
			}
			tt.sets(b)
			b.RunOnce(t.Context(), alertstest.Noon)
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("recorded %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff([]string{tt.failed}, b.finished); diff != "" {
				t.Errorf("the check ended with (-want +got):\n%s", diff)
			}
		})
	}
}
