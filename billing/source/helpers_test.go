package source

import (
	"context"
	"time"

	"budgetbot/billing"
	"budgetbot/internal/billingtest"
)

var (
	dec                        = billingtest.Dec
	equalDecimals, equalMonths = billingtest.EqualDecimals, billingtest.EqualMonths
	charge, countCharge        = billingtest.Charge, billingtest.Counted
)

func at(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}

var july = billing.NewMonth(2026, time.July)

type fakeBills struct{ reading billing.BillReading }

func (f fakeBills) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	return f.reading, nil
}
