package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// invoicedAlone makes the account one that gets invoices and has no usage rows.
func invoicedAlone(_ *slacksim.Config, customer *fastlysim.Config) {
	customer.Account.Invoices = account.DefaultInvoicing()
	customer.Account.Invoices.WithoutUsage = true
}

// estimated makes the estimate of November one of so many gigabytes in Asia.
func (w *world) estimated(gigabytes int64) {
	estimate := account.ExampleInvoice()
	estimate.Month, estimate.Start, estimate.End = "2026-11", time.Time{}, w.Now()
	estimate.Items[1].Units = decimal.NewFromInt(gigabytes)
	w.Fastly.SetMonthToDate(estimate)
}

// An account that gets invoices alone is answered from them, and its budgets run on them.
func TestAnAccountWithInvoicesAlone(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, invoicedAlone)
		w.estimated(1_000)
		w.WriteRules(`
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: asia, product: Full Site Delivery, usage_type: Asia Bandwidth, budget: 10 TB, thresholds: [80%, 100%]}
`)
		w.Start()
		w.Await("two checks", func() bool { return strings.Count(w.Written.String(), `"msg":"checked"`) >= 2 })
		w.ExpectPosts(cdnBudget, 0)

		m := w.Asks("/usage by type")
		w.Says(m, "Asia Bandwidth", "1.00", "read from Fastly's invoices", "November has data to Nov 20")
		m = w.Asks("/usage 2026-09 Full Site Delivery by region")
		w.Says(m, "North America", "read from Fastly's invoices", "Months are UTC and closed")
		m = w.Asks("/usage 2026-10 by service top 3")
		w.Says(m, "media-assets-prod")
		m = w.Asks("/usage 2026-10 cost by type")
		w.Says(m, "Customer Success: Enterprise", "−$1,200 of credits")

		w.Says(w.Asks("/usage 2026-10 tls cost"), "Cost of TLS, October 2026", "1,430")
		w.Says(w.Asks("/usage 2026-10 cost Customer Success: Enterprise"), "Cost of Customer Success: Enterprise, October 2026", "6,500")
		w.Says(w.Asks("/usage 2026-10 TLS"), "`TLS` is on the bill, and isn't usage.")

		w.estimated(8_100)
		w.Says(w.Message(cdnBudget, "Asia Bandwidth: 8.10 TB used, 81% of November's 10 TB"), "Rule asia", "rule `asia`")
		if said := strings.Count(w.Written.String(), "usage is read from invoices"); said != 1 {
			t.Errorf("the log says the choice %d times", said)
		}
	})
}

// Whatever the usage endpoints refuse for a while, at the start or later, an account with usage and invoices goes on being watched by its
// usage: a refusal is a check that failed, and what was crossed meanwhile is posted by the first one that does not.
func TestRefusalsForAWhileLeaveTheSourceAsItIs(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(_ *slacksim.Config, customer *fastlysim.Config) {
			customer.Account.Invoices = account.DefaultInvoicing()
		})
		w.estimated(1_000)
		w.Uses(100, 50)
		w.FailFastly(fastlysim.UsagePath, 5, fault.Refused(403))
		w.Start()
		w.AwaitChecks(2)
		w.ExpectPosts(cdnBudget, 0)
		for _, status := range []int{404, 403, 400, 404} {
			w.FailFastly(fastlysim.UsagePath, 0, fault.Refused(status))
			refused := w.Checks()
			w.Await("two checks that fail", func() bool { return w.Checks() > refused+1 })
			w.Fastly.Heal()
			w.AwaitChecks(1)
		}
		w.Uses(520, 50)
		w.Says(w.Message(cdnBudget, "520 TB used, 104% of November's 500 TB"), "Rule na-bandwidth")
		m := w.Asks("/usage")
		w.Says(m, "cdn_usage came to 570 TB of bandwidth")
		if log := w.Written.String(); strings.Contains(log, "usage is read from invoices") || strings.Contains(m.Text, "invoices") {
			t.Errorf("a refusal changed the source: %s", w.Log())
		}
	})
}
