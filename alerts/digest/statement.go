package digest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Statement returns what Fastly billed for a month that is over, beside its last estimate and the bill that usage gives, with the money
// budgets; nil if the account has no bills.
func (c *Composer) Statement(ctx context.Context, month billing.Month, now time.Time) (*alerts.Statement, error) {
	if c.Asker.Bills == nil {
		return nil, nil
	}
	reading, err := c.Asker.Bills.ReadBills(ctx, billing.Range{First: month.Add(-billing.InvoiceLag), Last: month}, now)
	if errors.Is(err, billing.ErrNoEstimate) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the bill of %s: %w", month, err)
	}
	estimate, err := c.lastEstimate(ctx, month)
	if err != nil {
		return nil, err
	}
	var bill *billing.Bill
	for i := range reading.Bills {
		if reading.Bills[i].Month == month {
			bill = &reading.Bills[i]
		}
	}
	if bill != nil && bill.Unknown != "" {
		return nil, fmt.Errorf("read the bill of %s: %w", month, bill.Err())
	}
	if len(reading.Bills) == 0 && estimate == nil {
		return nil, nil
	}
	if estimate == nil && bill != nil && bill.IsEstimate() {
		estimate = bill
	}
	statement := statementOf(bill, month, estimate)
	if !statement.IsIn() {
		return statement, nil
	}
	return statement, c.explainBill(ctx, statement, *bill, now)
}

func (c *Composer) lastEstimate(ctx context.Context, month billing.Month) (*billing.Bill, error) {
	if c.Past == nil {
		return nil, nil
	}
	return c.Past.LastEstimate(ctx, month)
}

// explainBill adds the figures that usage gives, if that is another source, and how the money budgets ended.
func (c *Composer) explainBill(ctx context.Context, s *alerts.Statement, bill billing.Bill, now time.Time) error {
	usage, err := c.Asker.Usage.Read(ctx, billing.One(s.Month))
	if err != nil {
		return fmt.Errorf("read usage to compare with the bill of %s: %w", s.Month, err)
	}
	if usage.Fresh.Source != billing.FromInvoices {
		s.Compare(report.Difference(usage.Rows, bill))
	}
	ofMoney := moneyRules(c.Rules())
	if len(ofMoney) == 0 {
		return nil
	}
	reading, err := check.Read(ctx, c.Fresh, ofMoney, s.Month, now)
	if err != nil {
		return fmt.Errorf("compare the bill of %s with the budgets: %w", s.Month, err)
	}
	s.Budgets, _ = finalLines(evaluate.Evaluate(ofMoney, reading))
	return reading.Incomplete
}

// statementOf returns the statement of a bill, invoiced or not, with the last estimate if one is known.
func statementOf(bill *billing.Bill, month billing.Month, estimate *billing.Bill) *alerts.Statement {
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
