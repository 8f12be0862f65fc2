package billing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestDifference(t *testing.T) {
	row := func(usageType, quantity string) Usage {
		return Usage{Month: july, Product: "cdn_usage", UsageType: usageType, Unit: "unit", Quantity: dec(quantity)}
	}
	line := func(name, units string) Charge {
		return charge(ChargeUsage, name, "Full Site Delivery", "1").counting(units, "0.1", "Requests", "")
	}
	none := decimal.NullDecimal{}
	for _, tt := range []struct {
		name string
		rows []Usage
		bill []Charge
		want []Discrepancy
	}{
		{"figures that agree are not said", []Usage{row("A Requests", "100")}, []Charge{line("A Requests", "100")}, nil},
		{"half a percent is not said", []Usage{row("A Requests", "199")}, []Charge{line("A Requests", "200.0")}, nil},
		{
			"more than that is",
			[]Usage{row("A Requests", "198.9")},
			[]Charge{line("A Requests", "200.0")},
			[]Discrepancy{{"A Requests", "cdn_usage", known("198.9"), known("200")}},
		},
		{
			"and so is more on the other side",
			[]Usage{row("A Requests", "201.1")},
			[]Charge{line("A Requests", "200.0")},
			[]Discrepancy{{"A Requests", "cdn_usage", known("201.1"), known("200")}},
		},
		{"what is rounding is not said, however much it is", []Usage{row("A Requests", "1.4")}, []Charge{line("A Requests", "1")}, nil},
		{
			"tiers and regions are added up",
			[]Usage{row("A Requests", "100"), row("A Requests", "50")},
			[]Charge{line("A Requests", "10"), line("A Requests", "140")},
			nil,
		},
		{
			"what the bill lacks is said",
			[]Usage{row("A Requests", "5")},
			nil,
			[]Discrepancy{{"A Requests", "cdn_usage", known("5"), none}},
		},
		{
			"what usage lacks is said", nil,
			[]Charge{line("A Requests", "5")},
			[]Discrepancy{{"A Requests", "Full Site Delivery", none, known("5")}},
		},
		{"nothing is not lacking", []Usage{row("A Requests", "0")}, []Charge{line("B Requests", "0")}, nil},
		{"fees have no counterpart", nil, []Charge{charge(ChargeFixed, "Gold Support", "CS: CSE", "2600").counting("1", "2600", "", "")}, nil},
		{"another month is another bill's", []Usage{changed(row("A Requests", "5"), func(u *Usage) { u.Month = july.Add(1) })}, nil, nil},
		{
			"they come by name", nil,
			[]Charge{line("B Requests", "5"), line("A Requests", "5")},
			[]Discrepancy{{"A Requests", "Full Site Delivery", none, known("5")}, {"B Requests", "Full Site Delivery", none, known("5")}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Difference(tt.rows, Bill{Month: july, Charges: tt.bill, Invoices: []string{"INV-1"}})
			if diff := cmp.Diff(tt.want, got, equalDecimals); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}
