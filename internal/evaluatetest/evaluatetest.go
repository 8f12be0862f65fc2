// Package evaluatetest holds what the tests of the packages that take findings share. It stands apart from alertstest, which the tests of
// alerts/evaluate itself import.
package evaluatetest

import (
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// FindingOf is what a check of the rule finds in the given data version.
func FindingOf(rule *rules.Rule, used int64, version string) evaluate.Finding {
	f := evaluate.Finding{
		Rule: rule, BudgetID: alerts.BudgetID{Rule: rule.Name, Month: alertstest.November}, Used: decimal.New(used, 0), Version: version,
		Limit: rule.Budget.Value, CountedTo: alertstest.Nov21, ReadAt: alertstest.Noon,
	}
	f.Threshold = f.Reached()
	return f
}
