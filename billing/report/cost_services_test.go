package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// juneAndJuly is usage of Asia Requests, and three services' parts of it: shop and media are of a team, api of none, and one is gone in July.
func juneAndJuly(countedTo time.Time) (rows []billing.Usage, services []billing.ServiceUsage) {
	june := july.Add(-1)
	row := billing.Usage{Month: june, Product: "cdn_usage", UsageType: "Asia Requests", Region: "Asia", Unit: "unit", Quantity: dec("120000"), CountedTo: june.End()}
	now := row
	now.Month, now.Quantity, now.CountedTo = july, dec("80000"), countedTo
	services = []billing.ServiceUsage{asia("S1", "shop", "60000"), asia("S2", "media", "30000"), asia("S3", "api", "30000")}
	for i := range services {
		services[i].Month = june
	}
	return []billing.Usage{row, now}, append(services, asia("S1", "shop", "60000"), asia("S2", "media", "20000"))
}

// asked writes the rows of an answer: what each costs, what it cost before, and its usage per day.
func asked(g Group) string {
	var text strings.Builder
	for _, row := range append(g.All(), g.Total) {
		fmt.Fprintf(&text, "%s: %s", row.Name, row.Sum.StringFixed(2))
		if row.Earlier.Valid {
			fmt.Fprintf(&text, " after %s", row.Earlier.Decimal.StringFixed(2))
		}
		if row.Usage != nil {
			fmt.Fprintf(&text, ", %s", perDay(row.Usage))
		}
		text.WriteString("\n")
	}
	return text.String()
}

func TestACostOfServicesIsComparedWithTheirsOfTheMonthBefore(t *testing.T) {
	requests := func(m billing.Month, amount, units string, fees ...billing.Charge) billing.Bill {
		usage := charge(billing.ChargeUsage, "Asia Requests", "", amount)
		usage.Region, usage.What = "Asia", "Requests"
		return billing.Bill{Month: m, Currency: "USD", Invoices: []string{"INV"}, Charges: append(fees, countCharge(usage, units, "0.002", "", ""))}
	}
	june := requests(july.Add(-1), "240", "120000", charge(billing.ChargeFixed, "Gold Support", "", "100"))
	closed := requests(july, "160", "80000", charge(billing.ChargeFixed, "Gold Support", "", "100"))
	credited := requests(july, "160", "80000", charge(billing.ChargeFixed, "Gold Support", "", "100"), charge(billing.ChargeCredit, "Credit", "", "-150"))
	estimate := requests(july, "168", "84000")
	estimate.Invoices, estimate.AsOf = nil, at(7, 21, 0)
	tiered := estimate
	tiered.Charges = slices.Concat(estimate.Charges, requests(july, "1", "1000").Charges)
	tiered.Charges[1].Rate = decimal.NewNullDecimal(dec("0.001"))
	team := func(name, _ string) string { return map[string]string{"shop": "Web", "media": "Web"}[name] }
	for _, tt := range []struct {
		name string
		q    Question
		july billing.Bill
		want string
	}{
		{"by service in a month that runs, usage per day up to when services count", Question{By: ByService}, estimate, `
shop: 120.00 after 120.00, +57.9%: 4.000 → 6.316
media: 40.00 after 60.00, +5.3%: 2.000 → 2.105
Not Yet Counted by Service: 8.00, –: 0.000 → 0.400
Not Allocated: 0.00 after 100.00
Total: 168.00 after 340.00, +5.0%: 8.000 → 8.400
`},
		{"by team", Question{By: ByTeam}, estimate, `
Web: 160.00 after 180.00, +40.4%: 6.000 → 8.421
Not Yet Counted by Service: 8.00, –: 0.000 → 0.400
Not Allocated: 0.00 after 100.00
Total: 168.00 after 340.00, +5.0%: 8.000 → 8.400
`},
		{"of one team", Question{By: ByProduct, Team: billing.NamesOf("Web")}, estimate, `
cdn_usage: 160.00 after 180.00, +40.4%: 6.000 → 8.421
Total: 160.00 after 180.00, +40.4%: 6.000 → 8.421
`},
		{"of one service", Question{By: ByProduct, Service: billing.NamesOf("media")}, estimate, `
cdn_usage: 40.00 after 60.00, +5.3%: 2.000 → 2.105
Total: 40.00 after 60.00, +5.3%: 2.000 → 2.105
`},
		{"where rates fall with volume amounts stand beside each other without a change", Question{By: ByProduct, Service: billing.NamesOf("media")}, tiered, `
cdn_usage: 39.77 after 60.00
Total: 39.77 after 60.00
`},
		{"a month that is over", Question{By: ByTeam}, closed, `
Web: 160.00 after 180.00, −14.0%: 6.000 → 5.161
Not Allocated: 100.00 after 100.00
Total: 260.00 after 340.00, −35.5%: 8.000 → 5.161
`},
		{"a credit is of no service", Question{By: ByTeam}, credited, `
Web: 160.00 after 180.00, −14.0%: 6.000 → 5.161
Not Allocated: -50.00 after 100.00
Total: 110.00 after 340.00, −35.5%: 8.000 → 5.161
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Cost, tt.q.Months = true, billing.One(july)
			now, countedTo := at(7, 21, 2), at(7, 20, 0)
			if !tt.july.IsEstimate() {
				now, countedTo = at(8, 20, 0), july.End()
			}
			rows, services := juneAndJuly(countedTo)
			bills := []billing.Bill{june.WithProducts(rows), tt.july.WithProducts(rows)}
			data := Data{Rows: rows, Bills: bills, Services: NewServiceCosts(bills, rows, nil).About(tt.q, rows, team)}
			if err := data.Services.Add(services); err != nil {
				t.Fatal(err)
			}
			table := Tabulate(tt.q, data, now)
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), asked(table.ToTheCent().Groups[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAServiceCostsTheSameInEveryAnswer: by service, by team, of it alone and of one product, to the cent.
func TestAServiceCostsTheSameInEveryAnswer(t *testing.T) {
	team := func(name, _ string) string { return map[bool]string{true: "Web", false: "API"}[name < "s20"] }
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 5))
		var rows []billing.Usage
		var services []billing.ServiceUsage
		bill := billing.Bill{Month: july, Currency: "USD", Invoices: []string{"INV"}, Charges: []billing.Charge{charge(billing.ChargeFixed, "Gold Support", "", "100.004")}}
		for n, product := range []string{"cdn_usage", "cdn_usage", "ngwaf"} {
			kind, sum := fmt.Sprintf("Kind %d Requests", n), decimal.Decimal{}
			for i := range 40 {
				u := billing.ServiceUsage{Month: july, Product: product, UsageType: kind, Unit: "unit", ServiceID: fmt.Sprintf("S%02d", i), ServiceName: fmt.Sprintf("s%02d", i)}
				u.Quantity = decimal.NewFromInt(random.Int64N(1_000_000))
				services, sum = append(services, u), sum.Add(u.Quantity)
			}
			rows = append(rows, billing.Usage{Month: july, Product: product, UsageType: kind, Unit: "unit", Quantity: sum, CountedTo: july.End()})
			amount := decimal.New(random.Int64N(10_000_000), -4).String()
			bill.Charges = append(bill.Charges, countCharge(charge(billing.ChargeUsage, kind, product, amount), sum.String(), "0.001", "", ""))
		}
		ask := func(q Question) Group {
			q.Cost, q.Months = true, billing.One(july)
			totals := NewServiceCosts([]billing.Bill{bill}, rows, nil).About(q, rows, team)
			read := slices.DeleteFunc(slices.Clone(services), func(u billing.ServiceUsage) bool { return !q.Product.Have(u.Product) })
			if err := totals.Add(read); err != nil {
				t.Fatal(err)
			}
			return Tabulate(q, Data{Rows: rows, Bills: []billing.Bill{bill}, Services: totals}, at(8, 20, 0)).ToTheCent().Groups[0]
		}
		byService, teams := ask(Question{By: ByService}), map[string]decimal.Decimal{}
		for _, row := range byService.Rows {
			teams[team(row.Name, row.ID)] = teams[team(row.Name, row.ID)].Add(row.Sum)
			alone := ask(Question{By: ByUsageType, Service: billing.NamesOf(row.Name)})
			products := decimal.Decimal{}
			for _, product := range []string{"cdn_usage", "ngwaf"} {
				for _, of := range ask(Question{By: ByService, Product: billing.NamesOf(product)}).Rows {
					if of.Name == row.Name {
						products = products.Add(of.Sum)
					}
				}
			}
			if !alone.Total.Sum.Equal(row.Sum) || !products.Equal(row.Sum) {
				t.Fatalf("seed %d: %s costs %s by service, %s alone and %s by product", seed, row.Name, row.Sum, alone.Total.Sum, products)
			}
		}
		for _, row := range ask(Question{By: ByTeam}).Rows {
			if !row.Sum.Equal(teams[row.Name]) {
				t.Fatalf("seed %d: %s costs %s, and its services %s", seed, row.Name, row.Sum, teams[row.Name])
			}
		}
		charged := decimal.Decimal{}
		for _, c := range bill.Charges {
			charged = charged.Add(c.Amount)
		}
		if !byService.Total.Sum.Equal(charged.Round(2)) {
			t.Fatalf("seed %d: by service the bill is %s and not %s", seed, byService.Total.Sum, charged.Round(2))
		}
	}
}
