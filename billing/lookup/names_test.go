package lookup

import (
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
)

// TestNamesOfCost: a group of an invoice in which nothing is used is one of fees.
func TestNamesOfCost(t *testing.T) {
	march := billing.NewMonth(2023, time.March)
	bill := billing.Bill{Month: march, Currency: "USD", Charges: []billing.Charge{
		{Kind: billing.ChargeFixed, Name: "Gold Support", Product: "CS: CSE"},
		{Kind: billing.ChargeFixed, Name: "Platform Fee", Product: "p"},
		{Kind: billing.ChargeUsage, Name: "Packages", Product: "WAF"},
		{Kind: billing.ChargeFixed, Name: "Set-Up", Product: "WAF"},
	}}
	got, err := Catalog(t.Context(), &fakeReader{rows: gb("p", "Asia Bandwidth", "", "", "", "1")}, fakeBills{bills: []billing.Bill{bill}}, billing.One(march), true, longAfter)
	if err != nil {
		t.Fatal(err)
	}
	if used := strings.Join(got.UsedProducts(), ", "); used != "WAF, p" {
		t.Errorf("products %s, and a group of fees is none", used)
	}
	usage := billing.CatalogOf([]billing.Usage{{Month: march.Add(-1), Product: "CS: CSE", UsageType: "Hours"}})
	if both := got.And(usage); strings.Join(both.UsedProducts(), ", ") != "CS: CSE, WAF, p" {
		t.Errorf("what was used in one of two periods is a product: %v", both.UsedProducts())
	}
}

func TestServicesComeByTheirSizeInBytesFirst(t *testing.T) {
	month := billing.NewMonth(2023, time.March)
	row := func(product, unit, quantity string) billing.Usage {
		return billing.Usage{Month: month, Product: product, UsageType: product, Unit: unit, Quantity: dec(quantity)}
	}
	used := func(name, unit, quantity string) billing.ServiceUsage {
		return billing.ServiceUsage{Month: month, ServiceName: name, Unit: unit, Quantity: dec(quantity)}
	}
	reader := &fakeReader{rows: []billing.Usage{row("cdn", "gb", "12"), row("waf", "unit", "900")}, pages: map[billing.ServiceQuery][]billing.ServiceUsage{
		{Month: month, Product: "cdn", UsageType: "cdn"}: {used("small", "gb", "1"), used("large", "gb", "9"), used("also-small", "gb", "1")},
		{Month: month, Product: "waf", UsageType: "waf"}: {used("requests-only", "unit", "800"), used("small", "unit", "900")},
	}}
	got, err := ServiceNames(t.Context(), reader, billing.One(month))
	if want := "large also-small small requests-only"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("the services are %v (%v), want %s", got, err, want)
	}
}
