package samples

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

func digestSample(name string, r alerts.Bulletin) Sample {
	d := alerts.Delivery{
		ID: "d1", Kind: alerts.DeliverDigest, Channel: "finops-private", CreatedAt: sampledata.Now,
		Message: alerts.Message{Reason: alerts.ReasonSchedule, Bulletin: &r},
	}
	return Sample{name, view.Alert(d, sampleAlert)}
}

func digestSamples() []Sample {
	full := alerts.Bulletin{
		Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now, Budgets: sampleStates(), Checked: sampledata.Now.Add(-12 * time.Minute),
		TopChanges: sampleTopChanges(), Cost: sampleRunningCost(), Worth: sampleWorth(sampledata.October),
	}
	calm := full
	calm.Budgets = full.Budgets[:0:0]
	for _, b := range full.Budgets {
		if b.Known && b.Unknown == "" && b.Line.Threshold == 0 {
			calm.Budgets = append(calm.Budgets, b)
		}
	}
	still := *full.TopChanges
	still.Groups = nil
	calm.TopChanges, calm.Worth = &still, &alerts.Worth{Currency: "USD", Rates: sampledata.October}
	calm.Cost = &alerts.RunningCost{Currency: "USD", SoFar: full.Cost.SoFar}
	young := calm
	young.TopChanges = &report.Table{
		Question: still.Question, Months: still.Months, Fresh: still.Fresh,
		Versus: &report.Comparison{Month: sampledata.November, Against: sampledata.October, Days: 21, Unknown: true, Why: report.GapNoRecord, WatchingSince: sampledata.Now.AddDate(0, 0, -9)},
	}
	untold := full
	untold.Cost, untold.Worth, untold.TopChanges, untold.Missing, untold.CheckFailure = nil, nil, nil, []string{"What the month costs is missing. Fastly didn't answer in time.", "What changed is missing. Fastly didn't answer in time."}, "Fastly did not answer"
	topChanges := full
	topChanges.Budgets, topChanges.Cost, topChanges.Worth = nil, nil, nil
	odd := full
	odd.Digest, odd.Missing = sampledata.Hostile, []string{sampledata.Hostile}
	line := sampledata.Line(sampledata.Hostile, sampledata.Hostile, billing.Measure{Noun: sampledata.Hostile}, 3, 2, 125)
	odd.Budgets = []alerts.BudgetStatus{{Line: line, Known: true, Unknown: sampledata.Hostile}}
	oddTopChanges := *full.TopChanges
	oddTopChanges.Groups = []report.Group{{Measure: billing.Measure{Noun: sampledata.Hostile}, Total: full.TopChanges.Groups[0].Total, Rows: []report.Row{full.TopChanges.Groups[0].Rows[0]}}}
	oddTopChanges.Groups[0].Rows[0].Name, oddTopChanges.Fresh.Stale = sampledata.Hostile, sampledata.Hostile
	odd.TopChanges = &oddTopChanges
	odd.Worth = &alerts.Worth{
		Currency: sampledata.Hostile, Rates: sampledata.October, Whole: decimal.New(-5, 0),
		Rows: []alerts.WorthOfRow{{Product: "cdn_usage", UsageType: sampledata.Hostile, Amount: decimal.New(-4, 0)}},
	}
	odd.Cost = &alerts.RunningCost{Currency: sampledata.Hostile, SoFar: decimal.New(-5, 0)}
	return append([]Sample{
		digestSample("digest", full),
		digestSample("digest-calm", calm),
		digestSample("digest-nothing-to-compare", young),
		digestSample("digest-untold", untold),
		digestSample("digest-movers-alone", topChanges),
		digestSample("digest-nothing-of-the-month-yet", begunDigest(full)),
		digestSample("digest-month-before-not-invoiced", notInvoicedDigest(full)),
		digestSample("digest-hostile-names", odd),
		{"digest-preview", view.Preview(alerts.Delivery{
			Kind: alerts.DeliverDigest, Channel: "finops-private", Message: alerts.Message{Bulletin: &calm},
		}, sampledata.Now.Add(22*time.Hour), sampledata.Now)},
		digestSample("digest-no-rules", alerts.Bulletin{Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now}),
	}, closeSamples()...)
}

// begunDigest is a digest on the first day of December.
func begunDigest(b alerts.Bulletin) alerts.Bulletin {
	b.Cost = &alerts.RunningCost{
		Currency: "USD", SoFar: decimal.NewFromFloat(84_538.4), NotInvoiced: sampledata.November, Before: b.Cost.Before, BeforeMonth: sampledata.October,
	}
	b.MadeAt, b.Checked, b.TopChanges, b.Budgets = firstOfDecember, firstOfDecember.Add(-12*time.Minute), wholeMonths(*sampleTopChanges()), slices.Clone(b.Budgets)
	for i := range b.Budgets {
		line := &b.Budgets[i].Line
		line.Forecast, line.CountedTo, line.ReadAt = nil, sampledata.November.End(), firstOfDecember
	}
	return b
}

// notInvoicedDigest is a digest before the invoice of the month before.
func notInvoicedDigest(b alerts.Bulletin) alerts.Bulletin {
	running := *b.Cost
	running.NotInvoiced, b.Cost = running.BeforeMonth, &running
	return b
}

// firstOfDecember is before Fastly lists anything of December.
var firstOfDecember = time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC)

// closedNow is when November is closed.
var closedNow = time.Date(2026, time.December, 3, 8, 0, 0, 0, time.UTC)

func closeSamples() []Sample {
	ended := func(l alerts.BudgetLine, low, high float64) alerts.FinalLine {
		l.CountedTo = sampledata.November.End()
		exp := int32(9)
		if l.Measure.Bytes {
			exp = 12
		}
		return alerts.FinalLine{BudgetLine: l, ForecastRange: &alerts.ForecastRange{Low: decimal.NewFromFloat(low).Shift(exp), High: decimal.NewFromFloat(high).Shift(exp)}}
	}
	na := ended(sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 571, 500, 100), 540, 610)
	asia := ended(sampledata.Line("asia-bandwidth", "Asia Bandwidth", sampledata.Bandwidth, 219.4, 150, 125), 171, 198)
	compute := ended(sampledata.Line("compute", "Compute", sampledata.Requests, 1.94, 2, 80), 1.8, 2.1)
	compute.ForecastRange = nil
	bill := statementSample()
	full := alerts.Bulletin{
		Digest: "close", Month: sampledata.November, MadeAt: closedNow, TopChanges: wholeMonths(*sampleTopChanges()), Worth: sampleWorth(sampledata.November),
		Close: &alerts.Close{
			Final: true, ForecastRecord: true, Count: 12, Over: 2, Budgets: []alerts.FinalLine{asia, na, compute}, Forecasts: 9, InRange: 7,
			PostedOn: sampledata.November.Start().AddDate(0, 0, 9), Missed: &asia, Statement: &bill, CanExport: true, ByTeam: true,
			Teams: teamTable(sampledata.Bandwidth, 12, 312.4, 201.7, 57.2), Costs: teamTable(billing.Cost("USD"), 0, 3121.5, 2204.18, 1278.51),
		},
	}
	kept := full
	kept.Close = &alerts.Close{Final: true, ForecastRecord: true, Count: 12, Budgets: []alerts.FinalLine{compute}, Unknown: 1}
	kept.TopChanges, kept.Worth = nil, nil
	pending := full
	waits := *full.Close
	waits.Statement, waits.Pending, waits.ForecastRecord, waits.Costs = &alerts.Statement{
		Month: sampledata.November, Currency: "USD", Estimate: bill.Estimate, EstimatedAt: bill.EstimatedAt,
	}, 1, false, nil
	pending.Close, pending.Missing = &waits, []string{"What changed is missing. Fastly didn't answer in time."}
	pending.TopChanges, pending.Worth = nil, nil
	odd := full
	strange := *full.Close
	strange.Budgets = []alerts.FinalLine{ended(sampledata.Line(sampledata.Hostile, sampledata.Hostile, billing.Measure{Noun: sampledata.Hostile}, 3, 2, 125), 1, 2), na}
	strange.Missed = &strange.Budgets[0]
	strange.Teams = teamTable(billing.Measure{Noun: sampledata.Hostile}, 0, 1, 2, 3)
	strange.Teams.Groups[0].Rows[0].Name = sampledata.Hostile
	statement := bill
	statement.Apart = slices.Clone(statement.Apart)
	statement.Invoices, statement.Remarks, statement.Apart[0].UsageType = []string{sampledata.Hostile}, []string{sampledata.Hostile}, sampledata.Hostile
	strange.Statement, odd.Close, odd.Missing, odd.Digest = &statement, &strange, []string{sampledata.Hostile}, sampledata.Hostile
	return append([]Sample{
		closeSample("close", full), closeSample("close-kept", kept), closeSample("close-invoice-pending", pending), closeSample("close-hostile-names", odd),
	}, invoiceSamples()...)
}

func closeSample(name string, b alerts.Bulletin) Sample {
	d := alerts.Delivery{
		ID: "d1", Kind: alerts.DeliverClose, Channel: "finops-private", CreatedAt: closedNow,
		Message: alerts.Message{Reason: alerts.ReasonSchedule, Bulletin: &b},
	}
	return Sample{name, view.Alert(d, phrase.AlertContext{Now: closedNow})}
}

// statementSample is an invoice that came in time.
func statementSample() alerts.Statement {
	units := func(n float64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromFloat(n)) }
	bandwidthBill := sampledata.Line("monthly-bill", "Fastly's Bill", billing.Cost("USD"), 0, 0, 0)
	bandwidthBill.Used, bandwidthBill.Limit = decimal.NewFromFloat(6604.19), decimal.New(8000, 0)
	bills := sampledata.Tabulate(
		report.Question{Months: billing.One(sampledata.November), Cost: true, By: report.ByProduct},
		report.Data{Bills: []billing.Bill{sampleBill(sampledata.October, "310.11", "2900.45"), sampleBill(sampledata.November, "292.03", "2832.16")}},
	)
	return alerts.Statement{
		Month: sampledata.November, Version: "v1", Invoices: []string{"INV-375119"}, Currency: "USD", Total: decimal.NewFromFloat(6604.19),
		Estimate: units(6551.8), EstimatedAt: sampledata.November.End().Add(-6 * time.Hour), Budgets: []alerts.BudgetLine{bandwidthBill},
		Bill: &bills,
		Apart: []report.Discrepancy{
			{UsageType: "Asia Requests", Counted: units(1_000_000), Billed: units(1_008_000)},
			{UsageType: "Fanout Requests", Billed: units(12)},
			{UsageType: "Europe Bandwidth", Counted: units(331_700), Billed: units(329_000)},
			{UsageType: "KV Store", Counted: units(5)},
		},
	}
}

func invoiceSamples() []Sample {
	late := statementSample()
	late.Apart = nil
	corrected := late
	corrected.Version, corrected.Was, corrected.Total = "v2", decimal.NewNullDecimal(late.Total), decimal.NewFromFloat(6588.02)
	corrected.Remarks = []string{"INV-375119 was issued again; the later statement counts."}
	again := corrected
	again.Was, again.Invoices, again.Remarks = decimal.NewNullDecimal(again.Total), []string{"INV-375120"}, nil
	credited, takenBack := corrected, corrected
	credited.Version, credited.Invoices = "v3", []string{"INV-375121"}
	credited.Remarks = []string{"INV-375120 cancels INV-375119, so neither counts."}
	takenBack.Version, takenBack.Invoices, takenBack.Total, takenBack.Budgets = "v4", nil, decimal.Decimal{}, nil
	takenBack.Remarks = credited.Remarks
	var samples []Sample
	for _, s := range []struct {
		name      string
		statement alerts.Statement
	}{
		{"invoice-late", late},
		{"invoice-corrected", corrected},
		{"invoice-again", again},
		{"invoice-credited", credited},
		{"invoice-taken-back", takenBack},
	} {
		d := alerts.Delivery{
			ID: "d2", Kind: alerts.DeliverInvoice, Channel: "finops-private", ParentID: "d1", CreatedAt: closedNow,
			Message: alerts.Message{Reason: alerts.ReasonInvoice, Statement: &s.statement},
		}
		samples = append(samples, Sample{s.name, view.Alert(d, phrase.AlertContext{Now: closedNow})})
	}
	return samples
}

func wholeMonths(t report.Table) *report.Table {
	t.Versus = &report.Comparison{Month: sampledata.November, Against: sampledata.October}
	t.Fresh = billing.Freshness{ReadAt: closedNow, CountedTo: sampledata.November.End()}
	return &t
}

func teamTable(m billing.Measure, exp int32, shop, media, none float64) *report.Table {
	group := report.Group{Measure: m}
	for _, team := range []struct {
		name string
		used float64
	}{{"shop", shop}, {"media", media}, {"no team", none}} {
		group.Rows = append(group.Rows, report.Row{Name: team.name, Sum: decimal.NewFromFloat(team.used).Shift(exp)})
	}
	return &report.Table{Question: report.Question{Months: billing.One(sampledata.November), By: report.ByTeam}, Months: []billing.Month{sampledata.November}, Groups: []report.Group{group}}
}

// sampleRunningCost is what November costs after three weeks.
func sampleRunningCost() *alerts.RunningCost {
	return &alerts.RunningCost{
		Currency: "USD", SoFar: decimal.NewFromFloat(55_908.43), Before: decimal.NewNullDecimal(decimal.NewFromFloat(81_966.86)), BeforeMonth: sampledata.October,
		Likely: &alerts.LikelyCost{End: decimal.New(83_107, 0), Low: decimal.New(81_240, 0), High: decimal.New(84_905, 0)},
	}
}

// sampleWorth is what sampleTopChanges costs, at the rates of a month's invoice.
func sampleWorth(rates billing.Month) *alerts.Worth {
	row := func(name string, amount float64) alerts.WorthOfRow {
		return alerts.WorthOfRow{Product: "cdn_usage", UsageType: name, Amount: decimal.NewFromFloat(amount)}
	}
	return &alerts.Worth{
		Currency: "USD", Rates: rates, Whole: decimal.NewFromFloat(7_112.4),
		Rows: []alerts.WorthOfRow{row("Asia Bandwidth", 5_812.3), row("North America Bandwidth", 1_214.8), row("Australia Bandwidth", -748.2)},
	}
}

// sampleTopChanges is what changed in the first three weeks of November.
func sampleTopChanges() *report.Table {
	row := func(name string, exp int32, now, before float64) report.Row {
		figure, earlier := decimal.NewFromFloat(now).Shift(exp), decimal.NewFromFloat(before).Shift(exp)
		return report.Row{
			Name: name, Product: "cdn_usage", Figures: []decimal.NullDecimal{decimal.NewNullDecimal(figure)}, Sum: figure,
			Change: decimal.NewNullDecimal(figure.DivRound(earlier, 6).Sub(decimal.New(1, 0))), Earlier: decimal.NewNullDecimal(earlier),
		}
	}
	return &report.Table{
		Question: report.Question{Months: billing.One(sampledata.November), By: report.ByUsageType}, Months: []billing.Month{sampledata.November},
		Fresh:  billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
		Versus: &report.Comparison{Month: sampledata.November, Against: sampledata.October, Days: 21},
		Groups: []report.Group{
			{Measure: sampledata.Bandwidth, Total: row("Total", 12, 812.4, 706.2), Rows: []report.Row{
				row("Asia Bandwidth", 12, 139.5, 81.3), row("North America Bandwidth", 12, 402.6, 371.0), row("Australia Bandwidth", 12, 9.1, 17.2),
			}},
			{Measure: sampledata.Requests, Total: row("Total", 9, 61.2, 58.4), Rows: []report.Row{row("Asia Requests", 9, 14.6, 11.1)}},
		},
	}
}
