package slackapp

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/slacksim"
)

// everyDay keeps the same traffic for every day that is over at the instant; the newest is twice as large.
type everyDay struct{ now func() time.Time }

func (e everyDay) read(days billing.Days, row billing.DayTraffic, reading *daily.Reading) {
	today := billing.DayOf(e.now())
	reading.Since, reading.To = today.AddDate(-2, -2, 0), today
	for _, day := range days.All() {
		if !day.Before(today) || day.Before(reading.Since) {
			if !slices.Contains(reading.Unknown, day) {
				reading.Unknown = append(reading.Unknown, day)
			}
			continue
		}
		row.Day = day
		row.Bandwidth, row.Requests = decimal.New(5, 12), decimal.New(7, 8)
		if day.AddDate(0, 0, 1).Equal(today) {
			row.Bandwidth = decimal.New(10, 12)
		}
		reading.Rows = append(reading.Rows, row)
	}
}

func (e everyDay) Regions(_ context.Context, days billing.Days) (daily.Reading, error) {
	var reading daily.Reading
	for _, region := range []string{"Asia", "Australia", "Europe", "North America", "South America"} {
		e.read(days, billing.DayTraffic{Region: region}, &reading)
	}
	return reading, nil
}

func (e everyDay) Services(_ context.Context, days billing.Days, _ ...string) (daily.Reading, error) {
	var reading daily.Reading
	for _, name := range account.DefaultServiceNames() {
		e.read(days, billing.DayTraffic{Service: "id of " + name, ServiceName: name}, &reading)
	}
	return reading, nil
}

// keepsDays gives the bot days; now is that of newWorld.
func keepsDays(_ *slacksim.Config, c *Config) { c.Traffic = everyDay{c.Now} }

func TestDaysAreAnswered(t *testing.T) {
	w := newWorld(t, keepsDays, mayUpload)
	w.hasTeams()
	for _, test := range []struct {
		name, typed string
		shows       []string
	}{
		{"a day, and the same weekday before", "yesterday", []string{"50.0 TB", "3.50 B requests", "100.0% above", "the ", "before", "measured, not billed"}},
		{"a week day by day", "last 7 days", []string{"200 TB", "in 7 days", "28.6 TB a day", "The busiest day was", "Total"}},
		{"a region", "asia last 7 days", []string{"Fastly Traffic in Asia", "40.0 TB", "5.71 TB a day"}},
		{"by service", "last 7 days by service top 3", []string{"by Service", "others", "top 100"}},
		{"by team", "yesterday by team", []string{"by Team", "shop", "media", "No Team"}},
		{"a service", "www-shop yesterday", []string{"of www-shop", "10.0 TB"}},
		{"runs of different length", "nov 20 to nov 21 vs nov 9 to nov 15", []string{"per day (175 TB in 7 days)"}},
		{"by week", "last 60 days", []string{"Week", "Total"}},
		{"what has no daily statistics", "image optimizer yesterday", []string{"I have no daily figures of image_optimizer", "I have recorded no day of it yet", "/usage "}},
		{"a cost", "cost yesterday", []string{"Fastly bills by month, so days have usage and no cost."}},
		{"today", "today", []string{"Today isn't over"}},
	} {
		t.Run(test.name, func(t *testing.T) { says(t, w.typesWhole(test.typed), test.shows...) })
	}
	w.inOrder()
}

func TestWithoutDaysPeopleAskByMonth(t *testing.T) {
	w := newWorld(t)
	says(t, w.typesWhole("yesterday"), "There are no figures of days here.", "Ask by month.", "/usage 20")
	w.inOrder()
}

func TestDaysAreSharedAndExported(t *testing.T) {
	w := newWorld(t, keepsDays, mayUpload)
	m := w.types(alice, cdn, "/usage last 7 days by region", 1)
	says(t, w.presses(alice, m, "export", 1), "usage-20")
	direct := w.slack.Messages(alice)
	_, content, _ := w.slack.File(direct[len(direct)-1].Files[0])
	if !strings.Contains(string(content), "first_day,last_day,name") || !strings.Contains(string(content), "Asia,,Bandwidth,40000000000000,") {
		t.Errorf("the file is %.300q", content)
	}
	w.presses(alice, m, actionShare, 2)
	if !slices.ContainsFunc(w.slack.Messages(cdn), func(m slacksim.Message) bool {
		return m.EphemeralTo == "" && contains(m, "Asked by") && contains(m, "Fastly Traffic by Region")
	}) {
		t.Error("nothing was shared")
	}
	w.inOrder()
}

// TestButtonsUnderDaysLeadToDays presses every button of answers about days: none leads to a refusal.
func TestButtonsUnderDaysLeadToDays(t *testing.T) {
	w := newWorld(t, keepsDays, mayUpload)
	w.hasTeams()
	for _, typed := range []string{
		"yesterday", "last 7 days", "this week vs last week", "last 30 days by region", "asia by week", "by day by service", "www-shop yesterday", "team shop last 7 days",
		"yesterday vs", "today", "oct 10 to oct 20 by team", "2026-13-01", "nov 31", "cost this week", "by day by type", "bandwidth yesterday", "asia www-shop yesterday",
	} {
		if len(w.triesOffers(typed)) == 0 {
			t.Errorf("%q offers nothing", typed)
		}
	}
	w.inOrder()
}
