package lookup

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/billingtest"
)

var (
	dec, at, counting = billingtest.Dec, billingtest.At, billingtest.CountedTo
	gb, unit          = billingtest.Terabytes, billingtest.Billions
	equalMonths       = billingtest.EqualMonths
)

var (
	july = billing.NewMonth(2026, time.July)
	// longAfter is a time at which every month of 2023 is over and settled.
	longAfter = at(time.July, 1, 0)
)

// checkOutline compares a table with one line for each group: its total, then its rows, with their newest figures and changes.
func checkOutline(t *testing.T, table report.Table, want ...string) {
	t.Helper()
	var got []string
	for _, g := range table.Groups {
		scale := g.Measure.Scale(g.Total.Last().Decimal)
		line := scale.Label()
		for _, row := range append([]report.Row{g.Total}, g.All()...) {
			line += " | " + row.Name + " " + scale.Cell(row.Last())
			if row.Change.Valid {
				line += " " + billing.FormatChange(row.Change.Decimal)
			}
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
