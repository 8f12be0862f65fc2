package main

import (
	"slices"
	"testing"
	"time"

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
		Quantity: decimal.NewFromInt(gigabytes), Raw: decimal.New(gigabytes, 9), UpdatedAt: noon.Truncate(24 * time.Hour),
	}
}

// What is new on the bill is one message, what is gone from it another, each said once through restarts; what comes back is an edit.
func TestItemsAreSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(itemRules)
	w.hurry(20)
	var past []account.Row
	for n := 1; n <= 6; n++ {
		month := time.Date(2026, time.November-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		past = append(past, gigabytesOf(month, "cdn_usage", "Asia Bandwidth", 90), gigabytesOf(month, "cdn_usage", "Japan Bandwidth", 10),
			gigabytesOf(month, "compute_requests", "Compute Bandwidth", 10))
	}
	rest := []account.Row{gigabytesOf(noon, "cdn_usage", "Asia Bandwidth", 80), gigabytesOf(noon, "compute_requests", "Compute Bandwidth", 8)}
	japan := gigabytesOf(noon, "cdn_usage", "Japan Bandwidth", 8)
	w.fastly.Set(slices.Concat(past, rest, []account.Row{japan})...)
	r := w.start()
	w.awaitChecks(2)
	w.expectPosts(cdnBudget, 0)
	says(t, w.asks("/budget"), "nothing new this month", "nothing has disappeared this month")

	fresh := []account.Row{gigabytesOf(noon, "cdn_usage", "India Bandwidth", 12), gigabytesOf(noon, "kv_store", "KV Store Storage", 1), japan}
	w.fastly.Set(slices.Concat(past, rest, fresh)...)
	says(t, w.message(cdnBudget, "New on the Bill"), "kv_store", "India Bandwidth", "12% of cdn_usage", "rule `new-on-the-bill`")
	r = w.expectOneRoot(r, cdnBudget, "New on the Bill: 2 Things")
	says(t, w.asks("/budget"), "2 new: ", "India Bandwidth")

	w.fastly.Set(slices.Concat(past, rest, fresh[:2])...)
	says(t, w.message(cdnBudget, "Gone From the Bill"), "Japan Bandwidth", "was at least 10% of cdn_usage")
	w.awaitChecks(manyChecks)
	r.stop()
	w.start()
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)

	w.fastly.Set(slices.Concat(past, rest, fresh)...)
	w.await("an edit", func() bool { return saysAll(w.posts(cdnBudget)[1], []string{"back in use"}) })
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)
	w.expectPosts(cdnPlatform, 0)
	says(t, w.asks("/budget history new-on-the-bill"), "new: ", "said in #cdn-budget")
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

// Services that come and go are each said once; while the months before are still looked through nothing is called new.
func TestServicesThatComeAndGoAreSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(newServiceRules)
	w.hurry(20)
	var rows []account.Row
	var before []account.ServiceRow
	for n := range 7 {
		month := time.Date(2026, time.November-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		rows = append(rows, gigabytesOf(month, "cdn_usage", "Asia Bandwidth", 100))
		if n > 0 {
			before = append(before, servicesOf(month, map[string]int64{"www": 50, "api": 40, "old-shop": 10})...)
		}
	}
	w.fastly.Set(rows...)
	w.fastly.SetServices(slices.Concat(before, servicesOf(noon, map[string]int64{"www": 50, "api": 40, "old-shop": 10}))...)
	r := w.start()
	w.await("every month looked through", func() bool {
		return saysAll(w.asks("/budget"), []string{"nothing new this month", "nothing has disappeared this month"})
	})
	w.expectPosts(cdnBudget, 0)

	w.fastly.SetServices(slices.Concat(before, servicesOf(noon, map[string]int64{"www": 50, "api": 40, "new-shop": 10}))...)
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 0) // the month is looked through once a day
	w.clock.advance(25 * time.Hour)
	says(t, w.message(cdnBudget, "New on the Bill: new-shop"), "a service", "10% of cdn_usage")
	says(t, w.message(cdnBudget, "Gone From the Bill: old-shop"), "was at least 10% of cdn_usage")
	r.stop()
	w.clock.advance(25 * time.Hour)
	w.start()
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)
	w.expectPosts(cdnPlatform, 0)
}
