package spike

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

const (
	// weeks is how many weeks before a day its weekday is looked up in, and fewestWeeks how many of them must be known for a usual amount.
	weeks, fewestWeeks = 4, 3
	// spreadDays is how many days before a day tell how much the series varies, and fewestSpread how many of them must.
	spreadDays, fewestSpread = 42, 14
)

// normal is how many times the median deviation the standard deviation of a normal distribution is.
const normal = 1.4826

// History is the days of one series, each beside what was usual then.
type History struct {
	days   []time.Time // the known ones, rising
	used   map[time.Time]decimal.Decimal
	usual  map[time.Time]usual   // of the days that have one
	strays map[time.Time]float64 // how far a day was from its usual amount: the absolute logarithm of their ratio
}

// usual is what is usual on a day: the mean of the one or two days in the middle of those that it is compared with.
type usual struct {
	amount decimal.Decimal
	of     []time.Time
}

// NewHistory takes the whole UTC days that are known, in any order. If the list has a day twice, the later amount counts. A negative amount
// corrects earlier days and counts as unknown.
func NewHistory(days []forecast.DayUsage) *History {
	h := &History{used: map[time.Time]decimal.Decimal{}, usual: map[time.Time]usual{}, strays: map[time.Time]float64{}}
	for _, d := range days {
		h.used[billing.DayOf(d.Day)] = d.Used
	}
	for day, used := range h.used {
		if amount := used.InexactFloat64(); amount < 0 || math.IsInf(amount, 0) {
			delete(h.used, day)
			continue
		}
		h.days = append(h.days, day)
	}
	slices.SortFunc(h.days, time.Time.Compare)
	for _, day := range h.days {
		h.compare(day)
	}
	return h
}

// compare notes what was usual on the day, and how far the day was from it.
func (h *History) compare(day time.Time) {
	usual, known := h.usualOn(day, day)
	if !known {
		return
	}
	h.usual[day] = usual
	if ratio := h.used[day].InexactFloat64() / usual.amount.InexactFloat64(); ratio > 0 && !math.IsInf(ratio, 0) {
		h.strays[day] = math.Abs(math.Log(ratio))
	}
}

// usualOn returns what is usual on the day's weekday: the median of the four weeks before the instant. It reports false if too few of them are
// known.
func (h *History) usualOn(day, before time.Time) (usual usual, known bool) {
	var same []time.Time
	day = day.AddDate(0, 0, -7)
	for !day.Before(before) {
		day = day.AddDate(0, 0, -7)
	}
	for week := range weeks {
		at := day.AddDate(0, 0, -7*week)
		if _, known := h.used[at]; known {
			same = append(same, at)
		}
	}
	if len(same) < fewestWeeks {
		return usual, false
	}
	slices.SortFunc(same, func(a, b time.Time) int { return cmp.Or(h.used[a].Cmp(h.used[b]), a.Compare(b)) })
	usual.of = same[(len(same)-1)/2 : len(same)/2+1]
	for _, at := range usual.of {
		usual.amount = usual.amount.Add(h.used[at])
	}
	usual.amount = usual.amount.Div(decimal.NewFromInt(int64(len(usual.of))))
	return usual, true
}

// spread returns how much the days before the day stray from their usual amounts, as the standard deviation of the logarithm. The median makes it
// robust: an earlier spike does not widen it. It reports false if too few days are known.
func (h *History) spread(day time.Time) (deviation float64, known bool) {
	var strays []float64
	for back := 1; back <= spreadDays; back++ {
		if stray, known := h.strays[day.AddDate(0, 0, -back)]; known {
			strays = append(strays, stray)
		}
	}
	if len(strays) < fewestSpread {
		return 0, false
	}
	slices.Sort(strays)
	return normal * (strays[(len(strays)-1)/2] + strays[len(strays)/2]) / 2, true
}

// Newest returns the newest day that is known; zero if there is none.
func (h *History) Newest() time.Time {
	if len(h.days) == 0 {
		return time.Time{}
	}
	return h.days[len(h.days)-1]
}
