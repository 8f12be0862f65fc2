package report

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// billedUnits sums the units of each usage type of a bill.
func billedUnits(bill billing.Bill) map[billing.Metric]decimal.Decimal {
	units := map[billing.Metric]decimal.Decimal{}
	for _, u := range bill.Usage() {
		units[u.Metric()] = units[u.Metric()].Add(u.Quantity)
	}
	return units
}

// countedUnits sums the account's usage of each usage type in the month. A usage type that has rows only in other months counts as zero; one
// without any row is absent.
func countedUnits(rows []billing.Usage, month billing.Month) map[billing.Metric]decimal.Decimal {
	units := map[billing.Metric]decimal.Decimal{}
	for _, u := range rows {
		sum := units[u.Metric()]
		if u.Month == month {
			sum = sum.Add(u.Quantity)
		}
		units[u.Metric()] = sum
	}
	return units
}

// sharedRates returns the rates that divide a bill among services. An estimate that is older than the usage is spread over all of the usage, so
// that services together cost no more than Fastly charged.
func sharedRates(bill billing.Bill, rows []billing.Usage) map[billing.Metric]decimal.Decimal {
	rates := bill.Rates()
	if !bill.IsEstimate() {
		return rates
	}
	billed, counted := billedUnits(bill), countedUnits(rows, bill.Month)
	for of, rate := range rates {
		if counted[of].GreaterThan(billed[of]) {
			rates[of] = rate.Mul(billed[of]).Div(counted[of])
		}
	}
	return rates
}

// newerThanServices returns what an estimate charges for usage that Fastly has not counted by service yet.
func (b *tabulation) newerThanServices(bill billing.Bill, rows []billing.Usage) decimal.Decimal {
	var newer decimal.Decimal
	if !bill.IsEstimate() {
		return newer
	}
	wanted := slices.DeleteFunc(slices.Clone(rows), func(u billing.Usage) bool { return !b.question.Wants(u) })
	billed, counted := billedUnits(bill), countedUnits(wanted, bill.Month)
	for of, rate := range bill.Rates() {
		units, known := counted[of]
		if ahead := billed[of].Sub(units); known && ahead.IsPositive() {
			newer = newer.Add(ahead.Mul(rate))
		}
	}
	return newer
}
