package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/servicetest"
)

const spikeRules = `
operators: {channel: cdn-platform, stale_after: 900h, spikes: on}
teams: {shop: {services: [www], channel: cdn-platform}}
defaults: {channel: cdn-budget}
rules:
  - {name: europe-spike, title: Europe, product: cdn_usage, usage_type: Europe Bandwidth, change: {per: day, over: 60%, at_least: 200 GB}}
  - {name: europe, title: Europe Budget, product: cdn_usage, usage_type: Europe Bandwidth, budget: 45 TB}
  - {name: shop-spike, title: Shop, product: cdn_usage, usage_type: "* Bandwidth", team: shop, change: {per: day, over: 60%, at_least: 200 GB}}
`

// dailyTraffic returns the statistics from September on to before a day of November: a terabyte a day in Europe, half of it by www, but for the days on which
// www had another number of gigabytes.
func dailyTraffic(before int, www map[int]int64) (rows []account.StatRow) {
	end := time.Date(2026, time.November, before, 0, 0, 0, 0, time.UTC)
	for day := time.Date(2026, time.August, 20, 0, 0, 0, 0, time.UTC); day.Before(end); day = day.AddDate(0, 0, 1) {
		gigabytes := int64(500)
		if other, differs := www[day.Day()]; differs && day.Month() == time.November {
			gigabytes = other
		}
		rows = append(rows,
			account.StatRow{Day: day.Format(time.DateOnly), Region: "europe", ServiceID: "www", Bandwidth: gigabytes * 1e9, Requests: 5},
			account.StatRow{Day: day.Format(time.DateOnly), Region: "europe", ServiceID: "api", Bandwidth: 5e11, Requests: 7})
	}
	return rows
}

// reaches sets the clock to six in the morning of a day of November, with the statistics up to then.
func (w *world) reaches(day int, www map[int]int64) {
	w.T.Helper()
	w.Fastly.SetStats(dailyTraffic(day, www)...)
	w.Clock.Advance(time.Date(2026, time.November, day, 6, 0, 0, 0, time.UTC).Sub(w.Clock.Now()))
	time.Sleep(3 * readEvery)
	w.AwaitChecks(3)
}

// startSpikes starts a service on the morning of the 18th, when all days are as usual.
func (w *world) startSpikes() *servicetest.Running {
	w.T.Helper()
	w.WriteRules(spikeRules)
	w.Clock.Advance(time.Date(2026, time.November, 18, 5, 0, 0, 0, time.UTC).Sub(w.Clock.Now()))
	w.Fastly.Set(account.Row{
		Month: "2026-11", ProductID: "cdn_usage", UsageType: "Europe Bandwidth", Region: "Europe", Unit: "gb",
		Quantity: decimal.New(17_000, 0), Raw: decimal.New(17, 12), UpdatedAt: time.Date(2026, time.November, 18, 0, 0, 0, 0, time.UTC),
	})
	w.Fastly.SetStats(dailyTraffic(18, nil)...)
	r := w.Start(readingDays)
	w.awaitWhole(r)
	w.reaches(18, nil)
	return r
}

// A spike is one message the next day, in the rule's channel, which is edited while it lasts, through a restart, and when it is over.
func TestASpikeIsPostedTheNextDayOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.startSpikes()
		w.ExpectPosts(cdnBudget, 0)
		w.Says(w.Asks("/budget europe-spike"), "0.0% on Nov 17, as usual", "alerts from +60% and +200 GB a day")

		high := map[int]int64{18: 2500}
		w.reaches(19, high)
		w.Message(cdnBudget, "Europe: Spike, +200.0% on Nov 18", "3.00 TB on Wed, Nov 18, usually 1.00 TB (median of the four Wednesdays before): up 2.00 TB.",
			"What grew on Nov 18", "www 2.50 TB, usually 500 GB", "measured by Fastly and not billed")
		w.Message(cdnPlatform, "Shop: Spike, +400.0% on Nov 18", "www 2.50 TB, usually 500 GB")
		w.Message(cdnPlatform, "Bandwidth: Spike, +200.0% on Nov 18")
		w.Says(w.Asks("/budget"), "Europe: +200.0% on Nov 18, spike since Nov 18")
		w.Says(w.Asks("/budget history europe-spike"), "+200.0% on Nov 18, posted in")

		w.AwaitChecks(manyChecks)
		r.Stop()
		w.Start(readingDays)
		high[19] = 3000
		w.reaches(20, high)
		w.Await("the second day", func() bool {
			return servicetest.Has(w.Posts(cdnBudget)[0], "High on 2 days since Nov 18: 4.50 TB above usual in all.")
		})
		w.reaches(21, high)
		w.reaches(22, high)
		w.Await("the end", func() bool {
			return servicetest.Has(w.Posts(cdnBudget)[0], "Europe: Spike Over, Back to Usual", "High on 2 days from Nov 18 to Nov 19")
		})
		high[22] = 2600
		w.reaches(23, high)
		w.Await("another one", func() bool { return len(w.Posts(cdnBudget)) == 2 })
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 4)
	})
}

// What is high only because Fastly corrected a day is no news, and neither is a day that Fastly does not have.
func TestACorrectedDayIsNoSpike(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.startSpikes()
		w.reaches(19, nil)
		w.reaches(20, map[int]int64{18: 2500})
		w.reaches(21, map[int]int64{18: 2500})
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 0)
		w.ExpectPosts(cdnPlatform, 0)
	})
}

// A token that may not read statistics is named, and nothing else suffers.
func TestSpikesWithoutStatistics(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		for _, path := range []string{fastlysim.StatsPath, fastlysim.StatsFieldPath("bandwidth")} {
			w.FailFastly(path, 0, fault.Forbidden)
		}
		w.WriteRules(spikeRules)
		w.Uses(400, 50)
		r := w.Start(readingDays)
		time.Sleep(time.Minute)
		w.AwaitChecks(3)
		w.Says(w.Asks("/budget shop-spike"), "The Fastly token may not read statistics")
		w.ExpectPosts(cdnPlatform, 0)
		if ready := r.Readiness(); !ready.Ready {
			t.Errorf("not ready: %+v", ready)
		}
	})
}

// A service that runs away is posted as a spike the next morning, and as a month that is likely to end over its budget on a later one.
func TestASpikeIsPostedBeforeTheMonthIsLikelyOver(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.startSpikes()
		w.Fastly.SetStats(dailyTraffic(18, nil)...)
		high := map[int]int64{}
		used := int64(17_000)
		isLikely := func() bool {
			return strings.Contains(w.Channel(cdnBudget), "Europe Budget: ")
		}
		for day := 18; !isLikely(); day++ {
			if day > 25 {
				t.Fatalf("the month is never likely to end over its budget:\n%s", w.Channel(cdnBudget))
			}
			high[day] = 2500
			used += 3_000
			w.Fastly.Set(account.Row{
				Month: "2026-11", ProductID: "cdn_usage", UsageType: "Europe Bandwidth", Region: "Europe", Unit: "gb",
				Quantity: decimal.New(used, 0), Raw: decimal.New(used, 9), UpdatedAt: time.Date(2026, time.November, day+1, 0, 0, 0, 0, time.UTC),
			})
			w.reaches(day+1, high)
			if day == 18 {
				w.Message(cdnBudget, "Europe: Spike, +200.0% on Nov 18")
				if isLikely() {
					t.Errorf("the forecast needs a second version:\n%s", w.Channel(cdnBudget))
				}
			}
		}
	})
}
