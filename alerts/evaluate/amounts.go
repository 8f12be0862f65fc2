package evaluate

import (
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing/report"
)

// Amounts are what parts of a total used, by their names.
type Amounts map[string]decimal.Decimal

// Add adds what the part of that name used.
func (a Amounts) Add(name string, used decimal.Decimal) { a[name] = a[name].Add(used) }

// Sum is what all parts used.
func (a Amounts) Sum() decimal.Decimal {
	var sum decimal.Decimal
	for _, used := range a {
		sum = sum.Add(used)
	}
	return sum
}

// DriversOf compares what is used now with what was used before.
func DriversOf(now, before Amounts) alerts.Drivers {
	g := alerts.Drivers{Before: before.Sum()}
	g.Change = now.Sum().Sub(g.Before)
	parts := report.Changes(now, before)
	if len(parts) < 2 || !g.Change.IsPositive() {
		return g
	}
	rise := report.RiseOf(parts, g.Change, MostParts)
	g.Parts, g.Others, g.OthersChange = rise.Parts, rise.Others, rise.Rest
	return g
}

// Exactly rounds a quotient to its reliable digits, so that a floor is met even if a division leaves it a trifle short.
func Exactly(d decimal.Decimal) decimal.Decimal {
	const digits = 12
	return d.Round(digits - int32(d.NumDigits()) - d.Exponent()) //nolint:gosec // a figure has no billion digits
}

// largest returns the biggest parts, biggest first; none if there is only one.
func largest(sums Amounts) []alerts.Part {
	if len(sums) < 2 {
		return nil
	}
	return report.Foremost(report.Changes(sums, nil), MostParts, func(decimal.Decimal) bool { return true })
}

// MostParts is how many parts of a total are named.
const MostParts = 3
