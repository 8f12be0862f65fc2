package samples

import (
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/rates"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

// sampleRate is a rate of a quantity in TB, millions of requests or hours, the unit of its measure.
func sampleRate(name string, m billing.Measure, per string, singles decimal.Decimal, quantity, charge, marginal string, tiers int) rates.Rate {
	in, amount := decimal.RequireFromString(quantity), decimal.RequireFromString(charge)
	return rates.Rate{
		Name: name, Product: "cdn_usage", Measure: m, Quantity: in.Mul(singles), Billed: in, Charge: amount, Per: per, Singles: singles, Tiers: tiers,
		Effective: amount.Div(in), Marginal: decimal.RequireFromString(marginal),
	}
}

func rateSamples() []Sample {
	terabyte, million, one := decimal.New(1, 12), decimal.New(1, 6), decimal.New(1, 0)
	all := []rates.Rate{
		sampleRate("North America Bandwidth", bytesMoved, "TB", terabyte, "494.592", "18918.88", "15", 3),
		sampleRate("Asia Bandwidth", bytesMoved, "TB", terabyte, "217.453", "9773.58", "30", 2),
		sampleRate("North America Requests", requests, "million requests", million, "51060.31", "5106.03", "0.1", 1),
		sampleRate("Asia Requests", requests, "million requests", million, "2193.2", "438.6401", "0.2", 1),
		sampleRate("Compute vCPU Time", billing.Measure{Noun: billing.NounVCPUTime, Time: true}, "hour", decimal.New(3_600_000, 0), "45475.6", "3274.24", "0.072", 1),
		sampleRate("Fanout", billing.Measure{Noun: billing.NounUnits, Billed: true}, "billed unit", one, "123456", "24.69", "0.0002", 1),
	}
	of := func(month billing.Month, q report.Question, shown ...rates.Rate) rates.Answer {
		q.Months, q.Show, q.By = billing.One(month), report.ShowRates, report.ByUsageType
		return rates.Answer{Question: q, Month: sampledata.October, Currency: "USD", Rates: shown, Fresh: invoiced(sampledata.ToNov21)}
	}
	none := of(sampledata.November, report.Question{})
	none.Month = billing.Month{}
	unclear := of(sampledata.October, report.Question{}, all[0])
	unclear.Month, unclear.Unknown = sampledata.October.Add(-1), "INV-12 is in EUR, and INV-11 of the same month in USD"
	unread := of(sampledata.October, report.Question{}, all[1])
	unread.Unread, unread.Currency = []string{"Line 3 of INV-1 (North America *Bandwidth*) cannot be read: its amount is x"}, ""
	twice := all[3]
	twice.Product = "compute"
	c := func(asked string) usageview.Context {
		return sampleContext(asked, "Cost", "Export CSV", "Share in Channel")
	}
	return []Sample{
		{"rates", usageview.Rates(of(sampledata.November, report.Question{}, all...), c("2026-11 rates"))},
		{"rates-of-a-month", usageview.Rates(of(sampledata.October, report.Question{Measure: billing.NounBandwidth, Region: "Asia"}, all[1]), c("2026-10 rates bandwidth region Asia"))},
		{"rates-of-two-products", usageview.Rates(of(sampledata.October, report.Question{Measure: billing.NounRequests}, all[3], twice), c("2026-10 rates requests"))},
		{"rates-unclear", usageview.Rates(unclear, c("2026-10 rates"))},
		{"rates-unread", usageview.Rates(unread, c("2026-10 rates"))},
		{"rates-not-invoiced", usageview.Rates(none, sampleContext("2026-11 rates"))},
		{"rates-of-nothing", usageview.Rates(of(sampledata.October, report.Question{Product: "fanout"}), sampleContext("2026-10 rates fanout"))},
	}
}
