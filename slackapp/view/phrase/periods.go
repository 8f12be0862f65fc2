package phrase

import (
	"fmt"
	"strconv"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// Span names a period up to the instant to which it is counted, zero for all of it: "Oct", "Nov 1–29", "Jul–Sep", "Jan 1–Nov 29". Years stand behind
// if they tell it from another.
func Span(r billing.Range, to time.Time, years bool) string {
	isPart := !to.IsZero() && to.Before(r.Last.End())
	last := blocks.ShortMonth(r.Last, years)
	if isPart {
		last = blocks.Until(r.Last, to)
		if years {
			last += ", " + strconv.Itoa(r.Last.Year())
		}
	}
	switch {
	case r.Len() == 1:
		return last
	case !isPart:
		return blocks.ShortMonth(r.First, years && r.First.Year() != r.Last.Year()) + "–" + last
	}
	first := blocks.ShortMonth(r.First, false) + " 1"
	if r.First.Year() != r.Last.Year() {
		first += ", " + strconv.Itoa(r.First.Year())
	}
	day := to.UTC().Add(-time.Nanosecond)
	end := day.Format("Jan 2")
	if years {
		end += day.Format(", 2006")
	}
	if midnight := billing.DayOf(to); !midnight.Equal(to.UTC()) {
		end += to.UTC().Format(" (to 15:04 UTC)")
	}
	return first + "–" + end
}

// spans names the two periods of a question that compares two.
func spans(v report.Comparison) (month, against string) {
	return spansTo(v, v.Until, v.AgainstUntil)
}

// spansTo names the two periods up to two instants; zero is all of one.
func spansTo(v report.Comparison, until, againstUntil time.Time) (month, against string) {
	years := v.AgainstSpan.First.Year() != v.Span.Last.Year()
	name := func(r billing.Range, to time.Time) string {
		isWhole := to.IsZero() || !to.Before(r.Last.End())
		switch {
		case r.Len() > 1 || !isWhole:
			return Span(r, to, years)
		case years:
			return blocks.Period(r)
		}
		return blocks.LongMonth(r.Last)
	}
	return name(v.Span, until), name(v.AgainstSpan, againstUntil)
}

// LengthFact says how many days each period has, if they differ and are not two whole months, whose days everybody knows.
func LengthFact(v report.Comparison) string {
	isOneEach := v.Span.Len() == 1 && v.AgainstSpan.Len() == 1
	isAlike := v.Until.IsZero() || v.AgainstUntil.Before(v.Against.End())
	if v.Length == v.AgainstLength || v.Unknown || v.IsTiered || isOneEach && isAlike {
		return ""
	}
	month, against := blocks.LongMonth(v.Month), blocks.LongMonth(v.Against)
	if v.Span != (billing.Range{}) {
		month, against = spansTo(v, time.Time{}, time.Time{})
	}
	return fmt.Sprintf("per day: %s days of %s, %s of %s", daysText(v.Length), month, daysText(v.AgainstLength), against)
}

// daysText writes a number of days, with an hour's precision: "31", "29.25".
func daysText(days float64) string {
	return strconv.FormatFloat(float64(int64(days*100+0.5))/100, 'f', -1, 64)
}
