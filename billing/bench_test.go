package billing

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// yearOfRows is what a large account has: 60 usage types for each of twelve months.
func yearOfRows() []Usage {
	var rows []Usage
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
	q := Question{Months: Range{NewMonth(2023, time.January), NewMonth(2023, time.December)}, Top: 20}
	data := Data{Rows: yearOfRows()}
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Tabulate(q, data, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTabulateHundredThousandServices(b *testing.B) {
	totals := NewServiceTotals(nil)
	page := make([]ServiceUsage, 100_000)
	for i := range page {
		page[i] = ServiceUsage{
			Month: NewMonth(2023, time.January), Product: "p", UsageType: "t", Unit: "gb",
			ServiceID: fmt.Sprint("S", i), ServiceName: fmt.Sprint("service-", i), Quantity: dec(fmt.Sprint(i)),
		}
	}
	if err := totals.Add(page); err != nil {
		b.Fatal(err)
	}
	q := Question{Months: One(NewMonth(2023, time.January)), By: ByService, Top: 20}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Tabulate(q, Data{Services: totals}, longAfter); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeUsage(b *testing.B) {
	row := json.RawMessage(`{"month":"2023-01","usage_type":"Type %d","name":"Type %d","region":"Asia","unit":"unit",` +
		`"quantity":146017.0369,"raw_quantity":1460170369,"product_id":"cdn_usage","last_updated_at":"2023-01-31"}`)
	rows := make([]json.RawMessage, 180)
	for i := range rows {
		rows[i] = json.RawMessage(fmt.Sprintf(string(row), i, i))
	}
	body, err := json.Marshal(map[string]any{"data": rows})
	if err != nil {
		b.Fatal(err)
	}
	january := One(NewMonth(2023, time.January))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := decodeUsage(body, january); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeServicePage(b *testing.B) {
	details := make([]map[string]any, 10_000)
	for i := range details {
		details[i] = map[string]any{"customer_id": "C1", "service_id": fmt.Sprint("S", i), "service_name": "www", "usage_units": 1200.5}
	}
	body, err := json.Marshal(map[string]any{"data": map[string]any{"usage_type": "t", "unit": "gb", "details": details}})
	if err != nil {
		b.Fatal(err)
	}
	query := ServiceQuery{NewMonth(2023, time.January), "p", "t"}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeServiceUsage(body, query); err != nil {
			b.Fatal(err)
		}
	}
}
