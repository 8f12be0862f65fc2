package period

import (
	"time"

	"budgetbot/billing"
)

const yearMonths = 12

// Before returns the months to which Previous Period leads: as many months before these, or for the months of this year so far, the same months of an
// earlier year. A year starts in January, and a fiscal year in its own month.
func Before(months billing.Range, now Now) billing.Range {
	if isYearToDate(months, now) {
		return Moved(months, -wholeYears(months))
	}
	return Moved(months, -months.Len())
}

// After returns the months to which Next Period leads, which undoes Before. They may not have begun.
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

// wholeYears returns the number of months of the whole years that the months need.
func wholeYears(months billing.Range) int {
	return (months.Len() + yearMonths - 1) / yearMonths * yearMonths
}
