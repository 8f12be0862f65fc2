package forecast

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// CostForecast is how the bill of the month that runs is likely to end.
type CostForecast struct {
	// End is the expected bill; Low and High hold it with a probability of 80 % or more, since the usage types are taken to rise
	// and fall together.
	End, Low, High decimal.Decimal
	// Pending are fees of last month's bill that have not landed yet and are expected to; they are part of the figures above.
	Pending decimal.Decimal
	// Unknown is why nothing can be said, for a person; the figures are meaningless where it is set.
	Unknown string
}

// Why there is no outlook on a bill.
const unknownRates = "the estimate has no charge that could be extrapolated"

// Cost tells how the estimate of a month is likely to end. A bill to date is never extrapolated as a whole: fees land
// once, on the first days or at the close, so that they are taken as they are, and those of last month that are still missing
// are added. Each usage type is forecast in its units, and what is still to come is charged at the tiers that follow, as far as last
// month's bill shows them, else at the rate of the last one reached. Where last month's bill made up for a commitment, this one will too, unless usage reaches it.
//
// last is the newest invoiced bill, nil where there is none; history knows the units of a product's usage type before. Where a line of
// the estimate cannot be read nothing is foreseen.
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
		ahead := tiersAhead(reached[len(reached)-1], before[of])
		cost := func(units decimal.Decimal) decimal.Decimal { return chargeOf(units.Sub(used[of]), ahead) }
		o.End, o.Low, o.High = o.End.Add(cost(expected.End)), o.Low.Add(cost(expected.Low)), o.High.Add(cost(expected.High))
	}
	if len(used) == 0 && last != nil && len(unitsOfCharges(*last)) > 0 {
		return CostForecast{Unknown: unknownRates}
	}
	if last != nil {
		o.add(pendingFees(estimate, *last))
		o.makeUpFor(commitmentOf(*last), estimate)
	}
	for _, amount := range []*decimal.Decimal{&o.End, &o.Low, &o.High} {
		*amount = billing.RoundMoney(*amount, estimate.Currency)
	}
	return o
}

// tiersAhead returns the tiers that more units fall into, the last of which has no end: what is left of the one that was reached, and those
// behind it. before are the tiers of the bill before; a rate that is not among them is taken to stay.
func tiersAhead(reached billing.Tier, before []billing.Tier) []billing.Tier {
	at := slices.IndexFunc(before, func(t billing.Tier) bool { return t.Rate.Equal(reached.Rate) })
	if at < 0 {
		return []billing.Tier{reached}
	}
	ahead := slices.Clone(before[at:])
	ahead[0].Units = decimal.Max(ahead[0].Units.Sub(reached.Units), decimal.Decimal{})
	return ahead
}

// chargeOf returns what units cost in tiers, the last of which has no end.
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

// Forecast returns the same as the outlook on a budget of which so much is used. What is still to come is taken to come evenly.
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
	return forecast(at, MethodBill, rest{ahead: s.Even(daily), deviation: deviation}, fixedWidths)
}

// MonthlyUnits returns what is known of a usage type from a bill alone: its units in that month.
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

func (o *CostForecast) add(fees decimal.Decimal) {
	o.Pending = fees
	o.End, o.Low, o.High = o.End.Add(fees), o.Low.Add(fees), o.High.Add(fees)
}

// makeUpFor raises what stays below a commitment to usage, fees beside it, to the commitment.
func (o *CostForecast) makeUpFor(commitment decimal.Decimal, estimate billing.Bill) {
	if commitment.IsZero() {
		return
	}
	floor := commitment.Add(o.Pending)
	for _, charge := range estimate.Charges {
		if charge.Kind != billing.ChargeUsage && !isShortfall(charge) {
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

// pendingFees sums by how much the fees of last month are above this month's so far: those that land at the close.
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
		if charge.Kind == billing.ChargeFixed && !isShortfall(charge) {
			fees[charge.Name] = fees[charge.Name].Add(charge.Amount)
		}
	}
	return fees
}

// commitmentOf returns to what sum of usage the bill was made up by a shortfall; zero where it was not.
func commitmentOf(bill billing.Bill) decimal.Decimal {
	var usage, shortfall decimal.Decimal
	for _, charge := range bill.Charges {
		switch {
		case isShortfall(charge):
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

// isShortfall reports whether a charge makes up for a commitment that usage did not reach.
func isShortfall(charge billing.Charge) bool {
	return charge.Kind == billing.ChargeFixed && strings.Contains(strings.ToLower(charge.Name), "shortfall")
}
