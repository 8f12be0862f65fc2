package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// TestWhichServicesWereSeen: a month that is looked through again takes the place of what was kept, months before the one asked for are
// left out, and what is too old is deleted.
func TestWhichServicesWereSeen(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		saw := func(month billing.Month, at time.Time, ids ...string) {
			t.Helper()
			var seen []alerts.SeenService
			for _, id := range ids {
				seen = append(seen, alerts.SeenService{Month: month, Product: "cdn_usage", ID: id, Name: "name of " + id, Share: decimal.New(32, -3)})
			}
			if err := s.RecordServices(t.Context(), month, at, seen); err != nil {
				t.Fatal(err)
			}
		}
		saw(november.Add(-8), noon, "old")
		saw(november.Add(-1), noon, "S1")
		saw(november, noon, "S1", "S2")
		saw(november, midnight, "S2", "S3")
		seen, whole, err := s.SeenServices(t.Context(), november.Add(-1))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, service := range seen {
			got = append(got, service.Month.String()+" "+service.ID+" "+service.Name+" "+service.Share.String())
		}
		want := []string{"2026-10 S1 name of S1 0.032", "2026-11 S2 name of S2 0.032", "2026-11 S3 name of S3 0.032"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("seen (-want +got):\n%s", diff)
		}
		if len(whole) != 2 || !whole[november].Equal(midnight) || !whole[november.Add(-1)].Equal(noon) {
			t.Errorf("looked through: %v", whole)
		}
		readUsageAt(t, s, noon, usage("A", "1", midnight))
		must(s.Prune(t.Context(), noon))(t)
		if n := count(t, s, "SELECT count(*) FROM service_seen") + count(t, s, "SELECT count(*) FROM service_month"); n != 5 {
			t.Errorf("%d rows are left, want 5: three services and two months", n)
		}
	})
}
