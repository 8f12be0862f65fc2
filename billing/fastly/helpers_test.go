package fastly

import (
	"time"

	"budgetbot/billing"
	"budgetbot/internal/billingtest"
)

var (
	dec, known                 = billingtest.Dec, billingtest.Known
	equalDecimals, equalMonths = billingtest.EqualDecimals, billingtest.EqualMonths
	charge, countCharge        = billingtest.Charge, billingtest.Counted
	asiaRequests, checkSum     = billingtest.AsiaRequests, billingtest.CheckSum
)

var july = billing.NewMonth(2026, time.July)

// longAfter is a time at which every month of these tests is over and settled.
var longAfter = time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)

func quarter() billing.Range {
	return billing.Range{First: billing.NewMonth(2023, time.January), Last: billing.NewMonth(2023, time.March)}
}
