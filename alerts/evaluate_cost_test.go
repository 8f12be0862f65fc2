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
	"budgetbot/billing/forecast"
)

// asOf is up to when the bill of tests counts.
var asOf = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

func charge(kind billing.ChargeKind, name, product, region, amount, units string) billing.Charge {
	c := billing.Charge{Kind: kind, Name: name, Product: product, Region: region, Amount: decimal.RequireFromString(amount)}
	if units != "" {
		c.Units = decimal.NewNullDecimal(decimal.RequireFromString(units))
	}
	return c
}

// novemberBill is Fastly's estimate of November: two usage types, one of them in two tiers, a fee and a credit. Usage knows the
// product_id of what the invoice calls Full Site Delivery.
func novemberBill() *billing.Bill {
	return &billing.Bill{
		Month: november, Currency: "USD", AsOf: asOf,
		Charges: []billing.Charge{
			charge(billing.ChargeUsage, "North America Bandwidth", "Full Site Delivery", "North America", "12000.00", "100000"),
			charge(billing.ChargeUsage, "North America Bandwidth", "Full Site Delivery", "North America", "24208.00", "302600"),
			charge(billing.ChargeUsage, "Asia Bandwidth", "Full Site Delivery", "Asia", "19000.10", "100000.5"),
			charge(billing.ChargeUsage, "Image Transformations", "Image Optimizer", "", "700.33", "7000"),
			charge(billing.ChargeFixed, "Enterprise Support", "Support", "", "5000.00", ""),
			charge(billing.ChargeCredit, "Loyalty", "", "", "-1000.00", ""),
		},
	}
}

// billed evaluates the keys of a rule against the bill and the account's usage.
func billed(t testing.TB, keys string, bill *billing.Bill) []Finding {
	t.Helper()
	rules := scopedRules(t, keys)
	reading := Reading{Month: november, Rows: account(), ReadAt: noon, Bill: bill, BillUnknown: "Fastly did not answer in time"}
	reading.Services = NewServiceTally(rules, reading)
	reading.Services.Add(shops())
	return Evaluate(rules, reading)
}

func TestEvaluateCost(t *testing.T) {
	for _, tt := range []struct {
		name, keys string
		want       []string
	}{
		{"no product is the whole bill, fees and credits included", "budget: 70000 USD", []string{"$59,908.43 of $70,000, 80%"}},
		{"usage leaves fees and credits out", "budget: 70000 USD, charges: usage", []string{"$55,908.43 of $70,000, 0%"}},
		{"a product by its id, as in usage", "product: cdn_usage, budget: 50000 USD", []string{"$55,208.10 of $50,000, 100%"}},
		{"or by its group, as on the invoice", "product: Full Site *, budget: 50000 USD", []string{"$55,208.10 of $50,000, 100%"}},
		{"a product that is a fee", "product: Support, budget: 5000 USD", []string{"$5,000 of $5,000, 100%"}},
		{"a usage type, all its tiers", "usage_type: North America Bandwidth, budget: 40000 USD", []string{"$36,208 of $40,000, 80%"}},
		{"a region", "region: Asia, budget: 20000 USD", []string{"$19,000.10 of $20,000, 80%"}},
		{"a month that differs", "budget: {default: 90000 USD, 2026-11: 60000 USD}", []string{"$59,908.43 of $60,000, 80%"}},
		{
			"a service's part is what it used at the account's rates, and no fee", "service: shop-www, budget: 1000 USD",
			[]string{"$1,099.48 of $1,000, 100%"}, // 8,000 GB at 36,208 / 402,600 and 2,000 GB at 19,000.10 / 100,000.5
		},
		{"a team's part likewise", "team: shop, budget: 10000 USD", []string{"$5,146.58 of $10,000, 0%"}},
		{
			"for each service", `per: service, service: "shop-*", budget: 1000 USD, except: {shop-images: 5000 USD}`,
			[]string{"shop-images: $4,047.09 of $5,000, 80%", "shop-www: $1,099.48 of $1,000, 100%"},
		},
		{"for each team", "per: team, budget: 6000 USD", []string{"media: $13,395 of $6,000, 200%", "shop: $5,146.58 of $6,000, 80%"}},
		{"a foreign currency is never converted", "budget: 70000 EUR", []string{"the bill is in USD, and the budget in EUR"}},
		{"for each service neither", "per: service, budget: 70000 EUR", []string{"the bill is in USD, and the budget in EUR"}},
		{
			"what is not billed yet is unknown and not zero", "product: compute, budget: 100 USD",
			[]string{"Fastly's bill of 2026-11 has no charge for compute yet"},
		},
		{
			"what has no rate cannot be shared out", "product: compute, per: service, budget: 100 USD",
			[]string{"Fastly's bill of 2026-11 has no rate for compute yet"},
		},
		{
			"nor can what a service has of it", "usage_type: Compute Bandwidth, region: Asia, service: api, budget: 1 USD",
			[]string{"Fastly's bill of 2026-11 has no rate for Compute Bandwidth, Asia yet"},
		},
		{"a usage type of one region is no cut", "region: Asia, service: shop-www, budget: 400 USD", []string{"$380 of $400, 80%"}},
		{"a service without usage is unknown", "service: nobody, budget: 1 USD", []string{"Fastly lists no usage of a service nobody in 2026-11"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			findings := billed(t, tt.keys, novemberBill())
			if diff := cmp.Diff(tt.want, told(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			isPart := strings.Contains(tt.keys, "service") || strings.Contains(tt.keys, "team")
			for _, f := range findings {
				if f.Estimate != isPart || f.Unknown == "" && !f.CountedTo.Equal(asOf) {
					t.Errorf("estimate %t, counted to %s; want %t, %s", f.Estimate, f.CountedTo, isPart, asOf)
				}
			}
		})
	}
}

func TestEvaluateCostWithoutABillToHoldItAgainst(t *testing.T) {
	unnamed, empty := novemberBill(), &billing.Bill{Month: november, Currency: "USD", AsOf: asOf}
	unnamed.Currency = ""
	for _, tt := range []struct {
		name string
		bill *billing.Bill
		want string
	}{
		{"a bill that could not be read", nil, "Fastly did not answer in time"},
		{"a bill without a currency", unnamed, "Fastly does not say in which currency it bills until there is an invoice"},
		{"a bill without a charge", empty, "Fastly's bill of 2026-11 has no charge for anything yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := billed(t, "budget: 1000 USD", tt.bill)[0].Unknown; got != tt.want {
				t.Errorf("unknown = %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEvaluateCostOfServicesInARegion: Fastly tells no regions of a service, and so no part of a bill by region.
func TestEvaluateCostOfServicesInARegion(t *testing.T) {
	bill := novemberBill()
	bill.Charges = append(bill.Charges, charge(billing.ChargeUsage, "Compute Bandwidth", "Compute", "", "40", "40"))
	want := "Fastly counts Compute Bandwidth of a service over all regions, not for Europe alone"
	if got := billed(t, "product: compute, region: Europe, per: service, budget: 1 USD", bill)[0].Unknown; got != want {
		t.Errorf("unknown = %q, want %q", got, want)
	}
}

// TestEvaluateOtherBudgetsWithoutABill: a bill that cannot be read is no matter of usage.
func TestEvaluateOtherBudgetsWithoutABill(t *testing.T) {
	if got := told(billed(t, "usage_type: Asia Bandwidth, budget: 200 TB", nil)); got[0] != "100 TB of 200 TB, 0%" {
		t.Errorf("findings = %q", got)
	}
}

func TestTheVersionOfCostFollowsTheBill(t *testing.T) {
	version := func(keys string, change func(*billing.Bill)) string {
		bill := novemberBill()
		change(bill)
		return billed(t, keys, bill)[0].Version
	}
	same := func(*billing.Bill) {}
	whole, part := "budget: 70000 USD", "service: shop-www, budget: 1000 USD"
	for _, tt := range []struct {
		name   string
		change func(*billing.Bill)
		moves  bool
	}{
		{"the same bill", same, false},
		{"another amount", func(b *billing.Bill) { b.Charges[0].Amount = decimal.New(1, 0) }, true},
		{"another instant", func(b *billing.Bill) { b.AsOf = asOf.Add(4 * time.Hour) }, true},
		{"a charge less", func(b *billing.Bill) { b.Charges = b.Charges[:5] }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, keys := range []string{whole, part} {
				if moved := version(keys, tt.change) != version(keys, same); moved != tt.moves {
					t.Errorf("of %s it moves: %t", keys, moved)
				}
			}
			if version(bandwidths+"budget: 1 TB", tt.change) != version(bandwidths+"budget: 1 TB", same) {
				t.Error("the version of usage follows the bill")
			}
		})
	}
}

// fakeBills answers as its fields do. A call of one that is not set fails the test.
type fakeBills struct {
	t           *testing.T
	invoices    func(months billing.Range) ([]billing.Bill, error)
	monthToDate func(ctx context.Context) (billing.Bill, error)
}

func (f *fakeBills) Bills(_ context.Context, months billing.Range) ([]billing.Bill, error) {
	if f.invoices == nil {
		f.t.Errorf("Bills was called with %s", months)
		return nil, nil
	}
	return f.invoices(months)
}

func (f *fakeBills) MonthToDate(ctx context.Context) (billing.Bill, error) {
	if f.monthToDate == nil {
		f.t.Error("MonthToDate was called")
		return billing.Bill{}, nil
	}
	return f.monthToDate(ctx)
}

// newBillBench is a bench with a budget of usage and one of money, that remembers what it recorded.
func newBillBench(t *testing.T, bills *fakeBills) (*bench, *Outcome) {
	b := newBench(t, `defaults: {channel: cdn}
rules:
  - {name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}
  - {name: cost, budget: 70000 USD}`)
	bills.t, b.Bills = t, bills
	recorded := &Outcome{}
	b.ledger.record = func(outcome Outcome) error {
		*recorded = outcome
		return nil
	}
	return b, recorded
}

func noInvoices(billing.Range) ([]billing.Bill, error) { return nil, nil }

// standings writes what was recorded as "rule used: why unknown", one each.
func standings(o *Outcome) string {
	var lines []string
	for _, s := range o.Standings {
		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s %s: %s", s.Rule, s.Used, s.Unknown), ": "))
	}
	return strings.Join(lines, "; ")
}

func TestCheckReadsTheBillWhereABudgetIsOfMoney(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(context.Context) (billing.Bill, error)
		want   string // of the budget of money
		failed bool   // the check counts as failed
	}{
		{"Fastly's estimate of the month", func(context.Context) (billing.Bill, error) { return *novemberBill(), nil }, "cost 59908.43", false},
		{
			"a bill that fails leaves usage as it is",
			func(context.Context) (billing.Bill, error) {
				return billing.Bill{}, &billing.TransportError{Path: "/billing/v3/invoices/month-to-date", Kind: billing.ErrUnreachable}
			},
			"cost 0: Fastly cannot be reached", true,
		},
		{
			"one that does not come in time too",
			func(ctx context.Context) (billing.Bill, error) {
				<-ctx.Done()
				return billing.Bill{}, &billing.TransportError{Kind: billing.ErrTimeout}
			},
			"cost 0: Fastly did not answer in time", true,
		},
		{
			"an account without an estimate is no failure",
			func(context.Context) (billing.Bill, error) {
				return billing.Bill{}, fmt.Errorf("read it: %w", billing.ErrNoEstimate)
			},
			"cost 0: Fastly makes no estimate of this account's bill: one that gets no invoices, or whose bill a parent account pays, has none",
			false,
		},
		{
			"an estimate of the month before is not this month's",
			func(context.Context) (billing.Bill, error) {
				bill := *novemberBill()
				bill.Month = november.Add(-1)
				return bill, nil
			},
			"cost 0: Fastly's estimate is still that of the month before", false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, recorded := newBillBench(t, &fakeBills{monthToDate: tt.answer, invoices: noInvoices})
				result := b.RunOnce(t.Context(), noon)
				if got, want := standings(recorded), "na 402600000000000; "+tt.want; got != want {
					t.Errorf("recorded %s; want %s", got, want)
				}
				if (result.Err != nil) != tt.failed {
					t.Errorf("the check ended with %v", result.Err)
				}
			})
		})
	}
}

func TestCheckWithoutBills(t *testing.T) {
	b, recorded := newBillBench(t, &fakeBills{})
	b.Bills = nil
	if result := b.RunOnce(t.Context(), noon); result.Err != nil {
		t.Fatal(result.Err)
	}
	if got := standings(recorded); got != "na 402600000000000; cost 0: Fastly's bill is not read here" {
		t.Errorf("recorded %s", got)
	}
}

// TestCheckReadsNoBillForUsage: the bill costs calls, and is read where a rule needs it.
func TestCheckReadsNoBillForUsage(t *testing.T) {
	b := newBench(t, checkedRule)
	b.Bills = &fakeBills{t: t}
	b.ledger.record = func(Outcome) error { return nil }
	if result := b.RunOnce(t.Context(), noon); result.Err != nil {
		t.Fatal(result.Err)
	}
}

// TestTheLastEstimateStandsUntilThereIsAnInvoice: of a month that is over a budget of money is held against the invoice, and
// left alone before there is one.
func TestTheLastEstimateStandsUntilThereIsAnInvoice(t *testing.T) {
	invoice := *novemberBill()
	invoice.Invoices, invoice.AsOf = []string{"1042"}, time.Time{}
	invoice.Charges = append(invoice.Charges, charge(billing.ChargeFixed, "TLS", "TLS", "", "2000", ""))
	december2 := time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		invoices []billing.Bill
		err      error
		want     string
	}{
		{"before there is one", nil, nil, "na 402600000000000"},
		{"once there is one", []billing.Bill{invoice}, nil, "na 402600000000000; cost 61908.43"},
		{"where that cannot be told", nil, errors.New("reset"), "na 402600000000000; cost 59908.43: the check could not be finished"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newBillBench(t, &fakeBills{
				invoices: func(months billing.Range) ([]billing.Bill, error) {
					if months.Len() == billing.InvoiceLag { // December's forecast looks at the newest invoice too
						return nil, nil
					}
					if months != billing.One(november) {
						t.Errorf("bills of %s were asked for", months)
					}
					return tt.invoices, tt.err
				},
				monthToDate: func(context.Context) (billing.Bill, error) { return billing.Bill{Month: november.Add(1)}, nil },
			})
			b.ledger.standings = func(_ billing.Month) ([]Standing, error) {
				var all []Standing
				for _, rule := range b.Rules().Rules {
					s := Standing{BudgetID: BudgetID{Rule: rule.Name, Month: november}, RuleHash: rule.Hash(november, ""), Version: "v", Revision: 1}
					if rule.IsMoney() {
						s.Used = decimal.RequireFromString("59908.43")
					}
					all = append(all, s)
				}
				return all, nil
			}
			var late string
			b.ledger.record = func(outcome Outcome) error {
				if len(outcome.Standings) > 0 && outcome.Standings[0].Month == november {
					late = standings(&outcome)
				}
				return nil
			}
			b.RunOnce(t.Context(), december2)
			if late != tt.want {
				t.Errorf("recorded of November: %s; want %s", late, tt.want)
			}
		})
	}
}

func TestAuditCost(t *testing.T) {
	for _, tt := range []struct {
		name, keys       string
		bill             *billing.Bill
		problem, warning string
	}{
		{"the currency of the bill", "budget: 5 USD", novemberBill(), "", ""},
		{"another currency", "budget: 5 EUR", novemberBill(), "its budget is in EUR, and Fastly bills in USD", ""},
		{"a currency that is not known yet", "budget: 5 EUR", &billing.Bill{Month: november}, "", ""},
		{"a bill that is not known", "product: Full Site Delivery, budget: 5 EUR", nil, "", ""},
		{"a product of the invoice", "product: Full Site Delivery, budget: 5 USD", novemberBill(), "", ""},
		{"a product of usage that is not billed yet", "product: compute, budget: 5 USD", novemberBill(), "", ""},
		{"several units are one currency", "product: cdn_usage, budget: 5 USD", novemberBill(), "", ""},
		{
			"a product that nobody knows", "product: cdn_usge, budget: 5 USD", novemberBill(), "",
			`no product is called "cdn_usge"; did you mean "cdn_usage"?`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := scopedRules(t, tt.keys)
			problems, warnings := Audit("rules.yaml", &rules.Rules{Rules: set}, Account{Rows: account(), Bill: tt.bill})
			for _, noted := range []struct {
				got  rules.Problems
				want string
			}{{problems, tt.problem}, {warnings, tt.warning}} {
				got := ""
				for _, problem := range noted.got {
					got += strings.TrimPrefix(problem.Text, "rule r: ")
				}
				if got != noted.want {
					t.Errorf("noted %q, want %q", got, noted.want)
				}
			}
		})
	}
}

// What a budget of money is likely to come to is never the bill so far, extended: fees land once.
func TestABudgetOfMoneyIsForeseenByItsParts(t *testing.T) {
	october := novemberBill()
	october.Month, october.Invoices, october.AsOf = november.Add(-1), []string{"1041"}, time.Time{}
	october.Charges = append(october.Charges, charge(billing.ChargeFixed, "TLS", "TLS", "", "2000", ""))
	for _, tt := range []struct {
		name, keys string
		last       *billing.Bill
		method     forecast.Method
		atLeast    string // the expected end is no less
		atMost     string
	}{
		{"fees are taken once, and those that land at the close are added", "budget: 90000 USD", october, forecast.MethodBill, "68000", "85000"},
		{"without an invoice nothing is known of fees to come", "budget: 90000 USD", nil, forecast.MethodBill, "66000", "82000"},
		{"a fee alone does not grow", "product: Support, budget: 5500 USD", october, forecast.MethodBill, "5000", "5000"},
		{"usage alone grows with its units", "product: cdn_usage, budget: 90000 USD", october, forecast.MethodBill, "62000", "77000"},
		{"a service's part has no fee, and goes by its pace", "service: shop-www, budget: 1500 USD", october, forecast.MethodPace, "1400", "1700"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := scopedRules(t, tt.keys)
			reading := Reading{Month: november, Rows: account(), ReadAt: noon, Bill: novemberBill(), LastBill: tt.last}
			reading.Services = NewServiceTally(rules, reading)
			reading.Services.Add(shops())
			o := Evaluate(rules, reading)[0].Outlook
			if o.Method != tt.method {
				t.Fatalf("method is %q: %s", o.Method, o.Unknown)
			}
			if o.End.LessThan(decimal.RequireFromString(tt.atLeast)) || o.End.GreaterThan(decimal.RequireFromString(tt.atMost)) {
				t.Errorf("the month is to end at %s, want %s to %s", o.End, tt.atLeast, tt.atMost)
			}
			if o.Low.GreaterThan(o.End) || o.High.LessThan(o.End) || o.Low.LessThan(o.Used) {
				t.Errorf("used %s, low %s, end %s, high %s", o.Used, o.Low, o.End, o.High)
			}
		})
	}
}
