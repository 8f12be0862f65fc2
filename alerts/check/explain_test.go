package check

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
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// growBench is a check in which a budget of North America reaches a threshold, with October's total known.
func growBench(t *testing.T, services func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error) (*bench, *alerts.Outcome) {
	t.Helper()
	b := newBench(t, checkedRule)
	hash := b.Rules().Rules[0].Hash(alertstest.November, rules.Instance{})
	b.ledger.Known = func() (map[string]string, error) { return map[string]string{"na": hash}, nil }
	b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
		return []billing.Usage{alertstest.BandwidthTo(alertstest.November.Add(-1), "North America", 620_000, 31), alertstest.BandwidthTo(alertstest.November, "North America", 490_000, 21)}, nil
	}
	b.source.Services = services
	recorded := &alerts.Outcome{}
	b.ledger.OnRecord = func(o alerts.Outcome) error {
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

// wwwGrew are services where one uses much more in November than in October.
func wwwGrew(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if q.Month == alertstest.November {
		return page(servicesOf(q, map[string]int64{"www": 300_000, "api": 190_000}))
	}
	return page(servicesOf(q, map[string]int64{"www": 310_000, "api": 310_000}))
}

func expectWwwGrew(t *testing.T, g *alerts.Drivers) {
	t.Helper()
	if want := "2026-10 to day 0: 420000 70000; www 90000; 1 others -20000"; g == nil || alertstest.Summary(*g) != want {
		t.Errorf("growth = %v, want %s", g, want)
	}
}

func TestAMessageSaysWhichServicesGrew(t *testing.T) {
	b, recorded := growBench(t, wwwGrew)
	if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
		t.Fatal(got.Err)
	}
	expectWwwGrew(t, recorded.Deliveries[0].Message.Budgets[0].Drivers)
}

// TestServicesThatCountFurtherDoNotExplain: they would explain more growth than there is.
func TestServicesThatCountFurtherDoNotExplain(t *testing.T) {
	b, recorded := growBench(t, wwwGrew)
	before, day := b.source.OnUsage, 21
	b.source.OnUsage = func(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
		rows, err := before(ctx, months)
		rows[len(rows)-1] = alertstest.BandwidthTo(alertstest.November, "North America", 490_000, day)
		day++
		return rows, err
	}
	if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
		t.Fatal(got.Err)
	}
	if g := recorded.Deliveries[0].Message.Budgets[0].Drivers; g == nil || len(g.Parts) > 0 || !g.Change.Round(0).Equal(decimal.New(70_000, 9)) {
		t.Errorf("growth = %v, want 70 TB without services", g)
	}
}

// TestServicesOfOneName: they are kept apart by their ids, and a service that has a new name is the one that it was.
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
			"www (S1) 90000; 1 others -20000",
		},
		{
			"a service that has a new name grew from what it had under the other",
			map[[2]string]int64{{"old", "S1"}: 310_000, {"api", "S2"}: 310_000},
			map[[2]string]int64{{"www", "S1"}: 300_000, {"api", "S2"}: 190_000},
			"www 90000; 1 others -20000",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, recorded := growBench(t, func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
				used := tt.before
				if q.Month == alertstest.November {
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
			if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
				t.Fatal(got.Err)
			}
			g := recorded.Deliveries[0].Message.Budgets[0].Drivers
			if want := "2026-10 to day 0: 420000 70000; " + tt.want; g == nil || alertstest.Summary(*g) != want {
				t.Errorf("growth = %v, want %s", g, want)
			}
		})
	}
}

// TestATrialSaysWhichServicesGrew, as the message would.
func TestATrialSaysWhichServicesGrew(t *testing.T) {
	b, recorded := growBench(t, wwwGrew)
	trial, err := b.Try(t.Context(), b.Rules().Rules[0], alerts.BudgetID{Rule: "na", Month: alertstest.November}, alertstest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	expectWwwGrew(t, trial.Message.Budgets[0].Drivers)
	if len(recorded.Deliveries) > 0 {
		t.Errorf("it is posted: %v", recorded.Deliveries)
	}
}

// TestATrialReadsWhatIsMeantForTrials, and leaves what checks read from alone.
func TestATrialReadsWhatIsMeantForTrials(t *testing.T) {
	b, _ := growBench(t, wwwGrew)
	b.Trial = &alertstest.FakeSource{T: t, OnUsage: b.source.OnUsage, Services: b.source.Services}
	b.source.OnUsage, b.source.Services = nil, nil // a call fails the test
	trial, err := b.Try(t.Context(), b.Rules().Rules[0], alerts.BudgetID{Rule: "na", Month: alertstest.November}, alertstest.Noon)
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
				if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
					t.Fatal(got.Err)
				}
				if took := time.Since(started); took > growTimeout {
					t.Errorf("the check took %s", took)
				}
				line := recorded.Deliveries[0].Message.Budgets[0]
				if line.Drivers == nil || len(line.Drivers.Parts) > 0 || !strings.HasPrefix(alertstest.Summary(*line.Drivers), "2026-10 to day 0: 420000 70000") {
					t.Errorf("growth = %+v", line.Drivers)
				}
			})
		})
	}
}

// TestWhatIsAboveABudgetInMoney is by the rates of the newest bill; without a bill or a rate nothing is posted.
func TestWhatIsAboveABudgetInMoney(t *testing.T) {
	october := alertstest.November.Add(-1)
	bill := billing.Bill{Month: october, Currency: "USD", Invoices: []string{"1"}, Charges: []billing.Charge{{
		Kind: billing.ChargeUsage, Name: "North America Bandwidth", Amount: decimal.New(620, 0), Units: decimal.NewNullDecimal(decimal.New(31000, 0)),
	}}}
	other := bill
	other.Charges = []billing.Charge{{Kind: billing.ChargeUsage, Name: "Asia Bandwidth", Amount: decimal.New(1, 0), Units: decimal.NewNullDecimal(decimal.New(1, 0))}}
	for _, tt := range []struct {
		name  string
		bills []billing.Bill
		err   error
		want  *alerts.Above
	}{
		{"at the newest bill's rate", []billing.Bill{other, bill}, nil, &alerts.Above{Currency: "USD", Rates: october, Types: 1}},
		{"not without a bill", nil, nil, nil},
		{"not without a rate", []billing.Bill{other}, nil, nil},
		{"not where bills cannot be read", nil, errors.New("reset"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, recorded := growBench(t, func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error { return nil })
			b.Bills = &fakeBills{t: t, invoices: func(billing.Range) ([]billing.Bill, error) { return tt.bills, tt.err }}
			if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
				t.Fatal(got.Err)
			}
			got := recorded.Deliveries[0].Message.Budgets[0]
			if tt.want != nil {
				tt.want.Excess = got.Forecast.Expected.Sub(got.Limit)
				tt.want.Amount = got.Forecast.Expected.Sub(got.Limit).Div(decimal.New(1, 9)).Mul(decimal.New(2, -2))
			}
			if diff := cmp.Diff(tt.want, got.Above, cmp.AllowUnexported(billing.Month{}), cmp.Comparer(func(a, b decimal.Decimal) bool {
				return a.Sub(b).Abs().LessThan(decimal.New(1, -2))
			})); diff != "" {
				t.Errorf("above (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatIsAboveABudgetOfServicesInMoney is the rate of what these services use.
func TestWhatIsAboveABudgetOfServicesInMoney(t *testing.T) {
	october := alertstest.November.Add(-1)
	charge := func(usageType string, amount int64) billing.Charge {
		return billing.Charge{Kind: billing.ChargeUsage, Product: "cdn_usage", Name: usageType, Amount: decimal.New(amount, 0), Units: decimal.NewNullDecimal(decimal.New(1_000, 0))}
	}
	bill := billing.Bill{Month: october, Currency: "USD", Invoices: []string{"1"}, Charges: []billing.Charge{charge("North America Bandwidth", 20), charge("Asia Bandwidth", 80)}}
	for _, tt := range []struct {
		name, rule string
		asia       int64 // what www uses there, of 300 TB in North America
		rate       string
	}{
		{"of one service", `service: www, budget: 200 TB`, 0, "0.02"},
		{"of one service in two regions", `service: www, budget: 200 TB`, 100_000, "0.035"},
		{"of each of several", `service: "w*", per: service, budget: 200 TB`, 100_000, "0.035"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, recorded := growBench(t, func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
				used := map[string]int64{"www": 300_000, "api": 190_000}
				if q.UsageType == "Asia Bandwidth" {
					used = map[string]int64{"www": tt.asia, "api": 50_000}
				}
				return page(servicesOf(q, used))
			})
			set := alertstest.Load(t, `rules: [{name: r, product: cdn_usage, usage_type: "* Bandwidth", `+tt.rule+`, channel: cdn, thresholds: [100%]}]`)
			b.CheckerConfig.Rules = func() *rules.Rules { return set }
			b.ledger.Known = func() (map[string]string, error) {
				return map[string]string{"r": set.Rules[0].Hash(alertstest.November, rules.Instance{})}, nil
			}
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
				return []billing.Usage{
					alertstest.BandwidthTo(alertstest.November, "North America", 490_000, 21), alertstest.BandwidthTo(alertstest.November, "Asia", 50_000+tt.asia, 21),
				}, nil
			}
			b.Bills = &fakeBills{t: t, invoices: func(billing.Range) ([]billing.Bill, error) { return []billing.Bill{bill}, nil }}
			if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil {
				t.Fatal(got.Err)
			}
			if len(recorded.Deliveries) == 0 {
				t.Fatal("nothing is posted")
			}
			above := recorded.Deliveries[0].Message.Budgets[0].Above
			if above == nil {
				t.Fatal("the message has no amount")
			}
			if rate := above.Amount.Div(above.Excess.Shift(-9)); !rate.Sub(decimal.RequireFromString(tt.rate)).Abs().LessThan(decimal.New(1, -6)) {
				t.Errorf("%s for %s above is %s per GB, want %s", above.Amount, above.Excess, rate, tt.rate)
			}
		})
	}
}

// TestGrowthIsTheAccountsAndServicesExplainIt: a message never tells more growth than there is usage, and what services do not explain is kept apart.
func TestGrowthIsTheAccountsAndServicesExplainIt(t *testing.T) {
	// The account used 420,000 GB on average days of October, and 490,000 now.
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
			"2026-10 to day 0: 420000 70000; www 90000; 1 others -20000", "0",
		},
		{
			"what they do not is a line of its own",
			map[string]int64{"www": 250_000, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000; www 40000; 1 others -20000", "50000",
		},
		{
			"a hundredth of it is next to nothing",
			map[string]int64{"www": 299_500, "api": 190_000},
			map[string]int64{"www": 310_000, "api": 310_000},
			"2026-10 to day 0: 420000 70000; www 89500; 1 others -20000", "0",
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
				if q.Month == alertstest.November {
					return page(servicesOf(q, tt.now))
				}
				return page(servicesOf(q, tt.before))
			})
			b.RunOnce(t.Context(), alertstest.Noon)
			g := recorded.Deliveries[0].Message.Budgets[0].Drivers
			if g == nil || alertstest.Summary(*g) != tt.want {
				t.Fatalf("growth = %+v, want %s", g, tt.want)
			}
			if got := g.Unexplained.Shift(-9).Round(0).String(); got != tt.unexplained {
				t.Errorf("services do not explain %s, want %s", got, tt.unexplained)
			}
		})
	}
}

// TestWhatIsExplainedStaysSo: a check that others get in the way of decides anew, and does not read services again.
func TestWhatIsExplainedStaysSo(t *testing.T) {
	var mu sync.Mutex
	reads := 0
	b, recorded := growBench(t, func(ctx context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
		mu.Lock()
		reads++
		mu.Unlock()
		return wwwGrew(ctx, q, page)
	})
	record, tries := b.ledger.OnRecord, 0
	b.ledger.OnRecord = func(o alerts.Outcome) error {
		if tries++; tries < 3 {
			return alerts.ErrConflict
		}
		return record(o)
	}
	if got := b.RunOnce(t.Context(), alertstest.Noon); got.Err != nil || got.Posted != 1 {
		t.Fatalf("posted %d, %v", got.Posted, got.Err)
	}
	if reads != 2 {
		t.Errorf("services were read %d times, want once of each month", reads)
	}
	expectWwwGrew(t, recorded.Deliveries[0].Message.Budgets[0].Drivers)
}

// TestAPreviewIsACheckWithoutItsRecord, also where there is no ledger yet.
func TestAPreviewIsACheckWithoutItsRecord(t *testing.T) {
	b, recorded := growBench(t, nil)
	for _, tt := range []struct {
		name   string
		ledger Ledger
		want   alerts.Reason
	}{{"by what the ledger holds", b.ledger, alerts.ReasonFirstThreshold}, {"every rule is new without one", nil, alerts.ReasonNewRule}} {
		b.Ledger = tt.ledger
		plan, err := b.Preview(t.Context(), alertstest.Noon)
		if err != nil || len(plan.Decisions) != 1 || plan.Decisions[0].Reason != tt.want {
			t.Errorf("%s: %+v, %v", tt.name, plan.Decisions, err)
		}
	}
	if len(recorded.Deliveries) > 0 {
		t.Errorf("it is posted: %v", recorded.Deliveries)
	}
}
