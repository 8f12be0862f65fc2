package store

import (
	"budgetbot/alerts/check"
	"budgetbot/alerts/digest"
)

// The contracts of packages that the store does not import.
var (
	_ digest.Books        = (*Store)(nil)
	_ check.ServiceRecord = (*Store)(nil)
	_ check.Ledger        = (*Store)(nil)
	_ digest.Schedule     = (*Store)(nil)
)
