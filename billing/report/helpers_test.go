package report

import (
	"budgetbot/billing"
	"budgetbot/internal/billingtest"
)

var (
	dec, known                 = billingtest.Dec, billingtest.Known
	equalDecimals, equalMonths = billingtest.EqualDecimals, billingtest.EqualMonths
	charge, countCharge        = billingtest.Charge, billingtest.Counted
	gb, unit                   = billingtest.Terabytes, billingtest.Billions
	at, counting               = billingtest.At, billingtest.CountedTo
)

func changed(u billing.Usage, change func(*billing.Usage)) billing.Usage {
	change(&u)
	return u
}
