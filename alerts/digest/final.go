package digest

import (
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// FinalLines returns how the budgets of the findings ended, worst first, and of how many that is not known.
func FinalLines(findings []evaluate.Finding) (lines []alerts.BudgetLine, unknown int) {
	for i := range findings {
		f := &findings[i]
		if f.Unknown != "" {
			unknown++
			continue
		}
		lines = append(lines, alerts.BudgetLine{
			BudgetID: f.BudgetID, Title: f.Rule.Title, Threshold: f.Threshold, Used: f.Used, Limit: f.Limit, Measure: f.Rule.Measure(),
			Estimate: f.Estimate, CountedTo: f.CountedTo, ReadAt: f.ReadAt,
		})
	}
	alerts.WorstFirst(lines)
	return lines, unknown
}

// StatementOf returns the statement of a bill, be it invoiced or not, with the last estimate where one is known.
func StatementOf(bill *billing.Bill, month billing.Month, estimate *billing.Bill) *alerts.Statement {
	s := &alerts.Statement{Month: month}
	if estimate != nil {
		s.Currency, s.Estimate, s.EstimatedAt = estimate.Currency, decimal.NewNullDecimal(estimate.Total), estimate.AsOf
	}
	if bill != nil && !bill.IsEstimate() {
		s.Version, s.Invoices, s.Remarks = evaluate.BillVersion(bill), bill.Invoices, bill.Remarks
		s.Currency, s.Total = bill.Currency, bill.Total
	}
	return s
}
