package report

import (
	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

// RowKey identifies a Row. While services are added up it has only the id, since a service's name may change.
type RowKey struct{ name, product, id string }

// ledgers are the rows of every measure. There are few measures, so a list is enough.
type ledgers struct {
	of   []measured
	most int // rows of one measure; 0 is any number
	// months is how many months each row has; 0 if that is not known.
	months int
}

type measured struct {
	measure billing.Measure
	sums    *ledger.Sums[RowKey]
}

func newLedgers(most, months int) *ledgers { return &ledgers{most: most, months: months} }

// rows returns the ledgers of one measure.
func (g *ledgers) rows(measure billing.Measure) map[RowKey]*ledger.Line {
	for _, m := range g.of {
		if m.measure == measure {
			return m.sums.Lines()
		}
	}
	return nil
}

// row returns the ledger of a row, and makes one if there is none. It returns nil if there are too many rows.
func (g *ledgers) row(measure billing.Measure, key RowKey) *ledger.Line {
	for _, m := range g.of {
		if m.measure == measure {
			return m.sums.Line(key)
		}
	}
	sums := ledger.NewSums[RowKey](g.most).WithRoom(g.months)
	g.of = append(g.of, measured{measure, sums})
	return sums.Line(key)
}
