package alerts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// bandwidthTo is a row of bandwidth in a region, counted up to the end of a day of its month.
func bandwidthTo(m billing.Month, region string, quantity int64, day int) billing.Usage {
	return billing.Usage{
		Month: m, Product: "cdn_usage", UsageType: region + " Bandwidth", Region: region, Unit: "gb",
		Quantity: decimal.New(quantity, 0), CountedTo: m.Start().AddDate(0, 0, day),
	}
}

func recordedOn(rows ...billing.Usage) []RecordedUsage {
	var all []RecordedUsage
	for _, row := range rows {
		all = append(all, RecordedUsage{Usage: row, Day: billing.DayCounted(row.CountedTo)})
	}
	return all
}

// summary writes a growth as people would say it, in GB.
func summary(g Drivers) string {
	gb := func(d decimal.Decimal) string { return d.Shift(-9).Round(1).String() }
	text := fmt.Sprintf("%s to day %d: %s %s", g.Month, g.Days, gb(g.Before), gb(g.Change))
	for _, part := range g.Parts {
		text += fmt.Sprintf("; %s %s", part.Name, gb(part.Used))
	}
	if g.Others > 0 {
		text += fmt.Sprintf("; %d others %s", g.Others, gb(g.OthersChange))
	}
	if g.By != "" {
		text += "; by " + string(g.By)
	}
	return text
}

func TestWhatGrew(t *testing.T) {
	october := november.Add(-1)
	all := rules.Match{Product: "cdn_usage", UsageType: "* Bandwidth"}
	closed := []billing.Usage{bandwidthTo(october, "Asia", 310, 31), bandwidthTo(october, "Europe", 620, 31)}
	now := []billing.Usage{bandwidthTo(november, "Asia", 300, 21), bandwidthTo(november, "Europe", 400, 21)}
	record := recordedOn(
		bandwidthTo(october, "Asia", 190, 20), bandwidthTo(october, "Europe", 380, 20),
		bandwidthTo(october, "Asia", 200, 21), bandwidthTo(october, "Europe", 420, 21),
		bandwidthTo(october, "Asia", 210, 22), bandwidthTo(october, "Europe", 440, 22),
	)
	for _, tt := range []struct {
		name     string
		closed   []billing.Usage
		recorded []RecordedUsage
		match    rules.Match
		rows     []billing.Usage
		want     string
	}{
		{
			"against the same days, where they were recorded", closed, record, all, now,
			"2026-10 to day 21: 620 80; Asia Bandwidth 100; 1 others -20; by usage type",
		},
		{
			"against average days, where only the month is known", closed, nil, all, now,
			"2026-10 to day 0: 630 70; Asia Bandwidth 90; 1 others -20; by usage type",
		},
		{
			"of one usage type in one region nothing is told apart", closed, record,
			rules.Match{Product: "cdn_usage", UsageType: "Asia Bandwidth"},
			now[:1],
			"2026-10 to day 21: 200 100",
		},
		{
			"what is new grew by all of it", closed[:1], record[:0], all, now,
			"2026-10 to day 0: 210 490; Europe Bandwidth 400; Asia Bandwidth 90; by usage type",
		},
		{
			"usage that fell has no part in any growth", closed, record, all,
			[]billing.Usage{bandwidthTo(november, "Asia", 100, 21), bandwidthTo(november, "Europe", 100, 21)},
			"2026-10 to day 21: 620 -420",
		},
		{"without a month before nobody knows", nil, nil, all, now, "unknown"},
		{"nor where nothing says up to when usage counts", closed, record, all, []billing.Usage{{Month: november, Product: "cdn_usage", Unit: "gb"}}, "unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, known := NewArchive(tt.closed, tt.recorded, nil).Drivers(tt.match, billing.Bytes, tt.rows, tt.rows[0].CountedTo)
			got := "unknown"
			if known {
				got = summary(g)
			}
			if got != tt.want {
				t.Errorf("growth = %s\nwant     %s", got, tt.want)
			}
		})
	}
}

// TestAtMostThreeOfAGrowthAreNamed: the others are one figure, and all of them sum to the whole.
func TestAtMostThreeOfAGrowthAreNamed(t *testing.T) {
	now, before := amounts{}, amounts{}
	for i := range 10 {
		now.add(fmt.Sprint("s", i), decimal.New(int64(100+i*i), 0))
		before.add(fmt.Sprint("s", i), decimal.New(100, 0))
	}
	before.add("gone", decimal.New(5, 0))
	g := driversOf(now, before)
	if len(g.Parts) != 3 || g.Parts[0].Name != "s9" || g.Others != 8 {
		t.Fatalf("growth = %+v", g)
	}
	sum := g.OthersChange
	for _, part := range g.Parts {
		sum = sum.Add(part.Used)
	}
	if !sum.Equal(g.Change) || !g.Change.Equal(decimal.New(280, 0)) {
		t.Errorf("the parts sum to %s, the whole is %s", sum, g.Change)
	}
}

// growBench is a check in which a budget of North America reaches a level, with October's total known.
func growBench(t *testing.T, services func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error) (*bench, *Outcome) {
	t.Helper()
	b := newBench(t, checkedRule)
	hash := b.Rules().Rules[0].Hash(november, "")
	b.ledger.known = func() (map[string]string, error) { return map[string]string{"na": hash}, nil }
	b.source.usage = func(context.Context, billing.Range) ([]billing.Usage, error) {
		return []billing.Usage{bandwidthTo(november.Add(-1), "North America", 620_000, 31), bandwidthTo(november, "North America", 490_000, 21)}, nil
	}
	b.source.services = services
	recorded := &Outcome{}
	b.ledger.record = func(o Outcome) error {
		*recorded = o
		return nil
	}
	return b, recorded
}

func servicesOf(q billing.ServiceQuery, used map[string]int64) []billing.ServiceUsage {
	var page []billing.ServiceUsage
	for name, quantity := range used {
		page = append(page, billing.ServiceUsage{
			Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceName: name, Quantity: decimal.New(quantity, 0),
		})
	}
	return page
}

// wwwGrew are services of which one uses much more in November than in October.
func wwwGrew(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if q.Month == november {
		return page(servicesOf(q, map[string]int64{"www": 300_000, "api": 190_000}))
	}
	return page(servicesOf(q, map[string]int64{"www": 310_000, "api": 310_000}))
}

func expectWwwGrew(t *testing.T, g *Drivers) {
	t.Helper()
	if want := "2026-10 to day 0: 420000 70000; www 90000; 1 others -20000; by service"; g == nil || summary(*g) != want {
		t.Errorf("growth = %v, want %s", g, want)
	}
}

func TestAMessageSaysWhichServicesGrew(t *testing.T) {
	b, recorded := growBench(t, wwwGrew)
	if got := b.RunOnce(t.Context(), noon); got.Err != nil {
		t.Fatal(got.Err)
	}
	expectWwwGrew(t, recorded.Deliveries[0].Message.Budgets[0].Drivers)
}

// TestServicesOfOneName: they are told apart by their ids, and a service that has a new name is the one that it was.
func TestServicesOfOneName(t *testing.T) {
	for _, tt := range []struct {
		name        string
		before, now map[[2]string]int64 // by name and id
		want        string
	}{
		{
			"of two that have one name the one that grew is named with its id",
			map[[2]string]int64{{"www", "S1"}: 310_000, {"www", "S2"}: 310_000},
			map[[2]string]int64{{"www", "S1"}: 300_000, {"www", "S2"}: 190_000},
			"www (S1) 90000; 1 others -20000; by service",
		},
		{
			"a service that has a new name grew from what it had under the other",
			map[[2]string]int64{{"old", "S1"}: 310_000, {"api", "S2"}: 310_000},
			map[[2]string]int64{{"www", "S1"}: 300_000, {"api", "S2"}: 190_000},
			"www 90000; 1 others -20000; by service",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, recorded := growBench(t, func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
				used := tt.before
				if q.Month == november {
					used = tt.now
				}
				var rows []billing.ServiceUsage
				for who, quantity := range used {
					row := servicesOf(q, map[string]int64{who[0]: quantity})[0]
					row.ServiceID = who[1]
					rows = append(rows, row)
				}
				return page(rows)
			})
			if got := b.RunOnce(t.Context(), noon); got.Err != nil {
				t.Fatal(got.Err)
			}
			g := recorded.Deliveries[0].Message.Budgets[0].Drivers
			if want := "2026-10 to day 0: 420000 70000; " + tt.want; g == nil || summary(*g) != want {
				t.Errorf("growth = %v, want %s", g, want)
			}
		})
	}
}

// TestATrialSaysWhichServicesGrew, as the message would.
func TestATrialSaysWhichServicesGrew(t *testing.T) {
	b, recorded := growBench(t, wwwGrew)
	trial, err := b.Try(t.Context(), b.Rules().Rules[0], BudgetID{Rule: "na", Month: november}, noon)
	if err != nil {
		t.Fatal(err)
	}
	expectWwwGrew(t, trial.Message.Budgets[0].Drivers)
	if len(recorded.Deliveries) > 0 {
		t.Errorf("it is said: %v", recorded.Deliveries)
	}
}

// TestATrialReadsWhatIsMeantForTrials, and leaves what checks read from alone.
func TestATrialReadsWhatIsMeantForTrials(t *testing.T) {
	b, _ := growBench(t, wwwGrew)
	b.Trial = &fakeSource{t: t, usage: b.source.usage, services: b.source.services}
	b.source.usage, b.source.services = nil, nil // a call fails the test
	trial, err := b.Try(t.Context(), b.Rules().Rules[0], BudgetID{Rule: "na", Month: november}, noon)
	if err != nil {
		t.Fatal(err)
	}
	expectWwwGrew(t, trial.Message.Budgets[0].Drivers)
}

// TestWhatGrewIsNotWorthALateCheck: services that fail or never answer leave the message as it is without them, in time.
func TestWhatGrewIsNotWorthALateCheck(t *testing.T) {
	for _, tt := range []struct {
		name     string
		services func(ctx context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error
	}{
		{"they fail", func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error {
			return errors.New("reset")
		}},
		{"there are none", func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error { return nil }},
		{"they never answer", func(ctx context.Context, _ billing.ServiceQuery, _ func([]billing.ServiceUsage) error) error {
			<-ctx.Done()
			return ctx.Err()
		}},
		{"there are too many", func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
			used := map[string]int64{}
			for i := range mostServices + 1 {
				used[fmt.Sprint("s", i)] = 1
			}
			return page(servicesOf(q, used))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, recorded := growBench(t, tt.services)
				started := time.Now()
				if got := b.RunOnce(t.Context(), noon); got.Err != nil {
					t.Fatal(got.Err)
				}
				if took := time.Since(started); took > growTimeout {
					t.Errorf("the check took %s", took)
				}
				line := recorded.Deliveries[0].Message.Budgets[0]
				if line.Drivers == nil || line.Drivers.By != "" || !strings.HasPrefix(summary(*line.Drivers), "2026-10 to day 0: 420000 70000") {
					t.Errorf("growth = %+v", line.Drivers)
				}
			})
		})
	}
}

// TestWhatIsAboveABudgetInMoney is by the rates of the newest bill; without a bill or a rate nothing is said.
func TestWhatIsAboveABudgetInMoney(t *testing.T) {
	october := november.Add(-1)
	bill := billing.Bill{Month: october, Currency: "USD", Invoices: []string{"1"}, Charges: []billing.Charge{{
		Kind: billing.ChargeUsage, Name: "North America Bandwidth", Amount: decimal.New(620, 0), Units: decimal.NewNullDecimal(decimal.New(31000, 0)),
	}}}
	other := bill
	other.Charges = []billing.Charge{{Kind: billing.ChargeUsage, Name: "Asia Bandwidth", Amount: decimal.New(1, 0), Units: decimal.NewNullDecimal(decimal.New(1, 0))}}
	for _, tt := range []struct {
		name  string
		bills []billing.Bill
		err   error
		want  *Above
	}{
		{"at the newest bill's rate", []billing.Bill{other, bill}, nil, &Above{Currency: "USD", Rates: october}},
		{"not without a bill", nil, nil, nil},
		{"not without a rate", []billing.Bill{other}, nil, nil},
		{"not where bills cannot be read", nil, errors.New("reset"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, recorded := growBench(t, func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error { return nil })
			b.Bills = &fakeBills{t: t, invoices: func(billing.Range) ([]billing.Bill, error) { return tt.bills, tt.err }}
			if got := b.RunOnce(t.Context(), noon); got.Err != nil {
				t.Fatal(got.Err)
			}
			got := recorded.Deliveries[0].Message.Budgets[0]
			if tt.want != nil {
				tt.want.Amount = got.Prospect.Expected.Sub(got.Limit).Div(decimal.New(1, 9)).Mul(decimal.New(2, -2))
			}
			if diff := cmp.Diff(tt.want, got.Above, cmp.AllowUnexported(billing.Month{}), cmp.Comparer(func(a, b decimal.Decimal) bool {
				return a.Sub(b).Abs().LessThan(decimal.New(1, -2))
			})); diff != "" {
				t.Errorf("above (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGrowthIsTheAccountsAndServicesExplainIt: a message never tells more growth than there is usage, and what services do not explain is told apart.
func TestGrowthIsTheAccountsAndServicesExplainIt(t *testing.T) {
	// The account used 420,000 GB in average days of October, and 490,000 now.
	for _, tt := range []struct {
		name        string
		now, before map[string]int64
		want        string
		unexplained string
	}{
		{
			"services that sum to the account explain all of it",
			map[string]int64{"www": 300_000, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000; www 90000; 1 others -20000; by service", "0",
		},
		{
			"what they do not is a line of its own",
			map[string]int64{"www": 250_000, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000; www 40000; 1 others -20000; by service", "50000",
		},
		{
			"a hundredth of it is next to nothing",
			map[string]int64{"www": 299_500, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000; www 89500; 1 others -20000; by service", "0",
		},
		{
			"services that used more than the account tell nothing of it",
			map[string]int64{"www": 5_320_000, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000", "0",
		},
		{
			"nor do services that fell while the account grew",
			map[string]int64{"www": 100_000, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000", "0",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, recorded := growBench(t, func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
				if q.Month == november {
					return page(servicesOf(q, tt.now))
				}
				return page(servicesOf(q, tt.before))
			})
			b.RunOnce(t.Context(), noon)
			g := recorded.Deliveries[0].Message.Budgets[0].Drivers
			if g == nil || summary(*g) != tt.want {
				t.Fatalf("growth = %+v, want %s", g, tt.want)
			}
			if got := g.Unexplained.Shift(-9).Round(0).String(); got != tt.unexplained {
				t.Errorf("services do not explain %s, want %s", got, tt.unexplained)
			}
		})
	}
}
