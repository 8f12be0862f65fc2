package service_test

import (
	"slices"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

const itemRules = `
operators: {channel: cdn-platform, stale_after: 900h}
defaults: {channel: cdn-budget}
rules:
  - {name: new-on-the-bill, new: [product, usage_type], at_least: 1%}
  - {name: gone-from-the-bill, vanished: [product, usage_type]}
`

func gigabytesOf(month time.Time, product, usageType string, gigabytes int64) account.Row {
	return account.Row{
		Month: month.Format("2006-01"), ProductID: product, UsageType: usageType, Unit: "gb",
		Quantity: decimal.NewFromInt(gigabytes), Raw: decimal.New(gigabytes, 9), UpdatedAt: servicetest.Noon.Truncate(24 * time.Hour),
	}
}

// A new item of the bill is one message, a vanished one another, each posted once through restarts; an item that returns is an edit.
func TestItemsArePostedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(itemRules)
		var past []account.Row
		for n := 1; n <= 6; n++ {
			month := time.Date(2026, time.November-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			past = append(past, gigabytesOf(month, "cdn_usage", "Asia Bandwidth", 90), gigabytesOf(month, "cdn_usage", "Japan Bandwidth", 10),
				gigabytesOf(month, "compute_requests", "Compute Bandwidth", 10))
		}
		rest := []account.Row{gigabytesOf(servicetest.Noon, "cdn_usage", "Asia Bandwidth", 80), gigabytesOf(servicetest.Noon, "compute_requests", "Compute Bandwidth", 8)}
		japan := gigabytesOf(servicetest.Noon, "cdn_usage", "Japan Bandwidth", 8)
		w.Fastly.Set(slices.Concat(past, rest, []account.Row{japan})...)
		r := w.Start()
		w.AwaitChecks(2)
		w.ExpectPosts(cdnBudget, 0)
		w.Says(w.Asks("/budget"), "nothing new this month", "nothing has disappeared this month")

		fresh := []account.Row{gigabytesOf(servicetest.Noon, "cdn_usage", "India Bandwidth", 12), gigabytesOf(servicetest.Noon, "kv_store", "KV Store Storage", 1), japan}
		w.Fastly.Set(slices.Concat(past, rest, fresh)...)
		w.Says(w.Message(cdnBudget, "New on the Bill"), "kv_store", "India Bandwidth", "12% of cdn_usage", "rule `new-on-the-bill`")
		r = w.expectOneRoot(r, cdnBudget, "New on the Bill: 2 Items")
		w.Says(w.Asks("/budget"), "2 new: ", "India Bandwidth")

		w.Fastly.Set(slices.Concat(past, rest, fresh[:2])...)
		w.Says(w.Message(cdnBudget, "Gone From the Bill"), "Japan Bandwidth", "was at least 10% of cdn_usage")
		w.AwaitChecks(manyChecks)
		r.Stop()
		w.Start()
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)

		w.Fastly.Set(slices.Concat(past, rest, fresh)...)
		w.Await("an edit", func() bool { return servicetest.Has(w.Posts(cdnBudget)[1], "back in use") })
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 0)
		w.Says(w.Asks("/budget history new-on-the-bill"), "new: ", "posted in #cdn-budget")
	})
}

const newServiceRules = `
operators: {channel: cdn-platform, stale_after: 900h}
defaults: {channel: cdn-budget}
rules:
  - {name: new-service, product: cdn_usage, new: [service], at_least: 1%}
  - {name: gone-service, product: cdn_usage, vanished: [service], at_least: 1%}
`

// servicesOf is what services used of Asia Bandwidth in the month, in GB.
func servicesOf(month time.Time, used map[string]int64) []account.ServiceRow {
	var rows []account.ServiceRow
	for name, gigabytes := range used {
		rows = append(rows, account.ServiceRow{
			Month: month.Format("2006-01"), ProductID: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb",
			ServiceID: "id-of-" + name, ServiceName: name, Units: decimal.NewFromInt(gigabytes),
		})
	}
	return rows
}

// Services that come and go are each posted once; none counts as new while the bot still reads the months before.
func TestServicesThatComeAndGoArePostedOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(newServiceRules)
		var rows []account.Row
		var before []account.ServiceRow
		for n := range 7 {
			month := time.Date(2026, time.November-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			rows = append(rows, gigabytesOf(month, "cdn_usage", "Asia Bandwidth", 100))
			if n > 0 {
				before = append(before, servicesOf(month, map[string]int64{"www": 50, "api": 40, "old-shop": 10})...)
			}
		}
		w.Fastly.Set(rows...)
		w.Fastly.SetServices(slices.Concat(before, servicesOf(servicetest.Noon, map[string]int64{"www": 50, "api": 40, "old-shop": 10}))...)
		r := w.Start()
		w.Await("every month looked through", func() bool {
			return servicetest.Has(w.Asks("/budget"), "nothing new this month", "nothing has disappeared this month")
		})
		w.ExpectPosts(cdnBudget, 0)

		w.Fastly.SetServices(slices.Concat(before, servicesOf(servicetest.Noon, map[string]int64{"www": 50, "api": 40, "new-shop": 10}))...)
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 0) // the month is looked through once a day
		w.Clock.Advance(25 * time.Hour)
		w.Says(w.Message(cdnBudget, "New on the Bill: new-shop"), "a service", "10% of cdn_usage")
		w.Says(w.Message(cdnBudget, "Gone From the Bill: old-shop"), "was at least 10% of cdn_usage")
		r.Stop()
		w.Clock.Advance(25 * time.Hour)
		w.Start()
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 0)
	})
}
