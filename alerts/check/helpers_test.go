package check

import (
	"fmt"
	"strings"
	"testing"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// billed evaluates the keys of a rule against the bill and the account's usage.
func billed(t testing.TB, keys string, bill *billing.Bill) []evaluate.Finding {
	t.Helper()
	rules := alertstest.ScopedRules(t, keys)
	reading := evaluate.Reading{Month: alertstest.November, Rows: alertstest.Account(), ReadAt: alertstest.Noon, Bill: bill, BillUnknown: "Fastly did not answer in time"}
	reading.Services = evaluate.NewServiceTally(rules, reading)
	reading.Services.Add(alertstest.Shops())
	return evaluate.Evaluate(rules, reading)
}

// reported writes findings as "scope: used of limit, threshold", or why they are unknown, one each.
func reported(findings []evaluate.Finding) []string {
	lines := []string{}
	for _, f := range findings {
		line := fmt.Sprintf("%s: %s of %s, %s", f.Instance, f.Rule.Measure().Written(f.Used), f.Rule.Measure().Written(f.Limit), f.Threshold)
		if f.Unknown != "" {
			line = strings.TrimPrefix(f.Instance+": ", ": ") + f.Unknown
		}
		lines = append(lines, strings.TrimPrefix(line, ": "))
	}
	return lines
}
