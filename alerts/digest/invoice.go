package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	reading, err := c.Asker.Bills.ReadBills(ctx, billing.Range{First: month.Add(-billing.InvoiceLag), Last: month}, now)
	if errors.Is(err, billing.ErrNoEstimate) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the bill of %s: %w", month, err)
	}
	estimate, err := c.Past.LastEstimate(ctx, month)
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
	return statement, c.explainBill(ctx, statement, reading.Bills, *bill, now)
}

// mostProducts is how many products of a bill are compared one by one.
const mostProducts = 10

// comparedBill compares the bill of the month with that of the month before, by the products that usage names; nil if one of them is no
// invoice.
func comparedBill(month billing.Month, bills []billing.Bill, names []billing.Usage, now time.Time) *report.Table {
	var named []billing.Bill
	for _, bill := range bills {
		named = append(named, bill.WithProducts(names))
	}
	question := report.Question{Months: billing.One(month), Cost: true, By: report.ByProduct, Top: mostProducts}
	table := report.Tabulate(question, report.Data{Bills: named}, now).ToTheCent()
	if table.Versus == nil {
		return nil
	}
	return &table
}

// explainBill adds the bill of the month before, the figures that usage gives, if that is another source, and how the money budgets ended.
func (c *Composer) explainBill(ctx context.Context, s *alerts.Statement, bills []billing.Bill, bill billing.Bill, now time.Time) error {
	usage, err := c.Asker.Usage.Read(ctx, billing.Range{First: s.Month.Add(-1), Last: s.Month})
	if err != nil {
		return fmt.Errorf("read usage to compare with the bill of %s: %w", s.Month, err)
	}
	s.Bill = comparedBill(s.Month, bills, billing.WithNames(usage.Rows, usage.Unread), now)
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

// Books is a consumer contract of Digester. It remembers bills and what the closes of months reported; the store implements it.
type Books interface {
	// KeepEstimate keeps an estimate in place of older ones of its month.
	KeepEstimate(ctx context.Context, estimate billing.Bill) error
	// Closes returns the deliveries of the kinds DeliverClose and DeliverInvoice of the months since one, oldest first.
	Closes(ctx context.Context, since billing.Month) ([]alerts.Delivery, error)
}

const (
	taskInvoices = "invoices"
	// invoicesEvery is how often bills are read, in business time.
	invoicesEvery = time.Hour
	// invoicesFor is for how long after its end a month's invoice may still come or be corrected.
	invoicesFor = 60 * 24 * time.Hour
)

func (g *Digester) keepEstimate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, check.BillTimeout)
	defer cancel()
	estimate, err := g.Bills.MonthToDate(ctx)
	switch {
	case errors.Is(err, billing.ErrNoEstimate):
		return nil
	case err != nil:
		return fmt.Errorf("read the estimate: %w", err)
	}
	return g.Books.KeepEstimate(ctx, estimate)
}

// lateInvoices returns messages about invoices that differ from what the close of their month reported. A month that cannot
// be read does not delay the others.
func (g *Digester) lateInvoices(ctx context.Context, now time.Time) ([]alerts.Delivery, error) {
	since := billing.MonthOf(now.Add(-invoicesFor)).Add(-1)
	all, err := g.Books.Closes(ctx, since)
	if err != nil {
		return nil, fmt.Errorf("read the closes: %w", err)
	}
	var replies []alerts.Delivery
	var errs []error
	for month := since; month.IsOver(now); month = month.Add(1) {
		closes := closesOf(month, all)
		if len(closes) == 0 || now.After(month.End().Add(invoicesFor)) {
			continue
		}
		statement, err := g.Composer.Statement(ctx, month, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("read the invoice of %s: %w", month, err))
			continue
		}
		for _, closing := range closes {
			if reply, isNews := replyTo(closing, all, statement, now); isNews {
				replies = append(replies, reply)
			}
		}
	}
	return replies, errors.Join(errs...)
}

// closesOf returns the month's closes that people expect invoices under: one without final figures gets no news of them.
func closesOf(month billing.Month, all []alerts.Delivery) []alerts.Delivery {
	return slices.DeleteFunc(slices.Clone(all), func(d alerts.Delivery) bool {
		bulletin := d.Message.Bulletin
		return d.Month != month || d.Kind != alerts.DeliverClose || bulletin == nil || bulletin.Close == nil || !bulletin.Close.Final
	})
}

// replyTo returns the reply under a close that reports an invoice, unless there is none or its thread has reported it. all are the oldest
// first.
func replyTo(closing alerts.Delivery, all []alerts.Delivery, statement *alerts.Statement, now time.Time) (reply alerts.Delivery, isNews bool) {
	if !statement.IsIn() {
		return reply, false
	}
	news := *statement
	for _, d := range all {
		posted := d.Message.Statement
		if d.ID == closing.ID {
			posted = d.Message.Bulletin.Close.Statement
		} else if d.ParentID != closing.ID {
			continue
		}
		if posted.IsIn() {
			if posted.Version == news.Version {
				return reply, false
			}
			news.Was = decimal.NewNullDecimal(posted.Total)
		}
	}
	return alerts.Delivery{
		ID:   fmt.Sprintf("invoice %s %s %s", closing.Channel, news.Month, news.Version),
		Kind: alerts.DeliverInvoice, Channel: closing.Channel, BudgetID: alerts.BudgetID{Month: news.Month}, ParentID: closing.ID,
		Message: alerts.Message{Reason: alerts.ReasonInvoice, Statement: &news}, State: alerts.DeliveryPending, CreatedAt: now,
	}, true
}
