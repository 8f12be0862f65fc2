package evaluate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// billed evaluates the keys of a rule against the bill and the account's usage.
func billed(t testing.TB, keys string, bill *billing.Bill) []Finding {
	t.Helper()
	rules := alertstest.ScopedRules(t, keys)
	reading := Reading{Month: alertstest.November, Rows: alertstest.Account(), ReadAt: alertstest.Noon, Bill: bill, BillUnknown: "Fastly did not answer in time"}
	reading.Services = NewServiceTally(rules, reading)
	reading.Services.Add(alertstest.Shops())
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
		{"a foreign currency is never converted", "budget: 70000 EUR", []string{"the bill is in USD, but the budget is in EUR"}},
		{"for each service neither", "per: service, budget: 70000 EUR", []string{"the bill is in USD, but the budget is in EUR"}},
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
			findings := billed(t, tt.keys, alertstest.NovemberBill())
			if diff := cmp.Diff(tt.want, described(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			isPart := strings.Contains(tt.keys, "service") || strings.Contains(tt.keys, "team")
			for _, f := range findings {
				if f.Estimate != isPart || f.Unknown == "" && !f.CountedTo.Equal(alertstest.AsOf) {
					t.Errorf("estimate %t, counted to %s; want %t, %s", f.Estimate, f.CountedTo, isPart, alertstest.AsOf)
				}
			}
		})
	}
}

func TestEvaluateCostWithoutABillToHoldItAgainst(t *testing.T) {
	unnamed, empty := alertstest.NovemberBill(), &billing.Bill{Month: alertstest.November, Currency: "USD", AsOf: alertstest.AsOf}
	unnamed.Currency = ""
	for _, tt := range []struct {
		name string
		bill *billing.Bill
		want string
	}{
		{"a bill that could not be read", nil, "Fastly did not answer in time"},
		{"a bill without a currency", unnamed, "Fastly does not say which currency it bills in until there is an invoice"},
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
	bill := alertstest.NovemberBill()
	bill.Charges = append(bill.Charges, alertstest.Charge(billing.ChargeUsage, "Compute Bandwidth", "Compute", "", "40", "40"))
	want := "Fastly counts Compute Bandwidth of a service across all regions, not for Europe alone"
	if got := billed(t, "product: compute, region: Europe, per: service, budget: 1 USD", bill)[0].Unknown; got != want {
		t.Errorf("unknown = %q, want %q", got, want)
	}
}

// TestEvaluateOtherBudgetsWithoutABill: a bill that cannot be read is no matter of usage.
func TestEvaluateOtherBudgetsWithoutABill(t *testing.T) {
	if got := described(billed(t, "usage_type: Asia Bandwidth, budget: 200 TB", nil)); got[0] != "100 TB of 200 TB, 0%" {
		t.Errorf("findings = %q", got)
	}
}

func TestAuditCost(t *testing.T) {
	for _, tt := range []struct {
		name, keys       string
		bill             *billing.Bill
		problem, warning string
	}{
		{"the currency of the bill", "budget: 5 USD", alertstest.NovemberBill(), "", ""},
		{"another currency", "budget: 5 EUR", alertstest.NovemberBill(), "its budget is in EUR, but Fastly bills in USD", ""},
		{"a currency that is not known yet", "budget: 5 EUR", &billing.Bill{Month: alertstest.November}, "", ""},
		{"a bill that is not known", "product: Full Site Delivery, budget: 5 EUR", nil, "", ""},
		{"a product of the invoice", "product: Full Site Delivery, budget: 5 USD", alertstest.NovemberBill(), "", ""},
		{"a product of usage that is not billed yet", "product: compute, budget: 5 USD", alertstest.NovemberBill(), "", ""},
		{"several units are one currency", "product: cdn_usage, budget: 5 USD", alertstest.NovemberBill(), "", ""},
		{
			"a product that nobody knows", "product: cdn_usge, budget: 5 USD", alertstest.NovemberBill(), "",
			`there is no product "cdn_usge"; did you mean "cdn_usage"?`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := alertstest.ScopedRules(t, tt.keys)
			problems, warnings := Audit("rules.yaml", &rules.Rules{Rules: set}, Account{Rows: alertstest.Account(), Bill: tt.bill})
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
	october := alertstest.NovemberBill()
	october.Month, october.Invoices, october.AsOf = alertstest.November.Add(-1), []string{"1041"}, time.Time{}
	october.Charges = append(october.Charges, alertstest.Charge(billing.ChargeFixed, "TLS", "TLS", "", "2000", ""))
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
			rules := alertstest.ScopedRules(t, tt.keys)
			reading := Reading{Month: alertstest.November, Rows: alertstest.Account(), ReadAt: alertstest.Noon, Bill: alertstest.NovemberBill(), LastBill: tt.last}
			reading.Services = NewServiceTally(rules, reading)
			reading.Services.Add(alertstest.Shops())
			o := Evaluate(rules, reading)[0].Forecast
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
