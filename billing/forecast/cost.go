package forecast

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// CostForecast is how the bill of the month that runs is likely to end.
type CostForecast struct {
	// End is the expected bill. The bill ends between Low and High with a probability of 80 % or more, since the range assumes that
	// all usage types rise and fall together.
	End, Low, High decimal.Decimal
	// Pending are fees of last month's bill that this month's does not list yet; the figures above include them.
	Pending decimal.Decimal
	// Planned are events that the figures include.
	Planned []billing.Event
	// Unknown is why there is no forecast, for people; the figures are meaningless if it is set.
	Unknown string
}

// Why there is no forecast of a bill.
const unknownRates = "the estimate has no charge that could be extrapolated"

// Cost forecasts how the estimate of a month ends. It never extrapolates a bill to date as a whole. Fees come once, on the first days or at
// the close: Cost takes them as they are and adds those of last month that are still missing. It forecasts each usage type in its units and
// charges the rest of the month at the next tiers, as far as last month's bill shows them, else at the rate of the last tier reached. Where
// last month's bill had a shortfall of a commitment, this one has it too, unless usage reaches the commitment.
//
// last is the newest invoiced bill, nil if there is none. history returns the earlier units of a product's usage type. There is no
// forecast if a line of the estimate cannot be read.
func Cost(estimate billing.Bill, last *billing.Bill, history func(billing.Metric) History) CostForecast {
	if len(estimate.Unread) > 0 {
		return CostForecast{Unknown: estimate.Unread[0].Describe()}
	}
	o := CostForecast{End: estimate.Total, Low: estimate.Total, High: estimate.Total}
	used, before := unitsOfCharges(estimate), map[billing.Metric][]billing.Tier{}
	if last != nil {
		before = last.Tiers()
	}
	for of, reached := range estimate.Tiers() {
		expected := OfMonth(history(of), Position{Month: estimate.Month, Used: used[of], CountedTo: estimate.AsOf})
		if expected.Unknown != "" {
			return CostForecast{Unknown: expected.Unknown}
		}
		o.Planned = expected.Planned
		ahead := tiersAhead(reached[len(reached)-1], before[of])
		cost := func(units decimal.Decimal) decimal.Decimal { return chargeOf(units.Sub(used[of]), ahead) }
		o.End, o.Low, o.High = o.End.Add(cost(expected.End)), o.Low.Add(cost(expected.Low)), o.High.Add(cost(expected.High))
	}
	if len(used) == 0 && last != nil && len(unitsOfCharges(*last)) > 0 {
		return CostForecast{Unknown: unknownRates}
	}
	if last != nil {
		o.Pending = pendingFees(estimate, *last)
		o.End, o.Low, o.High = o.End.Add(o.Pending), o.Low.Add(o.Pending), o.High.Add(o.Pending)
		o.makeUpFor(commitmentOf(*last), estimate)
	}
	for _, amount := range []*decimal.Decimal{&o.End, &o.Low, &o.High} {
		*amount = billing.RoundMoney(*amount, estimate.Currency)
	}
	return o
}

// tiersAhead returns the tiers that further units fall into: the rest of the tier that was reached, and those after it. The last one has no
// end. before are the tiers of the bill before; a rate that is not among them applies to all further units.
func tiersAhead(reached billing.Tier, before []billing.Tier) []billing.Tier {
	at := slices.IndexFunc(before, func(t billing.Tier) bool { return t.Rate.Equal(reached.Rate) })
	if at < 0 {
		return []billing.Tier{reached}
	}
	ahead := slices.Clone(before[at:])
	ahead[0].Units = decimal.Max(ahead[0].Units.Sub(reached.Units), decimal.Decimal{})
	return ahead
}

// chargeOf returns what units cost in tiers; the last tier has no end.
func chargeOf(units decimal.Decimal, tiers []billing.Tier) decimal.Decimal {
	var sum decimal.Decimal
	for i, tier := range tiers {
		part := units
		if i < len(tiers)-1 {
			part = decimal.Min(units, tier.Units)
		}
		sum, units = sum.Add(part.Mul(tier.Rate)), units.Sub(part)
	}
	return sum
}

// Forecast returns the same as the forecast of a budget that has used so much. It spreads the rest evenly over the days left.
func (o CostForecast) Forecast(at Position) Forecast {
	if at.CountedTo.IsZero() {
		return Unknown(at, unknownInstant)
	}
	if o.Unknown != "" {
		return Unknown(at, o.Unknown)
	}
	s := NewSpan(at)
	if s.Left() == 0 {
		return forecast(at, MethodComplete, rest{}, width{})
	}
	daily := max(o.End.Sub(at.Used).InexactFloat64(), 0) / (float64(at.Month.Days()) - s.elapsed)
	deviation := o.High.Sub(o.End).InexactFloat64() / fixedWidths.likely
	end := forecast(at, MethodBill, rest{ahead: s.Even(daily), deviation: deviation}, fixedWidths)
	end.Planned = o.Planned
	return end
}

// MonthlyUnits returns the history that a bill alone gives of a usage type: its units in that month.
func MonthlyUnits(last *billing.Bill) func(billing.Metric) History {
	units := map[billing.Metric]decimal.Decimal{}
	if last != nil {
		units = unitsOfCharges(*last)
	}
	return func(of billing.Metric) History {
		if used, known := units[of]; known {
			return History{Months: []MonthUsage{{last.Month, used}}}
		}
		return History{}
	}
}

// makeUpFor raises usage below the commitment to the commitment; fees do not count towards it.
func (o *CostForecast) makeUpFor(commitment decimal.Decimal, estimate billing.Bill) {
	if commitment.IsZero() {
		return
	}
	floor := commitment.Add(o.Pending)
	for _, charge := range estimate.Charges {
		if charge.Kind != billing.ChargeUsage && !IsShortfall(charge) {
			floor = floor.Add(charge.Amount)
		}
	}
	o.End, o.Low, o.High = decimal.Max(o.End, floor), decimal.Max(o.Low, floor), decimal.Max(o.High, floor)
}

// unitsOfCharges sums the units of each usage type, over its tiers.
func unitsOfCharges(bill billing.Bill) map[billing.Metric]decimal.Decimal {
	units := map[billing.Metric]decimal.Decimal{}
	for _, charge := range bill.Charges {
		if charge.Kind == billing.ChargeUsage && charge.Units.Valid {
			units[charge.Metric()] = units[charge.Metric()].Add(charge.Units.Decimal)
		}
	}
	return units
}

// pendingFees sums by how much last month's fees exceed this month's so far: Fastly charges those at the close.
func pendingFees(estimate, last billing.Bill) decimal.Decimal {
	landed := feesOf(estimate)
	var pending decimal.Decimal
	for name, fee := range feesOf(last) {
		pending = pending.Add(decimal.Max(fee.Sub(landed[name]), decimal.Decimal{}))
	}
	return pending
}

func feesOf(bill billing.Bill) map[string]decimal.Decimal {
	fees := map[string]decimal.Decimal{}
	for _, charge := range bill.Charges {
		if charge.Kind == billing.ChargeFixed && !IsShortfall(charge) {
			fees[charge.Name] = fees[charge.Name].Add(charge.Amount)
		}
	}
	return fees
}

// commitmentOf returns the sum that the bill's usage and shortfall come to; zero if it has no shortfall.
func commitmentOf(bill billing.Bill) decimal.Decimal {
	var usage, shortfall decimal.Decimal
	for _, charge := range bill.Charges {
		switch {
		case IsShortfall(charge):
			shortfall = shortfall.Add(charge.Amount)
		case charge.Kind == billing.ChargeUsage:
			usage = usage.Add(charge.Amount)
		}
	}
	if shortfall.IsZero() {
		return decimal.Decimal{}
	}
	return usage.Add(shortfall)
}

// IsShortfall reports whether a charge makes up for a commitment that usage did not reach.
func IsShortfall(charge billing.Charge) bool {
	return charge.Kind == billing.ChargeFixed && strings.Contains(strings.ToLower(charge.Name), "shortfall")
}
