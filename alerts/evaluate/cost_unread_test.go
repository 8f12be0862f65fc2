package evaluate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/statement"
	"budgetbot/internal/alertstest"
)

// A line that cannot be read makes unknown what it would count towards, and nothing else.
func TestEvaluateCostWithALineThatCannotBeRead(t *testing.T) {
	const why = "Line 7 of the estimate (Asia Requests) cannot be read: there is no amount"
	for _, tt := range []struct {
		name, keys string
		want       []string
	}{
		{"the whole bill is known by its total", "budget: 70000 USD", []string{"$60,000 of $70,000, 80%"}},
		{"usage may have it", "budget: 70000 USD, charges: usage", []string{why}},
		{"its own usage type has it", `usage_type: "* Requests", budget: 10 USD`, []string{why}},
		{"its region has it", "region: Asia, budget: 20000 USD", []string{why}},
		{"its group has it", "product: Full Site Delivery, budget: 20000 USD", []string{why}},
		{"another usage type has not", "usage_type: North America Bandwidth, budget: 40000 USD", []string{"$36,208 of $40,000, 80%"}},
		{"another region has not", "region: North America, budget: 40000 USD", []string{"$36,208 of $40,000, 80%"}},
		{"another product has not", "product: Support, budget: 5000 USD", []string{"$5,000 of $5,000, 100%"}},
		{"a service that does not use it has not", "service: shop-www, usage_type: Asia Bandwidth, budget: 400 USD", []string{"$380 of $400, 80%"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bill := alertstest.NovemberBill()
			bill.Unread = []billing.UnreadCharge{{Name: "Asia Requests", Product: "Full Site Delivery", Region: "Asia", Line: 7, Why: "there is no amount"}}
			bill.Charges = append(bill.Charges, alertstest.Charge(billing.ChargeFixed, statement.NotItemized, "", "", "91.57", ""))
			if diff := cmp.Diff(tt.want, described(billed(t, tt.keys, bill))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a line that cannot be read at all may be anything but the whole", func(t *testing.T) {
		bill := alertstest.NovemberBill()
		bill.Unread = []billing.UnreadCharge{{Line: 3, Why: "it is null, not an object"}}
		got := append(described(billed(t, "budget: 70000 USD", bill)), described(billed(t, "product: Support, budget: 5000 USD", bill))...)
		want := []string{"$59,908.43 of $70,000, 80%", "Line 3 of the estimate cannot be read: it is null, not an object"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
	})
}

// Two products have a usage type called Requests. The bill has 100 of one at $1 and 10 of the other at $10.
func TestEvaluateCostOfTwoProductsWithAUsageTypeOfOneName(t *testing.T) {
	row := func(product, quantity string) billing.Usage {
		return billing.Usage{Month: alertstest.November, Product: product, UsageType: "Requests", Unit: "unit", Quantity: decimal.RequireFromString(quantity)}
	}
	ofService := func(product, id, quantity string) billing.ServiceUsage {
		return billing.ServiceUsage{
			Month: alertstest.November, Product: product, UsageType: "Requests", Unit: "unit", ServiceID: id, ServiceName: id,
			Quantity: decimal.RequireFromString(quantity),
		}
	}
	const untold = "Fastly's bill does not say whether its Requests are cdn_usage or compute_requests"
	for _, tt := range []struct {
		name, keys, cdn, compute string // what usage counts
		want                     []string
	}{
		{"by service each product has its own price", "per: service, budget: 150 USD", "100", "10", []string{"a: $100 of $150, 0%", "b: $100 of $150, 0%"}},
		{"by product each has its own charge", "product: cdn_usage, budget: 80 USD", "100", "10", []string{"$100 of $80, 125%"}},
		{"and so has the other", "product: compute_requests, budget: 80 USD", "100", "10", []string{"$100 of $80, 125%"}},
		{"the whole is both", "budget: 150 USD", "55", "55", []string{"$200 of $150, 125%"}},
		{"by the name alone it is both", "usage_type: Requests, budget: 150 USD", "55", "55", []string{"$200 of $150, 125%"}},
		{"by product it is unknown where the units do not tell", "product: cdn_usage, budget: 150 USD", "55", "55", []string{untold}},
		{"by service as well", "per: service, budget: 150 USD", "55", "55", []string{untold}},
		{"of a group it is known", "product: Compute, budget: 150 USD", "55", "55", []string{"$100 of $150, 0%"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := alertstest.ScopedRules(t, tt.keys)
			reading := Reading{Month: alertstest.November, Rows: []billing.Usage{row("cdn_usage", tt.cdn), row("compute_requests", tt.compute)}, ReadAt: alertstest.Noon, Bill: &billing.Bill{
				Month: alertstest.November, Currency: "USD", AsOf: alertstest.AsOf, Charges: []billing.Charge{
					alertstest.Charge(billing.ChargeUsage, "Requests", "Full Site Delivery", "", "100", "100"),
					alertstest.Charge(billing.ChargeUsage, "Requests", "Compute", "", "100", "10"),
				},
			}}
			reading.Services = NewServiceTally(rules, reading)
			reading.Services.Add([]billing.ServiceUsage{ofService("cdn_usage", "a", tt.cdn)})
			reading.Services.Add([]billing.ServiceUsage{ofService("compute_requests", "b", tt.compute)})
			if diff := cmp.Diff(tt.want, described(Evaluate(rules, reading))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnInvoicedMonthOfWhichNothingIsLeftCostsNothing(t *testing.T) {
	bill := &billing.Bill{Month: alertstest.November, Currency: "USD", NotCounted: []string{"INV-1", "INV-2"}}
	if diff := cmp.Diff([]string{"$0 of $70,000, 0%"}, described(billed(t, "budget: 70000 USD", bill))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
