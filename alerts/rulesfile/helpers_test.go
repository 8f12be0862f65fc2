package rulesfile

import (
	"testing"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

var november = billing.NewMonth(2026, time.November)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// ruleOf reads the rule of one budget from its keys, as a file would have them.
func ruleOf(t testing.TB, keys string) rules.Rule {
	t.Helper()
	return load(t, "rules: [{name: r, channel: cdn, "+keys+"}]").Rules[0]
}
