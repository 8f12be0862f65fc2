package report

import (
	"fmt"
	"testing"
	"time"

	"budgetbot/billing"
)

// yearOfRows is what a large account has: 60 usage types for each of twelve months.
func yearOfRows() []billing.Usage {
	var rows []billing.Usage
	for i := range 30 {
		figures := make([]string, 12)
		for j := range figures {
			figures[j] = fmt.Sprint(100 + i + j)
		}
		rows = join(rows, gb("cdn_usage", fmt.Sprintf("Bandwidth %d", i), "", figures...))
		rows = join(rows, unit("cdn_usage", fmt.Sprintf("Requests %d", i), "", figures...))
	}
	return rows
}

func BenchmarkTabulate(b *testing.B) {
	q := Question{Months: billing.Range{First: billing.NewMonth(2023, time.January), Last: billing.NewMonth(2023, time.December)}, Top: 20}
	data := Data{Rows: yearOfRows()}
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		Tabulate(q, data, now)
	}
}

func BenchmarkTabulateHundredThousandServices(b *testing.B) {
	totals := NewServiceTotals(nil, nil)
	page := make([]billing.ServiceUsage, 100_000)
	for i := range page {
		page[i] = billing.ServiceUsage{
			Month: billing.NewMonth(2023, time.January), Product: "p", UsageType: "t", Unit: "gb",
			ServiceID: fmt.Sprint("S", i), ServiceName: fmt.Sprint("service-", i), Quantity: dec(fmt.Sprint(i)),
		}
	}
	if err := totals.Add(page); err != nil {
		b.Fatal(err)
	}
	q := Question{Months: billing.One(billing.NewMonth(2023, time.January)), By: ByService, Top: 20}
	b.ReportAllocs()
	for b.Loop() {
		Tabulate(q, Data{Services: totals}, longAfter)
	}
}
