package report

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
)

func TestBlocksOfDifferentSizeHaveNoBilledQuantity(t *testing.T) {
	cdn, waf := billing.Metric{Product: "cdn_usage", UsageType: "Asia Requests"}, billing.Metric{Product: "ngwaf", UsageType: "WAF Requests"}
	factors := billing.Factors{cdn: dec("10000"), waf: dec("1000000")}
	of := func(metric billing.Metric, id, units string) billing.ServiceUsage {
		return billing.ServiceUsage{
			Month: july, Product: metric.Product, UsageType: metric.UsageType, Unit: billing.UnitPlain, ServiceID: id, ServiceName: id, Quantity: dec(units),
		}
	}
	totals := NewServiceTotals(factors, nil)
	if err := totals.Add([]billing.ServiceUsage{of(cdn, "api", "3"), of(cdn, "shop", "4"), of(cdn, "shop", "0.5"), of(waf, "shop", "2"), of(waf, "idle", "0"), of(cdn, "idle", "1")}); err != nil {
		t.Fatal(err)
	}
	rows := []billing.Usage{{Month: july, Product: "cdn_usage", UsageType: "Asia Requests", Unit: billing.UnitPlain, Quantity: dec("8.5")}}
	table := Tabulate(Question{Months: billing.One(july), By: ByService, WithBilled: true}, Data{Rows: rows, Services: totals}, at(8, 20, 0))
	var out strings.Builder
	if err := table.WriteCSV(&out, csvfile.ForPrograms); err != nil {
		t.Fatal(err)
	}
	want := `month,product,name,id,measure,quantity,billed_quantity,billed_unit
2026-07,,shop,shop,requests,2045000,,
2026-07,,api,api,requests,30000,3,unit
2026-07,,idle,idle,requests,10000,1,unit
`
	if out.String() != want {
		t.Errorf("the file is\n%s", out.String())
	}
	if !table.Groups[0].Block.IsZero() {
		t.Errorf("requests are billed by %s", table.Groups[0].Block)
	}
}

// FuzzCSV holds that a table's names and figures are read back, and that no cell of a name is a formula, whichever of comma and semicolon a
// spreadsheet takes for what stands between cells.
func FuzzCSV(f *testing.F) {
	for _, name := range []string{
		"shop-images", "Müller 😀", "=cmd|'/c calc'!A1", "\n=1+1", " =1+1", "＝1＋1", "x;=1+1", `a",=1`, `";=1;"`, "a\r\nb", "\u200d@x", "'=1", "",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		below := []decimal.NullDecimal{decimal.NewNullDecimal(dec("-5.25"))}
		table := Table{
			Months: []billing.Month{july},
			Groups: []Group{{Measure: billing.Measure{Noun: name}, Rows: []Row{{Name: name, Product: name, ID: name, Unit: name, Figures: below, Billed: below}}}},
		}
		cell := csvfile.PlainCell(name)
		want := []string{"2026-07", cell, cell, cell, cell, "-5.25", "-5.25", cell}
		if strings.ReplaceAll(cell, "'", "") != strings.ReplaceAll(billing.OneLine(name), "'", "") {
			t.Fatalf("%q became %q", name, cell)
		}
		for form, mark := range map[csvfile.Form]string{csvfile.ForPrograms: "", csvfile.ForSpreadsheets: "\uFEFF"} {
			var out strings.Builder
			if err := table.WriteCSV(&out, form); err != nil {
				t.Fatal(err)
			}
			text, marked := strings.CutPrefix(out.String(), mark)
			if ends := strings.Count(text, "\r\n"); !marked || ends != map[csvfile.Form]int{csvfile.ForPrograms: 0, csvfile.ForSpreadsheets: 2}[form] || strings.Count(text, "\n") != 2 {
				t.Fatalf("form %d is %q", form, out.String())
			}
			lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(lines) != 2 || strings.Join(lines[1], "\x00") != strings.Join(want, "\x00") {
				t.Fatalf("%q is read back as %q, error %v, want %q", text, lines, err, want)
			}
			for _, part := range append(strings.Split(text, ";"), cell) {
				seen := strings.TrimLeftFunc(part, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
				if strings.IndexAny(seen, "=+-@＝＋－＠") == 0 {
					t.Fatalf("%q has the formula %q", text, part)
				}
			}
		}
	})
}
