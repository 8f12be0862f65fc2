package samples

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

// sampleBill is a made-up bill: support and TLS, and traffic of the given sizes in dollars.
func sampleBill(month billing.Month, asia, europe string) billing.Bill {
	usage := func(name, region, amount string, rate string) billing.Charge {
		d := decimal.RequireFromString(amount)
		return billing.Charge{
			Kind: billing.ChargeUsage, Name: name, Product: "cdn_usage", Region: region, Amount: d,
			Units: decimal.NewNullDecimal(d.Div(decimal.RequireFromString(rate))), Rate: decimal.NewNullDecimal(decimal.RequireFromString(rate)),
		}
	}
	bill := billing.Bill{Month: month, Currency: "USD", Invoices: []string{"INV-" + month.String()}, Charges: []billing.Charge{
		{Kind: billing.ChargeFixed, Name: "Gold Support", Product: "CS: CSE", Amount: decimal.NewFromInt(2600)},
		{Kind: billing.ChargeFixed, Name: "TLS Certificates", Product: "TLS", Amount: decimal.NewFromInt(880)},
		usage("Asia Requests", "Asia", asia, "0.002"),
		usage("Europe Requests", "Europe", europe, "0.0016"),
	}}
	for _, charge := range bill.Charges {
		bill.Total = bill.Total.Add(charge.Amount)
	}
	return bill
}

func unknownBill(july billing.Month) billing.Bill {
	return billing.Bill{
		Month: july.Add(-1), Unknown: "INV-12 is in EUR, and INV-11 of the same month in USD", NotCounted: []string{"INV-11", "INV-12"},
	}
}

func creditedBill(july billing.Month) billing.Bill {
	bill := sampleBill(july, "292.03", "2832.16")
	bill.Charges = append(bill.Charges, billing.Charge{
		Kind: billing.ChargeCredit, Name: "Service Credit", Amount: decimal.RequireFromString("-150.25"), Coupon: "SLA-7",
	})
	bill.Remarks = []string{"The statement was issued again on Aug 9."}
	return bill
}

// shortMonth is a bill that is lower than the one before only since its month is shorter.
func shortMonth(february billing.Month) []billing.Bill {
	return []billing.Bill{sampleBill(february.Add(-1), "310.00", "3100.00"), sampleBill(february, "291.20", "2884.00")}
}

func takenBackBill(july billing.Month) billing.Bill {
	return billing.Bill{
		Month: july, Currency: "USD", NotCounted: []string{"INV-11", "INV-12"}, Remarks: []string{"INV-12 cancels INV-11, so neither counts."},
	}
}

func costSamples() []Sample {
	july, february := billing.NewMonth(2026, time.July), billing.NewMonth(2026, time.February)
	bills := []billing.Bill{
		sampleBill(july.Add(-1), "240.11", "2700.45"), sampleBill(july, "292.03", "2832.16"),
	}
	estimate := sampleBill(sampledata.November, "61.40", "228.92")
	estimate.Invoices, estimate.AsOf = nil, sampledata.ToNov21
	estimate.Charges[1].Amount = decimal.Decimal{}
	credited := creditedBill(july)
	unknown, takenBack := unknownBill(july), takenBackBill(july)
	below := billing.Bill{Month: july, Currency: "USD", Total: decimal.NewFromInt(-50), Invoices: []string{"INV-11"}, Charges: []billing.Charge{
		{Kind: billing.ChargeUsage, Name: "Asia Requests", Product: "cdn_usage", Amount: decimal.NewFromInt(850)},
		{Kind: billing.ChargeCredit, Name: "Credits", Amount: decimal.NewFromInt(-900)},
	}}
	var year []billing.Bill
	for i := range 12 {
		year = append(year, sampleBill(july.Add(i-11), fmt.Sprint(200+i*9), fmt.Sprint(2500+i*31)))
	}
	ask := func(q report.Question, c usageview.Context, data report.Data) blocks.Message {
		q.Cost = true
		return usageview.Usage(sampledata.Tabulate(q, data), c)
	}
	likely := sampleContext("2026-11 cost", "By Type", "By Service", "Share in Channel")
	likely.Likely = &forecast.CostForecast{
		Low: decimal.RequireFromString("3874.1"), High: decimal.RequireFromString("3921.7"), Pending: decimal.NewFromInt(880),
	}
	return []Sample{
		{"cost-month", ask(report.Question{Months: billing.One(july)}, sampleContext("2026-07 cost by type"), report.Data{Bills: bills})},
		{"cost-by-product", ask(report.Question{Months: billing.Range{First: july.Add(-1), Last: july}, By: report.ByProduct},
			sampleContext("2026-06..2026-07 cost"), report.Data{Bills: bills})},
		{"cost-with-free-products", ask(report.Question{Months: billing.One(july), By: report.ByProduct}, sampleContext("2026-07 cost"),
			report.Data{Bills: []billing.Bill{withFree(bills[0], "0"), withFree(bills[1], "4.10")}})},
		{"cost-this-month", ask(report.Question{Months: billing.One(sampledata.November), By: report.ByProduct}, likely, report.Data{
			Bills: []billing.Bill{estimate}, Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
		})},
		{"cost-by-service-this-month", ask(report.Question{Months: billing.One(sampledata.November), By: report.ByService}, sampleContext("2026-11 cost by service"), newerThanServices(estimate))},
		{"cost-february", ask(report.Question{Months: billing.One(february)}, sampleContext("2026-02 cost by type"), report.Data{Bills: shortMonth(february)})},
		{"cost-credited", ask(report.Question{Months: billing.One(july)}, sampleContext("2026-07 cost by type"),
			report.Data{Bills: []billing.Bill{credited}})},
		{"cost-by-service", ask(report.Question{Months: billing.One(july), By: report.ByService, Top: 2},
			sampleContext("2026-07 cost by service top 2"), report.Data{Bills: bills[1:], Services: servicesOf(bills[1])})},
		{"cost-year", ask(report.Question{Months: billing.Range{First: july.Add(-11), Last: july}, By: report.ByProduct},
			sampleContext("2025-08..2026-07 cost"), report.Data{Bills: year})},
		{"cost-not-invoiced", ask(report.Question{Months: billing.One(sampledata.November.Add(-1))}, sampleContext("2026-10 cost"), report.Data{})},
		{"cost-before-invoices", ask(report.Question{Months: billing.One(july.Add(-90))}, sampleContext("2019-01 cost"), report.Data{})},
		{"cost-without-estimate", ask(report.Question{Months: billing.One(sampledata.November)}, sampleContext("2026-11 cost"), report.Data{})},
		{"cost-no-service-known", ask(report.Question{Months: billing.One(july), By: report.ByService}, sampleContext("2026-07 cost by service"),
			report.Data{Bills: bills[1:], Services: report.NewServiceCosts(bills[1:], nil, nil)})},
		{"cost-beside-unknown", ask(report.Question{Months: billing.One(july)}, sampleContext("2026-07 cost by type"),
			report.Data{Bills: []billing.Bill{unknown, bills[1]}})},
		{"cost-with-unknown", ask(report.Question{Months: billing.Range{First: july.Add(-1), Last: july}}, sampleContext("2026-06..2026-07 cost by type"),
			report.Data{Bills: []billing.Bill{unknown, bills[1]}})},
		{"cost-unknown", ask(report.Question{Months: billing.One(july.Add(-1))}, sampleContext("2026-06 cost by type"),
			report.Data{Bills: []billing.Bill{unknown}})},
		{"cost-taken-back", ask(report.Question{Months: billing.One(july)}, sampleContext("2026-07 cost"), report.Data{Bills: []billing.Bill{takenBack}})},
		{"cost-below-zero", ask(report.Question{Months: billing.One(july), By: report.ByProduct}, sampleContext("2026-07 cost"),
			report.Data{Bills: []billing.Bill{below}})},
		{"cost-not-billed-yet", ask(report.Question{Months: billing.One(sampledata.November), Charges: billing.NamesOf(string(billing.ChargeFixed))}, sampleContext("2026-11 fees cost"), notBilledYet(estimate))},
		{"cost-of-nothing", ask(report.Question{Months: billing.One(july), Product: "fanout"}, sampleContext("2026-07 cost fanout"),
			report.Data{Bills: bills})},
	}
}

// withFree adds products that cost nothing, and one that costs as much as is given.
func withFree(bill billing.Bill, amount string) billing.Bill {
	bill.Charges = slices.Clone(bill.Charges)
	for _, c := range []struct{ name, product, amount string }{
		{"Object Storage", "object_storage", "0"}, {"KV Store Storage", "kv_store", "0"}, {"Fanout", "fanout", amount},
	} {
		bill.Charges = append(bill.Charges, billing.Charge{
			Kind: billing.ChargeUsage, Name: c.name, Product: c.product, Amount: decimal.RequireFromString(c.amount),
			Units: decimal.NewNullDecimal(decimal.NewFromInt(5)), Rate: decimal.NewNullDecimal(decimal.Zero),
		})
	}
	bill.Total = bill.Total.Add(decimal.RequireFromString(amount))
	return bill
}

// notBilledYet is an estimate to which no fee has been added yet, after a month that had some.
func notBilledYet(estimate billing.Bill) report.Data {
	estimate.Charges = slices.DeleteFunc(slices.Clone(estimate.Charges), func(c billing.Charge) bool { return c.Kind == billing.ChargeFixed })
	return report.Data{
		Bills: []billing.Bill{sampleBill(sampledata.October, "240.11", "2700.45"), estimate},
		Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
	}
}

// newerThanServices is what services cost in a month that Fastly estimates six hours beyond its usage.
func newerThanServices(estimate billing.Bill) report.Data {
	estimate.AsOf = sampledata.ToNov21.Add(6 * time.Hour)
	var rows []billing.Usage
	for _, u := range estimate.Usage() {
		u.Quantity, u.CountedTo = u.Quantity.Mul(decimal.RequireFromString("0.97")), sampledata.ToNov21
		rows = append(rows, u)
	}
	return report.Data{
		Bills: []billing.Bill{estimate}, Rows: rows, Services: servicesOf(estimate),
		Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: estimate.AsOf},
	}
}

// servicesOf shares a bill's traffic out to three services.
func servicesOf(bill billing.Bill) *report.ServiceTotals {
	totals := report.NewServiceCosts([]billing.Bill{bill}, nil, nil)
	var page []billing.ServiceUsage
	for _, charge := range bill.Charges {
		for i, share := range []string{"0.55", "0.30", "0.12"} {
			page = append(page, billing.ServiceUsage{
				Month: bill.Month, Product: charge.Product, UsageType: charge.Name, Unit: "unit", ServiceID: fmt.Sprintf("service%d", i),
				ServiceName: []string{"www-shop", "media-assets-prod", "api-gateway"}[i],
				Quantity:    charge.Units.Decimal.Mul(decimal.RequireFromString(share)),
			})
		}
	}
	if err := totals.Add(page); err != nil {
		panic(fmt.Sprintf("the catalogue has too many services: %v", err))
	}
	return totals
}
