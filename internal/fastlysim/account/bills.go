package account

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Bills is what an account was invoiced, other than what follows from its usage
// as it is now. It does not change.
type Bills struct {
	// Exact replaces every invoice once isExact.
	Exact   []Invoice
	IsExact bool
	// Estimate replaces the generated one when it is not nil.
	Estimate *Invoice
	// old are the statements that a restatement overtook, oldest first, and
	// restated is when the last of them was.
	old      map[Month][]Invoice
	restated map[Month]time.Time
	// Amendments are what was done about single statements, oldest first.
	Amendments []Amendment
}

// Office is everything that invoices depend on. It does not change.
type Office struct {
	Biller
	Ledger Ledger
	Bills  *Bills
}

// Rules are those of an account without invoices where it has none.
func (o Office) Rules() Invoicing {
	if o.Account.Invoices == nil {
		return Invoicing{Estimates: NotFound}
	}
	return *o.Account.Invoices
}

// Estimates is what month-to-date has; an exact estimate is always there.
func (o Office) Estimates() Estimates {
	if o.Bills.Estimate != nil {
		return Estimated
	}
	return o.Rules().Estimates
}

// Statements lists a month's statements in the order in which they appear, the
// one that holds now last. It is empty for an account without invoices.
func (o Office) Statements(m Month) []Invoice {
	if o.Account.Invoices == nil {
		return nil
	}
	old := o.Bills.old[m]
	appears := cmp.Or(o.Bills.restated[m], o.Account.Invoices.posted(m))
	return append(slices.Clone(old), o.statement(m, o.Ledger.Usage(m, (m+1).Start()), len(old), appears))
}

// Listed is what the list of invoices holds at a time of business, newest first.
func (o Office) Listed(business time.Time) []Invoice {
	var all []Invoice
	if o.Bills.IsExact {
		all = there(o.Bills.Exact, business)
	} else {
		all = o.generated(business)
	}
	all = o.Bills.amended(all, business)
	slices.SortStableFunc(all, func(x, y Invoice) int {
		return cmp.Or(y.Start.Compare(x.Start), y.Posted.Compare(x.Posted), cmp.Compare(y.Statement, x.Statement))
	})
	return all
}

func (o Office) generated(business time.Time) []Invoice {
	rules := o.Account.Invoices
	first, err := ParseMonth(o.Account.First)
	if rules == nil || err != nil {
		return nil
	}
	var all []Invoice
	for m := first; m < MonthOf(business); m++ {
		statements := there(o.Statements(m), business)
		if len(statements) > 1 && rules.Reissues == Replaces {
			statements = statements[len(statements)-1:]
		}
		for _, invoice := range statements {
			invoice.Status = "outstanding"
			if business.Sub(invoice.Appears) > payWithin {
				invoice.Status = "paid"
			}
			all = append(all, invoice)
		}
	}
	return all
}

// there keeps the invoices that have appeared.
func there(invoices []Invoice, business time.Time) []Invoice {
	var found []Invoice
	for _, invoice := range invoices {
		if !invoice.Appears.After(business) {
			found = append(found, invoice)
		}
	}
	return found
}

// Running is the estimate that is made at a time of business, when usage is
// complete up to until.
func (o Office) Running(business, until time.Time) Invoice {
	if exact := o.Bills.Estimate; exact != nil {
		return *exact
	}
	m := MonthOf(business)
	if until.Before(m.Start()) {
		until = m.Start()
	}
	today := until.Truncate(Day)
	part := decimal.NewFromInt(int64(until.Sub(today))).Div(decimal.NewFromInt(int64(Day)))
	rows := partial(o.Ledger.Usage(m, today), o.Ledger.Usage(m, today.Add(Day)), part)
	return o.estimate(m, rows, until)
}

// Overtaken are the bills after a month is restated, whose last statement is
// kept as it was if it had appeared.
func (b *Bills) Overtaken(m Month, last Invoice, at time.Time) *Bills {
	if last.Appears.After(at) {
		return b
	}
	next := *b
	next.old, next.restated = map[Month][]Invoice{}, map[Month]time.Time{}
	maps.Copy(next.old, b.old)
	maps.Copy(next.restated, b.restated)
	next.old[m] = append(slices.Clone(b.old[m]), last)
	next.restated[m] = at
	return &next
}
