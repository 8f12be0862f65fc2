package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

func TestDifference(t *testing.T) {
	row := func(usageType, quantity string) billing.Usage {
		return billing.Usage{Month: july, Product: "cdn_usage", UsageType: usageType, Unit: "unit", Quantity: dec(quantity)}
	}
	line := func(name, units string) billing.Charge {
		return countCharge(charge(billing.ChargeUsage, name, "Full Site Delivery", "1"), units, "0.1", "Requests", "")
	}
	none := decimal.NullDecimal{}
	for _, tt := range []struct {
		name string
		rows []billing.Usage
		bill []billing.Charge
		want []Discrepancy
	}{
		{"figures that agree are not listed", []billing.Usage{row("A Requests", "100")}, []billing.Charge{line("A Requests", "100")}, nil},
		{"half a percent is not listed", []billing.Usage{row("A Requests", "199")}, []billing.Charge{line("A Requests", "200.0")}, nil},
		{
			"more than that is",
			[]billing.Usage{row("A Requests", "198.9")},
			[]billing.Charge{line("A Requests", "200.0")},
			[]Discrepancy{{"A Requests", known("198.9"), known("200")}},
		},
		{
			"and so is more on the other side",
			[]billing.Usage{row("A Requests", "201.1")},
			[]billing.Charge{line("A Requests", "200.0")},
			[]Discrepancy{{"A Requests", known("201.1"), known("200")}},
		},
		{"what is rounding is not listed, however much it is", []billing.Usage{row("A Requests", "1.4")}, []billing.Charge{line("A Requests", "1")}, nil},
		{
			"tiers and regions are added up",
			[]billing.Usage{row("A Requests", "100"), row("A Requests", "50")},
			[]billing.Charge{line("A Requests", "10"), line("A Requests", "140")},
			nil,
		},
		{
			"what the bill lacks is listed",
			[]billing.Usage{row("A Requests", "5")},
			nil,
			[]Discrepancy{{"A Requests", known("5"), none}},
		},
		{
			"what usage lacks is listed", nil,
			[]billing.Charge{line("A Requests", "5")},
			[]Discrepancy{{"A Requests", none, known("5")}},
		},
		{"nothing is not lacking", []billing.Usage{row("A Requests", "0")}, []billing.Charge{line("B Requests", "0")}, nil},
		{"fees have no counterpart", nil, []billing.Charge{countCharge(charge(billing.ChargeFixed, "Gold Support", "CS: CSE", "2600"), "1", "2600", "", "")}, nil},
		{"another month is another bill's", []billing.Usage{changed(row("A Requests", "5"), func(u *billing.Usage) { u.Month = july.Add(1) })}, nil, nil},
		{
			"they come by name", nil,
			[]billing.Charge{line("B Requests", "5"), line("A Requests", "5")},
			[]Discrepancy{{"A Requests", none, known("5")}, {"B Requests", none, known("5")}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Difference(tt.rows, billing.Bill{Month: july, Charges: tt.bill, Invoices: []string{"INV-1"}})
			if diff := cmp.Diff(tt.want, got, equalDecimals); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}
