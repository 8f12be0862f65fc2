package report

import (
	"budgetbot/billing"
	"budgetbot/internal/billingtest"
)

var (
	dec, known                 = billingtest.Dec, billingtest.Known
	equalDecimals, equalMonths = billingtest.EqualDecimals, billingtest.EqualMonths
	charge, countCharge        = billingtest.Charge, billingtest.Counted
)

func changed(u billing.Usage, change func(*billing.Usage)) billing.Usage {
	change(&u)
	return u
}
