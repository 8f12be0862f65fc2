package statement

import (
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// KindOf returns how a charge comes about. An invoice does not state it, so this is a rule, by what invoices are known to hold:
//
//  1. What lowers the bill is a credit: an amount below zero, or one of zero with a coupon.
//  2. Of the groups TLS and CS (support) everything is a fee, although those lines carry one unit at a rate.
//  3. Without units, or with none that could make up its amount, a charge is a fee. A commitment's shortfall is one.
//  4. What its description or usage type calls a fee, support, a minimum, a commitment or its shortfall is one.
//  5. Requests, bandwidth and the like are usage, at whichever rate: a rate of 0 is a free tier.
//  6. Anything else is usage if it has a usage type and a rate, and is not a single unit: that is how a flat fee is written.
func KindOf(c billing.Charge) billing.ChargeKind {
	group := strings.ToLower(c.Product)
	switch {
	case c.Amount.IsNegative(), c.Coupon != "" && c.Amount.IsZero():
		return billing.ChargeCredit
	case group == "tls", strings.HasPrefix(group, "cs:"), !c.Units.Valid, c.Units.Decimal.IsZero() && !c.Amount.IsZero(), isCalledFee(c.Name, c.What):
		return billing.ChargeFixed
	case billing.MeasureIn(c) != "":
		return billing.ChargeUsage
	case c.What != "" && c.Rate.Valid && !c.Units.Decimal.Equal(decimal.New(1, 0)):
		return billing.ChargeUsage
	}
	return billing.ChargeFixed
}

// feeWords are looked for as whole words.
var feeWords = map[string]bool{
	"fee": true, "fees": true, "support": true, "minimum": true, "subscription": true,
	"commit": true, "commitment": true, "shortfall": true,
}

func isCalledFee(texts ...string) bool {
	for _, text := range texts {
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			if feeWords[strings.Trim(word, "()-:,.")] {
				return true
			}
		}
	}
	return false
}
