package evaluate

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// BenchmarkEvaluateWithARecord is BenchmarkEvaluate by names with eight weeks of recorded days behind every series.
func BenchmarkEvaluateWithARecord(b *testing.B) {
	const series, recordedDays = 5000, 56
	var rows []billing.Usage
	var recorded []alerts.RecordedUsage
	for i := range series {
		rows = append(rows, alertstest.Row(fmt.Sprintf("product_%d", i%50), fmt.Sprintf("Region %d Bandwidth", i/50), "", "gb", "1234.5678"))
	}
	first := alertstest.November.Add(-1)
	for d := range recordedDays {
		day := first.Start().AddDate(0, 0, d)
		for _, u := range rows {
			u.Month, u.CountedTo = billing.MonthOf(day), day.AddDate(0, 0, 1)
			u.Quantity = decimal.NewFromInt(int64(20 * day.Day()))
			recorded = append(recorded, alerts.RecordedUsage{Usage: u, Day: day})
		}
	}
	set := make([]rules.Rule, 10_000)
	for i := range set {
		set[i] = rules.Rule{
			Name: fmt.Sprint("rule-", i), Kind: rules.RuleBudget, Thresholds: rules.DefaultThresholds, Forecast: rules.DefaultForecast,
			Match:  rules.Match{Product: fmt.Sprintf("product_%d", i%50), UsageType: fmt.Sprintf("Region %d Bandwidth", i/50%100)},
			Budget: billing.Amount{Value: decimal.New(2, 12), Kind: billing.Bytes},
		}
	}
	for i := range rows {
		rows[i].CountedTo = first.Start().AddDate(0, 0, recordedDays)
	}
	archive := NewArchive(nil, recorded, nil)
	b.Run("archive", func(b *testing.B) {
		for b.Loop() {
			NewArchive(nil, recorded, nil)
		}
	})
	b.Run("evaluate", func(b *testing.B) {
		for b.Loop() {
			if f := Evaluate(set, Reading{Month: alertstest.November, Rows: rows, Archive: archive})[0]; f.Forecast.Method != forecast.MethodDaily {
				b.Fatal(f.Forecast.Method, f.Forecast.Unknown)
			}
		}
	})
}
