package fastly

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"budgetbot/billing"
)

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
	january := billing.One(billing.NewMonth(2023, time.January))
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
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "p", UsageType: "t"}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeServiceUsage(body, query, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeServiceDays reads a day of 100,000 services, which is one answer for each field. live-MB is what is held in the end: the newest answer,
// what was gathered and the rows.
func BenchmarkDecodeServiceDays(b *testing.B) {
	var bodies [len(dayFields)][]byte
	for field, name := range dayFields {
		data := map[string]any{}
		for i := range 100_000 {
			id := fmt.Sprintf("%022d", i)
			data[id] = []map[string]any{{"service_id": id, "start_time": day(1).Unix(), name: 1_000_000_007 * (i + 1)}}
		}
		body, err := json.Marshal(map[string]any{"status": "success", "data": data})
		if err != nil {
			b.Fatal(err)
		}
		bodies[field] = body
	}
	before := heap()
	b.SetBytes(int64(len(bodies[0])))
	var rows []billing.DayTraffic
	var gathered *serviceDays
	for b.Loop() {
		gathered = newServiceDays(billing.Days{First: day(1), Last: day(1)})
		for field, body := range bodies {
			if err := gathered.add(field, body); err != nil {
				b.Fatal(err)
			}
		}
		rows = gathered.rows()
	}
	b.ReportMetric(float64(heap()-before+uint64(len(bodies[0])))/1e6, "live-MB")
	if len(rows) != 100_000 || gathered == nil {
		b.Fatal(len(rows))
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
