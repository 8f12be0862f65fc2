package forecast

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
)

// wellFormed checks what is true of a forecast on any input at all.
func wellFormed(t rapid.TB, o Forecast) {
	t.Helper()
	if (o.Method == MethodNone) != (o.Unknown != "") {
		t.Fatalf("method %q and unknown %q", o.Method, o.Unknown)
	}
	if o.Method == MethodNone {
		return
	}
	rising := []decimal.Decimal{o.Used, o.VeryLow, o.Low, o.End, o.High, o.VeryHigh}
	for i := 1; i < len(rising); i++ {
		if rising[i].LessThan(rising[i-1]) {
			t.Fatalf("used, very low, low, end, high, very high do not rise: %v", rising)
		}
	}
	if !isFigure(o.Deviation) || o.Deviation < 0 {
		t.Fatalf("deviation %v", o.Deviation)
	}
	chancesFall(t, o)
	runsOutWithinTheMonth(t, o)
}

// chancesFall: the higher the limit, the smaller the chance.
func chancesFall(t rapid.TB, o Forecast) {
	t.Helper()
	before := 1.0
	for _, limit := range []decimal.Decimal{o.Used, o.Low, o.End, o.High, o.VeryHigh, o.VeryHigh.Mul(decimal.NewFromInt(2)).Abs()} {
		chance, known := o.ChanceOver(limit)
		if !known || math.IsNaN(chance) || chance < 0 || chance > before {
			t.Fatalf("chance of %s is %v (%t), and %v of less", limit, chance, known, before)
		}
		before = chance
	}
}

func runsOutWithinTheMonth(t rapid.TB, o Forecast) {
	t.Helper()
	half := o.Used.Add(o.End.Sub(o.Used).Div(decimal.NewFromInt(2)))
	out, does := o.RunsOut(half)
	if does == half.Equal(o.Used) {
		t.Fatalf("half of the rest is used up: %t", does)
	}
	if does && (out.First.After(out.Likely) || out.Likely.After(out.Last) || !out.Last.Before(o.Month.End()) ||
		out.First.Before(NewSpan(o.Position).Cut())) {
		t.Fatalf("%s runs out on %v", o.CountedTo, out)
	}
}

func TestAnyForecastIsWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		month := billing.NewMonth(2024, time.Month(rapid.IntRange(1, 36).Draw(t, "month")))
		counted := month.Start().Add(time.Duration(rapid.IntRange(-72, 33*24).Draw(t, "hours")) * time.Hour)
		usage := rapid.OneOf(rapid.Just(0.), rapid.Float64Range(0, 1e18), rapid.Float64Range(90, 110))
		var past History
		var pastErrors []PastError
		for i := range rapid.OneOf(rapid.IntRange(0, 70), rapid.IntRange(500, 900)).Draw(t, "days") {
			if rapid.IntRange(0, 9).Draw(t, "known") > 0 {
				past.Days = append(past.Days, DayUsage{counted.AddDate(0, 0, -1-i), amount(usage.Draw(t, "used"))})
			}
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "months") {
			past.Months = append(past.Months, MonthUsage{month.Add(-1 - i), amount(usage.Draw(t, "total"))})
		}
		for i := range rapid.IntRange(0, 20).Draw(t, "misses") {
			pastErrors = append(pastErrors, PastError{month.Add(-1 - i%8), rapid.Float64().Draw(t, "size")})
		}
		wellFormed(t, OfMonth(past, Position{month, amount(usage.Draw(t, "so far")), counted}).WithErrors(pastErrors))
	})
}

// FuzzForecast holds the same of figures that nobody would think of. Each byte of text is a day, going back from the last.
func FuzzForecast(f *testing.F) {
	f.Add(int16(10), int32(864000), 100.0, 310.0, 10.0, []byte("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"))
	f.Add(int16(1), int32(28*86400), 0.0, 0.0, 1e-300, []byte("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefg"))
	f.Add(int16(-9), int32(-1), -5.0, math.MaxFloat64, 1e99, []byte("\x00\x00\x00\x00\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add(int16(2000), int32(43200), 1e50, -1.0, -1e50, []byte("1"))
	f.Fuzz(func(t *testing.T, monthNumber int16, seconds int32, used, total, unit float64, days []byte) {
		for _, figure := range []float64{used, total, unit} {
			if math.IsNaN(figure) || math.IsInf(figure, 0) {
				t.Skip("a decimal cannot be that")
			}
		}
		month := billing.NewMonth(2026, time.Month(monthNumber))
		counted := month.Start().Add(time.Duration(seconds) * time.Second)
		past := History{Months: []MonthUsage{{month.Add(-1), amount(total)}}}
		for i, b := range days[:min(len(days), 900)] {
			if daily := float64(b) * unit; b != '?' && !math.IsInf(daily, 0) {
				past.Days = append(past.Days, DayUsage{counted.AddDate(0, 0, -1-i), amount(daily)})
			}
		}
		wellFormed(t, OfMonth(past, Position{month, amount(used), counted}))
	})
}

func TestForecastTrack(t *testing.T) {
	type look struct {
		chance  float64
		version string
		likely  bool
	}
	rows := []struct {
		name  string
		looks []look
	}{
		{"one version with 80 % is not enough, two are", []look{{0.8, "a", false}, {0.8, "b", true}}},
		{"two looks at one version are one", []look{{0.9, "a", false}, {0.9, "a", false}, {0.9, "b", true}}},
		{"just below 80 % never enters", []look{{0.79, "a", false}, {0.79, "b", false}, {0.79, "c", false}}},
		{"the two must follow each other", []look{{0.9, "a", false}, {0.5, "b", false}, {0.9, "c", false}, {0.9, "d", true}}},
		{"between 40 and 80 % a likely month stays likely", []look{
			{0.9, "a", false}, {0.9, "b", true}, {0.41, "c", true}, {0.4, "d", true}, {0.5, "e", true},
		}},
		{"one version below 40 % is not enough to leave, two are", []look{
			{0.9, "a", false}, {0.9, "b", true}, {0.39, "c", true}, {0.39, "c", true}, {0.1, "d", false},
		}},
		{"the two below 40 % must follow each other", []look{
			{0.9, "a", false}, {0.9, "b", true}, {0.3, "c", true}, {0.5, "d", true}, {0.3, "e", true}, {0.3, "f", false},
		}},
		{"what has been left is entered as at first", []look{
			{0.9, "a", false}, {0.9, "b", true}, {0.1, "c", true}, {0.1, "d", false}, {0.9, "e", false}, {0.9, "f", true},
		}},
		{"what is not known changes nothing", []look{{0.9, "a", false}, {math.NaN(), "b", false}, {0.9, "c", true}}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var track Track
			for i, l := range row.looks {
				if track = track.Next(l.chance, l.version); track.Likely != l.likely {
					t.Fatalf("look %d at %q with %v: likely is %t", i, l.version, l.chance, track.Likely)
				}
			}
		})
	}
}
