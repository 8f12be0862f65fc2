package service_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/blocks"
)

// moneyRules are budgets of money over the published invoice, as if it were what November has cost so far.
const moneyRules = `
defaults: {channel: cdn-budget, thresholds: [80%, 100%, 125%], forecast: none}
teams:
  shop: {services: [www-shop, "shop-*"]}
  media: {services: ["media-*"]}
rules:
  - {name: monthly-bill, title: The Bill, budget: 8000 USD}
  - {name: delivery, title: Delivery, budget: 3000 USD, charges: usage}
  - {name: asia, title: Asia, region: Asia, budget: "1,000 USD"}
  - {name: teams, title: Teams, per: team, budget: 1500 USD, except: {shop: 2500 USD}, channel: cdn-platform}
`

// invoiced gives the account the published invoice, of July, and makes November's estimate of the same lines. Usage rows and
// services agree with it: the shop has 70 % of all traffic, media 25 %, an API 4 %, and one hundredth belongs to no service.
func (w *world) invoiced() {
	invoice := account.ExampleInvoice()
	w.Fastly.SetInvoices(invoice)
	estimate := account.ExampleInvoice()
	estimate.Month, estimate.ID, estimate.Start, estimate.End = "2026-11", "", time.Time{}, servicetest.Noon
	w.Fastly.SetMonthToDate(estimate)
	var rows []account.Row
	var services []account.ServiceRow
	for _, month := range []string{"2026-07", "2026-11"} {
		for _, item := range invoice.Items {
			if item.Group != "Full Site Delivery" {
				continue
			}
			unit, power := "gb", int32(9)
			if item.UsageType == "Requests" {
				unit, power = "unit", 4
			}
			rows = append(rows, account.Row{
				Month: month, ProductID: "cdn_usage", UsageType: item.Description, Region: item.Region, Unit: unit,
				Quantity: item.Units, Raw: item.Units.Shift(power), UpdatedAt: w.Now().Truncate(24 * time.Hour),
			})
			for _, service := range []struct{ id, name, share string }{
				{"S1", "www-shop", "0.5"}, {"S2", "shop-images", "0.2"}, {"S3", "media-assets-prod", "0.25"}, {"S4", "api-gateway", "0.04"},
			} {
				services = append(services, account.ServiceRow{
					Month: month, ProductID: "cdn_usage", UsageType: item.Description, Unit: unit, ServiceID: service.id,
					ServiceName: service.name, Units: item.Units.Mul(decimal.RequireFromString(service.share)),
				})
			}
		}
	}
	w.Fastly.Set(rows...)
	w.Fastly.SetServices(services...)
}

// The published invoice, asked about and budgeted, to the cent: docs/money.md shows what this test sees.
func TestThePublishedInvoice(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(_ *slacksim.Config, customer *fastlysim.Config) {
			customer.Account.Invoices = account.DefaultInvoicing()
		})
		w.invoiced()
		young := account.ExampleInvoice()
		young.Month, young.ID, young.Start, young.End = "2026-11", "", time.Time{}, servicetest.Noon
		young.Items, young.Amount = young.Items[:1], young.Items[0].Amount
		w.Fastly.SetMonthToDate(young)
		w.WriteRules(moneyRules)
		w.Start()
		guide, err := os.ReadFile("../../docs/money.md")
		if err != nil {
			t.Fatal(err)
		}
		shown := func(m slacksim.Message) {
			t.Helper()
			for line := range strings.Lines(blocks.PlainText(servicetest.MessageOf(m))) {
				// The guide leaves out when Fastly was read, when budgets were checked, and what can be pressed.
				isFooter := strings.Contains(line, "read from Fastly") || strings.Contains(line, "; checked ") || strings.Contains(line, " · ")
				if line = strings.TrimSpace(line); line != "" && !isFooter && !strings.HasPrefix(line, "[") && !strings.Contains(string(guide), line) {
					t.Errorf("docs/money.md does not have the line\n%s\nof\n%s", line, blocks.PlainText(servicetest.MessageOf(m)))
				}
			}
		}
		for _, question := range []string{
			"/usage 2026-07 cost by type", "/usage 2026-07 cost", "/usage 2026-07 cost by region", "/usage 2026-07 cost by service",
			"/usage 2026-07 cost by team", "/usage 2026-07 rates",
		} {
			shown(w.Asks(question))
		}
		w.AwaitChecks(2)
		w.invoiced()
		shown(w.Message(cdnBudget, "The Bill"))
		shown(w.Message(cdnBudget, "Delivery"))
		shown(w.Asks("/budget all"))
		shown(w.Asks("/usage forecast cost"))
	})
}

// Two currencies in September leave September unknown. October, which is compared with it, and the year so far say so.
func TestTwoCurrenciesInAnOldMonthSpoilNoOther(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(_ *slacksim.Config, customer *fastlysim.Config) {
			customer.Account.Invoices = account.DefaultInvoicing()
		})
		w.invoiced()
		of := func(month, id, currency string) account.Invoice {
			invoice := account.ExampleInvoice()
			invoice.Month, invoice.ID, invoice.Statement, invoice.Currency = month, id, id, currency
			invoice.Start, invoice.End, invoice.Posted = time.Time{}, time.Time{}, time.Time{}
			return invoice
		}
		w.Fastly.SetInvoices(of("2026-09", "INV-1", "USD"), of("2026-09", "INV-2", "EUR"), of("2026-10", "INV-3", "USD"))
		w.WriteRules(moneyRules)
		w.Start()
		const why = "INV-2 is in EUR, and INV-1 of the same month in USD"
		w.Says(w.Asks("/usage last month cost"), "$6,604.19: $3,124.19 for usage", "can't compare with September: "+why)
		w.Says(w.Asks("/usage 3m cost"), "$13,208.38", "I can't tell what September cost: "+why)
		w.Says(w.Asks("/usage 2026-09 cost"), "I can't tell what September 2026 cost.", why)
		w.AwaitChecks(1)
		w.Says(w.Asks("/budget all"), "82%") // of November's bill
	})
}

// A check has not failed where Fastly gives no bill: usage is dated, and only money budgets have no figure. The bot still tells
// operators about the bill, and every replica warns of it, even one that has just started.
func TestAnUnreadableBillLeavesUsageChecked(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(_ *slacksim.Config, customer *fastlysim.Config) {
			customer.Account.Invoices = account.DefaultInvoicing()
		})
		w.WriteRules(`
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 500 TB}
  - {name: monthly-bill, title: The Bill, budget: 1000000 USD}
`)
		w.FailFastly(fastlysim.MonthToDatePath, 0, fault.ServerError)
		r := w.Start()
		warns := func(r *servicetest.Running) {
			w.Await("a warning of the bill", func() bool {
				return strings.Contains(strings.Join(r.Readiness().Warnings, "; "), "the newest check could not read the bill: Fastly's API failed")
			})
		}
		w.AwaitChecks(2)
		warns(r)
		for _, question := range []string{"/budget all", "/budget asia"} {
			answer := w.Asks(question)
			w.Says(answer, "checked just now")
			if servicetest.Has(answer, "check failed") || servicetest.Has(answer, "ot checked yet") {
				t.Errorf("%s says that usage was not checked:\n%s", question, blocks.PlainText(servicetest.MessageOf(answer)))
			}
		}
		w.Says(w.Asks("/budget monthly-bill"), "Fastly's API failed")
		w.Clock.Advance(2 * time.Hour)
		r = w.expectOneRoot(r, cdnPlatform, "The Bill Could Not Be Read for 2 h", "Fastly's API failed")
		warns(r)
		w.Fastly.Heal()
		w.expectOneRoot(r, cdnPlatform, "The Bill Can Be Read Again")
	})
}
