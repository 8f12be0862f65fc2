package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// keepRead keeps a read by service in two parts.
func keepRead(t *testing.T, s *Store, q billing.ServiceQuery, at time.Time, edition string) {
	t.Helper()
	for part, rows := range []string{edition + " 0", edition + " 1"} {
		if err := s.KeepServicePart(t.Context(), q, edition, part, rows); err != nil {
			t.Fatal(err)
		}
	}
	read := billing.KeptServices{ReadAt: at, Beside: "beside " + edition, IsFinal: true, Edition: edition, Parts: 2}
	if err := s.KeepServices(t.Context(), q, read); err != nil {
		t.Fatal(err)
	}
}

// TestReadsByServiceAreKept: of each month and usage type the newest read is kept, for every replica, and the parts of no other.
func TestReadsByServiceAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		replicas := openReplicas(t, url)
		s, other := replicas[0], replicas[len(replicas)-1]
		bandwidth := billing.ServiceQuery{Month: november, Product: "cdn_usage", UsageType: "Asia Bandwidth"}
		requests := billing.ServiceQuery{Month: november, Product: "cdn_usage", UsageType: "Asia Requests"}
		kept := func(q billing.ServiceQuery) billing.KeptServices {
			t.Helper()
			return must(other.ServicesKept(t.Context(), q))(t)
		}
		if read := kept(bandwidth); read.Edition != "" {
			t.Errorf("of what was never read there is %+v", read)
		}
		keepRead(t, s, bandwidth, noon, "first")
		keepRead(t, s, requests, noon, "requests")
		keepRead(t, s, bandwidth, midnight, "second")
		keepRead(t, other, bandwidth, noon, "late") // began on another replica before the second one
		want := billing.KeptServices{ReadAt: midnight, Beside: "beside second", IsFinal: true, Edition: "second", Parts: 2}
		if diff := cmp.Diff(want, kept(bandwidth)); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
		for _, tt := range []struct {
			edition string
			part    int
			want    string
		}{{"second", 0, "second 0"}, {"second", 1, "second 1"}, {"second", 2, ""}, {"first", 0, ""}, {"requests", 1, "requests 1"}} {
			if got := must(other.ServicePart(t.Context(), tt.edition, tt.part))(t); got != tt.want {
				t.Errorf("part %d of %s is %q, want %q", tt.part, tt.edition, got, tt.want)
			}
		}
	})
}

func TestReadsByServiceArePruned(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		readUsageAt(t, s, noon, usage("A", "1", midnight))
		for n := range 30 {
			keepRead(t, s, billing.ServiceQuery{Month: november.Add(-n), Product: "p", UsageType: "t"}, noon, november.Add(-n).String())
		}
		if err := s.KeepServicePart(t.Context(), billing.ServiceQuery{Month: november}, "left behind", 0, "rows"); err != nil {
			t.Fatal(err)
		}
		left := func() [2]int64 {
			must(s.Prune(t.Context(), noon))(t)
			return [2]int64{count(t, s, "SELECT count(*) FROM service_read"), count(t, s, "SELECT count(*) FROM service_part")}
		}
		if got := left(); got != [2]int64{26, 61} {
			t.Errorf("%v reads and parts are left, want the running month and 25 before it, and every part: a read may be under way", got)
		}
		later := time.Now().Add(2 * readWithin)
		s.now = func() time.Time { return later }
		if got := left(); got != [2]int64{26, 52} {
			t.Errorf("%v reads and parts are left two hours later, want 26 and theirs", got)
		}
	})
}
