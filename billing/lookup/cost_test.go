package lookup

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/billingtest"
)

// fakeBills answers from bills that are given.
type fakeBills struct {
	bills []billing.Bill
	err   error
}

func (f fakeBills) ReadBills(_ context.Context, months billing.Range, _ time.Time) (billing.BillReading, error) {
	bills := slices.DeleteFunc(slices.Clone(f.bills), func(b billing.Bill) bool { return !months.Contains(b.Month) })
	return billing.BillReading{Bills: bills}, f.err
}

// billOf is an invoice of Asia Requests and a fee.
func billOf(month billing.Month) billing.Bill {
	return billing.Bill{Month: month, Currency: "USD", Invoices: []string{"INV-1"}, Charges: []billing.Charge{
		billingtest.Charge(billing.ChargeFixed, "Gold Support", "CS: CSE", "2600"), billingtest.AsiaRequests(),
	}}
}

// usageOf is what the account used of one usage type in July.
func usageOf(usageType, unit, quantity string) billing.Usage {
	return billing.Usage{Month: july, Product: "cdn_usage", UsageType: usageType, Region: "Asia", Unit: unit, Quantity: dec(quantity)}
}

func TestACostByServiceReadsWhatHasAPrice(t *testing.T) {
	requests := billing.ServiceQuery{Month: july, Product: "cdn_usage", UsageType: "Asia Requests"}
	service := func(name, units string) billing.ServiceUsage {
		return billing.ServiceUsage{
			Month: july, Product: "cdn_usage", UsageType: "Asia Requests", Unit: "unit", ServiceID: name, ServiceName: name, Quantity: dec(units),
		}
	}
	for _, tt := range []struct {
		name    string
		q       report.Question
		queries []billing.ServiceQuery
		want    []string
	}{
		{"by service", report.Question{By: report.ByService}, []billing.ServiceQuery{requests}, []string{
			"Cost, USD | Total 2,892.03 | www-shop 200.00 | api 92.03 | Not Allocated 2,600.00",
		}},
		{"by team", report.Question{By: report.ByTeam}, []billing.ServiceQuery{requests}, []string{
			"Cost, USD | Total 2,892.03 | shop 200.00 | No Team 92.03 | Not Allocated 2,600.00",
		}},
		{"a service's types", report.Question{Service: "api"}, []billing.ServiceQuery{requests}, []string{"Cost, USD | Total 92.03 | Asia Requests 92.03"}},
		{"by product it reads no services, and usage shows which product a charge belongs to", report.Question{By: report.ByProduct}, nil, []string{
			"Cost, USD | Total 2,892.03 | Gold Support 2,600.00 | cdn_usage 292.03",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &fakeReader{
				rows:  []billing.Usage{usageOf("Asia Requests", "unit", "146017.0369"), usageOf("Asia Bandwidth", "gb", "5")},
				pages: map[billing.ServiceQuery][]billing.ServiceUsage{requests: {service("www-shop", "100000.0001"), service("api", "46017.0368")}},
			}
			asker := Asker{
				Usage: source, Bills: fakeBills{bills: []billing.Bill{billOf(july)}},
				TeamOf: func(name, _ string) string { return map[string]string{"www-shop": "shop"}[name] },
			}
			tt.q.Cost, tt.q.Months = true, billing.One(july)
			table, err := asker.Ask(t.Context(), tt.q, at(8, 20, 0))
			if err != nil {
				t.Fatal(err)
			}
			checkOutline(t, table, tt.want...)
			if diff := cmp.Diff(tt.queries, source.queries, equalMonths); diff != "" {
				t.Errorf("reads by service (-want +got):\n%s", diff)
			}
		})
	}
}

// TestACostByServiceReadsTheMonthBefore: its services stand beside those of the month, whether that is over or runs.
func TestACostByServiceReadsTheMonthBefore(t *testing.T) {
	june := july.Add(-1)
	for _, tt := range []struct {
		name  string
		month billing.Month
		now   time.Time
		want  []billing.Month // whose services are read
	}{
		{"of a month that is over", july, at(8, 20, 0), []billing.Month{june, july}},
		{"of a month that runs", july, at(7, 21, 0), []billing.Month{june, july}},
		{"not where the month before has no bill", june, at(7, 21, 0), []billing.Month{june}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			of := func(m billing.Month) billing.Usage {
				row := usageOf("Asia Requests", "unit", "100")
				row.Month = m
				return row
			}
			source := &fakeReader{rows: []billing.Usage{of(june.Add(-1)), of(june), of(july)}, pages: map[billing.ServiceQuery][]billing.ServiceUsage{}}
			for _, row := range source.rows {
				source.pages[row.Metric().In(row.Month)] = nil
			}
			asker := Asker{Usage: source, Bills: fakeBills{bills: []billing.Bill{billOf(june), billOf(july)}}}
			if _, err := asker.Ask(t.Context(), report.Question{Months: billing.One(tt.month), Cost: true, By: report.ByService}, tt.now); err != nil {
				t.Fatal(err)
			}
			var read []billing.Month
			for _, query := range source.queries {
				read = append(read, query.Month)
			}
			slices.SortFunc(read, func(a, b billing.Month) int { return a.Start().Compare(b.Start()) })
			if diff := cmp.Diff(tt.want, read, equalMonths); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACostOfTwoPeriodsLeavesOutWhatLiesBetween(t *testing.T) {
	bills := fakeBills{bills: []billing.Bill{billOf(july.Add(-3)), billOf(july.Add(-1)), billOf(july)}}
	q := report.Question{Cost: true, Months: billing.One(july), Against: billing.One(july.Add(-3))}
	table, err := Asker{Usage: &fakeReader{}, Bills: bills}.Ask(t.Context(), q, at(8, 20, 0))
	if err != nil {
		t.Fatal(err)
	}
	if total := table.Groups[0].Total; !total.Earlier.Decimal.Equal(dec("2892.03")) || !total.Later.Decimal.Equal(dec("2892.03")) || len(table.Missing) > 0 {
		t.Errorf("the total is %+v, missing are %v", total, table.Missing)
	}
}

func TestWhatACostNeeds(t *testing.T) {
	gone := errors.New("gone")
	bills := fakeBills{bills: []billing.Bill{billOf(july)}}
	for _, tt := range []struct {
		name  string
		asker Asker
		q     report.Question
		want  error
	}{
		{"a place where bills are read", Asker{Usage: &fakeReader{}}, report.Question{}, billing.ErrNoEstimate},
		{"bills", Asker{Usage: &fakeReader{}, Bills: fakeBills{err: gone}}, report.Question{}, gone},
		{"no usage, for the account's charges", Asker{Usage: &fakeReader{err: gone}, Bills: bills}, report.Question{}, nil},
		{"usage, for one product", Asker{Usage: &fakeReader{err: gone}, Bills: bills}, report.Question{Product: "cdn_usage"}, gone},
		{"usage, by service", Asker{Usage: &fakeReader{err: gone}, Bills: bills}, report.Question{By: report.ByService}, gone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Cost, tt.q.Months = true, billing.One(july)
			if _, err := tt.asker.Ask(t.Context(), tt.q, at(8, 20, 0)); !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
		})
	}
}
