package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// shelves is a ServiceStore in memory.
type shelves struct {
	mu    sync.Mutex
	reads map[billing.ServiceQuery]billing.KeptServices
	parts map[string]string
	err   error
	hangs bool
}

func newShelves() *shelves {
	return &shelves{reads: map[billing.ServiceQuery]billing.KeptServices{}, parts: map[string]string{}}
}

func (s *shelves) visit(ctx context.Context, do func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if s.err == nil {
		do()
	}
	return s.err
}

func (s *shelves) ServicesKept(ctx context.Context, query billing.ServiceQuery) (read billing.KeptServices, err error) {
	err = s.visit(ctx, func() { read = s.reads[query] })
	return read, err
}

func (s *shelves) ServicePart(ctx context.Context, edition string, part int) (rows string, err error) {
	err = s.visit(ctx, func() { rows = s.parts[fmt.Sprint(edition, part)] })
	return rows, err
}

func (s *shelves) KeepServicePart(ctx context.Context, _ billing.ServiceQuery, edition string, part int, rows string) error {
	return s.visit(ctx, func() { s.parts[fmt.Sprint(edition, part)] = rows })
}

func (s *shelves) KeepServices(ctx context.Context, query billing.ServiceQuery, read billing.KeptServices) error {
	return s.visit(ctx, func() { s.reads[query] = read })
}

// damage changes what every part has.
func (s *shelves) damage(change func(string) string) {
	for name, rows := range s.parts {
		s.parts[name] = change(rows)
	}
}

// keeping is a world of replicas with one store.
type keeping struct {
	t      *testing.T
	source *fakeSource
	store  *shelves
	failed []error
	cache  *Cache // of the replica that is asked
}

// kept1999 runs a test on a fake clock, which begins on 2000-01-01, with two services and a store.
func kept1999(t *testing.T, test func(t *testing.T, w *keeping)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &keeping{t: t, source: &fakeSource{services: 2, still: true}, store: newShelves()}
		w.restart()
		defer func() { w.cache.Close() }()
		test(t, w)
	})
}

// restart asks another replica from now on, which has nothing in memory.
func (w *keeping) restart() {
	if w.cache != nil {
		w.cache.Close()
	}
	w.cache = NewCache(w.source, time.Now, nil)
	w.cache.KeepServicesIn(w.store, func(err error) { w.failed = append(w.failed, err) })
}

// ask asks for a month by service, beside the account's rows, and checks that it gets both services.
func (w *keeping) ask(m billing.Month) {
	w.t.Helper()
	read(w.t, w.cache, billing.One(m))
	w.askAlone(m)
}

// askAlone is ask without the account's rows.
func (w *keeping) askAlone(m billing.Month) {
	w.t.Helper()
	got := 0
	err := w.cache.ServiceUsage(w.t.Context(), billing.ServiceQuery{Month: m, Product: "p", UsageType: "t"}, func(page []billing.ServiceUsage) error {
		got += len(page)
		return nil
	})
	if err != nil || got != w.source.services {
		w.t.Errorf("%d services of %s, want %d; error %v", got, m, w.source.services, err)
	}
	synctest.Wait()
}

// reads is how often Fastly was asked for services.
func (w *keeping) reads() int {
	w.source.mu.Lock()
	defer w.source.mu.Unlock()
	return strings.Count(strings.Join(w.source.reads, "\n"), "by service")
}

func TestServicesAreReadOnce(t *testing.T) {
	early := billing.NewMonth(1998, time.March)
	for _, tt := range []struct {
		name  string
		ask   func(w *keeping)
		reads int
	}{
		{"a closed month is not read again within the process", func(w *keeping) {
			w.ask(closed)
			after(100 * time.Hour)
			w.ask(closed)
		}, 1},
		{"nor after a restart, or on another replica, however much later", func(w *keeping) {
			w.ask(closed)
			w.restart()
			after(400 * 24 * time.Hour)
			w.ask(closed)
			w.restart()
			w.ask(closed)
		}, 1},
		{"each month is read once", func(w *keeping) {
			for range 2 {
				w.restart()
				w.ask(closed)
				w.ask(early)
			}
		}, 2},
		{"a month that Fastly may correct is not read again within a day", func(w *keeping) {
			w.ask(recent)
			after(24*time.Hour - time.Second)
			w.restart()
			w.ask(recent)
		}, 1},
		{"but after a day", func(w *keeping) {
			w.ask(recent)
			after(24 * time.Hour)
			w.restart()
			w.ask(recent)
		}, 2},
		{"within one process too", func(w *keeping) {
			w.ask(recent)
			after(24 * time.Hour)
			w.ask(recent)
		}, 2},
		{"daily for fourteen days, and then never", func(w *keeping) {
			for range 20 {
				w.ask(recent)
				w.restart()
				after(24 * time.Hour)
			}
		}, 15},
		{"the running month is not read again within ten minutes", func(w *keeping) {
			w.ask(open2000)
			after(10*time.Minute - time.Second)
			w.ask(open2000)
			w.restart()
			w.ask(open2000)
		}, 1},
		{"but after that", func(w *keeping) {
			w.ask(open2000)
			after(10 * time.Minute)
			w.ask(open2000)
		}, 2},
		{"a month that was read while it ran is read again after its end", func(w *keeping) {
			after(31*24*time.Hour - time.Minute)
			w.ask(open2000)
			after(11 * time.Minute)
			w.ask(open2000)
		}, 2},
		{"where the account's figure was corrected meanwhile, services are too", func(w *keeping) {
			w.ask(closed)
			w.source.set(func(f *fakeSource) { f.still = false })
			w.restart()
			w.ask(closed)
		}, 2},
		{"where the cache does not know the account's figure, services are read", func(w *keeping) {
			w.ask(closed)
			w.cache.Forget()
			w.askAlone(closed)
		}, 2},
		{"and not kept", func(w *keeping) {
			w.askAlone(closed)
			w.restart()
			w.ask(closed)
		}, 2},
		{"a check reads a final month no second time", func(w *keeping) {
			w.ask(closed)
			w.restart()
			w.check(closed)
			w.restart()
			w.check(closed)
		}, 1},
		{"and a question has what a check read", func(w *keeping) {
			w.check(closed)
			w.restart()
			w.ask(closed)
		}, 1},
		{"a check reads a month that may move itself", func(w *keeping) {
			for _, m := range []billing.Month{recent, open2000} {
				w.ask(m)
				w.check(m)
			}
		}, 4},
		{"an answer without services is kept for minutes where more may come", func(w *keeping) {
			w.source.services = 0
			w.ask(recent)
			w.restart()
			after(10 * time.Minute)
			w.ask(recent)
		}, 2},
		{"and for a day where the month is final", func(w *keeping) {
			w.source.services = 0
			w.ask(closed)
			w.restart()
			after(24*time.Hour - time.Second)
			w.ask(closed)
			w.restart()
			after(time.Second)
			w.ask(closed)
		}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept1999(t, func(t *testing.T, w *keeping) {
				tt.ask(w)
				if got := w.reads(); got != tt.reads {
					t.Errorf("Fastly was asked for services %d times, want %d: %v", got, tt.reads, w.source.reads)
				}
				if len(w.failed) != 0 {
					t.Errorf("reported: %v", w.failed)
				}
			})
		})
	}
}

// check has a check read a month by service, beside the account's rows.
func (w *keeping) check(m billing.Month) {
	w.t.Helper()
	ctx := billing.ForCheck(w.t.Context())
	if _, err := w.cache.Fresh().Usage(ctx, billing.One(m)); err != nil {
		w.t.Fatal(err)
	}
	query := billing.ServiceQuery{Month: m, Product: "p", UsageType: "t"}
	if err := w.cache.Fresh().ServiceUsage(ctx, query, func([]billing.ServiceUsage) error { return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// TestKeptServicesAreNeverNewerThanTheAccount: a replica holds the account's rows of a month that Fastly still counts, and another one reads
// services later.
func TestKeptServicesAreNeverNewerThanTheAccount(t *testing.T) {
	kept1999(t, func(t *testing.T, w *keeping) {
		one := w.cache
		read(t, one, billing.One(open2000))
		after(time.Minute)
		w.cache = nil
		w.restart()
		w.ask(open2000)
		other := w.cache
		w.cache = one
		defer other.Close()
		w.ask(open2000)
		read(t, one, billing.One(open2000))
		read(t, one, billing.One(open2000))
		w.source.checkReads(t, "2000-01", "2000-01", "2000-01 by service", "2000-01")
	})
}

func TestAStoreThatFailsCostsNoAnswer(t *testing.T) {
	down := errors.New("down")
	for _, tt := range []struct {
		name   string
		broken func(*shelves)
		fails  bool
		reads  int
	}{
		{"nothing can be read or kept", func(s *shelves) { s.err = down }, true, 3},
		{"the store does not answer", func(s *shelves) { s.hangs = true }, true, 3},
		{"a part is gone", func(s *shelves) { clear(s.parts) }, true, 2},
		{"a part is damaged", func(s *shelves) { s.damage(func(rows string) string { return strings.Replace(rows, "A", "B", 1) }) }, true, 2},
		{"a part is cut", func(s *shelves) { s.damage(func(rows string) string { return rows[:len(rows)/8*4] }) }, true, 2},
		{"a part is something else", func(s *shelves) { s.damage(func(string) string { return "hello" }) }, true, 2},
		{"nothing is wrong", func(*shelves) {}, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept1999(t, func(t *testing.T, w *keeping) {
				w.ask(closed)
				tt.broken(w.store)
				began := time.Now()
				for range 2 {
					w.restart()
					w.ask(closed)
				}
				if fails := len(w.failed) > 0; fails != tt.fails {
					t.Errorf("reported: %v", w.failed)
				}
				if took := time.Since(began); took > 2*keepTimeout {
					t.Errorf("two questions took %s", took)
				}
				if got := w.reads(); got != tt.reads {
					t.Errorf("Fastly was asked for services %d times, want %d", got, tt.reads)
				}
			})
		})
	}
}

// TestAStoreThatHangsIsLeftAlone: a question reads many usage types.
func TestAStoreThatHangsIsLeftAlone(t *testing.T) {
	kept1999(t, func(t *testing.T, w *keeping) {
		w.store.hangs = true
		began := time.Now()
		for n := range 20 {
			w.ask(closed.Add(-n))
		}
		if took := time.Since(began); took > keepTimeout {
			t.Errorf("twenty months took %s", took)
		}
	})
}

// TestALargeReadIsKeptInParts has more services than a part or the cache holds.
func TestALargeReadIsKeptInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, store := &pagedSource{Source: &fakeSource{still: true}, pages: 50}, newShelves()
		ask := func() {
			cache := NewCache(source, time.Now, nil)
			defer cache.Close()
			cache.largest = 100
			cache.KeepServicesIn(store, func(err error) { t.Error(err) })
			cache.kept.partSize = 1000
			read(t, cache, billing.One(recent))
			ids, err := listServices(t.Context(), cache)
			if err != nil {
				t.Error(err)
			}
			checkInOrder(t, ids, 500)
		}
		ask()
		ask()
		if got := source.reads.Load(); got != 1 || len(store.parts) < 2 {
			t.Errorf("%d reads, %d parts; want one read in some parts", got, len(store.parts))
		}
	})
}

// TestWhoComesTooLateToJoinALargeReadHasIt: one read a month for all askers, however large it is.
func TestWhoComesTooLateToJoinALargeReadHasIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &pagedSource{Source: &fakeSource{still: true}, pages: 50}
		cache := NewCache(source, time.Now, nil)
		defer cache.Close()
		cache.largest, cache.flights.most = 1, 60
		cache.KeepServicesIn(newShelves(), func(err error) { t.Error(err) })
		read(t, cache, billing.One(recent))
		var asking sync.WaitGroup
		for n := range 20 {
			asking.Go(func() {
				time.Sleep(time.Duration(n) * time.Second)
				ids, err := listServices(t.Context(), cache)
				if err != nil {
					t.Error(err)
				}
				checkInOrder(t, ids, 500)
			})
		}
		asking.Wait()
		if got := source.reads.Load(); got != 1 {
			t.Errorf("%d reads, want one", got)
		}
	})
}

func TestErrandsAreRunOnceAndAFewAtATime(t *testing.T) {
	kept1999(t, func(t *testing.T, w *keeping) {
		w.source.takes = time.Second
		read(t, w.cache, billing.Range{First: closed.Add(-11), Last: closed})
		var queries []billing.ServiceQuery
		for n := range 12 {
			queries = append(queries, billing.ServiceQuery{Month: closed.Add(-n), Product: "p", UsageType: "t"})
		}
		w.cache.Finish(queries)
		w.cache.Finish(queries) // somebody else who asked for the same
		synctest.Wait()
		if got := w.reads(); got != errandsAtOnce {
			t.Errorf("%d reads at a time, want %d", got, errandsAtOnce)
		}
		after(4 * time.Second)
		for n := range 12 {
			w.ask(closed.Add(-n))
		}
		if got := w.reads(); got != 12 {
			t.Errorf("%d reads, want each once", got)
		}
		w.cache.Finish([]billing.ServiceQuery{{Month: closed.Add(-20), Product: "p", UsageType: "t"}}) // which Close ends
	})
}

func FuzzUnpack(f *testing.F) {
	var p packer
	query := billing.ServiceQuery{Month: closed, Product: "p", UsageType: "t"}
	for _, u := range []billing.ServiceUsage{
		{ServiceID: "SU1Z0isxPaozGVKXdv0eY", ServiceName: "www", Unit: "gb", Quantity: dec("146017.0369")},
		{ServiceID: "1", ServiceName: "\x00,\t\r\n\"é", Unit: "", Quantity: dec("-1e-40")},
		{Unread: "service 3 of Fastly's page cannot be read"},
	} {
		f.Add(p.pack(appendRow(appendRow(nil, u), u)))
	}
	f.Add(p.pack(nil))
	f.Add(p.pack([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		packed, err := unpack(text)
		var rows []billing.ServiceUsage
		if err == nil {
			rows, err = rowsIn(packed, query)
		}
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Errorf("error is %v", err)
			}
			return
		}
		packed = nil
		for _, u := range rows {
			packed = appendRow(packed, u)
		}
		if packed, err = unpack(new(packer).pack(packed)); err != nil {
			t.Fatal(err)
		}
		again, err := rowsIn(packed, query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, again, equalDecimals, equalMonths); diff != "" {
			t.Errorf("kept and read back (-want +got):\n%s", diff)
		}
	})
}
