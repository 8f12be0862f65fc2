package billing

import "github.com/shopspring/decimal"

// rowKey is what makes two figures belong to one Row. A service is known by its id alone, since its name may change.
type rowKey struct{ name, product, id string }

// ledger is a Row in the making. Its figures are a short list by month and not a map, since an account may have a
// hundred thousand services.
type ledger struct {
	name  string // a service's
	cells []cell
	unit  string // the API's
	mixed bool   // rows of more than one unit were added
	// recorded is what the record says of the same days of the month before.
	recorded decimal.NullDecimal
}

type cell struct {
	month          Month
	single, billed decimal.Decimal
}

func (l *ledger) add(m Month, single, billed decimal.Decimal, unit string) {
	l.mixed = l.mixed || l.unit != "" && l.unit != unit
	l.unit = unit
	for i := range l.cells {
		if c := &l.cells[i]; c.month == m {
			c.single, c.billed = c.single.Add(single), c.billed.Add(billed)
			return
		}
	}
	l.cells = append(l.cells, cell{m, single, billed})
}

func (l *ledger) addRecorded(single decimal.Decimal) {
	l.recorded = decimal.NewNullDecimal(l.recorded.Decimal.Add(single))
}

// merge adds another ledger to this one.
func (l *ledger) merge(other *ledger) {
	for _, c := range other.cells {
		l.add(c.month, c.single, c.billed, other.unit)
	}
	l.mixed = l.mixed || other.mixed
	if other.recorded.Valid {
		l.addRecorded(other.recorded.Decimal)
	}
}

// at returns the figures of one month; found is false where there are none.
func (l *ledger) at(m Month) (c cell, found bool) {
	for _, c := range l.cells {
		if c.month == m {
			return c, true
		}
	}
	return cell{}, false
}

// sum adds the figures of the given months; found is false where there are none.
func (l *ledger) sum(months Range) (sum decimal.Decimal, found bool) {
	for _, c := range l.cells {
		if months.Contains(c.month) {
			sum, found = sum.Add(c.single), true
		}
	}
	return sum, found
}

// ledgers are the rows of every measure.
type ledgers map[Measure]map[rowKey]*ledger

// row returns the ledger of a row, begun where there is none.
func (g ledgers) row(measure Measure, key rowKey) *ledger {
	if g[measure] == nil {
		g[measure] = map[rowKey]*ledger{}
	}
	if g[measure][key] == nil {
		g[measure][key] = &ledger{}
	}
	return g[measure][key]
}
