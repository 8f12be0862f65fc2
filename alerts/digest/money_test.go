package digest

import (
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestADigestHasOneForecastOfOneBill: the head has the figures of the budget of the whole bill, where that has some.
func TestADigestHasOneForecastOfOneBill(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, `
defaults: {channel: finops}
rules:
  - {name: bill, budget: 84000 USD}
  - {name: usage, budget: 80000 USD, charges: usage}
  - {name: cdn, product: cdn_usage, budget: 70000 USD}
`)
	c := &Composer{Rules: func() *rules.Rules { return set }}
	for _, tt := range []struct {
		name, rule string
		change     func(*alerts.Bulletin)
		want       string
	}{
		{"the head has that of the budget", "bill", func(*alerts.Bulletin) {}, "70400 83668"},
		{"a budget of usage alone is of something else", "usage", func(*alerts.Bulletin) {}, "70412 83719"},
		{"so is one of a product", "cdn", func(*alerts.Bulletin) {}, "70412 83719"},
		{"so is one in another currency", "bill", func(b *alerts.Bulletin) { b.Cost.Currency = "EUR" }, "70412 83719"},
		{"a forecast that is not known is none", "bill", func(b *alerts.Bulletin) { b.Budgets[0].Line.Forecast.Unknown = "too early" }, "70412 83719"},
		{"figures of a check that is late are older", "bill", func(b *alerts.Bulletin) { b.IsLate = true }, "70412 83719"},
		{"so are those of one that failed", "bill", func(b *alerts.Bulletin) { b.CheckFailure = "Fastly did not answer" }, "70412 83719"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dollars := decimal.NewFromInt
			line := alerts.BudgetLine{
				BudgetID: alerts.BudgetID{Rule: tt.rule}, Measure: billing.Cost("USD"), Used: dollars(70_400),
				Forecast: &alerts.Forecast{Low: dollars(82_744), Expected: dollars(83_668), High: dollars(84_591)},
			}
			b := &alerts.Bulletin{
				Budgets: []alerts.BudgetStatus{{Line: line, Known: true}},
				Cost:    &alerts.RunningCost{Currency: "USD", SoFar: dollars(70_412), Likely: &alerts.LikelyCost{End: dollars(83_719)}},
			}
			tt.change(b)
			c.agree(b)
			if got := b.Cost.SoFar.String() + " " + b.Cost.Likely.End.String(); got != tt.want {
				t.Errorf("so far and likely are %s, want %s", got, tt.want)
			}
		})
	}
}
