package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
)

// TestFallsAreRemembered: they are read as they were written, first and later, and a standing without any has none.
func TestFallsAreRemembered(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		now := standing("na-bandwidth")
		for revision, falls := range [][]alerts.Fall{
			nil,
			{{Level: 100, Times: 2, At: noon.UTC()}, {Level: 80, Times: 1, At: noon.Add(-time.Hour).UTC()}},
			{{Level: 100, Times: 3, At: noon.Add(1500 * time.Millisecond).UTC()}},
			nil,
		} {
			now.Revision, now.Falls = int64(revision), falls
			record(t, s, alerts.Outcome{At: noon, Standings: []alerts.Standing{now}})
			if diff := cmp.Diff(falls, must(s.Standings(t.Context(), november))(t)[0].Falls); diff != "" {
				t.Errorf("falls (-want +got):\n%s", diff)
			}
		}
	})
}
