package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// longAfter is a time at which every month of these tests is over and settled.
var longAfter = time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)

func quarter() billing.Range {
	return billing.Range{First: billing.NewMonth(2023, time.January), Last: billing.NewMonth(2023, time.March)}
}

func join(parts ...[]billing.Usage) []billing.Usage {
	var rows []billing.Usage
	for _, p := range parts {
		rows = append(rows, p...)
	}
	return rows
}

// seedQuarter is the question that the product was made for.
func seedQuarter() []billing.Usage {
	return join(
		gb("cdn_usage", "Asia Bandwidth", "Asia", "96.2", "101.8", "139.5"),
		gb("cdn_usage", "Europe Bandwidth", "Europe", "298.4", "285.0", "331.7"),
		gb("cdn_usage", "North America Bandwidth", "North America", "412.6", "389.1", "448.9"),
		gb("cdn_usage", "South America Bandwidth", "South America", "21.4", "20.9", "23.8"),
		gb("cdn_usage", "Australia Bandwidth", "Australia", "17.9", "16.8", "18.6"),
		unit("cdn_usage", "Asia Requests", "Asia", "9.80", "10.42", "14.61"),
		unit("cdn_usage", "Europe Requests", "Europe", "30.11", "28.94", "33.05"),
	)
}

// sketch writes a table down as people would see it, to be compared line by line.
func sketch(t Table) string {
	var b strings.Builder
	for _, g := range t.Groups {
		var all []decimal.Decimal
		for _, f := range g.Total.Figures {
			all = append(all, f.Decimal)
		}
		scale := g.Measure.Scale(all...)
		rows := append([]Row{g.Total}, g.Rows...)
		rows[0].Name = scale.Label()
		if g.Rest != nil {
			rows = append(rows, *g.Rest)
		}
		for _, r := range rows {
			fmt.Fprintf(&b, "%s |", r.Name)
			for _, f := range r.Figures {
				fmt.Fprintf(&b, " %s", scale.Cell(f))
			}
			change := "?"
			if r.Change.Valid {
				change = billing.FormatChange(r.Change.Decimal)
			}
			fmt.Fprintf(&b, " | %s | %s\n", billing.FormatShare(r.Share.Decimal), change)
		}
	}
	return b.String()
}

func tabulate(t *testing.T, q Question, data Data, now time.Time) Table {
	t.Helper()
	table := Tabulate(q, data, now)
	return table
}

func checkSketch(t *testing.T, table Table, want string) {
	t.Helper()
	want = strings.ReplaceAll(strings.TrimSpace(want), "\t", "")
	if diff := cmp.Diff(want, strings.TrimSpace(sketch(table))); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestTabulateTheQuarter(t *testing.T) {
	table := tabulate(t, Question{Months: quarter(), Product: "cdn_usage"}, Data{Rows: seedQuarter()}, longAfter)
	checkSketch(t, table, `
		Bandwidth, TB | 846.5 813.6 962.5 | 100% | +6.9%
		North America Bandwidth | 412.6 389.1 448.9 | 48% | +4.2%
		Europe Bandwidth | 298.4 285.0 331.7 | 35% | +5.1%
		Asia Bandwidth | 96.2 101.8 139.5 | 13% | +23.8%
		South America Bandwidth | 21.4 20.9 23.8 | 3% | +2.9%
		Australia Bandwidth | 17.9 16.8 18.6 | 2% | 0.0%
		Requests, B | 39.91 39.36 47.66 | 100% | +9.4%
		Europe Requests | 30.11 28.94 33.05 | 73% | +3.2%
		Asia Requests | 9.80 10.42 14.61 | 27% | +26.6%
	`)
}

func TestTabulate(t *testing.T) {
	january := billing.One(billing.NewMonth(2023, time.January))
	twoProducts := join(
		gb("cdn_usage", "Bandwidth", "Asia", "10"), gb("cdn_usage", "Bandwidth", "Europe", "20"), gb("streaming", "Bandwidth", "", "5"),
	)
	unlearned := []billing.Usage{{Month: january.First, Product: "p", UsageType: "Hits Requests", Unit: "unit", Quantity: dec("7")}}
	for _, tt := range []struct {
		name string
		q    Question
		rows []billing.Usage
		want string
	}{
		{
			"regions of a usage type are one row, and equal names of two products are distinguished",
			Question{Months: january},
			twoProducts, `
			Bandwidth, TB | 35.00 | 100% | ?
			Bandwidth (cdn_usage) | 30.00 | 86% | ?
			Bandwidth (streaming) | 5.00 | 14% | ?`,
		},
		{
			"by region",
			Question{Months: january, By: ByRegion},
			twoProducts, `
			Bandwidth, TB | 35.00 | 100% | ?
			Europe | 20.00 | 57% | ?
			Asia | 10.00 | 29% | ?
			streaming (no region) | 5.00 | 14% | ?`,
		},
		{
			"by product",
			Question{Months: january, By: ByProduct},
			twoProducts, `
			Bandwidth, TB | 35.00 | 100% | ?
			cdn_usage | 30.00 | 86% | ?
			streaming | 5.00 | 14% | ?`,
		},
		{
			"one product",
			Question{Months: january, Product: "streaming"},
			twoProducts, `
			Bandwidth, TB | 5.00 | 100% | ?
			Bandwidth | 5.00 | 100% | ?`,
		},
		{
			"one usage type",
			Question{Months: quarter(), UsageType: "Asia Requests"},
			seedQuarter(), `
			Requests, B | 9.80 10.42 14.61 | 100% | +26.6%
			Asia Requests | 9.80 10.42 14.61 | 100% | +26.6%`,
		},
		{
			"the top rows are the largest, in the order of the last month, and the rest is one row",
			Question{Months: quarter(), Top: 2, UsageType: ""},
			seedQuarter()[:15], `
			Bandwidth, TB | 846.5 813.6 962.5 | 100% | +6.9%
			North America Bandwidth | 412.6 389.1 448.9 | 48% | +4.2%
			Europe Bandwidth | 298.4 285.0 331.7 | 35% | +5.1%
			3 Others | 135.5 139.5 181.9 | 17% | +17.8%`,
		},
		{
			"what is absent in a month is a dash and adds nothing",
			Question{Months: quarter()},
			join(gb("p", "Old Bandwidth", "", "2", "", ""), gb("p", "New Bandwidth", "", "", "", "4"), gb("p", "Kept Bandwidth", "", "1", "1", "1")), `
			Bandwidth, TB | 3.00 1.00 5.00 | 100% | +351.6%
			New Bandwidth | – – 4.00 | 44% | ?
			Kept Bandwidth | 1.00 1.00 1.00 | 33% | −9.7%
			Old Bandwidth | 2.00 – – | 22% | ?`,
		},
		{
			"figures in billed units stand apart from single ones",
			Question{Months: january},
			join(unit("p", "Known Requests", "", "1"), unlearned), `
			Requests, B | 1.00 | 100% | ?
			Known Requests | 1.00 | 100% | ?
			Requests, billed units | 7.00 | 100% | ?
			Hits Requests | 7.00 | 100% | ?`,
		},
		{
			"a month before a single one is compared with, and not shown",
			Question{Months: billing.One(billing.NewMonth(2023, time.March))},
			seedQuarter()[:3], `
			Bandwidth, TB | 139.5 | 100% | +23.8%
			Asia Bandwidth | 139.5 | 100% | +23.8%`,
		},
		{"nothing", Question{Months: january}, nil, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkSketch(t, tabulate(t, tt.q, Data{Rows: tt.rows}, longAfter), tt.want)
		})
	}
}

func TestTabulateMissingMonths(t *testing.T) {
	rows := gb("cdn_usage", "Asia Bandwidth", "", "1", "", "3")
	table := tabulate(t, Question{Months: quarter(), By: ByUsageType}, Data{Rows: rows}, longAfter)
	if diff := cmp.Diff([]billing.Month{billing.NewMonth(2023, time.February)}, table.Missing, equalMonths); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if table.Groups[0].Total.Figures[1].Valid {
		t.Error("the total of a missing month is not unknown")
	}
	if table.Versus != nil {
		t.Errorf("March is compared with the missing February: %+v", table.Versus)
	}
}

func TestTabulateKeepsBilledFigures(t *testing.T) {
	rows := join(unit("cdn_usage", "Asia Requests", "", "1"), gb("cdn_usage", "Asia Bandwidth", "", "2"))
	q := Question{Months: billing.One(billing.NewMonth(2023, time.January)), By: ByProduct, WithBilled: true}
	table := tabulate(t, q, Data{Rows: rows}, longAfter)
	if len(table.Groups) != 2 {
		t.Fatalf("%d groups, want bandwidth and requests", len(table.Groups))
	}
	for _, g := range table.Groups {
		want := map[string]struct{ unit, figure, block string }{
			"bandwidth": {"gb", "2000", "1000000000"}, "requests": {"unit", "100000", "10000"},
		}[g.Measure.Noun]
		if !g.Block.Equal(dec(want.block)) {
			t.Errorf("%s is billed by %s, want %s", g.Measure.Noun, g.Block, want.block)
		}
		if g.Rows[0].Unit != want.unit || !g.Rows[0].Billed[0].Decimal.Equal(dec(want.figure)) {
			t.Errorf("%s is billed as %v %s, want %s %s", g.Measure.Noun, g.Rows[0].Billed, g.Rows[0].Unit, want.figure, want.unit)
		}
	}
}

func TestServicesThatLookAlikeAreDistinguished(t *testing.T) {
	for _, tt := range []struct {
		name     string
		services []string // by size
		want     string
	}{
		{"names that nobody can see are ids", []string{"\u200b\u2060", "\u00a0\u3000", "\u200d", "\n"}, "S0, S1, S2, S3"},
		{"no name is the id", []string{""}, "S0"},
		{"one name has ids", []string{"www", "api", "www"}, "www (S0), api, www (S2)"},
		{"names that differ in what nobody sees have ids", []string{"www", "www\u200b", " www"}, "www (S0), www\u200b (S1),  www (S2)"},
		{"a joiner of an emoji is seen", []string{"👩\u200d💻", "👩💻"}, "👩\u200d💻, 👩💻"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			totals := NewServiceTotals(billing.Factors{}, nil)
			for i, name := range tt.services {
				usage := billing.ServiceUsage{Month: july, Product: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", ServiceID: fmt.Sprintf("S%d", i), ServiceName: name, Quantity: decimal.NewFromInt(int64(1000 - i)), Unread: ""}
				if err := totals.Add([]billing.ServiceUsage{usage}); err != nil {
					t.Fatal(err)
				}
			}
			var names []string
			for _, row := range tabulate(t, Question{Months: billing.One(july), By: ByService}, Data{Services: totals}, longAfter).Groups[0].Rows {
				names = append(names, row.Name)
			}
			if got := strings.Join(names, ", "); got != tt.want {
				t.Errorf("rows are %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTabulateByService(t *testing.T) {
	totals := NewServiceTotals(billing.FactorsOf(unit("cdn_usage", "Asia Requests", "", "1")), nil)
	february, march := billing.NewMonth(2023, time.February), billing.NewMonth(2023, time.March)
	add := func(m billing.Month, usageType, unit, id, name, quantity string) {
		t.Helper()
		err := totals.Add([]billing.ServiceUsage{{Month: m, Product: "cdn_usage", UsageType: usageType, Unit: unit, ServiceID: id, ServiceName: name, Quantity: dec(quantity), Unread: ""}})
		if err != nil {
			t.Fatal(err)
		}
	}
	add(february, "Asia Bandwidth", "gb", "S1", "www", "2800")
	add(march, "Asia Bandwidth", "gb", "S1", "www", "3100")
	add(march, "Europe Bandwidth", "gb", "S1", "www", "3100")
	add(march, "Asia Bandwidth", "gb", "S2", "www", "1000")
	add(march, "Asia Bandwidth", "gb", "S3", "", "500")
	add(march, "Asia Requests", "unit", "S1", "www", "40000")
	q := Question{Months: billing.Range{First: february, Last: march}, By: ByService}
	table := tabulate(t, q, Data{Rows: gb("cdn_usage", "Asia Bandwidth", "", "", "2.8", "4.6"), Services: totals}, longAfter)
	checkSketch(t, table, `
		Bandwidth, TB | 2.80 7.70 | 100% | +148.4%
		www (S1) | 2.80 6.20 | 86% | +100.0%
		www (S2) | – 1.00 | 10% | ?
		S3 | – 0.500 | 5% | ?
		Requests, M | – 400.0 | 100% | ?
		www | – 400.0 | 100% | ?`)
	if got := table.Groups[0].Rows[0].ID; got != "S1" {
		t.Errorf("the id of the first row is %q", got)
	}
	rows := gb("cdn_usage", "Asia Bandwidth", "", "", "2.8", "4.6")
	rows[1].CountedTo = march.Start().AddDate(0, 0, 10)
	table = tabulate(t, q, Data{Rows: rows, Services: totals}, march.Start().AddDate(0, 0, 11))
	if v := table.Versus; v == nil || v.Unknown || !v.AgainstUntil.Equal(february.End()) {
		t.Fatalf("services of a month that runs are not compared with the whole month before: %+v", v)
	}
	first := gb("cdn_usage", "Asia Bandwidth", "", "", "2.8")
	first[0].CountedTo = february.Start().AddDate(0, 0, 10)
	running := tabulate(t, Question{Months: billing.One(february), By: ByService}, Data{Rows: first, Services: totals}, february.Start().AddDate(0, 0, 11))
	if len(running.Groups) == 0 || running.Versus != nil {
		t.Errorf("services are compared with a month that has none: %+v", running.Versus)
	}
	if www := table.Groups[0].Rows[0]; billing.FormatChange(www.Change.Decimal) != "+520.0%" || !www.Earlier.Decimal.Equal(dec("2800e9")) {
		t.Errorf("620 GB a day is %s above 100 GB of an average day of February, whose figure is %s", billing.FormatChange(www.Change.Decimal), www.Earlier.Decimal)
	}
}
