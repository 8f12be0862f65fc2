package phrase

import (
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
)

func TestHowMuchOfABudgetIsUsed(t *testing.T) {
	for _, tt := range []struct{ name, used, text, bar string }{
		{"credits beyond what was charged use nothing", "-50", "0%", "░░░░░░░░░░"},
		{"nothing is used", "0", "0%", "░░░░░░░░░░"},
		{"less than a hundredth is not nothing", "0.5", "<1%", "░░░░░░░░░░"},
		{"it is rounded down", "99.99", "99%", "█████████░"},
		{"what is over fills the bar", "1250", "1,250%", "██████████"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line := alerts.BudgetLine{Used: decimal.RequireFromString(tt.used), Limit: decimal.NewFromInt(100)}
			if text, cells := PercentText(line), bar(line); text != tt.text || cells != tt.bar {
				t.Errorf("it is %s %s, want %s %s", text, cells, tt.text, tt.bar)
			}
		})
	}
}
