package report

import (
	"fmt"
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
cdn_usage: 39.76 after 60.00
Total: 39.76 after 60.00
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
