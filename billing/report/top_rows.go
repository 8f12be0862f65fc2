package report

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

// entry is a line of a ledger on its way into a Group.
type entry struct {
	RowKey
	*ledger.Line
	size  decimal.Decimal // over the months asked for
	usage *ledger.Line    // what of a cost is usage; nil where none of it is
	isAll bool            // it is the total
}

// chosen are the rows that each measure shows where measures stand beside each other, and how many rows there are beyond them.
type chosen struct {
	rows   map[RowKey]bool // nil where each measure shows its own
	beyond int
}

// chooseRows returns which rows a question of one month shows of every measure: the largest of the first measure, and where it has fewer of them than
// were asked for, those of the next ones. What is left is then the same rows too, so that it adds up in each measure.
func (b *tabulation) chooseRows() chosen {
	q := b.question
	if len(b.groups.of) < 2 || q.Top == 0 || q.Cost || !q.By.IsOfParts() || q.IsComparison() || q.Months.Len() > 1 || q.Show == ShowChanges {
		return chosen{}
	}
	measures := slices.SortedStableFunc(slices.Values(b.groups.of), func(a, b measured) int { return CompareMeasures(a.measure, b.measure) })
	all := chosen{rows: map[RowKey]bool{}}
	seen := map[RowKey]bool{}
	for _, m := range measures {
		var entries []entry
		for key, l := range m.sums.Lines() {
			if size, found := l.Sum(q.Months); found {
				entries = append(entries, entry{RowKey: key, Line: l, size: size})
			}
		}
		slices.SortFunc(entries, largestFirst)
		for _, e := range entries {
			if !seen[e.RowKey] && len(all.rows) < q.Top {
				all.rows[e.RowKey] = true
			}
			seen[e.RowKey] = true
		}
	}
	all.beyond = len(seen) - len(all.rows)
	return all
}

// topOf divides the rows of a measure, the largest first, into those shown and the others, and returns how many others there are.
func (b *tabulation) topOf(entries []entry) (top, others []entry, count int) {
	most := b.question.Top
	switch {
	case b.chosen.rows != nil:
		for _, e := range entries {
			if b.chosen.rows[e.RowKey] {
				top = append(top, e)
			} else {
				others = append(others, e)
			}
		}
		return top, others, b.chosen.beyond
	case most == 0 || len(entries) <= most || b.question.Show == ShowChanges: // a small row may have moved most
		return entries, nil, 0
	}
	return entries[:most], entries[most:], len(entries) - most
}

func largestFirst(a, b entry) int {
	return cmp.Or(
		b.size.Cmp(a.size),
		cmp.Compare(cmp.Or(a.Line.Name, a.RowKey.name), cmp.Or(b.Line.Name, b.RowKey.name)),
		cmp.Compare(a.product, b.product),
		cmp.Compare(a.id, b.id),
	)
}

// byCost are the nouns of measures in the order of what they usually cost.
var byCost = []string{
	billing.NounBandwidth, billing.NounRequests, billing.NounVCPUTime, billing.NounTime, billing.NounUnits, billing.NounData, billing.NounStorage, billing.NounOperations,
}

// CompareMeasures puts what usually costs most first, and each measure that is known only as billed after its like.
func CompareMeasures(a, b billing.Measure) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Noun, b.Noun))
}

func rank(m billing.Measure) int {
	at := slices.Index(byCost, m.Noun)
	switch {
	case at < 0:
		return 2 * len(byCost)
	case m.Billed:
		return 2*at + 1
	}
	return 2 * at
}
