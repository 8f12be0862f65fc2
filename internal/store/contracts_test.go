package store

import (
	"budgetbot/alerts/check"
	"budgetbot/alerts/digest"
	"budgetbot/alerts/status"
	"budgetbot/billing/daily"
	"budgetbot/billing/lookup"
	"budgetbot/billing/source"
)

// The contracts of packages that the store does not import.
var (
	_ digest.Books        = (*Store)(nil)
	_ digest.Past         = (*Store)(nil)
	_ status.Records      = (*Store)(nil)
	_ status.DailyRecord  = Days{}
	_ lookup.PriorReader  = (*Store)(nil)
	_ check.Ledger        = (*Store)(nil)
	_ digest.Schedule     = (*Store)(nil)
	_ source.ServiceStore = (*Store)(nil)
	_ daily.Reader        = Days{}
)
