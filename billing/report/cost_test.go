package report

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

var july = billing.NewMonth(2026, time.July)

// julyBill is the invoice that Fastly's users have published: support and TLS are fees, the rest is counted. Asia Requests is
// to the letter, what else was counted is made up to the published sum.
func julyBill() billing.Bill {
	usage := func(name, region, amount, units, rate string) billing.Charge {
		return billing.Charge{
			Kind: billing.ChargeUsage, Name: name, Product: "Full Site Delivery", Region: region, What: "Requests", Amount: dec(amount),
			Units: decimal.NewNullDecimal(dec(units)), Rate: decimal.NewNullDecimal(dec(rate)),
		}
	}
	return billing.Bill{
		Month: july, Currency: "USD", Total: dec("6604.19"), Invoices: []string{"INV-375119"},
		Charges: []billing.Charge{
			{Kind: billing.ChargeFixed, Name: "Gold Support", Product: "CS: CSE", Amount: dec("2600")},
			{Kind: billing.ChargeFixed, Name: "TLS Certificates", Product: "TLS", Amount: dec("880")},
			usage("Asia Requests", "Asia", "292.03", "146017.0369", "0.002"),
			usage("Europe Requests", "Europe", "2832.16", "1888106.6667", "0.0015"),
		},
	}
}

// asiaRequests is the account's usage of Asia Requests; Fastly bills all of it.
func asiaRequests() []billing.Usage {
	return []billing.Usage{{
		Month: july, Product: "cdn_usage", UsageType: "Asia Requests", Region: "Asia", Unit: "unit",
		Quantity: dec("146017.0369"),
	}}
}

func asia(id, name, units string) billing.ServiceUsage {
	return billing.ServiceUsage{
		Month: july, Product: "cdn_usage", UsageType: "Asia Requests", Unit: "unit", ServiceID: id, ServiceName: name, Quantity: dec(units),
	}
}

// costs answers a question of cost from bills, and from services that used Asia Requests.
func costs(t *testing.T, q Question, bills []billing.Bill, services []billing.ServiceUsage, teamOf func(name, id string) string) Table {
	t.Helper()
	q.Cost = true
	data := Data{Rows: asiaRequests()}
	for _, bill := range bills {
		data.Bills = append(data.Bills, bill.WithProducts(data.Rows))
	}
	data.Services = NewServiceCosts(data.Bills, data.Rows, nil).About(q, data.Rows, teamOf)
	if err := data.Services.Add(services); err != nil {
		t.Fatal(err)
	}
	return Tabulate(q, data, at(8, 20, 0))
}

func noTeams(_, _ string) string { return "" }

func TestEveryColumnOfACostSumsToTheInvoice(t *testing.T) {
	services := []billing.ServiceUsage{
		asia("S1", "www-shop", "100000.0001"), asia("S2", "shop-images", "33333.3333"), asia("S3", "api", "12683.7035"),
		asia("S4", "idle", "0"),
	}
	team := func(name, _ string) string {
		if name == "www-shop" || name == "shop-images" {
			return "shop"
		}
		return ""
	}
	for _, tt := range []struct {
		name string
		q    Question
		rows map[string]string
		sum  string
	}{
		{"by product a usage type's product_id is used where usage tells it", Question{By: ByProduct}, map[string]string{
			"Gold Support": "2600", "TLS Certificates": "880", "cdn_usage": "292.03", "Full Site Delivery": "2832.16",
		}, "6604.19"},
		{"by type each line of the invoice is a row", Question{By: ByUsageType}, map[string]string{
			"Gold Support": "2600", "TLS Certificates": "880", "Asia Requests": "292.03", "Europe Requests": "2832.16",
		}, "6604.19"},
		{"by region fees have none", Question{By: ByRegion}, map[string]string{
			"No Region": "3480", "Asia": "292.03", "Europe": "2832.16",
		}, "6604.19"},
		{"by service usage is shared out to the cent, and what no service explains is a row", Question{By: ByService}, map[string]string{
			"www-shop": "200.00", "shop-images": "66.66", "api": "25.37", "idle": "0", "Not Allocated": "6312.16",
		}, "6604.19"},
		{"by service beyond the top the rest is a row too", Question{By: ByService, Top: 1}, map[string]string{
			"www-shop": "200.00", "3 Others": "92.03", "Not Allocated": "6312.16",
		}, "6604.19"},
		{"by team what no team owns is a row", Question{By: ByTeam}, map[string]string{
			"shop": "266.66", "No Team": "25.37", "Not Allocated": "6312.16",
		}, "6604.19"},
		{"of one product the column sums to its charges", Question{By: ByUsageType, Product: "cdn_usage"}, map[string]string{
			"Asia Requests": "292.03",
		}, "292.03"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Months = billing.One(july)
			table := costs(t, tt.q, []billing.Bill{julyBill()}, services, team)
			if len(table.Groups) != 1 {
				t.Fatalf("there are %d groups", len(table.Groups))
			}
			rows, sum := map[string]string{}, decimal.Decimal{}
			for _, row := range table.Groups[0].All() {
				rows[row.Name] = row.Sum.String()
				sum = sum.Add(row.Sum)
			}
			for name, want := range tt.rows {
				if got, ok := rows[name]; !ok || !dec(got).Equal(dec(want)) {
					t.Errorf("%s is %q, want %s", name, got, want)
				}
			}
			if len(rows) != len(tt.rows) {
				t.Errorf("rows are %v", rows)
			}
			if !sum.Equal(dec(tt.sum)) || !table.Groups[0].Total.Sum.Equal(dec(tt.sum)) {
				t.Errorf("rows sum to %s, the total is %s, want %s", sum, table.Groups[0].Total.Sum, tt.sum)
			}
		})
	}
}

func TestABillThatNoServiceExplains(t *testing.T) {
	for _, tt := range []struct {
		name   string
		q      Question
		groups int
	}{
		{"is shown whole as not allocated", Question{By: ByService}, 1},
		{"by team as well", Question{By: ByTeam}, 1},
		{"has no row where it has no such charge", Question{By: ByService, Product: "fanout"}, 0},
		{"has none in a month without a bill", Question{By: ByService, Months: billing.One(july.Add(1))}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.q.Months == (billing.Range{}) {
				tt.q.Months = billing.One(july)
			}
			table := costs(t, tt.q, []billing.Bill{julyBill()}, nil, noTeams)
			if len(table.Groups) != tt.groups {
				t.Fatalf("there are %d groups, want %d", len(table.Groups), tt.groups)
			}
			for _, group := range table.Groups {
				if !group.Total.Sum.Equal(dec("6604.19")) || len(group.All()) != 1 || !group.Unallocated.Sum.Equal(dec("6604.19")) {
					t.Errorf("the group is %+v", group)
				}
			}
		})
	}
}

// feesOf is a bill without what was counted.
func feesOf(bill billing.Bill) billing.Bill {
	bill.Charges = slices.DeleteFunc(slices.Clone(bill.Charges), func(c billing.Charge) bool { return c.Kind == billing.ChargeUsage })
	return bill
}

// perDay writes what of a row is usage: its change and both figures.
func perDay(u *UsagePart) string {
	if u == nil {
		return ""
	}
	change := billing.Dash
	if u.Change.Valid {
		change = billing.FormatChange(u.Change.Decimal)
	}
	return change + ": " + u.Earlier.StringFixed(3) + " → " + u.PerDay.StringFixed(3)
}

func TestCostsOfWholeMonthsAreComparedWhole(t *testing.T) {
	june := julyBill()
	june.Month = july.Add(-1)
	june.Charges = slices.Clone(june.Charges)
	june.Charges[3].Amount = dec("2332.16")
	estimate := julyBill()
	estimate.Invoices, estimate.AsOf = nil, at(7, 22, 6)
	undated := estimate
	undated.AsOf = time.Time{}
	for _, tt := range []struct {
		name   string
		bills  []billing.Bill
		versus *Comparison
		change string
		perDay string
	}{
		{
			"two invoices are compared as they are, and what was counted per day",
			[]billing.Bill{june, julyBill()},
			&Comparison{Month: july, Against: june.Month, Whole: true}, "+8.2%", "+15.2%: 87.473 → 100.780",
		},
		{"a bill of fees alone has nothing per day", []billing.Bill{feesOf(june), feesOf(julyBill())}, &Comparison{Month: july, Against: june.Month, Whole: true}, "0.0%", ""},
		{"usage that is new has no change", []billing.Bill{feesOf(june), julyBill()}, &Comparison{Month: july, Against: june.Month, Whole: true}, "+89.8%", "–: 0.000 → 100.780"},
		{"usage that ended fell by all of it", []billing.Bill{june, feesOf(julyBill())}, &Comparison{Month: july, Against: june.Month, Whole: true}, "−43.0%", "−100.0%: 87.473 → 0.000"},
		{
			"an estimate is compared with a whole month in what was counted, per day",
			[]billing.Bill{june, estimate},
			&Comparison{
				Whole: true, Month: july, Against: june.Month, Until: at(7, 22, 6), AgainstUntil: at(7, 1, 0), Length: 21.25, AgainstLength: 30, IsPerDay: true,
			}, "", "+68.1%: 87.473 → 147.021",
		},
		{"an estimate that does not say how long it counts is not compared", []billing.Bill{june, undated}, nil, "", ""},
		{"nothing is compared with a month that has no invoice", []billing.Bill{julyBill()}, nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := Tabulate(Question{Months: billing.One(july), Cost: true}, Data{Bills: tt.bills}, at(8, 20, 0))
			if diff := cmp.Diff(tt.versus, table.Versus, cmp.AllowUnexported(billing.Month{})); diff != "" {
				t.Error(diff)
			}
			got := ""
			if c := table.Groups[0].Total.Change; c.Valid {
				got = billing.FormatChange(c.Decimal)
			}
			if got != tt.change {
				t.Errorf("change is %q, want %q", got, tt.change)
			}
			if got := perDay(table.Groups[0].Total.Usage); got != tt.perDay {
				t.Errorf("per day it is %q, want %q", got, tt.perDay)
			}
		})
	}
}

func TestAShortMonthIsNoSaving(t *testing.T) {
	february := billing.NewMonth(2026, time.February)
	bill := func(m billing.Month, usage, fee string) billing.Bill {
		return billing.Bill{Month: m, Currency: "USD", Invoices: []string{"INV-" + m.String()}, Charges: []billing.Charge{
			{Kind: billing.ChargeUsage, Name: "Asia Requests", Product: "cdn_usage", Region: "Asia", Amount: dec(usage)},
			{Kind: billing.ChargeFixed, Name: "Support", Product: "cdn_usage", Amount: dec(fee)},
		}}
	}
	bills := []billing.Bill{bill(february.Add(-1), "70485.05", "6760"), bill(february, "65808.28", "6730")}
	for _, tt := range []struct {
		name string
		by   Breakdown
		rows map[string]string
	}{
		{"each row has what of it was counted", ByUsageType, map[string]string{"Asia Requests": "+3.4%: 2273.711 → 2350.296", "Support": ""}},
		{"of a product with fees it is the usage alone", ByProduct, map[string]string{"cdn_usage": "+3.4%: 2273.711 → 2350.296"}},
		{"fees have no region", ByRegion, map[string]string{"Asia": "+3.4%: 2273.711 → 2350.296", "No Region": ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := Tabulate(Question{Months: billing.One(february), Cost: true, By: tt.by}, Data{Bills: bills}, at(3, 20, 0))
			rows := map[string]string{}
			for _, row := range table.Groups[0].Rows {
				rows[row.Name] = perDay(row.Usage)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Error(diff)
			}
			if total := table.Groups[0].Total; billing.FormatChange(total.Change.Decimal) != "−6.1%" || perDay(total.Usage) != "+3.4%: 2273.711 → 2350.296" {
				t.Errorf("the total is %s, %s", billing.FormatChange(total.Change.Decimal), perDay(total.Usage))
			}
		})
	}
}

func TestAnEstimateIsNewerThanServices(t *testing.T) {
	estimate := julyBill()
	estimate.Invoices, estimate.AsOf = nil, at(7, 22, 6)
	estimate.Charges = append(slices.Clone(estimate.Charges), billing.Charge{Kind: billing.ChargeCredit, Name: "Credit", Amount: dec("-100")})
	of := func(units string, services ...billing.ServiceUsage) Data {
		rows := []billing.Usage{{Month: july, Product: "cdn_usage", UsageType: "Asia Requests", Unit: "unit", Quantity: dec(units), CountedTo: at(7, 21, 0)}}
		bill := estimate.WithProducts(rows)
		data := Data{Bills: []billing.Bill{bill}, Rows: rows, Services: NewServiceCosts([]billing.Bill{bill}, rows, nil)}
		if err := data.Services.Add(services); err != nil {
			t.Fatal(err)
		}
		return data
	}
	closed := of("100000", asia("S1", "www-shop", "100000"))
	closed.Bills[0].Invoices = []string{"INV-1"}
	for _, tt := range []struct {
		name    string
		data    Data
		product string
		rows    map[string]string
	}{
		{"what services do not cover yet is a row of its own", of("131415", asia("S1", "www-shop", "131415")), "", map[string]string{
			"www-shop": "262.83", "Not Yet Counted by Service": "29.2", "Not Allocated": "6212.16",
		}},
		{"a product without fees has none in it", of("131415", asia("S1", "www-shop", "131415")), "cdn_usage", map[string]string{
			"www-shop": "262.83", "Not Yet Counted by Service": "29.2",
		}},
		{"usage of no service stays apart", of("131415", asia("S1", "www-shop", "100000")), "cdn_usage", map[string]string{
			"www-shop": "200", "Not Yet Counted by Service": "29.2", "Not Allocated": "62.83",
		}},
		{"services that are newer than their account's usage lower it", of("131415", asia("S1", "www-shop", "146000")), "cdn_usage", map[string]string{
			"www-shop": "292", "Not Yet Counted by Service": "0.03",
		}},
		{"services that are newer than the estimate get no more than it charges", of("146000", asia("S1", "www-shop", "150000"), asia("S2", "api", "50000")), "cdn_usage", map[string]string{
			"www-shop": "219.03", "api": "73",
		}},
		{"an older estimate is shared out over all usage", of("160000", asia("S1", "www-shop", "120000"), asia("S2", "api", "40000")), "cdn_usage", map[string]string{
			"www-shop": "219.02", "api": "73.01",
		}},
		{"an invoice leaves nothing to be counted", closed, "cdn_usage", map[string]string{"www-shop": "200", "Not Allocated": "92.03"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := Question{Months: billing.One(july), Cost: true, By: ByService, Product: billing.NamesOf(tt.product)}
			table := Tabulate(q, tt.data, at(7, 22, 8))
			rows, sum := map[string]string{}, decimal.Decimal{}
			for _, row := range table.Groups[0].All() {
				rows[row.Name] = row.Sum.String()
				sum = sum.Add(row.Sum)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Error(diff)
			}
			if !sum.Equal(table.Groups[0].Total.Sum) || !table.ServicesTo.Equal(at(7, 21, 0)) {
				t.Errorf("the rows sum to %s of %s, services count to %s", sum, table.Groups[0].Total.Sum, table.ServicesTo)
			}
		})
	}
}

func TestTheMakeupOfABill(t *testing.T) {
	bill := julyBill()
	bill.Charges = append(bill.Charges, billing.Charge{Kind: billing.ChargeCredit, Name: "Credit", Amount: dec("-100.5"), Coupon: "WELCOME"})
	q := Question{Months: billing.Range{First: july.Add(-1), Last: july}, Cost: true}
	table := Tabulate(q, Data{Bills: []billing.Bill{bill}}, at(8, 20, 0))
	if diff := cmp.Diff([]billing.Month{july.Add(-1)}, table.Missing, cmp.AllowUnexported(billing.Month{})); diff != "" {
		t.Error("a month without a bill is missing and not zero:", diff)
	}
	made := table.Makeup[1]
	if !made.Usage.Equal(dec("3124.19")) || !made.Fixed.Equal(dec("3480")) || !made.Credit.Equal(dec("-100.5")) || made.Estimate {
		t.Errorf("made up of %+v", made)
	}
}

func TestAChangedCurrencyIsNotAddedUp(t *testing.T) {
	june := julyBill()
	june.Month, june.Currency = july.Add(-1), "EUR"
	table := Tabulate(Question{Months: billing.Range{First: june.Month, Last: july}, Cost: true}, Data{Bills: []billing.Bill{june, julyBill()}}, at(8, 20, 0))
	if len(table.Groups) != 2 || table.Groups[0].Measure == table.Groups[1].Measure {
		t.Errorf("groups are %v", table.Groups)
	}
}

func TestRatesAreOverAllTiers(t *testing.T) {
	bill := billing.Bill{Charges: []billing.Charge{
		{Kind: billing.ChargeUsage, Name: "Asia Bandwidth", Amount: dec("120"), Units: decimal.NewNullDecimal(dec("1000"))},
		{Kind: billing.ChargeUsage, Name: "Asia Bandwidth", Amount: dec("60"), Units: decimal.NewNullDecimal(dec("1000"))},
		{Kind: billing.ChargeUsage, Name: "Free", Amount: dec("0"), Units: decimal.NewNullDecimal(dec("1000"))},
		{Kind: billing.ChargeUsage, Name: "Flat", Amount: dec("5"), Units: decimal.NewNullDecimal(dec("0"))},
		{Kind: billing.ChargeFixed, Name: "TLS", Amount: dec("880"), Units: decimal.NewNullDecimal(dec("1"))},
	}}
	rates := bill.Rates()
	if len(rates) != 1 || !rates[billing.Metric{UsageType: "Asia Bandwidth"}].Equal(dec("0.09")) {
		t.Errorf("rates are %v", rates)
	}
}

func TestFeesThatAreNotBilledYet(t *testing.T) {
	june, estimate := julyBill(), julyBill()
	june.Month = july.Add(-1)
	estimate.Invoices, estimate.AsOf = nil, at(7, 22, 6)
	estimate.Charges = estimate.Charges[1:] // but for the support
	atZero := estimate
	atZero.Charges = slices.Clone(estimate.Charges)
	atZero.Charges[0].Amount = decimal.Zero
	credited := june
	credited.Charges = append(slices.Clone(june.Charges), billing.Charge{Kind: billing.ChargeCredit, Name: "Credit", Amount: dec("-100")})
	for _, tt := range []struct {
		name  string
		about Question
		bills []billing.Bill
		want  string
	}{
		{"a fee that the estimate does not have", Question{}, []billing.Bill{june, estimate}, "2600"},
		{"a fee that the estimate has at nothing", Question{}, []billing.Bill{june, atZero}, "3480"},
		{"credits and usage are no fees", Question{Charges: billing.NamesOf(string(billing.ChargeCredit))}, []billing.Bill{credited, estimate}, "0"},
		{"a fee that nobody asked about", Question{Product: "TLS"}, []billing.Bill{june, estimate}, "0"},
		{"the month before is not invoiced", Question{}, []billing.Bill{{Month: june.Month, Currency: "USD", Charges: june.Charges}, estimate}, "0"},
		{"the month is invoiced", Question{}, []billing.Bill{june, julyBill()}, "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.about.Months, tt.about.Cost = billing.One(july), true
			if got := Tabulate(tt.about, Data{Bills: tt.bills}, at(7, 22, 7)).Makeup[0].Unbilled; !got.Equal(dec(tt.want)) {
				t.Errorf("%s is not billed yet, want %s", got, tt.want)
			}
		})
	}
}

func TestOneKindOfCharges(t *testing.T) {
	bill := julyBill()
	bill.Charges = append(bill.Charges, billing.Charge{Kind: billing.ChargeCredit, Name: "Credit", Amount: dec("-100.5")})
	for kind, want := range map[billing.ChargeKind]string{billing.ChargeFixed: "3480", billing.ChargeCredit: "-100.5", billing.ChargeUsage: "3124.19"} {
		table := Tabulate(Question{Months: billing.One(july), Cost: true, Charges: billing.NamesOf(string(kind))}, Data{Bills: []billing.Bill{bill}}, at(8, 20, 0))
		if got := table.Groups[0].Total.Sum; !got.Equal(dec(want)) {
			t.Errorf("%s comes to %s, want %s", kind, got, want)
		}
	}
}
