package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// drawerOfServices keeps which services were seen.
type drawerOfServices struct {
	seen  map[billing.Month][]SeenService
	whole map[billing.Month]time.Time
	err   error
}

func newDrawer() *drawerOfServices {
	return &drawerOfServices{seen: map[billing.Month][]SeenService{}, whole: map[billing.Month]time.Time{}}
}

func (d *drawerOfServices) SeenServices(_ context.Context, since billing.Month) (seen []SeenService, whole map[billing.Month]time.Time, err error) {
	whole = map[billing.Month]time.Time{}
	for month, at := range d.whole {
		if !month.Before(since) {
			whole[month], seen = at, append(seen, d.seen[month]...)
		}
	}
	return seen, whole, d.err
}

func (d *drawerOfServices) RecordServices(_ context.Context, month billing.Month, at time.Time, seen []SeenService) error {
	d.seen[month], d.whole[month] = seen, at
	return d.err
}

// of is a month that was looked through a day after it ended, with so much per mille of cdn_usage by each service.
func (d *drawerOfServices) of(month billing.Month, shares map[string]int64) {
	for id, share := range shares {
		d.seen[month] = append(d.seen[month], SeenService{month, "cdn_usage", id, "name of " + id, decimal.New(share, -3)})
	}
	d.whole[month] = month.End().AddDate(0, 0, 1)
}

func (d *drawerOfServices) known(now billing.Month) knownServices {
	seen, whole, _ := d.SeenServices(context.Background(), now.Add(-newMonths))
	return newKnown(now, seen, whole, "")
}

func TestWhichServicesAreNewOrHaveVanished(t *testing.T) {
	old := map[string]int64{"www": 500, "api": 300}
	with := func(base map[string]int64, id string, share int64) map[string]int64 {
		more := map[string]int64{id: share}
		for key, value := range base {
			more[key] = value
		}
		return more
	}
	for _, tt := range []struct {
		name  string
		keys  string
		month func(n int) map[string]int64 // n months before November; nil was not looked through
		want  string
	}{
		{"nothing", "new: [service]", func(int) map[string]int64 { return old }, ""},
		{"a service that was not there in six months", "new: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return with(old, "fresh", 32)
			}
			return old
		}, "service name of fresh 3.2"},
		{"below the floor it is no news", "at_least: 4%, new: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return with(old, "fresh", 32)
			}
			return old
		}, ""},
		{"one that was there six months ago is not new", "new: [service]", func(n int) map[string]int64 {
			if n == 0 || n == 6 {
				return with(old, "fresh", 32)
			}
			return old
		}, ""},
		{"what was merely not looked at is not called new", "new: [service]", func(n int) map[string]int64 {
			if n > 2 {
				return nil
			}
			return old
		}, "I know services since 2026-09 only, and 6 months are needed"},
		{"where services are not asked for there is nothing to know", "new: [product]", func(int) map[string]int64 { return nil }, ""},
		{"of another product", "product: compute, new: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return with(old, "fresh", 32)
			}
			return old
		}, ""},
		{"a service that is gone, with what it made at least", "vanished: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return old
			}
			return with(old, "gone", 50-int64(n))
		}, "service name of gone 4.7"},
		{"one that was not there in each of three months", "vanished: [service]", func(n int) map[string]int64 {
			if n == 0 || n == 2 {
				return old
			}
			return with(old, "gone", 50)
		}, ""},
		{"most of them missing is a doubt", "vanished: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return map[string]int64{}
			}
			return old
		}, "2 of 2 services are not listed in 2026-11: what Fastly tells may not be whole"},
		{"three months are enough for what is gone", "vanished: [service]", func(n int) map[string]int64 {
			if n > 3 {
				return nil
			}
			return old
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDrawer()
			for n := range newMonths + 1 {
				if shares := tt.month(n); shares != nil {
					d.of(november.Add(-n), shares)
				}
			}
			rule := ruleOf(t, tt.keys)
			k := d.known(november)
			if got := k.findNew(&rule, november); rule.Kind == rules.RuleNew && got.inWords() != tt.want {
				t.Errorf("%q, want %q", got.inWords(), tt.want)
			}
			if got := k.findVanished(&rule, november); rule.Kind == rules.RuleVanished && got.inWords() != tt.want {
				t.Errorf("%q, want %q", got.inWords(), tt.want)
			}
		})
	}
}

// TestAMonthThatWasLookedThroughBeforeItsEndIsNotKnown: a service may have come in its last days.
func TestAMonthThatWasLookedThroughBeforeItsEndIsNotKnown(t *testing.T) {
	d := newDrawer()
	for n := range newMonths + 1 {
		d.of(november.Add(-n), map[string]int64{"www": 500})
	}
	d.whole[october] = october.End().AddDate(0, 0, -3)
	rule := ruleOf(t, "new: [service]")
	if got := d.known(november).findNew(&rule, november).inWords(); got != "I know services since 2026-11 only, and 6 months are needed" {
		t.Errorf("%q", got)
	}
}

// calls answers every usage type with one page of services, and notes what it was asked for.
func (b *bench) calls(asked *[]string, page func(q billing.ServiceQuery) ([]billing.ServiceUsage, error)) {
	mu := make(chan struct{}, 1)
	b.source.services = func(_ context.Context, q billing.ServiceQuery, add func([]billing.ServiceUsage) error) error {
		mu <- struct{}{}
		defer func() { <-mu }()
		*asked = append(*asked, q.Month.String())
		rows, err := page(q)
		if err != nil {
			return err
		}
		return add(rows)
	}
}

// TestServicesAreLookedThroughAMonthAtATime: the month that runs once a day, then those before, the newest first, each once.
func TestServicesAreLookedThroughAMonthAtATime(t *testing.T) {
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	d := newDrawer()
	var asked []string
	fails := false
	b.calls(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		if fails {
			return nil, billing.ErrTimeout
		}
		return []billing.ServiceUsage{{Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceID: "S1", ServiceName: "www", Quantity: decimal.New(5, 0)}}, nil
	})
	r := roll{record: d, log: zap.NewNop(), tried: map[billing.Month]time.Time{}}
	rows := since(6, "cdn_usage/Europe Bandwidth", 10, 10)
	look := func(at time.Time) (months string, k knownServices) {
		asked = nil
		reading := Reading{Month: november, Rows: rows[6:], ReadAt: at}
		k = r.look(t.Context(), b.source, b.Rules(), reading, rows[:6], at)
		return strings.Join(asked, " "), k
	}
	for i, want := range []string{"2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05", ""} {
		got, k := look(noon.Add(time.Duration(i) * time.Hour))
		rule := b.Rules().Rules[0]
		if known := k.findNew(&rule, november).unknown == ""; got != want || known != (i >= 6) {
			t.Errorf("check %d: looked through %q, want %q; known: %t", i, got, want, known)
		}
	}
	if got, k := look(noon.Add(25 * time.Hour)); got != "2026-11" || !k.months[november][seenKey{"cdn_usage", "S1"}].Share.Equal(decimal.New(5, -1)) {
		t.Errorf("a day later: looked through %q, %+v", got, k.months[november])
	}
	fails = true
	got, k := look(noon.Add(50 * time.Hour))
	rule := b.Rules().Rules[0]
	if again, _ := look(noon.Add(51 * time.Hour)); got != "2026-11" || again != "" || k.findNew(&rule, november).unknown != "" {
		t.Errorf("what fails: %q, then %q; want it tried again a day later, and what was seen kept", got, again)
	}
	d.err = errors.New("locked")
	if _, k := look(noon.Add(52 * time.Hour)); k.findNew(&rule, november).unknown != "the record of services could not be read" {
		t.Errorf("a record that cannot be read: %q", k.unknown)
	}
}

func TestTooManyServicesAreNotTold(t *testing.T) {
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	var asked []string
	b.calls(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		page := make([]billing.ServiceUsage, mostSeen+1)
		for i := range page {
			page[i] = billing.ServiceUsage{Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceID: fmt.Sprint(i), Quantity: decimal.New(1, 0)}
		}
		return page, nil
	})
	r := roll{record: newDrawer(), log: zap.NewNop(), tried: map[billing.Month]time.Time{}}
	rows := since(6, "cdn_usage/Europe Bandwidth", 10, 10)
	k := r.look(t.Context(), b.source, b.Rules(), Reading{Month: november, Rows: rows[6:], ReadAt: noon}, rows[:6], noon)
	rule := b.Rules().Rules[0]
	if got := k.findNew(&rule, november).unknown; got != "the account has more than 20000 services" {
		t.Errorf("%q", got)
	}
}

// TestWhatOneServiceUsedOfUnlikeUnits: requests and gigabytes are not added; what it makes most of counts.
func TestWhatOneServiceUsedOfUnlikeUnits(t *testing.T) {
	rows := []billing.Usage{gigabytes(november, "cdn_usage/A", 60), gigabytes(november, "cdn_usage/B", 40), gigabytes(november, "cdn_usage/R", 1000)}
	rows[2].Unit = "unit"
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	var asked []string
	b.calls(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		of := map[string]int64{"A": 10, "B": 10, "R": 300}[q.UsageType]
		unit := map[bool]string{true: "unit", false: "gb"}[q.UsageType == "R"]
		return []billing.ServiceUsage{
			{Product: q.Product, UsageType: q.UsageType, Unit: unit, ServiceID: "S1", ServiceName: "www", Quantity: decimal.New(of, 0)},
			{Product: q.Product, UsageType: q.UsageType, Unit: unit, ServiceID: "S0", ServiceName: "idle"},
		}, nil
	})
	seen, err := see(t.Context(), b.source, november, rows)
	same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	want := []SeenService{{november, "cdn_usage", "S1", "www", decimal.New(3, -1)}}
	if diff := cmp.Diff(want, seen, same, cmp.AllowUnexported(billing.Month{})); diff != "" || err != nil {
		t.Errorf("error %v, seen (-want +got):\n%s", err, diff)
	}
	if slices.Sort(asked); len(asked) != 3 {
		t.Errorf("asked for %v", asked)
	}
}
