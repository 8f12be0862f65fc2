package usageview

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/slacksim/blockkit"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/sampledata"
)

// anyFigure draws a figure that may be unknown, nothing, tiny or huge.
func anyFigure() *rapid.Generator[decimal.NullDecimal] {
	return rapid.Custom(func(t *rapid.T) decimal.NullDecimal {
		if rapid.IntRange(0, 4).Draw(t, "unknown") == 0 {
			return decimal.NullDecimal{}
		}
		return decimal.NewNullDecimal(decimal.New(rapid.Int64Range(0, 9999).Draw(t, "digits"), rapid.Int32Range(-6, 24).Draw(t, "exponent")))
	})
}

func anyRow(months int) *rapid.Generator[report.Row] {
	return rapid.Custom(func(t *rapid.T) report.Row {
		row := report.Row{
			Name: hostileText().Draw(t, "name"), Figures: rapid.SliceOfN(anyFigure(), months, months).Draw(t, "figures"),
			Share: decimal.NewNullDecimal(decimal.New(rapid.Int64Range(0, 1000).Draw(t, "share"), -3)),
		}
		for _, f := range row.Figures {
			row.Sum = row.Sum.Add(f.Decimal)
		}
		if rapid.Bool().Draw(t, "compared") {
			row.Change = decimal.NewNullDecimal(decimal.New(rapid.Int64Range(-1000, 1_000_000).Draw(t, "change"), -3))
		}
		return row
	})
}

func anyGroup(months int) *rapid.Generator[report.Group] {
	return rapid.Custom(func(t *rapid.T) report.Group {
		g := report.Group{
			Measure: billing.Measure{Noun: hostileText().Draw(t, "noun"), Bytes: rapid.Bool().Draw(t, "bytes"), Time: rapid.Bool().Draw(t, "time"), Billed: rapid.Bool().Draw(t, "billed")},
			Total:   anyRow(months).Draw(t, "total"),
			Rows:    rapid.SliceOfNDistinct(anyRow(months), 0, 40, report.Row.Key).Draw(t, "rows"), // as sums by key are
		}
		if rapid.Bool().Draw(t, "rest") {
			rest := anyRow(months).Draw(t, "rest row")
			g.Rest, g.RestCount = &rest, rapid.IntRange(1, 100_000).Draw(t, "rest count")
		}
		return g
	})
}

func anyTable() *rapid.Generator[report.Table] {
	return rapid.Custom(func(t *rapid.T) report.Table {
		months := rapid.IntRange(1, 36).Draw(t, "months")
		last := sampledata.November.Add(rapid.IntRange(-30, 0).Draw(t, "last"))
		table := report.Table{
			Question: report.Question{
				Months: billing.Range{First: last.Add(1 - months), Last: last}, Product: billing.NamesOf(hostileText().Draw(t, "product")),
				UsageType: billing.NamesOf(hostileText().Draw(t, "usage type")), Top: rapid.SampledFrom([]int{0, 0, 50, 9999}).Draw(t, "top"),
				By: rapid.SampledFrom([]report.Breakdown{report.ByUsageType, report.ByProduct, report.ByRegion, report.ByService}).Draw(t, "by"),
			},
			Groups: rapid.SliceOfN(anyGroup(months), 0, 6).Draw(t, "groups"),
			Fresh:  billing.Freshness{ReadAt: sampledata.Now.Add(-time.Hour), Stale: hostileText().Draw(t, "stale")},
		}
		table.Months = table.Question.Months.Months()
		table.Missing = table.Months[:rapid.IntRange(0, months).Draw(t, "missing")]
		if rapid.Bool().Draw(t, "dated") {
			table.Fresh.CountedTo = sampledata.ToNov21
		}
		for _, g := range table.Groups {
			if rapid.Bool().Draw(t, "apart") {
				table.Apart = append(table.Apart, g.Measure.Noun)
			}
		}
		if rapid.Bool().Draw(t, "versus") {
			table.Versus = &report.Comparison{
				Month: last, Against: last.Add(-1), Days: rapid.IntRange(0, 31).Draw(t, "days"), Unknown: rapid.Bool().Draw(t, "unknown"),
				Why: rapid.SampledFrom([]report.Gap{report.GapNoRecord, report.GapUnreadable, report.GapUndated}).Draw(t, "why"),
			}
		}
		return table
	})
}

// figureIn returns what a cell shows, and with how many digits; ok is false for a dash and the like.
func figureIn(cell string) (figure float64, digits int, ok bool) {
	text := strings.ReplaceAll(cell, ",", "")
	figure, err := strconv.ParseFloat(text, 64)
	if err != nil || figure <= 0 {
		return 0, 0, false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits = len(strings.TrimLeft(whole+fraction, "0"))
	return figure, digits, true
}

// TestAReaderCanRecomputeWhatIsShown: the figures of two months have three digits or more, and give each shown change and share to within one unit
// of its last digit, beside the half that a change itself is rounded by.
func TestAReaderCanRecomputeWhatIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		months := billing.Range{First: sampledata.October.Add(-1), Last: sampledata.October} // 30 and 31 days
		var types []sampledata.Figure
		for i := range rapid.IntRange(1, 12).Draw(t, "types") {
			before := rapid.Float64Range(0.1, 1000).Draw(t, "before")
			now := before * rapid.Float64Range(0.3, 3).Draw(t, "factor")
			name := fmt.Sprintf("T%02d %s", i, rapid.SampledFrom([]string{"Bandwidth", "Requests", "vCPU Time", "Storage", "Operations"}).Draw(t, "of"))
			types = append(types, sampledata.Figure{Product: "cdn_usage", UsageType: name, Region: name, Figures: []float64{before, now}})
		}
		table := sampledata.Tabulate(report.Question{Months: months, By: rapid.SampledFrom([]report.Breakdown{report.ByUsageType, report.ByRegion}).Draw(t, "by")},
			report.Data{Rows: sampledata.Rows(months.First, types...)})
		lines := strings.Split(layout.Grid(table).Text(), "\n")
		head := regexp.MustCompile(`\s{2,}`)
		var whole float64
		for _, line := range lines {
			cells := head.Split(strings.TrimSpace(line), -1)
			if len(cells) < 4 {
				continue
			}
			change := cells[len(cells)-1]
			before, digitsBefore, ok1 := figureIn(cells[1])
			now, digitsNow, ok2 := figureIn(cells[2])
			if !ok1 || !ok2 {
				continue // of lines with their own units, and unknown ones
			}
			if digitsBefore < 3 || digitsNow < 3 {
				t.Fatalf("less than three digits in %q", line)
			}
			shown, err := strconv.ParseFloat(strings.TrimSuffix(strings.NewReplacer("−", "-", "+", "", ",", "").Replace(change), "%"), 64)
			if err != nil {
				t.Fatalf("%q is no change in %q", change, line)
			}
			unit := 0.1
			if !strings.Contains(change, ".") {
				unit = 1
			}
			if again := 100 * (now/31/(before/30) - 1); math.Abs(again-shown) > unit*1.5 {
				t.Fatalf("%q gives %.2f%%", line, again)
			}
			if len(cells) < 5 {
				continue
			}
			if cells[3] == "100%" { // the line of a measure
				whole = before + now
			}
			share, err := strconv.ParseFloat(strings.Trim(cells[3], "<%"), 64)
			if again := 100 * (before + now) / whole; err != nil || math.Abs(again-share) > 1 {
				t.Fatalf("%q gives a share of %.2f%%", line, again)
			}
		}
	})
}

func TestFitHoldsForAnyTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable().Draw(t, "table")
		c := Context{Now: sampledata.Now, Command: "/usage", Asked: hostileText().Draw(t, "asked")}
		c.Actions = []blocks.Action{{Label: hostileText().Draw(t, "label") + "x", ID: "a", Value: "v"}}
		m := blocks.Fit(Usage(table, c))
		if len(m.Blocks) == 0 {
			t.Fatal("nothing but text is left of an answer")
		}
		for form := range m.Forms() {
			if len(form.Blocks) > 0 {
				for _, problem := range blockkit.Problems(form.JSON, blockkit.SurfaceMessage) {
					t.Fatal(problem)
				}
			}
			if n := len([]rune(form.Text)); n == 0 || n > 4000 {
				t.Fatalf("a text of %d characters", n)
			}
			if strings.Contains(codeSpan.ReplaceAllString(form.Text, ""), "<") {
				t.Fatalf("something acts in %q", form.Text)
			}
		}
	})
}

// cellsIn returns the texts of a table in Slack, line by line.
func cellsIn(tb rapid.TB, g *blocks.Grid) [][]string {
	var table struct {
		Rows [][]struct {
			Text     string `json:"text"`
			Elements []struct {
				Elements []struct {
					Text string `json:"text"`
				} `json:"elements"`
			} `json:"elements"`
		} `json:"rows"`
	}
	data, err := json.Marshal(g.Block("figures")[0])
	if err == nil {
		err = json.Unmarshal(data, &table)
	}
	if err != nil {
		tb.Fatal(err)
	}
	lines := make([][]string, len(table.Rows))
	for i, row := range table.Rows {
		for _, cell := range row {
			text := cell.Text
			for _, section := range cell.Elements {
				text += section.Elements[0].Text
			}
			lines[i] = append(lines[i], text)
		}
	}
	return lines
}

func TestNoLineHasOnlyDashes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable().Draw(t, "table")
		if len(table.Groups) == 0 {
			return
		}
		for _, line := range cellsIn(t, layout.Grid(layout.Of(table).Table)) {
			if len(line) > 1 && !slices.ContainsFunc(line[1:], func(cell string) bool { return cell != billing.Dash }) {
				t.Fatalf("nothing but dashes in %q", line)
			}
		}
	})
}

func TestTextIsNarrowWhereItCanBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable().Draw(t, "table")
		if len(table.Groups) == 0 {
			return // no grid: Usage gives the reason instead
		}
		lines := strings.Split(strings.TrimSuffix(layout.Grid(table).Text(), "\n"), "\n")
		for _, line := range lines {
			if blocks.Columns(line) > max(blocks.TextWidth, blocks.MinName+6*(blocks.MaxTextCell+2)) {
				t.Fatalf("%d columns: %q", blocks.Columns(line), line)
			}
			if strings.ContainsAny(line, "\x00\x1b\r\t") {
				t.Fatalf("a control character in %q", line)
			}
		}
	})
}
