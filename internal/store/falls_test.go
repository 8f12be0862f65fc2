package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
)

// TestFallsAndFormsAreRemembered: they are read as they were written, first and later, and a state without any has none.
func TestFallsAndFormsAreRemembered(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		now := budgetState("na-bandwidth")
		for revision, falls := range [][]alerts.Fall{
			nil,
			{{Threshold: 100, Times: 2, At: noon.UTC()}, {Threshold: 80, Times: 1, At: noon.Add(-time.Hour).UTC()}},
			{{Threshold: 100, Times: 3, At: noon.Add(1500 * time.Millisecond).UTC()}},
			nil,
		} {
			now.Revision, now.Falls, now.Forms = int64(revision), falls, nil
			if falls != nil {
				now.Forms = []alerts.Form{{
					Hash: "h", Threshold: 100, ForecastThreshold: 125, OverAt: noon.UTC(), Escalations: 1, Falls: falls, Ack: alerts.Answer{By: "U1", At: noon.UTC(), Threshold: 100},
				}}
			}
			record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{now}})
			read := must(s.BudgetStates(t.Context(), november))(t)[0]
			if diff := cmp.Diff(falls, read.Falls); diff != "" {
				t.Errorf("falls (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(now.Forms, read.Forms); diff != "" {
				t.Errorf("forms (-want +got):\n%s", diff)
			}
		}
	})
}
