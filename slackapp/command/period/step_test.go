package period

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"budgetbot/billing"
)

func TestPreviousPeriodIsTheLikeOne(t *testing.T) {
	for _, test := range []struct {
		name, text, previous string
		yearStarts           time.Month
	}{
		{"a month leads to the one before", "2026-11", "2026-10", time.January},
		{"a January, too", "2026-01", "2025-12", time.January},
		{"a quarter leads to the one before", "2026-01 .. 2026-03", "2025-10..2025-12", time.January},
		{"a half leads to the one before", "2026-01 .. 2026-06", "2025-07..2025-12", time.January},
		{"a year leads to the one before", "2025-01 .. 2025-12", "2024-01..2024-12", time.January},
		{"this year so far leads to the same months of last year", "2026-01 .. 2026-11", "2025-01..2025-11", time.January},
		{"two years so far lead to the two before", "2025-01 .. 2026-11", "2023-01..2024-11", time.January},
		{"any other months lead to as many before", "2026-06 .. 2026-10", "2026-01..2026-05", time.January},
		{"a quarter so far leads to as many months before", "2026-10 .. 2026-11", "2026-08..2026-09", time.January},
		{"this fiscal year so far leads to the same months of the last", "2026-02 .. 2026-11", "2025-02..2025-11", time.February},
	} {
		t.Run(test.name, func(t *testing.T) {
			months, _, wrong := At(strings.Fields(test.text), Now{Month: november})
			if wrong != nil {
				t.Fatal(wrong.Sentence)
			}
			before := Before(months, Now{Month: november, YearStarts: test.yearStarts})
			if got := before.String(); got != test.previous {
				t.Errorf("before %s is %s, want %s", months, got, test.previous)
			}
			if again := After(before, Now{Month: november, YearStarts: test.yearStarts}); again != months {
				t.Errorf("after %s is %s, want %s", before, again, months)
			}
		})
	}
}

// The months before may themselves be those of a year so far, one year earlier: then Next Period leads to this year.
func TestNextPeriodLeadsBackToWherePreviousCameFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last := november.Add(-rapid.IntRange(0, 100).Draw(t, "ago"))
		months := billing.Range{First: last.Add(-rapid.IntRange(0, 40).Draw(t, "longer")), Last: last}
		starts := time.Month(rapid.IntRange(1, 12).Draw(t, "year starts"))
		before := Before(months, Now{Month: november, YearStarts: starts})
		again := After(before, Now{Month: november, YearStarts: starts})
		if again != months && !isYearToDate(again, Now{Month: november, YearStarts: starts}) {
			t.Fatalf("%s leads back to %s, want %s", before, again, months)
		}
	})
}
