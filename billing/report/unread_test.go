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

func TestTabulateListsWhatItLeavesOut(t *testing.T) {
	month := billing.NewMonth(2026, time.October)
	row := func(product, usageType, region, quantity string) billing.Usage {
		return billing.Usage{Month: month, Product: product, UsageType: usageType, Region: region, Unit: "gb", Quantity: dec(quantity)}
	}
	rows := []billing.Usage{
		row("cdn", "Asia Bandwidth", "Asia", "5"), row("cdn", "Europe Bandwidth", "Europe", "3"), row("waf", "WAF Bandwidth", "", "2"),
	}
	before := row("cdn", "Asia Bandwidth", "Asia", "4")
	before.Month = month.Add(-1)
	odd := func(product, usageType string) billing.Usage {
		return billing.Usage{Month: month, Product: product, UsageType: usageType, Unread: "odd"}
	}
	counting := func(u billing.Usage, unit string) billing.Usage {
		u.Unit = unit
		return u
	}
	for _, tt := range []struct {
		name     string
		question Question
		unread   billing.Usage
		want     string // the rows of the only group, the total, and how many things are left out
	}{
		{"a row of its own is missing", Question{}, odd("cdn", "Mexico Bandwidth"), "Asia Bandwidth 5, Europe Bandwidth 3, WAF Bandwidth 2; total 10; 1 left out"},
		{"what a row is in part is not known", Question{}, odd("cdn", "Asia Bandwidth"), "Europe Bandwidth 3, WAF Bandwidth 2; total 5; 1 left out"},
		{"nor what a product is in part", Question{By: ByProduct}, odd("cdn", "Mexico Bandwidth"), "waf 2; total 2; 1 left out"},
		{"but a figure in another unit is", Question{By: ByProduct}, counting(odd("cdn", "Mexico Requests"), "unit"), "cdn 8, waf 2; total 10; 1 left out"},
		{"and one of another kind", Question{By: ByProduct}, counting(odd("cdn", "Log Storage"), "gb"), "cdn 8, waf 2; total 10; 1 left out"},
		{"of the same kind it is not", Question{By: ByProduct}, counting(odd("cdn", "Mexico Bandwidth"), "gb"), "waf 2; total 2; 1 left out"},
		{"without a name it may be of any kind in its unit", Question{By: ByProduct}, counting(odd("cdn", ""), "gb"), "waf 2; total 2; 1 left out"},
		{"another question is not touched", Question{Product: "waf"}, odd("cdn", "Asia Bandwidth"), "WAF Bandwidth 2; total 2; 0 left out"},
		{"where the product is not known it may be any", Question{Product: "waf"}, odd("", ""), "WAF Bandwidth 2; total 2; 1 left out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := tt.question
			q.Months = billing.One(month)
			table := Tabulate(q, Data{Rows: append([]billing.Usage{before}, rows...), Unread: []billing.Usage{tt.unread}}, month.End().Add(100*24*time.Hour))
			if len(table.Groups) != 1 {
				t.Fatalf("%+v", table)
			}
			var parts []string
			for _, r := range table.Groups[0].Rows {
				parts = append(parts, r.Name+" "+r.Sum.Shift(-9).String())
			}
			total := table.Groups[0].Total
			got := fmt.Sprintf("%s; total %s; %d left out", strings.Join(parts, ", "), total.Sum.Shift(-9), len(table.LeftOut))
			if sorted := got; sorted != tt.want && !sameParts(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
			if len(table.LeftOut) > 0 && total.Change.Valid {
				t.Errorf("a total that is not whole is compared: %s", total.Change.Decimal)
			}
		})
	}
}

// sameParts compares two lists whatever the order of their rows.
func sameParts(a, b string) bool {
	left, right := strings.FieldsFunc(a, func(r rune) bool { return r == ',' || r == ';' }), strings.FieldsFunc(b, func(r rune) bool { return r == ',' || r == ';' })
	count := map[string]int{}
	for i := range left {
		count[strings.TrimSpace(left[i])]++
	}
	for i := range right {
		count[strings.TrimSpace(right[i])]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// One service without a figure leaves its own row unknown, and the sum of the others what it is.
func TestTabulateLeavesOutAServiceThatCannotBeRead(t *testing.T) {
	month := billing.NewMonth(2026, time.October)
	service := func(usageType, id, quantity, unread string) billing.ServiceUsage {
		return billing.ServiceUsage{Month: month, Product: "cdn", UsageType: usageType, Unit: "gb", ServiceID: id, ServiceName: "www-" + id, Quantity: dec(quantity), Unread: unread}
	}
	totals := NewServiceTotals(nil, nil)
	for _, page := range [][]billing.ServiceUsage{
		{service("Asia Bandwidth", "a", "5", ""), service("Asia Bandwidth", "b", "3", "")},
		{service("Europe Bandwidth", "a", "0", "no figure"), service("Europe Bandwidth", "b", "1", "")},
	} {
		if err := totals.Add(page); err != nil {
			t.Fatal(err)
		}
	}
	account := []billing.Usage{{Month: month, Product: "cdn", UsageType: "Asia Bandwidth", Unit: "gb", Quantity: decimal.New(8, 0)}}
	table := Tabulate(Question{Months: billing.One(month), By: ByService}, Data{Rows: account, Services: totals}, month.End())
	if len(table.Groups) != 1 || len(table.Groups[0].Rows) != 1 {
		t.Fatalf("%+v", table)
	}
	row := table.Groups[0].Rows[0]
	if row.ID != "b" || row.Sum.Shift(-9).String() != "4" {
		t.Errorf("the row is %s, %s", row.ID, row.Sum)
	}
	want := []LeftOut{{Month: month, Product: "cdn", UsageType: "Europe Bandwidth", Service: "www-a", Why: "no figure"}}
	if diff := cmp.Diff(want, table.LeftOut, equalMonths); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}
