package billing

import "github.com/shopspring/decimal"

// Rates returns what one billed unit of each usage type came to, tiers and all: what was charged for it by the units that
// were charged. A usage type without units or without a charge has none, nor has one with an unreadable line, or one whose
// product the bill does not show. Products are those of the charges: see WithProducts.
func (b Bill) Rates() map[Metric]decimal.Decimal {
	amounts, units := map[Metric]decimal.Decimal{}, map[Metric]decimal.Decimal{}
	for _, charge := range b.Charges {
		if charge.Kind == ChargeUsage && charge.Units.Valid && len(charge.MayBe) == 0 {
			amounts[charge.Metric()] = amounts[charge.Metric()].Add(charge.Amount)
			units[charge.Metric()] = units[charge.Metric()].Add(charge.Units.Decimal)
		}
	}
	rates := map[Metric]decimal.Decimal{}
	for of, amount := range amounts {
		if units[of].IsPositive() && !amount.IsZero() && !b.isUnread(of.UsageType) {
			rates[of] = amount.Div(units[of])
		}
	}
	return rates
}

// Metric returns the charge's product and name.
func (c Charge) Metric() Metric { return Metric{c.Product, c.Name} }

// isUnread reports whether a line that cannot be read may be of the name.
func (b Bill) isUnread(name string) bool {
	for _, u := range b.Unread {
		if u.Name == "" || u.Name == name {
			return true
		}
	}
	return false
}

// Tier is one step of the price of a usage type, as far as a bill reached into it.
type Tier struct {
	Units decimal.Decimal // billed ones, above zero
	Rate  decimal.Decimal // the price of one; zero if the step is free
}

// Tiers returns the steps of the price of each usage type, from the first unit on, which is the order in which Fastly lists them. Where
// a line carries no rate it is what its units came to. A usage type without units has none.
func (b Bill) Tiers() map[Metric][]Tier {
	tiers := map[Metric][]Tier{}
	for _, charge := range b.Charges {
		if charge.Kind != ChargeUsage || !charge.Units.Valid || !charge.Units.Decimal.IsPositive() {
			continue
		}
		rate := charge.Amount.Div(charge.Units.Decimal)
		if charge.Rate.Valid {
			rate = charge.Rate.Decimal
		}
		tiers[charge.Metric()] = append(tiers[charge.Metric()], Tier{charge.Units.Decimal, rate})
	}
	return tiers
}

// MarginalRates returns what one more billed unit of each usage type costs: the rate of its last tier. One of a free tier alone costs
// nothing more, as far as the bill shows.
func (b Bill) MarginalRates() map[Metric]decimal.Decimal {
	rates := map[Metric]decimal.Decimal{}
	for of, tiers := range b.Tiers() {
		rates[of] = tiers[len(tiers)-1].Rate
	}
	return rates
}
