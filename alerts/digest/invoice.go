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
	return statement, c.explainBill(ctx, statement, *bill, now)
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
	all, err := g.Books.Closes(ctx, billing.MonthOf(now.Add(-invoicesFor)).Add(-1))
	if err != nil {
		return nil, fmt.Errorf("read the closes: %w", err)
	}
	threads, months := threadsOf(all)
	var replies []alerts.Delivery
	var errs []error
	for _, month := range months {
		if now.After(month.End().Add(invoicesFor)) {
			continue
		}
		statement, err := g.Composer.Statement(ctx, month, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("read the invoice of %s: %w", month, err))
			continue
		}
		if !statement.IsIn() {
			continue
		}
		for _, thread := range threads[month] {
			if thread.isNews(statement) {
				replies = append(replies, thread.reply(*statement, now))
			}
		}
	}
	return replies, errors.Join(errs...)
}

// thread is a close, and what was posted in its thread about the month's invoices.
type thread struct {
	parent alerts.Delivery
	posted map[string]bool // versions
	total  decimal.NullDecimal
}

// threadsOf sorts deliveries, the oldest first, into threads by their months.
func threadsOf(all []alerts.Delivery) (threads map[billing.Month][]*thread, months []billing.Month) {
	threads, byID := map[billing.Month][]*thread{}, map[string]*thread{}
	for _, d := range all {
		statement := d.Message.Statement
		if d.Kind == alerts.DeliverClose && d.Message.Bulletin != nil && d.Message.Bulletin.Close != nil {
			statement = d.Message.Bulletin.Close.Statement
			if threads[d.Month] == nil {
				months = append(months, d.Month)
			}
			byID[d.ID] = &thread{parent: d, posted: map[string]bool{}}
			threads[d.Month] = append(threads[d.Month], byID[d.ID])
		}
		about := byID[d.ID]
		if d.ParentID != "" {
			about = byID[d.ParentID]
		}
		if about != nil && statement.IsIn() {
			about.posted[statement.Version], about.total = true, decimal.NewNullDecimal(statement.Total)
		}
	}
	return threads, months
}

// isNews reports whether the thread lacks this state of the invoice. A close without a statement gets no news of
// invoices.
func (t *thread) isNews(s *alerts.Statement) bool {
	return t.parent.Message.Bulletin.Close.Final && !t.posted[s.Version]
}

func (t *thread) reply(s alerts.Statement, now time.Time) alerts.Delivery {
	s.Was = t.total
	return alerts.Delivery{
		ID:   fmt.Sprintf("invoice %s %s %s", t.parent.Channel, s.Month, s.Version),
		Kind: alerts.DeliverInvoice, Channel: t.parent.Channel, BudgetID: alerts.BudgetID{Month: s.Month}, ParentID: t.parent.ID,
		Message: alerts.Message{Reason: alerts.ReasonInvoice, Statement: &s}, State: alerts.DeliveryPending, CreatedAt: now,
	}
}
