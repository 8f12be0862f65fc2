package usageview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/sampledata"
)

// TestRowsAskedForAddUp: rows for which a message has no room are folded into the row of others and never cut off, and the footer says so.
func TestRowsAskedForAddUp(t *testing.T) {
	for _, months := range []int{1, 3} {
		for _, nouns := range [][]string{{"Bandwidth"}, {"Bandwidth", "Requests", "vCPU Time"}} {
			for _, top := range []int{20, 30, 50} {
				t.Run(fmt.Sprintf("%d measures of %d months, top %d", len(nouns), months, top), func(t *testing.T) {
					var figures []sampledata.Figure
					for i := range 400 {
						for _, noun := range nouns {
							name, size := fmt.Sprintf("R%03d-www.production.example.com", i), float64(500-i)
							figures = append(figures, of("cdn_usage", name+" "+noun, size, size+1, size+2, size+3))
						}
					}
					q := report.Question{Months: untilOctober(months), By: report.ByRegion, Top: top}
					testAddsUp(t, sampledata.Tabulate(q, usageOf(untilOctober(4), figures...)))
				})
			}
		}
		for _, top := range []int{20, 30, 50} {
			t.Run(fmt.Sprintf("cost of %d months, top %d", months, top), func(t *testing.T) {
				var bills []billing.Bill
				for _, month := range untilOctober(4).Months() {
					bills = append(bills, bill(month, 700, func(b *billing.Bill) {
						for i := range 400 {
							b.Charges = append(b.Charges, billing.Charge{
								Kind: billing.ChargeUsage, Name: "Requests", Product: fmt.Sprintf("product %03d", i), Amount: decimal.NewFromInt(int64(500 - i)),
							})
						}
					}))
				}
				q := report.Question{Months: untilOctober(months), By: report.ByProduct, Cost: true, Top: top}
				testAddsUp(t, sampledata.Tabulate(q, report.Data{Bills: bills}))
			})
		}
	}
}

func testAddsUp(t *testing.T, table report.Table) {
	t.Helper()
	shown := layout.Of(table)
	for _, g := range layout.Groups(shown.Table) {
		sum := decimal.Decimal{}
		for _, row := range g.All() {
			sum = sum.Add(row.Sum)
		}
		if !sum.Equal(g.Total.Sum) {
			t.Errorf("the lines of %s come to %s, the head says %s", g.Measure.Noun, sum, g.Total.Sum)
		}
	}
	fitted := blocks.Fit(Usage(table, Context{Now: sampledata.Now, Command: "/usage"}))
	text := blocks.PlainText(blocks.Message{Text: fitted.Text, Blocks: fitted.Blocks})
	if strings.Contains(text, "\n+ ") {
		t.Errorf("rows are cut off:\n%s", text)
	}
	fact := fmt.Sprintf("%d of %d rows: `budgetbot usage -o csv` shows all", shown.Rows, shown.Of)
	if strings.Contains(text, fact) != shown.Fewer {
		t.Errorf("%q is wanted in the footer: %t\n%s", fact, shown.Fewer, text)
	}
}
