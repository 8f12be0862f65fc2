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

// MarginalRates returns what one more billed unit of each usage type costs: the rate of its last line, for Fastly lists the tiers
// of a price from the first unit on. Where lines carry no rate it is what their units came to. A usage type without units has none,
// and one of a free tier alone costs nothing more, as far as the bill tells.
func (b Bill) MarginalRates() map[string]decimal.Decimal {
	rates := map[string]decimal.Decimal{}
	for _, charge := range b.Charges {
		if charge.Kind != ChargeUsage || !charge.Units.Valid || !charge.Units.Decimal.IsPositive() {
			continue
		}
		rates[charge.Name] = charge.Amount.Div(charge.Units.Decimal)
		if charge.Rate.Valid {
			rates[charge.Name] = charge.Rate.Decimal
		}
	}
	return rates
}
