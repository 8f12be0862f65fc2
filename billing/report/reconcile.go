package report

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Discrepancy is a usage type whose units differ between the usage endpoints and the bill, though Fastly calls both billed.
type Discrepancy struct {
	UsageType string `json:"usage_type"`
	// Counted are the units of the usage endpoints, Billed those of the bill; one is not valid if its side lacks the usage type.
	Counted decimal.NullDecimal `json:"counted"`
	Billed  decimal.NullDecimal `json:"billed"`
}

// worthNoting is the least difference that is reported, as a part of the larger figure.
var worthNoting = decimal.New(5, -3)

// Difference compares usage with the bill of its month, by the names of usage types and over all regions and tiers. It returns, by name, what
// differs by more than 0.5 % and by more than the rounding of the coarser figure, and what either side lacks.
func Difference(rows []billing.Usage, bill billing.Bill) []Discrepancy {
	types := map[string]*Discrepancy{}
	at := func(u billing.Usage) *Discrepancy {
		if types[u.UsageType] == nil {
			types[u.UsageType] = &Discrepancy{UsageType: u.UsageType}
		}
		return types[u.UsageType]
	}
	for _, u := range rows {
		if u.Month == bill.Month {
			billing.Plus(&at(u).Counted, u.Quantity)
		}
	}
	for _, u := range bill.Usage() {
		billing.Plus(&at(u).Billed, u.Quantity)
	}
	var apart []Discrepancy
	for _, d := range types {
		if d.matters() {
			apart = append(apart, *d)
		}
	}
	slices.SortFunc(apart, func(a, b Discrepancy) int { return cmp.Compare(a.UsageType, b.UsageType) })
	return apart
}

// matters reports whether the figures differ enough. A figure that one side lacks equals zero on the other.
func (d Discrepancy) matters() bool {
	counted, billed := d.Counted.Decimal, d.Billed.Decimal
	places := min(decimalsOf(counted), decimalsOf(billed))
	if d.Counted.Valid && d.Billed.Valid && counted.Round(places).Equal(billed.Round(places)) {
		return false
	}
	return counted.Sub(billed).Abs().GreaterThan(decimal.Max(counted, billed).Mul(worthNoting))
}

func decimalsOf(d decimal.Decimal) int32 { return max(-d.Exponent(), 0) }

// Part returns the difference as a part of what was counted, without its sign: 0.008 is 0.8 %. It is 1 if a side lacks the usage type.
func (d Discrepancy) Part() decimal.Decimal {
	if !d.Counted.Valid || !d.Billed.Valid || !d.Counted.Decimal.IsPositive() {
		return decimal.New(1, 0)
	}
	return d.Billed.Decimal.Sub(d.Counted.Decimal).Abs().Div(d.Counted.Decimal)
}
