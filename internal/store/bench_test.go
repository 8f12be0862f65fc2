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
			states := make([]alerts.BudgetState, 10_000)
			for i := range states {
				states[i] = budgetState("shop-services")
				states[i].Instance = fmt.Sprintf("service-%05d", i)
			}
			b.ReportAllocs()
			for b.Loop() {
				record(b, s, alerts.Outcome{At: noon, BudgetStates: states})
				for i := range states {
					states[i].Revision++
				}
			}
		})
	}
}
