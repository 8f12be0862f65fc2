package fastly

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/statement"
)

func TestSeveralInvoicesOfOneMonth(t *testing.T) {
	const early, late = "2026-08-02T00:00:00Z", "2026-08-20T00:00:00Z"
	europe := func(amount string) string {
		return `{"description":"Europe Requests","amount":` + amount + `,"rate":0.0015,"units":1000,"usage_type":"Requests"}`
	}
	first := dated("INV-1", early, "3000", supportLine, europe("400"))
	for _, tt := range []struct {
		name     string
		listed   []string // the newest first
		total    string
		invoices []string
		remarks  []string
	}{
		{
			"the same invoice listed twice counts once, in silence",
			[]string{first, first},
			"3000",
			[]string{"INV-1"},
			nil,
		},
		{
			"a statement issued again under its id: the one posted later counts",
			[]string{first, dated("INV-1", late, "3100", supportLine, europe("500"))},
			"3100",
			[]string{"INV-1"},
			[]string{"INV-1 was issued again; the later statement counts."},
		},
		{
			"posted at the same time, the higher number is the later one",
			[]string{first, dated("INV-10", early, "3100", supportLine, europe("500"))},
			"3100",
			[]string{"INV-10"},
			[]string{"INV-10 repeats the lines of INV-1, so only INV-10 counts."},
		},
		{
			"the same content under two ids counts once",
			[]string{dated("INV-2", late, "3000", supportLine, europe("400")), first},
			"3000",
			[]string{"INV-2"},
			[]string{"INV-2 is the same as INV-1, so it counts only once."},
		},
		{
			"a restated month under another id takes the place of the first statement",
			[]string{dated("INV-2", late, "3230.5", supportLine, europe("630.5"), asiaLine), first},
			"3230.5",
			[]string{"INV-2"},
			[]string{
				"INV-2 repeats the lines of INV-1, so only INV-2 counts.",
				"The lines of INV-2 come to $3,522.53 and not to the total of $3,230.50; the difference is shown as Not Itemized.",
			},
		},
		{
			"other content under another id is added",
			[]string{dated("INV-2", late, "292.03", asiaLine), first},
			"3292.03",
			[]string{"INV-1", "INV-2"},
			[]string{"INV-1 ($3,000) and INV-2 ($292.03) are all of this month, and are added up."},
		},
		{
			"what was forgotten of the same lines is small, and is added",
			[]string{dated("INV-2", late, "10", europe("10")), first},
			"3010",
			[]string{"INV-1", "INV-2"},
			[]string{"INV-1 ($3,000) and INV-2 ($10) are all of this month, and are added up."},
		},
		{
			"a credit note of the whole takes the invoice back",
			[]string{dated("INV-2", late, "-3000", strings.Replace(supportLine, `:2600`, `:-2600`, 1), europe("-400")), first},
			"0",
			nil,
			[]string{"INV-2 cancels INV-1, so neither counts."},
		},
		{
			"a second statement without lines is added",
			[]string{dated("INV-2", late, "100"), first},
			"3100",
			[]string{"INV-1", "INV-2"},
			[]string{
				"INV-1 ($3,000) and INV-2 ($100) are all of this month, and are added up.",
				"The lines of INV-1, INV-2 come to $3,000 and not to the total of $3,100; the difference is shown as Not Itemized.",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bills := readBills(t, tt.listed...)
			if len(bills) != 1 || !bills[0].Total.Equal(dec(tt.total)) {
				t.Fatalf("bills are %+v", bills)
			}
			if diff := cmp.Diff(tt.invoices, bills[0].Invoices); diff != "" {
				t.Errorf("invoices (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.remarks, bills[0].Remarks); diff != "" {
				t.Errorf("remarks (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCurrenciesOfInvoices(t *testing.T) {
	euros := strings.Replace(dated("INV-2", "2026-08-20T00:00:00Z", "292.03", asiaLine), "USD", "EUR", 1)
	listed, _, err := decodeInvoices([]byte(`[` + euros + `,` + julyInvoice("292.03", asiaLine) + `]`))
	if err != nil {
		t.Fatal(err)
	}
	if bills := statement.Bills(listed); len(bills) != 1 || bills[0].Unknown != "INV-2 is in EUR, and INV-1 of the same month in USD" {
		t.Errorf("two currencies in one month give %+v", bills)
	}

	bills := readBills(t, strings.ReplaceAll(euros, "2026-07", "2026-08"), julyInvoice("292.03", asiaLine))
	if len(bills) != 2 || bills[0].Currency != "USD" || bills[1].Currency != "EUR" {
		t.Errorf("a currency that changes between months gives %+v", bills)
	}
}

func TestRates(t *testing.T) {
	tier := func(amount, units, rate string) billing.Charge {
		return countCharge(charge(billing.ChargeUsage, "Asia Requests", "", amount), units, rate, "Requests", "Asia")
	}
	bill := billing.Bill{Charges: []billing.Charge{
		tier("0", "100", "0"), tier("200", "100", "2"), tier("100", "100", "1"),
		{Kind: billing.ChargeUsage, Name: "Europe Requests", Amount: dec("30"), Units: known("10")},
		countCharge(charge(billing.ChargeUsage, "Free Requests", "", "0"), "5", "0", "Requests", ""),
		countCharge(charge(billing.ChargeUsage, "No Requests", "", "0"), "0", "3", "Requests", ""),
		countCharge(charge(billing.ChargeFixed, "Gold Support", "CS: CSE", "2600"), "1", "2600", "", ""),
	}}
	of := func(name string) billing.Metric { return billing.Metric{UsageType: name} }
	effective := map[billing.Metric]decimal.Decimal{of("Asia Requests"): dec("1"), of("Europe Requests"): dec("3")}
	if diff := cmp.Diff(effective, bill.Rates(), equalDecimals); diff != "" {
		t.Errorf("effective rates are over all tiers (-want +got):\n%s", diff)
	}
	marginal := map[billing.Metric]decimal.Decimal{of("Asia Requests"): dec("1"), of("Europe Requests"): dec("3"), of("Free Requests"): dec("0")}
	if diff := cmp.Diff(marginal, bill.MarginalRates(), equalDecimals); diff != "" {
		t.Errorf("marginal rates are of the last tier (-want +got):\n%s", diff)
	}
}

func TestChargesTakeTheProductOfTheirUsageType(t *testing.T) {
	bill := billing.Bill{Charges: []billing.Charge{asiaRequests(), charge(billing.ChargeFixed, "Gold Support", "CS: CSE", "1"), charge(billing.ChargeUsage, "Shared", "Group", "1")}}
	named := bill.WithProducts([]billing.Usage{
		{Product: "cdn_usage", UsageType: "Asia Requests"},
		{Product: "cdn_usage", UsageType: "Asia Requests"},
		{Product: "one", UsageType: "Shared"},
		{Product: "two", UsageType: "Shared"},
		{Product: "one", UsageType: "Shared"},
	})
	var got []string
	for _, c := range named.Charges {
		got = append(got, c.Product)
	}
	if diff := cmp.Diff([]string{"cdn_usage", "CS: CSE", "Group"}, got); diff != "" {
		t.Errorf("products (-want +got):\n%s", diff)
	}
	if bill.Charges[0].Product != "Full Site Delivery" {
		t.Error("the bill itself was changed")
	}
}
