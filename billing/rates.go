package billing

import "github.com/shopspring/decimal"

// Rates returns what one billed unit of each usage type came to, tiers and all: what was charged for it by the units that
// were charged. A usage type without units or without a charge has none.
func (b Bill) Rates() map[string]decimal.Decimal {
	amounts, units := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, charge := range b.Charges {
		if charge.Kind == ChargeUsage && charge.Units.Valid {
			amounts[charge.Name] = amounts[charge.Name].Add(charge.Amount)
			units[charge.Name] = units[charge.Name].Add(charge.Units.Decimal)
		}
	}
	rates := map[string]decimal.Decimal{}
	for name, amount := range amounts {
		if units[name].IsPositive() && !amount.IsZero() {
			rates[name] = amount.Div(units[name])
		}
	}
	return rates
}

// Tier is one step of the price of a usage type, as far as a bill reached into it.
type Tier struct {
	Units decimal.Decimal // billed ones, above zero
	Rate  decimal.Decimal // the price of one; zero where the step is free
}

// Tiers returns the steps of the price of each usage type, from the first unit on, which is the order in which Fastly lists them. Where
// a line carries no rate it is what its units came to. A usage type without units has none.
func (b Bill) Tiers() map[string][]Tier {
	tiers := map[string][]Tier{}
	for _, charge := range b.Charges {
		if charge.Kind != ChargeUsage || !charge.Units.Valid || !charge.Units.Decimal.IsPositive() {
			continue
		}
		rate := charge.Amount.Div(charge.Units.Decimal)
		if charge.Rate.Valid {
			rate = charge.Rate.Decimal
		}
		tiers[charge.Name] = append(tiers[charge.Name], Tier{charge.Units.Decimal, rate})
	}
	return tiers
}

// MarginalRates returns what one more billed unit of each usage type costs: the rate of its last tier. One of a free tier alone costs
// nothing more, as far as the bill tells.
func (b Bill) MarginalRates() map[string]decimal.Decimal {
	rates := map[string]decimal.Decimal{}
	for name, tiers := range b.Tiers() {
		rates[name] = tiers[len(tiers)-1].Rate
	}
	return rates
}
