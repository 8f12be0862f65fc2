package forecast

import (
	"testing"
	"time"
)

// BenchmarkOfMonth forecasts a month from eight weeks of days, and from all of the days that it can use.
func BenchmarkOfMonth(b *testing.B) {
	for _, row := range []struct {
		name string
		days int
	}{{"eight weeks", window}, {"two years", MostDays}} {
		past := History{Days: daysBefore(date(time.November, 11), row.days, wavering)}
		b.Run(row.name, func(b *testing.B) {
			for b.Loop() {
				OfMonth(past, at(100, date(time.November, 11)))
			}
		})
	}
}
