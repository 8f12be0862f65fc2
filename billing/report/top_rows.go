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
	usage *ledger.Line    // its usage charges; nil if it has none
	isAll bool            // it is the total
}

// chosen are the rows that every measure shows if measures stand beside each other, and how many other rows there are.
type chosen struct {
	rows   map[RowKey]bool // nil if each measure shows its own
	beyond int
}

// chooseRows chooses the rows that are shown for every measure: the largest of the first measure, and if it has fewer than the person asked for,
// the largest of the next ones. The other rows are then the same in each measure too.
func (b *tabulation) chooseRows() chosen {
	q := b.question
	isTogether := q.By == ByProduct || q.By.IsOfParts() && !q.IsComparison() && q.Months.Len() == 1
	if len(b.groups.of) < 2 || q.Top == 0 || q.Cost || !isTogether || q.Show == ShowChanges {
		return chosen{}
	}
	measures := slices.SortedStableFunc(slices.Values(b.groups.of), func(a, b measured) int { return CompareMeasures(a.measure, b.measure) })
	all := chosen{rows: map[RowKey]bool{}}
	seen := map[RowKey]bool{}
	for _, m := range measures {
		var entries []entry
		for key, l := range m.sums.Lines() {
			size, found := l.Sum(q.Months)
			if !found && q.IsComparison() {
				_, found = l.Sum(q.Against)
			}
			if found {
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

// topOf divides the rows of a measure into the largest, which are shown, and the others, and returns how many others there are.
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
