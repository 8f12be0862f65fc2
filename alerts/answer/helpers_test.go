package answer

import (
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// findingOf is what a check of the rule finds in the given data version.
func findingOf(rule *rules.Rule, used int64, version string) evaluate.Finding {
	f := evaluate.Finding{
		Rule: rule, BudgetID: alerts.BudgetID{Rule: rule.Name, Month: alertstest.November}, Used: decimal.New(used, 0), Version: version,
		Limit: rule.Budget.Value, CountedTo: alertstest.Nov21, ReadAt: alertstest.Noon,
	}
	f.Threshold = f.Reached()
	return f
}
