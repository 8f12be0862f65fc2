package digest

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// readBills returns the newest bills. If the account has none, or the token may not read them, a digest is of usage alone.
func (c *Composer) readBills(ctx context.Context, b *alerts.Bulletin) (status.Bills, error) {
	if c.Asker.Bills == nil {
		return status.Bills{}, nil
	}
	bills, err := status.ReadBills(ctx, c.Asker.Bills, b.Month, b.MadeAt)
	if errors.Is(err, billing.ErrNoEstimate) || errors.Is(err, billing.ErrForbidden) {
		return status.Bills{}, nil
	}
	return bills, err
}

// composeCost adds what the month costs. A record that cannot be read makes its forecast worse, and the digest no less complete.
func (c *Composer) composeCost(ctx context.Context, b *alerts.Bulletin, bills status.Bills) {
	if b.Month.IsOver(b.MadeAt) {
		b.Cost = c.endedCost(ctx, b.Month, bills.Last)
		return
	}
	estimate := bills.Estimate
	if estimate == nil || estimate.Unknown != "" {
		return
	}
	b.Cost = &alerts.RunningCost{Currency: estimate.Currency, SoFar: estimate.Total}
	bills.Planned = c.Rules().Planned
	if likely, _ := bills.Likely(ctx, c.Days); likely != nil {
		b.Cost.Likely = &alerts.LikelyCost{End: likely.End, Low: likely.Low, High: likely.High, Planned: likely.Planned}
	}
	before := c.endedCost(ctx, b.Month.Add(-1), bills.Last)
	switch last := bills.Last; {
	case before != nil && before.Currency == estimate.Currency:
		b.Cost.Before, b.Cost.BeforeMonth, b.Cost.NotInvoiced = decimal.NewNullDecimal(before.SoFar), b.Month.Add(-1), before.NotInvoiced
	case last != nil && last.Currency == estimate.Currency:
		b.Cost.Before, b.Cost.BeforeMonth = decimal.NewNullDecimal(last.Total), last.Month
	}
}

// endedCost is what a month that is over came to, given the newest invoice up to it: that invoice, or what Fastly's last estimate makes likely.
// It is nil if there is neither.
func (c *Composer) endedCost(ctx context.Context, month billing.Month, last *billing.Bill) *alerts.RunningCost {
	if last != nil && last.Month == month {
		return &alerts.RunningCost{Currency: last.Currency, SoFar: last.Total}
	}
	estimate, err := c.Past.LastEstimate(ctx, month)
	if err != nil || estimate == nil || estimate.Unknown != "" {
		return nil
	}
	cost := &alerts.RunningCost{Currency: estimate.Currency, SoFar: estimate.Total, NotInvoiced: month}
	if likely, _ := (status.Bills{Month: month, Estimate: estimate, Last: last}).Likely(ctx, c.Days); likely != nil {
		cost.SoFar = likely.End // the last hours of the month, and fees that come at its end
	}
	if last != nil && last.Currency == cost.Currency {
		cost.Before, cost.BeforeMonth = decimal.NewNullDecimal(last.Total), last.Month
	}
	return cost
}

// agree gives the head of a digest the figures that the budget of the whole bill has below it: the check and the digest read the bill at
// different times, and one message has one figure for one thing. Figures that the newest check could not read are not repeated.
func (c *Composer) agree(b *alerts.Bulletin) {
	if b.Cost == nil || b.IsLate || b.CheckFailure != "" {
		return
	}
	for i := range b.Budgets {
		s := &b.Budgets[i]
		at := slices.IndexFunc(c.Rules().Rules, func(r rules.Rule) bool { return r.Name == s.Line.Rule && isOfWholeBill(r) })
		if at < 0 || !s.Known || s.Unknown != "" || s.Line.Measure.Currency != b.Cost.Currency {
			continue
		}
		if o := s.Line.Forecast; o != nil && o.Unknown == "" {
			b.Cost.SoFar, b.Cost.Likely = s.Line.Used, &alerts.LikelyCost{End: o.Expected, Low: o.Low, High: o.High, Planned: o.Planned}
			return
		}
	}
}

// isOfWholeBill reports whether the rule's budget is compared with the bill's own total.
func isOfWholeBill(r rules.Rule) bool {
	return r.IsMoney() && !r.IsOfServices() && r.Match == rules.Match{} && r.Charges == rules.ChargesAll
}

// How many usage types a digest names by what their change costs, and which part of all usage's cost that is at least.
const shownWorths = 5

var worthNaming = decimal.New(1, -2)

// price works out what the changes of usage types cost, and returns the table with those alone that cost most. Usage types without a rate
// stay in it as they are in changed.
func price(full, changed report.Table, rows []billing.Usage, bill *billing.Bill) (report.Table, *alerts.Worth) {
	if bill == nil || full.Versus == nil || full.Versus.Unknown {
		return changed, nil
	}
	rates, factors, one := bill.WithProducts(rows).MarginalRates(), billing.FactorsOf(rows), map[billing.Metric]billing.Usage{}
	for _, u := range rows {
		u.Quantity, u.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		one[u.Metric()] = u
	}
	rateOf := func(r report.Row) (rate decimal.Decimal, known bool) {
		metric := billing.Metric{Product: r.Product, UsageType: r.Name}
		rate, known = rates[metric]
		if !known {
			return rate, false
		}
		single, _ := factors.Single(one[metric])
		return rate.Div(single), single.IsPositive()
	}
	worth := alerts.Worth{Currency: bill.Currency, Rates: bill.Month}
	var spent decimal.Decimal
	for _, g := range full.Groups {
		for _, r := range g.Rows {
			rate, known := rateOf(r)
			before, comparable := r.Before()
			if !known || !comparable {
				continue
			}
			amount := r.Last().Decimal.Sub(before).Mul(rate)
			spent, worth.Whole = spent.Add(r.Last().Decimal.Mul(rate)), worth.Whole.Add(amount)
			worth.Rows = append(worth.Rows, alerts.WorthOfRow{Product: r.Product, UsageType: r.Name, Amount: amount})
		}
	}
	if !spent.IsPositive() {
		return changed, nil
	}
	slices.SortStableFunc(worth.Rows, func(a, b alerts.WorthOfRow) int {
		return cmp.Or(b.Amount.Abs().Cmp(a.Amount.Abs()), cmp.Compare(a.UsageType, b.UsageType))
	})
	worth.Rows = worth.Rows[:min(len(worth.Rows), shownWorths)]
	worth.Rows = slices.DeleteFunc(worth.Rows, func(r alerts.WorthOfRow) bool { return r.Amount.Abs().LessThan(spent.Mul(worthNaming)) })
	return withWorths(full, changed, worth.Rows, rateOf), &worth
}

// withWorths returns the rows of full that are priced and named, and those of changed that have no rate.
func withWorths(full, changed report.Table, named []alerts.WorthOfRow, rateOf func(report.Row) (decimal.Decimal, bool)) report.Table {
	shown := full
	shown.Groups = nil
	for _, g := range full.Groups {
		rows := slices.DeleteFunc(slices.Clone(g.Rows), func(r report.Row) bool {
			return !slices.ContainsFunc(named, func(n alerts.WorthOfRow) bool { return n.Product == r.Product && n.UsageType == r.Name })
		})
		for _, c := range changed.Groups {
			if c.Measure == g.Measure {
				rows = append(rows, slices.DeleteFunc(slices.Clone(c.Rows), func(r report.Row) bool {
					_, priced := rateOf(r)
					return priced
				})...)
			}
		}
		if len(rows) > 0 {
			shown.Groups = append(shown.Groups, report.Group{Measure: g.Measure, Total: g.Total, Rows: rows})
		}
	}
	return shown
}
