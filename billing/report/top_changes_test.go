package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

func TestTopChanges(t *testing.T) {
	t.Parallel()
	now := time.Date(2023, time.June, 10, 12, 0, 0, 0, time.UTC)
	row := func(m billing.Month, name, region string, gb int64) billing.Usage {
		return billing.Usage{Month: m, Product: "cdn_usage", UsageType: name, Region: region, Unit: "gb", Quantity: decimal.NewFromInt(gb), CountedTo: m.End()}
	}
	count := func(m billing.Month, name string, n int64) billing.Usage {
		return billing.Usage{Month: m, Product: "cdn_usage", UsageType: name, Unit: "unit", Quantity: decimal.NewFromInt(n), Raw: decimal.NewNullDecimal(decimal.NewFromInt(n * 10_000)), CountedTo: m.End()}
	}
	feb, mar := billing.NewMonth(2023, time.February), billing.NewMonth(2023, time.March)
	rows := []billing.Usage{
		row(feb, "Asia Bandwidth", "Asia", 280), row(mar, "Asia Bandwidth", "Asia", 620), // 10 a day, then 20
		row(feb, "Europe Bandwidth", "Europe", 28_000), row(mar, "Europe Bandwidth", "Europe", 27_900), // 1000, then 900
		row(feb, "Africa Bandwidth", "Africa", 2_800), row(mar, "Africa Bandwidth", "Africa", 3_100), // level, per day
		row(feb, "India Bandwidth", "India", 5_600), row(mar, "India Bandwidth", "India", 9_300), // 200, then 300
		row(mar, "Brazil Bandwidth", "Brazil", 3_100), // new
		count(feb, "Asia Requests", 2800), count(mar, "Asia Requests", 3100),
	}
	q := Question{Months: billing.One(mar), By: ByUsageType}
	table := Tabulate(q, Data{Rows: rows}, now)
	named := func(t Table) (names []string) {
		for _, g := range t.Groups {
			for _, r := range g.Rows {
				names = append(names, r.Name)
			}
		}
		return names
	}
	for _, tt := range []struct {
		name string
		of   Table
		n    int
		want []string
	}{
		{"what moved most comes first, up or down, and what stood still per day is left out", table, 3, []string{"Europe Bandwidth", "India Bandwidth"}},
		{"no more than are asked for", table, 1, []string{"Europe Bandwidth"}},
		{"nothing can be compared", Table{Question: q, Groups: table.Groups, Versus: &Comparison{Unknown: true}}, 3, nil},
		{"there is nothing to compare with", Table{Question: q, Groups: table.Groups}, 3, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, named(tt.of.TopChanges(tt.n))); diff != "" {
				t.Error(diff)
			}
		})
	}
	asked := q
	asked.Show = ShowChanges
	t.Run("a question of changes is answered by them alone, the most first, also where they are small", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff([]string{"Europe Bandwidth", "India Bandwidth", "Asia Bandwidth"}, named(Tabulate(asked, Data{Rows: rows}, now))); diff != "" {
			t.Error(diff)
		}
	})
	one := asked
	one.Top = 1
	t.Run("as many as the question asks for", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff([]string{"Europe Bandwidth"}, named(Tabulate(one, Data{Rows: rows}, now))); diff != "" {
			t.Error(diff)
		}
	})
	if total := table.TopChanges(1).Groups[0].Total; !total.Sum.Equal(table.Groups[0].Total.Sum) {
		t.Errorf("the total is %s, want that of all rows", total.Sum)
	}
}

// TestTopChangesOfManyMeasures: the first two measures stay, and of the others the one that moved most.
func TestTopChangesOfManyMeasures(t *testing.T) {
	t.Parallel()
	mar := billing.NewMonth(2023, time.March)
	table := Table{Months: []billing.Month{mar}, Versus: &Comparison{Month: mar, Against: mar.Add(-1), Whole: true}}
	for i, change := range []string{"0.02", "0.03", "0.04", "0.5", "0.1", "0.001"} {
		row := Row{
			Name: "type", Figures: []decimal.NullDecimal{decimal.NewNullDecimal(dec("100").Mul(dec("1").Add(dec(change))))},
			Earlier: decimal.NewNullDecimal(dec("100")), Change: decimal.NewNullDecimal(dec(change)),
		}
		table.Groups = append(table.Groups, Group{Measure: billing.Measure{Noun: string(rune('a' + i))}, Total: row, Rows: []Row{row}})
	}
	var nouns []string
	for _, g := range table.TopChanges(3).Groups {
		nouns = append(nouns, g.Measure.Noun)
	}
	if diff := cmp.Diff([]string{"a", "b", "d"}, nouns); diff != "" {
		t.Error(diff)
	}
}

// TestATableIsReadBackAsItWasWritten: a digest waits in the queue as JSON.
func TestATableIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	mar := billing.NewMonth(2023, time.March)
	var rows []billing.Usage
	for _, m := range []billing.Month{mar.Add(-1), mar} {
		rows = append(rows, billing.Usage{Month: m, Product: "p", UsageType: "Asia Requests", Unit: "unit", Quantity: decimal.NewFromInt(int64(m.Days())), CountedTo: m.End()},
			billing.Usage{Month: m, Product: "p", UsageType: "Asia Bandwidth", Unit: "gb", Quantity: decimal.NewFromInt(int64(m.Days()) * 3), CountedTo: m.End()})
	}
	table := Tabulate(Question{Months: billing.One(mar)}, Data{Rows: rows, Fresh: billing.Freshness{ReadAt: mar.End(), Stale: "so it is"}}, mar.End().AddDate(0, 1, 0))
	text, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	var back Table
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || string(again) != string(text) {
		t.Errorf("read back as %s, written as %s, %v", again, text, err)
	}
}

// TestTopChangesOfCost: usage is ranked by what it costs per day, and fees by their amounts.
func TestTopChangesOfCost(t *testing.T) {
	type bills = map[string]string // by charge; usage has the words usage
	bill := func(m billing.Month, amounts bills) billing.Bill {
		made := billing.Bill{Month: m, Currency: "USD", Invoices: []string{"INV"}}
		for _, name := range slices.Sorted(maps.Keys(amounts)) {
			c := charge(billing.ChargeFixed, name, "", amounts[name])
			if strings.HasPrefix(name, "usage") {
				c = countCharge(charge(billing.ChargeUsage, name, "", amounts[name]), amounts[name], "1", "", "")
			}
			made.Charges = append(made.Charges, c)
		}
		return made
	}
	running := func(m billing.Month, amounts bills, day int) billing.Bill {
		made := bill(m, amounts)
		made.Invoices, made.AsOf = nil, m.Start().AddDate(0, 0, day)
		return made
	}
	june, may := july.Add(-1), july.Add(-2)
	tiered := running(july, bills{"usage a": "100"}, 14)
	tiered.Charges = append(tiered.Charges, countCharge(charge(billing.ChargeUsage, "usage a", "", "5"), "10", "0.5", "", ""))
	for _, tt := range []struct {
		name  string
		q     Question
		bills []billing.Bill
		want  string
	}{
		{
			"of a month that runs usage is compared per day",
			Question{},
			[]billing.Bill{bill(june, bills{"usage a": "300", "usage b": "600", "usage c": "300"}), running(july, bills{"usage a": "200", "usage b": "410", "usage c": "200"}, 20)},
			"usage b",
		},
		{
			"a fee that is higher already has changed, one that is lower may not be charged yet",
			Question{},
			[]billing.Bill{bill(june, bills{"usage a": "300", "Support": "500", "TLS": "90"}), running(july, bills{"usage a": "210", "Support": "600", "TLS": "30"}, 20)},
			"Support, usage a",
		},
		{
			"so it is of a region's row that has both",
			Question{By: ByRegion},
			[]billing.Bill{bill(june, bills{"usage a": "300", "Support": "500"}), running(july, bills{"usage a": "200", "Support": "100"}, 20)},
			"",
		},
		{
			"what is new cannot be compared",
			Question{},
			[]billing.Bill{bill(june, bills{"usage a": "300"}), running(july, bills{"usage a": "220", "usage new": "90", "New Fee": "40"}, 20)},
			"usage a",
		},
		{
			"of tiers that are not full yet nothing is compared",
			Question{},
			[]billing.Bill{bill(june, bills{"usage a": "300"}), tiered},
			"",
		},
		{
			"months that are over are ranked by usage per day as well, and not by their length",
			Question{},
			[]billing.Bill{bill(june, bills{"usage a": "30000", "usage b": "300"}), bill(july, bills{"usage a": "31000", "usage b": "400"})},
			"usage b",
		},
		{
			"credits count by their amount, up or down",
			Question{},
			[]billing.Bill{bill(june, bills{"usage a": "300", "Support": "500", "Credit": "-90"}), bill(july, bills{"usage a": "310", "Support": "510", "Credit": "-20"})},
			"Credit, Support",
		},
		{
			"of periods of more months a fee is that of as many months",
			Question{Months: billing.Range{First: june, Last: july}, Against: billing.One(may)},
			[]billing.Bill{bill(may, bills{"usage a": "310", "Support": "500"}), bill(june, bills{"usage a": "320", "Support": "500"}), bill(july, bills{"usage a": "330", "Support": "500"})},
			"usage a",
		},
		{
			"two months of one length",
			Question{Months: billing.One(july.Add(1))},
			[]billing.Bill{bill(july, bills{"usage a": "310", "Support": "500", "Credit": "-90"}), bill(july.Add(1), bills{"usage a": "320", "Support": "500", "Credit": "-40"})},
			"Credit, usage a",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := tt.q
			if q.Cost, q.Show = true, ShowChanges; q.Months == (billing.Range{}) {
				q.Months = billing.One(july)
			}
			var names []string
			for _, g := range Tabulate(q, Data{Bills: tt.bills}, at(9, 20, 0)).Groups {
				for _, r := range g.Rows {
					names = append(names, r.Name)
				}
			}
			if got := strings.Join(names, ", "); got != tt.want {
				t.Errorf("%q moved, want %q", got, tt.want)
			}
		})
	}
}
