package view

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
)

func digestSample(name string, r alerts.Bulletin) Sample {
	d := alerts.Delivery{
		ID: "d1", Kind: alerts.DeliverDigest, Channel: "finops-private", CreatedAt: sampleNow,
		Message: alerts.Message{Reason: alerts.ReasonSchedule, Bulletin: &r},
	}
	return Sample{name, Alert(d, sampleAlert)}
}

func digestSamples() []Sample {
	full := alerts.Bulletin{
		Digest: "monday", Month: november, MadeAt: sampleNow, Budgets: sampleStatuses(), Checked: sampleNow.Add(-12 * time.Minute),
		Movers: sampleMovers(),
	}
	calm := full
	calm.Budgets = full.Budgets[:0:0]
	for _, b := range full.Budgets {
		if b.Known && b.Unknown == "" && b.Line.Level == 0 {
			calm.Budgets = append(calm.Budgets, b)
		}
	}
	still := *full.Movers
	still.Groups = nil
	calm.Movers = &still
	young := calm
	young.Movers = &billing.Table{
		Question: still.Question, Months: still.Months, Fresh: still.Fresh,
		Versus: &billing.Comparison{Month: november, Against: october, Days: 21, Unknown: true, Why: billing.GapNoRecord, WatchingSince: sampleNow.AddDate(0, 0, -9)},
	}
	untold := full
	untold.Movers, untold.Untold, untold.CheckFailure = nil, []string{"What changed is missing. Fastly did not answer in time."}, "Fastly did not answer"
	movers := full
	movers.Budgets = nil
	odd := full
	odd.Digest, odd.Untold = hostile, []string{hostile}
	line := sampleLine(hostile, hostile, billing.Measure{Noun: hostile}, 3, 2, 125)
	odd.Budgets = []alerts.BudgetStatus{{Line: line, Known: true, Unknown: hostile}}
	oddMovers := *full.Movers
	oddMovers.Groups = []billing.Group{{Measure: billing.Measure{Noun: hostile}, Total: full.Movers.Groups[0].Total, Rows: []billing.Row{full.Movers.Groups[0].Rows[0]}}}
	oddMovers.Groups[0].Rows[0].Name, oddMovers.Fresh.Stale = hostile, hostile
	odd.Movers = &oddMovers
	return []Sample{
		digestSample("digest", full),
		digestSample("digest-calm", calm),
		digestSample("digest-nothing-to-compare", young),
		digestSample("digest-untold", untold),
		digestSample("digest-movers-alone", movers),
		digestSample("digest-hostile-names", odd),
		digestSample("digest-no-rules", alerts.Bulletin{Digest: "monday", Month: november, MadeAt: sampleNow}),
	}
}

func sampleStatuses() []alerts.BudgetStatus {
	var all []alerts.BudgetStatus
	for _, s := range sampleStates() {
		all = append(all, s.Status())
	}
	return all
}

// sampleMovers is what changed in the first three weeks of November.
func sampleMovers() *billing.Table {
	row := func(name string, exp int32, now, before float64) billing.Row {
		figure, earlier := decimal.NewFromFloat(now).Shift(exp), decimal.NewFromFloat(before).Shift(exp)
		return billing.Row{
			Name: name, Product: "cdn_usage", Figures: []decimal.NullDecimal{decimal.NewNullDecimal(figure)}, Sum: figure,
			Change: decimal.NewNullDecimal(figure.DivRound(earlier, 6).Sub(decimal.New(1, 0))), Earlier: decimal.NewNullDecimal(earlier),
		}
	}
	return &billing.Table{
		Question: billing.Question{Months: billing.One(november), By: billing.ByUsageType}, Months: []billing.Month{november},
		Fresh:  billing.Freshness{ReadAt: sampleNow, CountedTo: toNov21},
		Versus: &billing.Comparison{Month: november, Against: october, Days: 21},
		Groups: []billing.Group{
			{Measure: bandwidth, Total: row("Total", 12, 812.4, 706.2), Rows: []billing.Row{
				row("Asia Bandwidth", 12, 139.5, 81.3), row("North America Bandwidth", 12, 402.6, 371.0), row("Australia Bandwidth", 12, 9.1, 17.2),
			}},
			{Measure: requests, Total: row("Total", 9, 61.2, 58.4), Rows: []billing.Row{row("Asia Requests", 9, 14.6, 11.1)}},
		},
	}
}
