package forecast

import (
	"time"

	"budgetbot/billing"
)

var november = billing.NewMonth(2026, time.November)
