package fastlysim

import (
	"net/http"
	"testing"

	"budgetbot/internal/fastlysim/account"
)

func benchmarkCall(b *testing.B, config Config, path, query string) {
	s := begin(b, config)
	c := client(b)
	for b.Loop() {
		got, err := read(c, newRequest(b, http.MethodGet, s.URL()+path+"?"+query))
		if err != nil || got.status != http.StatusOK {
			b.Fatal(got.status, err)
		}
	}
}

func BenchmarkUsageOfThreeMonths(b *testing.B) {
	benchmarkCall(b, Config{}, UsagePath, query("start_month", "2026-09", "end_month", "2026-11"))
}

func BenchmarkAllServicesOfOneType(b *testing.B) {
	benchmarkCall(b, Config{}, ServicePath, query(
		"start_month", "2026-10", "end_month", "2026-10",
		"product_id", "cdn_usage", "usage_type_name", "Europe Bandwidth"))
}

func BenchmarkHundredServicesOfAHundredThousand(b *testing.B) {
	benchmarkCall(b, Config{Account: account.Account{Services: 100_000}}, ServicePath, query(
		"start_month", "2026-10", "end_month", "2026-10", "limit", "100",
		"product_id", "cdn_usage", "usage_type_name", "Europe Bandwidth"))
}

func BenchmarkLargestUnfilteredPageOfAHundredThousand(b *testing.B) {
	benchmarkCall(b, Config{Account: account.Account{Services: 100_000}}, ServicePath, query(
		"start_month", "2026-10", "end_month", "2026-10", "limit", "10000"))
}
