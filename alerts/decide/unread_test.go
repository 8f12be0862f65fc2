package decide

import (
	"strings"
	"testing"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// What a row that was set aside is of is neither new nor vanished, nor does it hide what is.
func TestItemsOfARowThatWasSetAside(t *testing.T) {
	past := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 90, 0)
	rows := []billing.Usage{
		alertstest.Gigabytes(alertstest.November, "cdn_usage/Europe Bandwidth", 90), alertstest.Gigabytes(alertstest.November, "cdn_usage/India Bandwidth", 8), alertstest.Gigabytes(alertstest.November, "compute/Requests", 8),
	}
	for _, tt := range []struct {
		name   string
		unread billing.Usage
		want   string // what is found, and why more is not
	}{
		{"of the product it leaves the others", alertstest.Odd("cdn_usage", "Asia Bandwidth", ""), "compute; odd"},
		{"of a product that the rule does not cover it is nothing", alertstest.Odd("waf", "Requests", ""), "compute India Bandwidth; "},
		{"of no product that is known it may be any", alertstest.Odd("", "", ""), "; odd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, `new: [product, usage_type], product: "c*"`)
			reading := evaluate.Reading{Month: alertstest.November, Rows: rows, Unread: []billing.Usage{tt.unread}}
			f := withoutNames(evaluate.FindNew(&rule, alertstest.November, append(rows, past...)), unreadProducts(&reading, rule.Match))
			var names []string
			for _, item := range f.Items {
				names = append(names, item.Name)
			}
			if got := strings.Join(names, " ") + "; " + f.Unknown; got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
