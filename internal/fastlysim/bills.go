package fastlysim

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// bills is what an account was invoiced, other than what follows from its usage
// as it is now. It does not change.
type bills struct {
	// exact replaces every invoice once isExact.
	exact   []Invoice
	isExact bool
	// estimate replaces the generated one when it is not nil.
	estimate *Invoice
	// old are the statements that a restatement overtook, oldest first, and
	// restated is when the last of them was.
	old      map[month][]Invoice
	restated map[month]time.Time
	// amendments are what was done about single statements, oldest first.
	amendments []amendment
}

// office is everything that invoices depend on. It does not change.
type office struct {
	biller
	ledger ledger
	bills  *bills
}

// rules are those of an account without invoices where it has none.
func (o office) rules() Invoicing {
	if o.account.Invoices == nil {
		return Invoicing{Estimates: NotFound}
	}
	return *o.account.Invoices
}

// estimates is what month-to-date has; an exact estimate is always there.
func (o office) estimates() Estimates {
	if o.bills.estimate != nil {
		return Estimated
	}
	return o.rules().Estimates
}

// statements lists a month's statements in the order in which they appear, the
// one that holds now last. It is empty for an account without invoices.
func (o office) statements(m month) []Invoice {
	if o.account.Invoices == nil {
		return nil
	}
	old := o.bills.old[m]
	appears := cmp.Or(o.bills.restated[m], o.account.Invoices.posted(m))
	return append(slices.Clone(old), o.statement(m, o.ledger.usage(m, (m+1).start()), len(old), appears))
}

// listed is what the list of invoices holds at a time of business, newest first.
func (o office) listed(business time.Time) []Invoice {
	var all []Invoice
	if o.bills.isExact {
		all = there(o.bills.exact, business)
	} else {
		all = o.generated(business)
	}
	all = o.bills.amended(all, business)
	slices.SortStableFunc(all, func(x, y Invoice) int {
		return cmp.Or(y.Start.Compare(x.Start), y.Posted.Compare(x.Posted), cmp.Compare(y.Statement, x.Statement))
	})
	return all
}

func (o office) generated(business time.Time) []Invoice {
	rules := o.account.Invoices
	first, err := parseMonth(o.account.First)
	if rules == nil || err != nil {
		return nil
	}
	var all []Invoice
	for m := first; m < monthOf(business); m++ {
		statements := there(o.statements(m), business)
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

// running is the estimate that is made at a time of business, when usage is
// complete up to until.
func (o office) running(business, until time.Time) Invoice {
	if exact := o.bills.estimate; exact != nil {
		return *exact
	}
	m := monthOf(business)
	if until.Before(m.start()) {
		until = m.start()
	}
	today := until.Truncate(day)
	part := decimal.NewFromInt(int64(until.Sub(today))).Div(decimal.NewFromInt(int64(day)))
	rows := partial(o.ledger.usage(m, today), o.ledger.usage(m, today.Add(day)), part)
	return o.estimate(m, rows, until)
}

// overtaken are the bills after a month is restated, whose last statement is
// kept as it was if it had appeared.
func (b *bills) overtaken(m month, last Invoice, at time.Time) *bills {
	if last.Appears.After(at) {
		return b
	}
	next := *b
	next.old, next.restated = map[month][]Invoice{}, map[month]time.Time{}
	maps.Copy(next.old, b.old)
	maps.Copy(next.restated, b.restated)
	next.old[m] = append(slices.Clone(b.old[m]), last)
	next.restated[m] = at
	return &next
}
