package fastly

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"budgetbot/billing"
)

// monthOf reads the month of a row. A day or an instant is accepted for its month.
func monthOf(text string) (billing.Month, error) {
	if text == "" {
		return billing.Month{}, errors.New("there is no month")
	}
	if month, err := billing.ParseMonth(text); err == nil {
		return month, nil
	}
	if at := timeOf(text); !at.IsZero() {
		return billing.MonthOf(at), nil
	}
	return billing.Month{}, fmt.Errorf("month: %q is not one", billing.Clean(text))
}

// The forms in which a time may come, besides a date alone. One without a zone is UTC.
var instantForms = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
}

// countedTo reads last_updated_at as the instant to which a row of the month counts: a date is the end of its day, and
// nothing is later than the month's end. It is zero if the text is no such instant.
func countedTo(value json.RawMessage, month billing.Month) time.Time {
	at := instantOf(textOf(value))
	switch {
	case at.Before(month.Start()):
		return time.Time{}
	case at.After(month.End()):
		return month.End()
	}
	return at
}

// instantOf reads an instant. A date is the end of its day. It is zero if the text is neither.
func instantOf(text string) time.Time {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1)
	}
	return timeOf(text)
}

// timeOf reads an instant. A date is the beginning of its day. It is zero if the text is neither.
func timeOf(text string) time.Time {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day
	}
	for _, form := range instantForms {
		if at, err := time.Parse(form, text); err == nil && isUTC(form, at) {
			return at.UTC()
		}
	}
	return time.Time{}
}

// isUTC refuses abbreviations of other zones, which Go reads as if they were UTC.
func isUTC(form string, at time.Time) bool {
	zone, offset := at.Zone()
	return !strings.HasSuffix(form, " MST") || strings.Contains(form, "-0700") || offset == 0 && (zone == "UTC" || zone == "GMT")
}

// lastDay returns the last day of a statement: Fastly writes the day itself, others the one after. If neither is stated it is the last of
// the month.
func lastDay(end json.RawMessage, from time.Time) time.Time {
	if at := timeOf(textOf(end)); !at.Before(from) {
		return at
	}
	return billing.MonthOf(from).End().AddDate(0, 0, -1)
}

// startOf reads billing_start_date, the only field that gives the month of an invoice.
func startOf(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, errors.New("there is no billing_start_date")
	}
	start := timeOf(text)
	if start.IsZero() || start.Year() < 1 {
		return time.Time{}, fmt.Errorf("billing_start_date is %q, not a time", billing.Clean(text))
	}
	return start, nil
}
