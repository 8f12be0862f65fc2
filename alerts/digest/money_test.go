package digest

import (
	"strings"
	"testing"
	"time"

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

// TestTheMonthBeforeIsTheOneThatJustEnded, whether or not it is invoiced.
func TestTheMonthBeforeIsTheOneThatJustEnded(t *testing.T) {
	t.Parallel()
	november, december := alertstest.November, alertstest.November.Add(1)
	kept := func(change func(*billing.Bill)) *billing.Bill {
		bill := billed(november, 84_500)
		if change != nil {
			change(&bill)
		}
		return &bill
	}
	october, running := billed(alertstest.October, 82_000, "INV-1"), billed(december, 9_000)
	second := december.Start().AddDate(0, 0, 1).Add(9 * time.Hour)
	for _, tt := range []struct {
		name  string
		bills []billing.Bill
		kept  *billing.Bill
		now   time.Time
		want  string // what it costs, then what the month before came to
	}{
		{"beside the running month, what the last estimate makes likely", []billing.Bill{october, running}, kept(nil), second, "2026-12 9000; 2026-11 84500, not invoiced"},
		{"the invoice, once it is there", []billing.Bill{october, billed(november, 84_538, "INV-2"), running}, kept(nil), second, "2026-12 9000; 2026-11 84538"},
		{"the newest invoice, where no estimate was kept", []billing.Bill{october, running}, nil, second, "2026-12 9000; 2026-10 82000"},
		{"so it is where the estimate cannot be read", []billing.Bill{october, running}, kept(func(b *billing.Bill) { b.Unknown = "a total is missing" }), second, "2026-12 9000; 2026-10 82000"},
		{"or is in another currency", []billing.Bill{october, running}, kept(func(b *billing.Bill) { b.Currency = "EUR" }), second, "2026-12 9000; 2026-10 82000"},
		{"before there are figures of the month, the one that just ended", []billing.Bill{october}, kept(nil), december.Start().Add(9 * time.Hour), "2026-11 84500, not invoiced; 2026-10 82000"},
		{"with its invoice, if there is one", []billing.Bill{october, billed(november, 84_538, "INV-2")}, kept(nil), december.Start().Add(9 * time.Hour), "2026-11 84538"},
		{"without either there is no cost", nil, nil, december.Start().Add(9 * time.Hour), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposing(t)
			c.bills.all, c.past.estimate = tt.bills, tt.kept
			c.past.checked = map[billing.Month][]billing.Usage{november: c.account.rows[4:]}
			if tt.now.Equal(second) {
				c.past.checked[december] = []billing.Usage{alertstest.BandwidthTo(december, "Europe", 13_000, 1)}
			}
			b, err := c.Compose(t.Context(), rules.Digest{Name: "daily", Shows: []rules.Section{rules.SectionBudgets}, Schedule: "0 9 * * *"}, tt.now, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			var parts []string
			add := func(m billing.Month, d decimal.Decimal) {
				part := m.String() + " " + d.Round(0).String()
				if m == b.Cost.NotInvoiced {
					part += ", not invoiced"
				}
				parts = append(parts, part)
			}
			if b.Cost != nil {
				if add(b.Month, b.Cost.SoFar); b.Cost.Before.Valid {
					add(b.Cost.BeforeMonth, b.Cost.Before.Decimal)
				}
			}
			if got := strings.Join(parts, "; "); got != tt.want {
				t.Errorf("it costs %q, want %q", got, tt.want)
			}
		})
	}
}
