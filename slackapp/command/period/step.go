package period

import (
	"time"

	"budgetbot/billing"
)

const yearMonths = 12

// Before returns the months to which Previous Period leads: as many before them, or, of the months of this year so far, the same months of
// earlier years. A year starts in January, and in the month given.
func Before(months billing.Range, now billing.Month, yearStarts time.Month) billing.Range {
	if isYearToDate(months, now, yearStarts) {
		return Moved(months, -wholeYears(months))
	}
	return Moved(months, -months.Len())
}

// After returns the months to which Next Period leads, back from where Before led. They may not have begun.
func After(months billing.Range, now billing.Month, yearStarts time.Month) billing.Range {
	if years := Moved(months, wholeYears(months)); isYearToDate(years, now, yearStarts) {
		return years
	}
	return Moved(months, months.Len())
}

func isYearToDate(months billing.Range, now billing.Month, yearStarts time.Month) bool {
	first := months.First.Month()
	return months.Last == now && months.Len() > 1 && (first == time.January || first == yearStarts)
}

// wholeYears is the least number of months that are whole years, and no less than the months have.
func wholeYears(months billing.Range) int {
	return (months.Len() + yearMonths - 1) / yearMonths * yearMonths
}
