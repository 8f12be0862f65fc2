package phrase

import (
	"time"

	"budgetbot/billing"
)

var november = billing.NewMonth(2026, time.November)

const alice = "U0ALICE01"
