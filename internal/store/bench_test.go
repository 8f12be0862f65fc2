package store

import (
	"fmt"
	"testing"

	"budgetbot/alerts"
)

// BenchmarkRecord writes 10,000 standings of a rule for each service: new ones, and then an update of all.
func BenchmarkRecord(b *testing.B) {
	for _, kind := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", sqliteURL}, {"postgres", postgresURL}} {
		b.Run(kind.name, func(b *testing.B) {
			s := openAt(b, kind.url(b))
			standings := make([]alerts.Standing, 10_000)
			for i := range standings {
				standings[i] = standing("shop-services")
				standings[i].Scope = fmt.Sprintf("service-%05d", i)
			}
			b.ReportAllocs()
			for b.Loop() {
				record(b, s, alerts.Outcome{At: noon, Standings: standings})
				for i := range standings {
					standings[i].Revision++
				}
			}
		})
	}
}
