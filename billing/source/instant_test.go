package source

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// TestTheAccountIsNeverOlderThanServices: usage by service has no date, and is read beside that of the account.
func TestTheAccountIsNeverOlderThanServices(t *testing.T) {
	for _, tt := range []struct {
		name  string
		month billing.Month
		still bool // Fastly counts nothing more
		ask   func(account, services func())
		want  []string
	}{
		{"after services were read, the account's rows of a running month are read again", open2000, true, func(account, services func()) {
			account()
			account()
			services()
			account()
			account()
		}, []string{"2000-01", "2000-01 by service", "2000-01"}},
		{"services that are held need no newer rows", open2000, true, func(account, services func()) {
			account()
			services()
			account()
			services()
			account()
		}, []string{"2000-01", "2000-01 by service", "2000-01"}},
		{"a month that Fastly still counts is like one that runs", recent, true, func(account, services func()) {
			account()
			services()
			account()
		}, []string{"1999-12", "1999-12 by service", "1999-12"}},
		{"a settled month is read once", closed, true, func(account, services func()) {
			account()
			services()
			account()
		}, []string{"1999-10", "1999-10 by service"}},
		{"where the account's rows moved, services that are held are forgotten", open2000, false, func(account, services func()) {
			account()
			services()
			account()
			services()
			services()
		}, []string{"2000-01", "2000-01 by service", "2000-01", "2000-01 by service"}},
		{"services that somebody reads while the rows move are not kept", open2000, false, func(account, services func()) {
			account()
			after(5*time.Minute - time.Second)
			var slow sync.WaitGroup
			slow.Go(services)
			synctest.Wait()
			after(time.Second)
			account()
			slow.Wait()
			account()
			services()
		}, []string{"2000-01", "2000-01 by service", "2000-01", "2000-01", "2000-01 by service"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
				source.services, source.still, source.takes = 3, tt.still, 2*time.Second
				tt.ask(func() { read(t, cache, billing.One(tt.month)) }, func() {
					err := cache.ServiceUsage(t.Context(), billing.ServiceQuery{Month: tt.month, Product: "p", UsageType: "t"}, func([]billing.ServiceUsage) error { return nil })
					if err != nil {
						t.Error(err)
					}
				})
				source.checkReads(t, tt.want...)
			})
		})
	}
}

// TestAReadBeforeServicesIsNotTakenForOneAfter: a read of the account that is under way when services were read may be older than they are.
func TestAReadBeforeServicesIsNotTakenForOneAfter(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		source.takes = 2 * time.Second
		var first sync.WaitGroup
		first.Go(func() { read(t, cache, billing.One(open2000)) })
		synctest.Wait()
		source.set(func(f *fakeSource) { f.takes = time.Second })
		err := cache.ServiceUsage(t.Context(), billing.ServiceQuery{Month: open2000, Product: "p", UsageType: "t"}, func([]billing.ServiceUsage) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, cache, billing.One(open2000))
		first.Wait()
		if diff := cmp.Diff("3", got.Rows[0].Quantity.String()); diff != "" {
			t.Errorf("which read the rows are of (-want +got):\n%s", diff)
		}
		source.checkReads(t, "2000-01", "2000-01 by service", "2000-01")
	})
}
