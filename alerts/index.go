package alerts

import (
	"strings"

	"budgetbot/billing"
)

// index finds the rows that a rule covers without trying every row for every rule.
type index struct {
	rows     []billing.Usage
	byMetric map[billing.Metric][]billing.Usage
	scanned  map[Match][]billing.Usage // what the globs seen so far cover
}

func newIndex(rows []billing.Usage) *index {
	x := &index{rows: rows, byMetric: map[billing.Metric][]billing.Usage{}, scanned: map[Match][]billing.Usage{}}
	for _, row := range rows {
		x.byMetric[row.Metric()] = append(x.byMetric[row.Metric()], row)
	}
	return x
}

// covered returns the rows that the match covers, its service left aside.
func (x *index) covered(m Match) []billing.Usage {
	m.Service = ""
	if m.isExact() {
		return covered(m, x.byMetric[billing.Metric{Product: m.Product, UsageType: m.UsageType}])
	}
	rows, known := x.scanned[m]
	if !known {
		rows = covered(m, x.rows)
		x.scanned[m] = rows
	}
	return rows
}

func covered(m Match, rows []billing.Usage) []billing.Usage {
	var kept []billing.Usage
	for _, row := range rows {
		if m.Covers(row) {
			kept = append(kept, row)
		}
	}
	return kept
}

// isExact reports whether product and usage type are both names and no globs.
func (m Match) isExact() bool {
	return m.Product != "" && m.UsageType != "" && !strings.Contains(m.Product+m.UsageType, "*")
}
