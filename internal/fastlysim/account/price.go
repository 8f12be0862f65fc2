package account

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// Price is how a usage type is charged, and under which headings.
type Price struct {
	// Group is product_group, such as Full Site Delivery, and Line product_line,
	// such as Network Services.
	Group, Line string
	// Counts is the line's usage_type, such as Requests.
	Counts string
	// Tiers are the steps of the price of a month, lowest first. Without any, a
	// line has a rate of zero.
	Tiers []Tier
}

// Tier is a step of a price.
type Tier struct {
	// UpTo is the month's last billed unit of this step; zero in the last step,
	// which has no end.
	UpTo decimal.Decimal
	// Rate is the price of one billed unit within the step.
	Rate decimal.Decimal
}

// flat is a price without steps.
func flat(rate string) []Tier { return []Tier{{Rate: decimal.RequireFromString(rate)}} }

// falling is a price that is rate up to a number of units, and then lower ones.
func falling(rate string, upTo int64, then []Tier) []Tier {
	return append([]Tier{{UpTo: decimal.NewFromInt(upTo), Rate: decimal.RequireFromString(rate)}}, then...)
}

// check refuses steps that leave a unit without a price.
func (p Price) check() error {
	reached := decimal.Zero
	for i, tier := range p.Tiers {
		last := i == len(p.Tiers)-1
		if tier.UpTo.IsZero() != last {
			return errors.New("price: every step but the last one ends somewhere")
		}
		if !last && !tier.UpTo.GreaterThan(reached) {
			return fmt.Errorf("price: a step ends at %s, which is not after %s", tier.UpTo, reached)
		}
		reached = tier.UpTo
	}
	return nil
}

// charge is what each step has of a number of units; steps that have none are
// left out.
func (p Price) charge(units decimal.Decimal) []LineItem {
	if len(p.Tiers) == 0 {
		return []LineItem{{Units: units}}
	}
	var items []LineItem
	start := decimal.Zero
	for _, tier := range p.Tiers {
		end := units
		if !tier.UpTo.IsZero() {
			end = decimal.Min(units, tier.UpTo)
		}
		if !end.GreaterThan(start) {
			break
		}
		within := end.Sub(start)
		items = append(items, LineItem{Units: within, Rate: tier.Rate, Amount: within.Mul(tier.Rate).Round(2)})
		start = end
	}
	return items
}
