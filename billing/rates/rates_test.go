package rates

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/report"
)

var (
	november = billing.NewMonth(2026, time.November)
	october  = november.Add(-1)
	now      = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
)

// account is what Fastly has.
type account struct {
	usage []billing.Usage
	bills []billing.Bill
}

func (a account) Read(_ context.Context, months billing.Range) (billing.Reading, error) {
	return billing.NewReading(a.usage, billing.Freshness{}, months), nil
}

func (account) ServiceUsage(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error {
	return nil
}

func (a account) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	if len(a.bills) == 0 {
		return billing.BillReading{}, billing.ErrNoEstimate
	}
	return billing.BillReading{Bills: a.bills}, nil
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// tier is a line of an invoice: so many units at a rate.
func tier(name, units, rate string) billing.Charge {
	return billing.Charge{
		Kind: billing.ChargeUsage, Name: name, Product: "Full Site Delivery", Region: strings.Fields(name)[0], Amount: dec(units).Mul(dec(rate)).Round(2),
		Units: decimal.NewNullDecimal(dec(units)), Rate: decimal.NewNullDecimal(dec(rate)),
	}
}

func invoice(month billing.Month, charges ...billing.Charge) billing.Bill {
	return billing.Bill{Month: month, Currency: "USD", Invoices: []string{"INV-1"}, Charges: charges}
}

func used(product, usageType, unit, quantity, raw string) billing.Usage {
	u := billing.Usage{Month: october, Product: product, UsageType: usageType, Unit: unit, Quantity: dec(quantity)}
	if raw != "" {
		u.Raw = decimal.NewNullDecimal(dec(raw))
	}
	return u
}

func TestRates(t *testing.T) {
	bandwidth := []billing.Charge{tier("Asia Bandwidth", "10000", "0.08"), tier("Asia Bandwidth", "40000", "0.03")}
	rows := []billing.Usage{
		used("cdn_usage", "Asia Bandwidth", "gb", "50000", ""), used("cdn_usage", "Asia Requests", "unit", "1000", "10000000"),
		used("compute", "Compute vCPU Time", "ms", "7200000", ""), used("kv", "KV Operations", "unit", "10", "100000"),
	}
	for _, tt := range []struct {
		name    string
		charges []billing.Charge
		usage   []billing.Usage
		q       report.Question
		want    string // rate by rate: name, effective, marginal, unit, product
	}{
		{"the effective rate is the charge by the quantity, the marginal one that of the last tier", bandwidth, rows, report.Question{}, "Asia Bandwidth 40 30 TB cdn_usage"},
		{"requests are priced by the million", []billing.Charge{tier("Asia Requests", "1000", "0.002")}, rows, report.Question{}, "Asia Requests 0.2 0.2 million requests cdn_usage"},
		{"requests of blocks of unknown size are priced as billed", []billing.Charge{tier("Asia Requests", "1000", "0.002")}, nil, report.Question{}, "Asia Requests 0.002 0.002 billed unit Full Site Delivery"},
		{"computing time is priced by the hour", []billing.Charge{tier("Compute vCPU Time", "7200000", "0.00000002")}, rows, report.Question{}, "Compute vCPU Time 0.07 0.072 hour compute"},
		{"operations are priced by the million", []billing.Charge{tier("KV Operations", "10", "0.03")}, rows, report.Question{}, "KV Operations 3 3 million kv"},
		{"a free tier lowers the effective rate alone", []billing.Charge{tier("Asia Bandwidth", "10000", "0"), tier("Asia Bandwidth", "10000", "0.04")}, rows, report.Question{}, "Asia Bandwidth 20 40 TB cdn_usage"},
		{"fees have no rate", []billing.Charge{{Kind: billing.ChargeFixed, Name: "TLS", Amount: dec("900")}}, rows, report.Question{}, ""},
		{"a measure can be named", append(bandwidth, tier("Asia Requests", "1000", "0.002")), rows, report.Question{Measure: billing.NounRequests}, "Asia Requests 0.2 0.2 million requests cdn_usage"},
		{"a region and a measure can", append(bandwidth, tier("Europe Bandwidth", "10", "0.05")), rows, report.Question{Measure: billing.NounBandwidth, Region: "Europe"}, "Europe Bandwidth 50 50 TB Full Site Delivery"},
		{"a product can", append(bandwidth, tier("KV Operations", "10", "0.03")), rows, report.Question{Product: "kv"}, "KV Operations 3 3 million kv"},
		{"rates of one measure stand together, what was paid most for first", append([]billing.Charge{tier("Asia Requests", "1000", "0.9"), tier("Europe Bandwidth", "10", "0.05")}, bandwidth...), rows, report.Question{}, "Asia Bandwidth 40 30 TB cdn_usage; Europe Bandwidth 50 50 TB Full Site Delivery; Asia Requests 90 90 million requests cdn_usage"},
		{"bandwidth is not first where requests cost more", append([]billing.Charge{tier("Asia Requests", "1000", "9")}, bandwidth...), rows, report.Question{}, "Asia Requests 900 900 million requests cdn_usage; Asia Bandwidth 40 30 TB cdn_usage"},
		{"top leaves those that most was paid at", append([]billing.Charge{tier("Asia Requests", "1000", "9")}, bandwidth...), rows, report.Question{Top: 1}, "Asia Requests 900 900 million requests cdn_usage"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := account{usage: tt.usage, bills: []billing.Bill{invoice(october, tt.charges...)}}
			q := tt.q
			q.Months = billing.One(october)
			answer, err := Asker{Usage: a, Bills: a}.Ask(t.Context(), q, now)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range answer.Rates {
				got = append(got, strings.Join([]string{r.Name, r.Effective.String(), r.Marginal.String(), r.Per, r.Product}, " "))
			}
			if text := strings.Join(got, "; "); text != tt.want {
				t.Errorf("the rates are\n%s, want\n%s", text, tt.want)
			}
		})
	}
}

func TestWhoseRatesTheyAre(t *testing.T) {
	line := tier("Asia Bandwidth", "10000", "0.08")
	estimate := billing.Bill{Month: november, Currency: "USD", Charges: []billing.Charge{line}}
	unclear := billing.Bill{Month: october, Unknown: "two currencies", Invoices: []string{"INV-2"}}
	for _, tt := range []struct {
		name, want, unknown string
		months              billing.Month
		bills               []billing.Bill
	}{
		{"an invoiced month has its own", "2026-10", "", october, []billing.Bill{invoice(october, line)}},
		{"a month that is not invoiced has those of the newest invoice before", "2026-10", "", november, []billing.Bill{invoice(october.Add(-1), line), invoice(october, line), estimate}},
		{"an unclear invoice has none, and says why", "2026-09", "two currencies", october, []billing.Bill{invoice(october.Add(-1), line), unclear}},
		{"without any invoice there are none", "", "", november, []billing.Bill{estimate}},
		{"nor without any bill", "", "", november, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := account{bills: tt.bills}
			answer, err := Asker{Usage: a, Bills: a}.Ask(t.Context(), report.Question{Months: billing.One(tt.months)}, now)
			if err != nil {
				t.Fatal(err)
			}
			month := ""
			if !answer.Month.IsZero() {
				month = answer.Month.String()
			}
			if month != tt.want || answer.Unknown != tt.unknown || (len(answer.Rates) > 0) != (month != "") {
				t.Errorf("%d rates of %q, unknown %q; want %q, %q", len(answer.Rates), month, answer.Unknown, tt.want, tt.unknown)
			}
		})
	}
}

func TestALineThatCannotBeReadIsNamed(t *testing.T) {
	bill := invoice(october, tier("Asia Bandwidth", "10000", "0.08"), tier("Asia Requests", "10", "0.002"))
	bill.Unread = []billing.UnreadCharge{{Name: "Asia Bandwidth", Invoice: "INV-1", Line: 3, Why: "its amount is x"}}
	a := account{bills: []billing.Bill{bill}}
	answer, err := Asker{Usage: a, Bills: a}.Ask(t.Context(), report.Question{Months: billing.One(october)}, now)
	if err != nil || len(answer.Rates) != 1 || answer.Rates[0].Name != "Asia Requests" || len(answer.Unread) != 1 {
		t.Errorf("rates %+v, unread %q, %v", answer.Rates, answer.Unread, err)
	}
}

func TestTheCSVOfRates(t *testing.T) {
	a := account{bills: []billing.Bill{invoice(october, tier("=Asia Bandwidth", "10000", "0.08"))}}
	answer, err := Asker{Usage: a, Bills: a}.Ask(t.Context(), report.Question{Months: billing.One(october)}, now)
	var text strings.Builder
	if err != nil || answer.WriteCSV(&text, csvfile.ForPrograms) != nil {
		t.Fatal(err)
	}
	const want = "2026-10,Full Site Delivery,'=Asia Bandwidth,USD,TB,80,80,10000000000000,bandwidth,10000,800\n"
	if !strings.HasSuffix(text.String(), want) {
		t.Errorf("the file is\n%s", text.String())
	}
}
