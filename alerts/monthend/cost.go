package monthend

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

func (a Asker) askCost(ctx context.Context, q report.Question, now time.Time) (*Forecast, error) {
	if a.Bills == nil {
		return nil, billing.ErrNoEstimate
	}
	month := q.Months.Last
	usage, err := a.Usage.Read(ctx, q.Months.ToRead())
	if err != nil && q.Product != "" {
		return nil, fmt.Errorf("read usage for %s: %w", month, err)
	}
	bills, err := status.ReadBills(ctx, a.Bills, month, now)
	if err != nil {
		return nil, err
	}
	bills.Planned = a.Planned
	running, err := bills.Running(ctx, a.Record, billing.WithNames(usage.Rows, usage.Unread))
	f := &Forecast{Question: q, Fresh: bills.Fresh}
	if running == nil {
		return f, err
	}
	f.Fresh.CountedTo = running.Estimate.AsOf
	if running.Last != nil {
		f.Last = running.Last.Month
	}
	g := Group{Measure: billing.Cost(running.Estimate.Currency)}
	for _, of := range rowsOf(q, running) {
		part := running.Part(func(c billing.Charge) bool { return isIn(q, of, c) })
		line := lineOf(part, month)
		line.Name, line.Product = of.name, of.product
		if q.By == report.ByProduct && of.product != "" {
			line.Name = nameOf(part)
		}
		g.Lines = append(g.Lines, line)
	}
	if len(g.Lines) > 1 {
		all := lineOf(running.Part(func(c billing.Charge) bool {
			_, _, wanted := q.RowOfCharge(c)
			return wanted
		}), month)
		all.Name = "Total"
		g.Total = &all
	}
	if len(g.Lines) > 0 {
		f.Groups = []Group{g}
		inOrder(f.Groups)
	}
	return f, err
}

// nameOf names the charges of one product.
func nameOf(part status.RunningBill) string {
	name := ""
	for _, c := range chargesOf(&part) {
		name = report.NameOfFees(name, c)
	}
	return name
}

// chargesOf returns the charges of the estimate and of the invoice before.
func chargesOf(running *status.RunningBill) []billing.Charge {
	if running.Last == nil {
		return running.Estimate.Charges
	}
	return slices.Concat(running.Estimate.Charges, running.Last.Charges)
}

func isIn(q report.Question, of row, c billing.Charge) bool {
	name, product, wanted := q.RowOfCharge(c)
	return wanted && of == row{name, product}
}

// rowsOf returns a line for everything that was charged in either month.
func rowsOf(q report.Question, running *status.RunningBill) []row {
	var rows []row
	for _, c := range chargesOf(running) {
		name, product, wanted := q.RowOfCharge(c)
		if of := (row{name, product}); wanted && !slices.Contains(rows, of) {
			rows = append(rows, of)
		}
	}
	return rows
}

// lineOf forecasts a part of the bill.
func lineOf(of status.RunningBill, month billing.Month) Line {
	var l Line
	if len(of.Estimate.Charges) > 0 {
		l.Used = decimal.NewNullDecimal(of.Estimate.Total)
	}
	if of.Last != nil && len(of.Last.Charges) > 0 && of.Last.Month == month.Add(-1) {
		l.Before = decimal.NewNullDecimal(of.Last.Total)
	}
	end := forecast.Cost(of.Estimate, of.Last, of.History)
	if l.Unknown = end.Unknown; l.Unknown != "" {
		return l
	}
	l.Low, l.Expected, l.High, l.Pending = end.Low, end.End, end.High, end.Pending
	l.Planned = end.Planned
	if l.Before.Valid && !slices.ContainsFunc(of.Last.Charges, forecast.IsShortfall) { // usage below a commitment changes no bill
		used, before := countedOf(of.Estimate), countedOf(*of.Last)
		rest := of.Estimate.Total.Sub(used).Add(end.Pending) // fees and credits, which are the same in a short month
		if used.IsPositive() {
			l.Change = perDay(end.Low.Sub(rest), end.High.Sub(rest), before, month)
		}
	}
	return l
}

// countedOf sums the usage charges of a bill.
func countedOf(bill billing.Bill) decimal.Decimal {
	var sum decimal.Decimal
	for _, c := range bill.Charges {
		if c.Kind == billing.ChargeUsage {
			sum = sum.Add(c.Amount)
		}
	}
	return sum
}
