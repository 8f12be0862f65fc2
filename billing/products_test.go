package billing

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProductsOfChargesWhoseNameTwoProductsShare(t *testing.T) {
	row := func(product, name, quantity string) Usage {
		return Usage{Month: july, Product: product, UsageType: name, Quantity: dec(quantity)}
	}
	line := func(name, group, units string) Charge {
		return charge(ChargeUsage, name, group, "1").counting(units, "1", "Requests", "")
	}
	both := []Usage{row("cdn", "Requests", "100"), row("compute", "Requests", "10")}
	shared := []Charge{line("Requests", "Delivery", "100"), line("Requests", "Compute", "10")}
	for _, tt := range []struct {
		name    string
		rows    []Usage
		charges []Charge
		want    string
	}{
		{"the units tell", both, shared, "cdn, compute"},
		{"an estimate that is a little older tells too", both, []Charge{line("Requests", "Delivery", "95"), line("Requests", "Compute", "9.5")}, "cdn, compute"},
		{"units of several tiers are added", both, []Charge{line("Requests", "Delivery", "60"), line("Requests", "Delivery", "40"), line("Requests", "Compute", "10")}, "cdn, cdn, compute"},
		{
			"the group's other charges tell, whatever the units are",
			append([]Usage{row("cdn", "Bandwidth", "5"), row("compute", "vCPU", "5")}, row("cdn", "Requests", "55"), row("compute", "Requests", "55")),
			append([]Charge{line("Bandwidth", "Delivery", "5"), line("vCPU", "Compute", "5")}, shared...), "cdn, compute, cdn, compute",
		},
		{"one that is told leaves the other", []Usage{row("cdn", "Requests", "100"), row("compute", "Requests", "50")}, shared, "cdn, compute"},
		{"units that fit neither tell nothing", []Usage{row("cdn", "Requests", "55"), row("compute", "Requests", "50")}, shared, "Delivery?cdn|compute, Compute?cdn|compute"},
		{"units that fit both tell nothing", []Usage{row("cdn", "Requests", "100"), row("compute", "Requests", "98")}, shared[:1], "Delivery?cdn|compute"},
		{"one charge of what two products used may be of both", []Usage{row("cdn", "Requests", "60"), row("compute", "Requests", "40")}, shared[:1], "Delivery?cdn|compute"},
		{"units of another month tell nothing", []Usage{{Month: july.Add(1), Product: "cdn", UsageType: "Requests", Quantity: dec("100")}, row("compute", "Requests", "50")}, shared[:1], "Delivery?cdn|compute"},
		{"where usage is read from invoices the groups are the products", []Usage{row("Delivery", "Requests", "1"), row("Compute", "Requests", "1")}, shared, "Delivery, Compute"},
		{"what no row has keeps its group", nil, shared, "Delivery, Compute"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range (Bill{Month: july, Charges: tt.charges}).WithProducts(tt.rows).Charges {
				product := c.Product
				if len(c.MayBe) > 0 {
					product += "?" + strings.Join(c.MayBe, "|")
				}
				got = append(got, product)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("products (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTwoProductsWithAUsageTypeOfOneNameHaveTwoPrices(t *testing.T) {
	bill := Bill{Month: july, Currency: "USD", Charges: []Charge{
		charge(ChargeUsage, "Requests", "Delivery", "100").counting("100", "1", "Requests", ""),
		charge(ChargeUsage, "Requests", "Compute", "100").counting("10", "10", "Requests", ""),
	}}
	for _, tt := range []struct {
		name, cdn string // units that usage counts of cdn
		want      map[Metric]string
	}{
		{"as each was charged", "100", map[Metric]string{{"cdn", "Requests"}: "1", {"compute", "Requests"}: "10"}},
		{"and none where it cannot be told", "10", map[Metric]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := map[Metric]string{}
			for of, rate := range bill.WithProducts([]Usage{
				{Month: july, Product: "cdn", UsageType: "Requests", Quantity: dec(tt.cdn)},
				{Month: july, Product: "compute", UsageType: "Requests", Quantity: dec("10")},
			}).Rates() {
				got[of] = rate.String()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAQuestionAboutAProductSaysWhichChargesMayBeItsOwn(t *testing.T) {
	bill := Bill{Month: july, Currency: "USD", Total: dec("200"), Invoices: []string{"INV-1"}, Charges: []Charge{
		charge(ChargeUsage, "Requests", "Delivery", "100").counting("100", "1", "Requests", ""),
		charge(ChargeUsage, "Bandwidth", "Other", "100").counting("10", "10", "Bandwidth", ""),
	}}.WithProducts([]Usage{
		{Month: july, Product: "cdn", UsageType: "Requests", Quantity: dec("50")},
		{Month: july, Product: "compute", UsageType: "Requests", Quantity: dec("50")},
		{Month: july, Product: "cdn", UsageType: "Bandwidth", Quantity: dec("10")},
	})
	table := tabulate(t, Question{Months: One(july), Cost: true, Product: "cdn"}, Data{Bills: []Bill{bill}}, at(8, 20, 0))
	want := []string{"Requests of Delivery is left out: the bill does not tell whether it is of cdn or compute."}
	if diff := cmp.Diff(want, table.Makeup[0].Remarks); diff != "" || !table.Groups[0].Total.Sum.Equal(dec("100")) {
		t.Errorf("%s, remarks (-want +got):\n%s", table.Groups[0].Total.Sum, diff)
	}
}
