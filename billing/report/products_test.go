package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

func TestProductsOfChargesWhoseNameTwoProductsShare(t *testing.T) {
	row := func(product, name, quantity string) billing.Usage {
		return billing.Usage{Month: july, Product: product, UsageType: name, Quantity: dec(quantity)}
	}
	line := func(name, group, units string) billing.Charge {
		return countCharge(charge(billing.ChargeUsage, name, group, "1"), units, "1", "Requests", "")
	}
	both := []billing.Usage{row("cdn", "Requests", "100"), row("compute", "Requests", "10")}
	shared := []billing.Charge{line("Requests", "Delivery", "100"), line("Requests", "Compute", "10")}
	for _, tt := range []struct {
		name    string
		rows    []billing.Usage
		charges []billing.Charge
		want    string
	}{
		{"the units tell", both, shared, "cdn, compute"},
		{"an estimate that is a little older tells too", both, []billing.Charge{line("Requests", "Delivery", "95"), line("Requests", "Compute", "9.5")}, "cdn, compute"},
		{"units of several tiers are added", both, []billing.Charge{line("Requests", "Delivery", "60"), line("Requests", "Delivery", "40"), line("Requests", "Compute", "10")}, "cdn, cdn, compute"},
		{
			"the group's other charges tell, whatever the units are",
			append([]billing.Usage{row("cdn", "Bandwidth", "5"), row("compute", "vCPU", "5")}, row("cdn", "Requests", "55"), row("compute", "Requests", "55")),
			append([]billing.Charge{line("Bandwidth", "Delivery", "5"), line("vCPU", "Compute", "5")}, shared...), "cdn, compute, cdn, compute",
		},
		{"one that is matched leaves the other", []billing.Usage{row("cdn", "Requests", "100"), row("compute", "Requests", "50")}, shared, "cdn, compute"},
		{"units that fit neither tell nothing", []billing.Usage{row("cdn", "Requests", "55"), row("compute", "Requests", "50")}, shared, "Delivery?cdn|compute, Compute?cdn|compute"},
		{"units that fit both tell nothing", []billing.Usage{row("cdn", "Requests", "100"), row("compute", "Requests", "98")}, shared[:1], "Delivery?cdn|compute"},
		{"one charge of what two products used may be of both", []billing.Usage{row("cdn", "Requests", "60"), row("compute", "Requests", "40")}, shared[:1], "Delivery?cdn|compute"},
		{"units of another month tell nothing", []billing.Usage{{Month: july.Add(1), Product: "cdn", UsageType: "Requests", Quantity: dec("100")}, row("compute", "Requests", "50")}, shared[:1], "Delivery?cdn|compute"},
		{"where usage is read from invoices the groups are the products", []billing.Usage{row("Delivery", "Requests", "1"), row("Compute", "Requests", "1")}, shared, "Delivery, Compute"},
		{"what no row has keeps its group", nil, shared, "Delivery, Compute"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range (billing.Bill{Month: july, Charges: tt.charges}).WithProducts(tt.rows).Charges {
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
	bill := billing.Bill{Month: july, Currency: "USD", Charges: []billing.Charge{
		countCharge(charge(billing.ChargeUsage, "Requests", "Delivery", "100"), "100", "1", "Requests", ""),
		countCharge(charge(billing.ChargeUsage, "Requests", "Compute", "100"), "10", "10", "Requests", ""),
	}}
	for _, tt := range []struct {
		name, cdn string // units that usage counts of cdn
		want      map[billing.Metric]string
	}{
		{"as each was charged", "100", map[billing.Metric]string{{Product: "cdn", UsageType: "Requests"}: "1", {Product: "compute", UsageType: "Requests"}: "10"}},
		{"and none where nothing decides", "10", map[billing.Metric]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := map[billing.Metric]string{}
			for of, rate := range bill.WithProducts([]billing.Usage{
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

func TestAQuestionAboutAProductListsWhichChargesMayBeItsOwn(t *testing.T) {
	bill := billing.Bill{Month: july, Currency: "USD", Total: dec("200"), Invoices: []string{"INV-1"}, Charges: []billing.Charge{
		countCharge(charge(billing.ChargeUsage, "Requests", "Delivery", "100"), "100", "1", "Requests", ""),
		countCharge(charge(billing.ChargeUsage, "Bandwidth", "Other", "100"), "10", "10", "Bandwidth", ""),
	}}.WithProducts([]billing.Usage{
		{Month: july, Product: "cdn", UsageType: "Requests", Quantity: dec("50")},
		{Month: july, Product: "compute", UsageType: "Requests", Quantity: dec("50")},
		{Month: july, Product: "cdn", UsageType: "Bandwidth", Quantity: dec("10")},
	})
	table := tabulate(t, Question{Months: billing.One(july), Cost: true, Product: "cdn"}, Data{Bills: []billing.Bill{bill}}, at(8, 20, 0))
	want := []string{"Requests of Delivery is left out: the bill does not show whether it is of cdn or compute."}
	if diff := cmp.Diff(want, table.Makeup[0].Remarks); diff != "" || !table.Groups[0].Total.Sum.Equal(dec("100")) {
		t.Errorf("%s, remarks (-want +got):\n%s", table.Groups[0].Total.Sum, diff)
	}
}
