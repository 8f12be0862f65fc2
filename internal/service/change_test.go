package service_test

import (
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

const changeRules = `
operators: {channel: cdn-platform, stale_after: 900h}
defaults: {channel: cdn-budget}
rules:
  - {name: requests-jump, title: Requests, product: cdn_usage, usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}}
`

// at sets the clock to six in the morning of a day, and requests of Asia and Europe of the month to so many billions up to it.
func (w *world) at(year int, month time.Month, day int, asia, europe float64, before ...account.Row) {
	start := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	w.Fastly.Set(append(before, requestsIn(start, "Asia", asia), requestsIn(start, "Europe", europe))...)
	w.Clock.Advance(start.Add(6 * time.Hour).Sub(w.Clock.Now()))
	w.AwaitChecks(3)
}

func requestsIn(countedTo time.Time, region string, billions float64) account.Row {
	single := decimal.NewFromFloat(billions).Shift(9)
	return account.Row{
		Month: countedTo.Add(-time.Second).Format("2006-01"), ProductID: "cdn_usage", UsageType: region + " Requests", Region: region, Unit: "unit",
		Quantity: single.Shift(-4), Raw: single, UpdatedAt: countedTo,
	}
}

// A rise of usage per day is one message a month, which is edited while it lasts, through restarts and into the next month.
func TestAChangeIsPostedOnceAMonth(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(changeRules)
		w.Clock.Advance(-40 * 24 * time.Hour)
		w.Fastly.Set(requestsIn(w.Clock.Now().Truncate(24*time.Hour), "Asia", 9))
		r := w.Start()
		for day := 11; day <= 14; day++ {
			w.at(2026, time.October, day, float64(day-1), 2*float64(day-1))
		}
		october := []account.Row{
			requestsIn(time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC), "Asia", 31),
			requestsIn(time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC), "Europe", 62),
		}
		w.at(2026, time.November, 11, 20, 20, october...)
		w.ExpectPosts(cdnBudget, 0)
		w.Says(w.Asks("/budget requests-jump"), "+33.3% per day, up; will be posted if the next figures confirm it")
		w.at(2026, time.November, 12, 22, 22, october...)
		root := w.Message(cdnBudget, "Requests: +33.3% per Day Against Oct 1–11")
		w.Says(root, "4.00 B requests a day (Nov 1–11), 3.00 B requests a day (Oct 1–11): up 11.0 B requests so far", "Asia Requests +11.0 B requests, 100% of the growth")
		w.expectOneRoot(r, cdnBudget, "+33.3% per Day")

		w.at(2026, time.November, 14, 30, 26, october...)
		w.Await("an edit", func() bool {
			return servicetest.Has(w.Posts(cdnBudget)[0], "Requests: +43.6% per Day Against Oct 1–13")
		})
		w.Says(w.Asks("/budget"), "Requests: +43.6% per day, up since")

		november := []account.Row{
			requestsIn(time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC), "Asia", 60),
			requestsIn(time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC), "Europe", 60),
		}
		w.at(2026, time.December, 2, 1, 1, append(november, october...)...)
		w.Await("the end", func() bool {
			return servicetest.Has(w.Posts(cdnBudget)[0], "Requests: November Ended at +33.3% per Day")
		})
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)
		w.ExpectPosts(cdnPlatform, 0)
	})
}
