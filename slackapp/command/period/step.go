package period

import (
	"time"

	"budgetbot/billing"
)

const yearMonths = 12

// Before returns the months to which Previous Period leads: as many before them, or, of the months of this year so far, the same months of
// earlier years. A year starts in January, and a fiscal one in its own month.
func Before(months billing.Range, now Now) billing.Range {
	if isYearToDate(months, now) {
		return Moved(months, -wholeYears(months))
	}
	return Moved(months, -months.Len())
}

// After returns the months to which Next Period leads, back from where Before led. They may not have begun.
func After(months billing.Range, now Now) billing.Range {
	if years := Moved(months, wholeYears(months)); isYearToDate(years, now) {
		return years
	}
	return Moved(months, months.Len())
}

func isYearToDate(months billing.Range, now Now) bool {
	first := months.First.Month()
	return months.Last == now.Month && months.Len() > 1 && (first == time.January || first == now.YearStarts)
}

// wholeYears is the least number of months that are whole years, and no less than the months have.
func wholeYears(months billing.Range) int {
	return (months.Len() + yearMonths - 1) / yearMonths * yearMonths
}
