package service_test

import (
	"strings"
	"testing"
	"time"

	"budgetbot/billing/forecast"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/servicetest"
)

// Each November ends with eleven days of twice the usage; this one's last day is planned half above that. A question, a budget and its alert say the same.
func TestAForecastKnowsLastYearAndWhatIsPlanned(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		today := servicetest.Noon.Truncate(24 * time.Hour)
		var rows []account.StatRow
		for i := range forecast.MostDays {
			day := today.AddDate(0, 0, i-forecast.MostDays)
			terabytes := 10 + float64(day.Day()%3)/10
			if day.Month() == time.November && day.Day() >= 20 {
				terabytes *= 2
			}
			rows = append(rows, account.StatRow{Day: day.Format(time.DateOnly), Region: "usa", ServiceID: "www", Bandwidth: int64(terabytes * 1e12), Requests: 5})
		}
		w.Fastly.SetStats(rows...)
		w.WriteRules(strings.Replace(servicetest.Rules, "rules:\n", "planned: [{name: Launch, days: 2026-11-30, change: +50%}]\nrules:\n", 1))
		w.Uses(192, 50)
		r := w.Start(readingDays)
		w.awaitWhole(r)
		w.Clock.Advance(7 * time.Hour) // a check reads the days again
		w.AwaitChecks(w.Checks() + 1)
		const planned = "the planned +50% on Nov 30 (Launch)"
		asked := w.Asks("/usage forecast bandwidth by type")
		if !servicetest.Has(asked, "North America Bandwidth includes "+planned) && !servicetest.Has(asked, "including "+planned) || !servicetest.Has(asked, "of the same weeks last year") {
			t.Errorf("asked for a forecast: %s", asked.Text)
		}
		detail := w.Asks("/budget na-bandwidth")
		if !servicetest.Has(detail, ", including "+planned) {
			t.Errorf("the budget has no plan: %s", detail.Text)
		}
		// 192 TB, 11.5 days of 20 in North America, 50 TB and 11.5 days of 2.6 in Asia; by this year's days alone it would be near 380.
		if !strings.Contains(asked.Text, "likely to end at 504–507 TB") {
			t.Errorf("it answered %s", asked.Text)
		}
	})
}
