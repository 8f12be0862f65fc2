package fastlysim

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/internal/fastlysim/account"
)

// row finds a usage type in a month, or fails.
func row(t testing.TB, s *Server, month, usageType string) account.Row {
	t.Helper()
	for _, row := range s.Month(month) {
		if row.UsageType == usageType {
			return row
		}
	}
	t.Fatalf("no %s in %s", usageType, month)
	return account.Row{}
}

func unitsOf(t testing.TB, s *Server, month, usageType, service string) decimal.Decimal {
	t.Helper()
	for _, row := range s.Services(month, "cdn_usage", usageType) {
		if row.ServiceName == service {
			return row.Units
		}
	}
	return decimal.Zero
}

func added(rows []account.ServiceRow) decimal.Decimal {
	var total decimal.Decimal
	for _, row := range rows {
		total = total.Add(row.Units)
	}
	return total
}

func TestServicesAddUpToTheAccount(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		first := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
		now := first.Add(time.Duration(rapid.IntRange(1, 2000).Draw(r, "day")) * account.Day)
		customer := account.Account{
			Seed: rapid.Uint64().Draw(r, "seed"), Services: rapid.IntRange(1, 120).Draw(r, "services"),
			Growth: rapid.Float64Range(-0.1, 0.1).Draw(r, "growth"),
		}
		customer = customer.WithDefaults()
		for range rapid.IntRange(0, 3).Draw(r, "jumps") {
			customer.Jumps = append(customer.Jumps, account.Jump{
				Service: customer.ServiceName(rapid.IntRange(0, customer.Services-1).Draw(r, "service")),
				From:    now.Add(-time.Duration(rapid.IntRange(-5, 60).Draw(r, "ago")) * account.Day),
				Factor:  rapid.Float64Range(0, 20).Draw(r, "factor"),
				Region:  rapid.SampledFrom([]string{"", "Asia", "Europe"}).Draw(r, "region"),
			})
		}
		g, err := account.NewGenerator(customer)
		if err != nil {
			r.Fatal(err)
		}
		s := &Server{ledger: g, config: Config{Account: customer, Clock: at(now)}}
		running := account.MonthOf(now.Add(-account.Day)).String()
		for _, row := range s.Month(running) {
			services := s.Services(running, row.ProductID, row.UsageType)
			if got := added(services); !got.Equal(row.Quantity) {
				r.Fatalf("%s: services have %s, the account %s", row.UsageType, got, row.Quantity)
			}
			for _, service := range services {
				if !service.Units.IsPositive() {
					r.Fatalf("%s of %s is %s", row.UsageType, service.ServiceName, service.Units)
				}
			}
		}
	})
}

func TestTheRunningMonthOnlyGrows(t *testing.T) {
	var now atomic.Pointer[time.Time]
	start := time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)
	now.Store(&start)
	s := begin(t, Config{Clock: func() time.Time { return *now.Load() }, Account: account.Account{Services: 50}})
	before := map[string]decimal.Decimal{}
	for range 29 {
		for _, service := range s.Services("2026-11", "cdn_usage", "Asia Bandwidth") {
			if !service.Units.GreaterThan(before[service.ServiceID]) {
				t.Fatalf("%s on %s: %s after %s", service.ServiceName, now.Load(), service.Units, before[service.ServiceID])
			}
			before[service.ServiceID] = service.Units
		}
		next := now.Load().Add(account.Day)
		now.Store(&next)
	}
	if whole := row(t, s, "2026-11", "Asia Bandwidth"); whole.UpdatedAt.Day() != 1 {
		t.Errorf("the month is not over at %s: %s", now.Load(), whole.UpdatedAt)
	}
}

func TestTheSameAccountHasTheSameFigures(t *testing.T) {
	one, two, other := begin(t, Config{}), begin(t, Config{}), begin(t, Config{Account: account.Account{Seed: 2}})
	const month, product, usageType = "2026-10", "cdn_usage", "Europe Requests"
	if diff := cmp.Diff(one.Month(month), two.Month(month)); diff != "" {
		t.Errorf("account: %s", diff)
	}
	if diff := cmp.Diff(one.Services(month, product, usageType), two.Services(month, product, usageType)); diff != "" {
		t.Errorf("services: %s", diff)
	}
	if cmp.Equal(one.Month(month), other.Month(month)) {
		t.Error("another seed has the same figures")
	}
	if got := row(t, one, "2026-10", "Europe Requests").Raw.String(); got != goldenRaw {
		t.Errorf("the default account has changed: Europe Requests of 2026-10 are %s, were %s", got, goldenRaw)
	}
}

// goldenRaw is a figure of the default account, whose stories others tell.
const goldenRaw = "40032548584"

func TestTheDefaultAccount(t *testing.T) {
	s := begin(t, Config{})
	products := map[string]bool{}
	for _, row := range s.Month("2026-10") {
		products[row.ProductID] = true
	}
	if len(products) != 7 {
		t.Errorf("%d products: %v", len(products), products)
	}
	if rows := s.Month("2021-12"); len(rows) != 0 {
		t.Errorf("%d rows before the first month", len(rows))
	}
	if rows := s.Month("2022-01"); len(rows) != 20 {
		t.Errorf("%d rows in the first month", len(rows))
	}
	if diff := cmp.Diff([]account.Row(nil), s.Month("not a month")); diff != "" {
		t.Error(diff)
	}
}

func TestAMonthAsItStood(t *testing.T) {
	s := begin(t, Config{Lag: 3 * time.Hour})
	for _, c := range []struct {
		name    string
		at      time.Time
		updated string
	}{
		{"at another time", time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC), "2026-11-09"},
		{"with the lag", time.Date(2026, 11, 9, 2, 0, 0, 0, time.UTC), "2026-11-08"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := s.MonthAt("2026-11", c.at)
			if got := rows[0].UpdatedAt.Format(time.DateOnly); got != c.updated {
				t.Errorf("complete to %s, want %s", got, c.updated)
			}
		})
	}
}

func TestAsiaGrowsFastest(t *testing.T) {
	s := begin(t, Config{})
	growth := func(usageType string) decimal.Decimal {
		return row(t, s, "2026-10", usageType).Quantity.Div(row(t, s, "2025-10", usageType).Quantity)
	}
	asia := growth("Asia Bandwidth")
	for _, region := range []string{"Australia", "Europe", "North America", "South America"} {
		if other := growth(region + " Bandwidth"); !asia.GreaterThan(other) {
			t.Errorf("%s grew by %s, Asia by %s", region, other, asia)
		}
	}
}

func TestWeekendsAreQuieter(t *testing.T) {
	g, err := account.NewGenerator(account.Account{}.WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	october, _ := account.ParseMonth("2026-10")
	daily := g.Daily(account.Figure{Meter: 0, Month: october})
	// October 2026 begins on a Thursday.
	if thursday, sunday := daily[0], daily[3]; sunday >= thursday*95/100 {
		t.Errorf("Sunday has %d, Thursday %d", sunday, thursday)
	}
}

func TestAJumpMovesItsServiceAlone(t *testing.T) {
	from := time.Date(2026, 11, 15, 18, 0, 0, 0, time.UTC)
	calm := begin(t, Config{})
	wild := begin(t, Config{Account: account.Account{Jumps: []account.Jump{
		{Service: "media-assets-prod", Region: "Asia", From: from, Factor: 3},
	}}})
	for _, c := range []struct {
		name, month, usageType, service string
		jumps                           bool
	}{
		{"the month of the jump has more", "2026-11", "Asia Bandwidth", "media-assets-prod", true},
		{"every usage type of the region has more", "2026-11", "Asia Requests", "media-assets-prod", true},
		{"the month before does not", "2026-10", "Asia Bandwidth", "media-assets-prod", false},
		{"another region does not", "2026-11", "Europe Bandwidth", "media-assets-prod", false},
		{"another service does not", "2026-11", "Asia Bandwidth", "www-shop", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := unitsOf(t, calm, c.month, c.usageType, c.service), unitsOf(t, wild, c.month, c.usageType, c.service)
			if c.jumps != after.GreaterThan(before) || !c.jumps && !after.Equal(before) {
				t.Errorf("%s became %s", before, after)
			}
			grown := row(t, wild, c.month, c.usageType).Quantity.Sub(row(t, calm, c.month, c.usageType).Quantity)
			if c.jumps && !grown.Equal(after.Sub(before)) {
				t.Errorf("the account grew by %s, the service by %s", grown, after.Sub(before))
			}
		})
	}
}

func TestAJumpMultipliesEachDayFromItsFirst(t *testing.T) {
	s := begin(t, Config{})
	clean := unitsOf(t, s, "2026-11", "Asia Bandwidth", "www-shop")
	untilThe10th := s.ServicesAt("2026-11", "cdn_usage", "Asia Bandwidth", time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC))
	first := untilThe10th[1].Units
	if err := s.Jump(account.Jump{Service: "www-shop", From: time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC), Factor: 2}); err != nil {
		t.Fatal(err)
	}
	want := first.Add(clean.Sub(first).Mul(number("2")))
	if got := unitsOf(t, s, "2026-11", "Asia Bandwidth", "www-shop"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAJumpToNothingEndsAService(t *testing.T) {
	s := begin(t, Config{})
	before := len(s.Services("2026-11", "cdn_usage", "Asia Bandwidth"))
	if err := s.Jump(account.Jump{Service: "api-gateway", From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Factor: 0}); err != nil {
		t.Fatal(err)
	}
	after := s.Services("2026-11", "cdn_usage", "Asia Bandwidth")
	if len(after) != before-1 || !unitsOf(t, s, "2026-11", "Asia Bandwidth", "api-gateway").IsZero() {
		t.Errorf("%d services were %d", len(after), before)
	}
	services, _ := walkPages(t, s, "start_month=2026-11&end_month=2026-11"+onePair+"&limit=100")
	if len(services) != len(after) {
		t.Errorf("pages hold %d services, want %d", len(services), len(after))
	}
}

func TestRestatingAGeneratedMonth(t *testing.T) {
	s := begin(t, Config{UpdatedAt: Instant})
	before := row(t, s, "2026-10", "Asia Bandwidth")
	for range 2 {
		if err := s.Restate("2026-10", "cdn_usage", "Asia Bandwidth", number("0.9")); err != nil {
			t.Fatal(err)
		}
	}
	after := row(t, s, "2026-10", "Asia Bandwidth")
	if want := before.Raw.Mul(number("0.81")).Truncate(0); !after.Raw.Equal(want) || !after.UpdatedAt.Equal(november) {
		t.Errorf("raw is %s at %s, want %s at %s", after.Raw, after.UpdatedAt, want, november)
	}
	if got := added(s.Services("2026-10", "cdn_usage", "Asia Bandwidth")); !got.Equal(after.Quantity) {
		t.Errorf("services have %s, the account %s", got, after.Quantity)
	}
	if got := row(t, s, "2026-09", "Asia Bandwidth"); got.UpdatedAt.Month() != time.October {
		t.Errorf("a neighbour was updated at %s", got.UpdatedAt)
	}
}

func TestRestatingWhatIsNotThere(t *testing.T) {
	s := begin(t, Config{})
	for _, c := range []struct{ name, month, usageType, factor string }{
		{"a month that is none", "2026", "Asia Bandwidth", "1"},
		{"a month before the first", "2021-12", "Asia Bandwidth", "1"},
		{"an unknown usage type", "2026-10", "Moon Bandwidth", "1"},
		{"a negative factor", "2026-10", "Asia Bandwidth", "-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := s.Restate(c.month, "cdn_usage", c.usageType, number(c.factor)); err == nil {
				t.Error("it was restated")
			}
		})
	}
}

func TestNamesAndIdsAreUnique(t *testing.T) {
	customer := account.Account{Services: 100_000}.WithDefaults()
	names, ids := map[string]bool{}, map[string]bool{}
	for i := range customer.Services {
		names[customer.ServiceName(i)] = true
		ids[customer.ServiceID(i)] = true
	}
	if len(names) != customer.Services || len(ids) != customer.Services {
		t.Errorf("%d names and %d ids for %d services", len(names), len(ids), customer.Services)
	}
	if got := customer.ServiceName(0); got != "media-assets-prod" {
		t.Errorf("the largest is %s", got)
	}
	own := account.Account{Services: 3, Names: []string{"shop-catalog-prod", "b"}}.WithDefaults()
	if got := own.ServiceName(2); got == own.ServiceName(0) {
		t.Errorf("a made-up name repeats %s", got)
	}
}

func TestADefaultAccountOfAHundredThousand(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 100_000}})
	services := s.Services("2026-10", "cdn_usage", "Europe Bandwidth")
	if want := row(t, s, "2026-10", "Europe Bandwidth").Quantity; !added(services).Equal(want) || len(services) < 50_000 {
		t.Errorf("%d services have %s, the account %s", len(services), added(services), want)
	}
}
