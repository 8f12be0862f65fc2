package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// bandwidthTo is a row of bandwidth in a region, counted up to the end of a day of its month.
func bandwidthTo(m billing.Month, region string, quantity int64, day int) billing.Usage {
	return billing.Usage{
		Month: m, Product: "cdn_usage", UsageType: region + " Bandwidth", Region: region, Unit: "gb",
		Quantity: decimal.New(quantity, 0), CountedTo: m.Start().AddDate(0, 0, day),
	}
}

// summary writes a growth as people would say it, in GB.
func summary(g alerts.Drivers) string {
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

// billed evaluates the keys of a rule against the bill and the account's usage.
func billed(t testing.TB, keys string, bill *billing.Bill) []evaluate.Finding {
	t.Helper()
	rules := alertstest.ScopedRules(t, keys)
	reading := evaluate.Reading{Month: alertstest.November, Rows: alertstest.Account(), ReadAt: alertstest.Noon, Bill: bill, BillUnknown: "Fastly did not answer in time"}
	reading.Services = evaluate.NewServiceTally(rules, reading)
	reading.Services.Add(alertstest.Shops())
	return evaluate.Evaluate(rules, reading)
}

// told writes findings as "scope: used of limit, level", or why they are unknown, one each.
func told(findings []evaluate.Finding) []string {
	lines := []string{}
	for _, f := range findings {
		line := fmt.Sprintf("%s: %s of %s, %s", f.Scope, f.Rule.Measure().Format(f.Used), f.Rule.Measure().Format(f.Limit), f.Level)
		if f.Unknown != "" {
			line = strings.TrimPrefix(f.Scope+": ", ": ") + f.Unknown
		}
		lines = append(lines, strings.TrimPrefix(line, ": "))
	}
	return lines
}

// odd is a row that was set aside; what of its names is empty could not be read.
func odd(product, usageType, region string) billing.Usage {
	return billing.Usage{Month: alertstest.November, Product: product, UsageType: usageType, Region: region, Unread: "odd"}
}
