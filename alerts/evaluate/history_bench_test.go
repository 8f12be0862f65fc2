package evaluate

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

// BenchmarkEvaluateWithARecord is BenchmarkEvaluate by names with eight weeks of recorded days behind every series.
func BenchmarkEvaluateWithARecord(b *testing.B) {
	const series, recordedDays = 5000, 56
	var rows []billing.Usage
	var recorded []daily.Recorded
	for i := range series {
		rows = append(rows, alertstest.Row(fmt.Sprintf("product_%d", i%50), fmt.Sprintf("Region %d Bandwidth", i/50), "", "gb", "1234.5678"))
	}
	first := alertstest.November.Add(-1)
	for d := range recordedDays {
		day := first.Start().AddDate(0, 0, d)
		for _, u := range rows {
			u.Month, u.CountedTo = billing.MonthOf(day), day.AddDate(0, 0, 1)
			u.Quantity = decimal.NewFromInt(int64(20 * day.Day()))
			recorded = append(recorded, daily.Recorded{Usage: u, Day: day})
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

// BenchmarkEvaluateWithTwoYears forecasts 10,000 rules over the bandwidth and the requests of ten regions, with the days of two years.
func BenchmarkEvaluateWithTwoYears(b *testing.B) {
	var rows, closed []billing.Usage
	var traffic []billing.DayTraffic
	end := alertstest.November.Start().AddDate(0, 0, 20)
	for i := range 10 {
		region := fmt.Sprint("Region ", i)
		for _, measure := range []struct{ name, unit string }{{" Bandwidth", "gb"}, {" Requests", "request"}} {
			row := alertstest.Row("cdn_usage", region+measure.name, region, measure.unit, "20000")
			row.Month, row.CountedTo = alertstest.November, end
			rows = append(rows, row)
			row.Month = alertstest.November.Add(-1)
			closed = append(closed, row)
		}
		for d := range forecast.MostDays {
			day := end.AddDate(0, 0, d-forecast.MostDays)
			traffic = append(traffic, billing.DayTraffic{Day: day, Region: region, Bandwidth: decimal.New(int64(900+day.YearDay()), 9), Requests: decimal.New(int64(900+day.YearDay()), 6)})
		}
	}
	set := make([]rules.Rule, 10_000)
	for i := range set {
		set[i] = rules.Rule{
			Name: fmt.Sprint("rule-", i), Kind: rules.RuleBudget, Thresholds: rules.DefaultThresholds, Forecast: rules.DefaultForecast,
			Match:  rules.Match{Product: "cdn_usage", UsageType: fmt.Sprintf("Region %d Bandwidth", i%10)},
			Budget: billing.Amount{Value: decimal.New(2, 12), Kind: billing.Bytes},
		}
	}
	for b.Loop() {
		archive := NewArchive(closed, nil, traffic)
		if f := Evaluate(set, Reading{Month: alertstest.November, Rows: rows, Archive: archive})[0]; f.Forecast.Method != forecast.MethodSeason {
			b.Fatal(f.Forecast.Method, f.Forecast.Unknown)
		}
	}
}
