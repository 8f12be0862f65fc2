package statement

import "budgetbot/internal/billingtest"

var (
	dec, known                 = billingtest.Dec, billingtest.Known
	equalDecimals, equalMonths = billingtest.EqualDecimals, billingtest.EqualMonths
	charge, countCharge        = billingtest.Charge, billingtest.Counted
	asiaRequests               = billingtest.AsiaRequests
)
