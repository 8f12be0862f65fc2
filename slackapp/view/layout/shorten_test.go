package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
)

func TestFoldedRowsAddUp(t *testing.T) {
	table := sampledata.WideTable(100)
	shown := shorten(table)
	g := shown.Table.Groups[0]
	if shown.Rows != maxRows || shown.Of != 100 || g.RestCount != 80 {
		t.Fatalf("%d of %d rows, %d folded", shown.Rows, shown.Of, g.RestCount)
	}
	sum := g.Rest.Sum
	for _, r := range g.Rows {
		sum = sum.Add(r.Sum)
	}
	if !sum.Equal(g.Total.Sum) {
		t.Errorf("rows and rest come to %s, the total is %s", sum, g.Total.Sum)
	}
	whole := addUp(table.Groups[0].Rows)
	if diff := whole.Change.Decimal.Sub(g.Total.Change.Decimal).Abs(); diff.GreaterThan(decimal.New(1, -9)) {
		t.Errorf("the change of all rows is %s, the total's %s", whole.Change.Decimal, g.Total.Change.Decimal)
	}
}

// TestACreditIsNotFolded: shares beside it are of the charges, which the rows have to add up to.
func TestACreditIsNotFolded(t *testing.T) {
	table := sampledata.WideTable(100)
	credit := &table.Groups[0].Rows[99]
	credit.Sum = decimal.New(-1, 0)
	shown := shorten(table).Table.Groups[0]
	if last := shown.Rows[len(shown.Rows)-1]; last.Name != credit.Name || len(shown.Rows) != maxRows+1 {
		t.Errorf("of %d rows the last one is %s, want the credit", len(shown.Rows), last.Name)
	}
}

// TestRowsThatFitAreNotFolded: two measures of different length need no more lines than twenty together.
func TestRowsThatFitAreNotFolded(t *testing.T) {
	table := sampledata.WideTable(14)
	few := table.Groups[0]
	few.Rows = few.Rows[:5]
	table.Groups = append(table.Groups, few)
	if shown := shorten(table); shown.Rows != 19 || shown.Of != 19 {
		t.Errorf("%d of %d rows are shown", shown.Rows, shown.Of)
	}
}

func TestAskedForRowsAreNotFolded(t *testing.T) {
	table := sampledata.WideTable(100)
	table.Groups[0].Rows = table.Groups[0].Rows[:30]
	table.Question.Top = 30
	if shown := shorten(table); shown.Rows != 30 || shown.Fewer || shown.Table.Groups[0].Rest != nil {
		t.Errorf("%d rows are shown of the 30 asked for", shown.Rows)
	}
}

func TestUnitsAreNamedByWhatTheyAreOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		m    billing.Measure
		want string
	}{
		{"KV Store Class A Operations", billing.Measure{Noun: billing.NounUnits}, "KV Store Class A Operations, B"},
		{"Asia Requests", billing.Measure{Noun: billing.NounRequests}, "Asia Requests, B"},
		{"cdn_usage", billing.Measure{Noun: billing.NounRequests}, "cdn_usage: Requests, B"},
	} {
		if got := oneLine(tt.name, tt.m, tt.m.Scale(decimal.New(5, 9))); got != tt.want {
			t.Errorf("it is %q, want %q", got, tt.want)
		}
	}
}

// TestMeasuresBelowEachOtherHaveRoom: with many measures, the ones that are shown are as many as a message has room for, or the first alone.
func TestMeasuresBelowEachOtherHaveRoom(t *testing.T) {
	long := strings.Repeat("a-service-with-a-long-name-", 3)
	for _, name := range []string{"www", long} {
		for measures := 1; measures <= 9; measures++ {
			table := sampledata.WideTable(2)
			first := table.Groups[0]
			table.Question.By, table.Groups = report.ByService, nil
			for i := range first.Rows {
				first.Rows[i].Name = fmt.Sprintf("%s-%d", name, i)
			}
			for range measures {
				table.Groups = append(table.Groups, first)
			}
			shown := Groups(table)
			table.Groups = shown
			switch {
			case len(shown) > 1 && !stacked(table).HasRoom():
				t.Errorf("%d of %d measures do not fit", len(shown), measures)
			case name == "www" && measures == 6 && len(shown) != 6:
				t.Errorf("%d of 6 measures of 18 lines are shown", len(shown))
			case measures == 9 && len(shown) > 6:
				t.Errorf("%d measures have more than 20 lines", len(shown))
			}
		}
	}
}
