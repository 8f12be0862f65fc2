package evaluate_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
)

func counted(month billing.Month, usageType, region, unit, quantity string, to time.Time) billing.Usage {
	return billing.Usage{
		Month: month, Product: "cdn_usage", UsageType: usageType, Region: region, Unit: unit,
		Quantity: decimal.RequireFromString(quantity), CountedTo: to,
	}
}

// daily is the record of Asia Bandwidth growing by so many GB on each of n days of the month, and of Europe, which is no more
// counted after the third.
func eachDay(month billing.Month, gigabytes int64, n int) []daily.Recorded {
	var recorded []daily.Recorded
	for i := range n {
		day := month.Start().AddDate(0, 0, i)
		to := day.AddDate(0, 0, 1)
		asia := counted(month, "Asia Bandwidth", "Asia", "gb", decimal.NewFromInt(gigabytes*int64(i+1)).String(), to)
		recorded = append(recorded, daily.Recorded{Usage: asia, Day: day})
		if i < 3 {
			europe := counted(month, "Europe Bandwidth", "Europe", "gb", decimal.NewFromInt(int64(i+1)).String(), to)
			recorded = append(recorded, daily.Recorded{Usage: europe, Day: day})
		}
	}
	return recorded
}

func measured(from time.Time, n int, asia, europe int64) []billing.DayTraffic {
	var days []billing.DayTraffic
	for i := range n {
		day := from.AddDate(0, 0, i)
		days = append(days,
			billing.DayTraffic{Day: day, Region: "Asia", Bandwidth: decimal.New(asia, 9), Requests: decimal.New(asia, 6)},
			billing.DayTraffic{Day: day, Region: "Europe", Bandwidth: decimal.New(europe, 9), Requests: decimal.New(europe, 6)})
	}
	return days
}

func TestTheHistoryOfWhatARuleCovers(t *testing.T) {
	october, november := billing.NewMonth(2026, time.October), billing.NewMonth(2026, time.November)
	closed := []billing.Usage{
		counted(october, "Asia Bandwidth", "Asia", "gb", "310", october.End()),
		counted(october, "Europe Bandwidth", "Europe", "gb", "93", october.End()),
		counted(october, "Storage", "", "gb", "5", october.End()),
	}
	asia, all := rules.Match{UsageType: "Asia Bandwidth"}, rules.Match{UsageType: "* Bandwidth"}
	for _, tt := range []struct {
		name     string
		recorded []daily.Recorded
		traffic  []billing.DayTraffic
		match    rules.Match
		kind     billing.Kind
		days     int
		newest   string // of the days, in the budget's unit
		total    string // of October; empty is none
	}{
		{"daily usage is the difference of the record's days", eachDay(november, 10, 20), nil, asia, billing.Bytes, 20, "10000000000", "310000000000"},
		{"a bare number counts as billed", eachDay(november, 10, 20), nil, asia, billing.Billed, 20, "10", "310"},
		{"a glob sums its usage types, and what is counted no further adds nothing", eachDay(november, 10, 20), nil, all, billing.Bytes, 20, "10000000000", "403000000000"},
		{
			"while there is hardly a record, days are what traffic was measured", eachDay(november, 10, 2),
			measured(october.Start(), 31, 9, 3), all, billing.Bytes, 33, "11000000000", "403000000000",
		},
		{"measured traffic is counted in the budget's unit too", nil, measured(october.Start(), 31, 9, 3), asia, billing.Billed, 31, "9", "310"},
		{
			"of a day that was recorded and measured, the record counts", eachDay(november, 10, 2),
			measured(november.Start(), 2, 9, 3), asia, billing.Bytes, 4, "10000000000", "310000000000",
		},
		{
			"a year of measured days stands before the record, in its measure: 9 measured are 10 recorded", eachDay(november, 10, 30),
			append(measured(october.Start().AddDate(-1, 0, 0), 396, 9, 3), measured(november.Start().AddDate(0, 0, 7), 23, 9, 3)...), asia, billing.Bytes, 419 + 30, "10000000000", "310000000000",
		},
		{"what is no traffic has no measured days", nil, measured(october.Start(), 31, 9, 3), rules.Match{UsageType: "Storage"}, billing.Bytes, 0, "", "5000000000"},
		{"of services nothing is recorded", eachDay(november, 10, 20), nil, rules.Match{Service: "www"}, billing.Bytes, 0, "", ""},
		{"money is not in it", eachDay(november, 10, 20), nil, asia, billing.Money, 0, "", ""},
		{"a budget in another unit has none", eachDay(november, 10, 20), nil, asia, billing.Requests, 0, "", ""},
		{"what nobody used has none", eachDay(november, 10, 20), nil, rules.Match{Product: "fanout"}, billing.Bytes, 0, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			history := evaluate.NewArchive(closed, tt.recorded, tt.traffic).History(tt.match, tt.kind)
			if len(history.Days) != tt.days {
				t.Fatalf("%d days, want %d: %v", len(history.Days), tt.days, history.Days)
			}
			if tt.days > 0 && !history.Days[tt.days-1].Used.Equal(decimal.RequireFromString(tt.newest)) {
				t.Errorf("the newest day used %s, want %s", history.Days[tt.days-1].Used, tt.newest)
			}
			if tt.days > 400 && !history.Days[0].Used.Round(0).Equal(decimal.RequireFromString(tt.newest)) {
				t.Errorf("a day of last year used %s, want %s", history.Days[0].Used, tt.newest)
			}
			total := ""
			for _, month := range history.Months {
				if month.Month == october {
					total = month.Used.String()
				}
			}
			if total != tt.total {
				t.Errorf("October used %q, want %q", total, tt.total)
			}
		})
	}
	if history := (*evaluate.Archive)(nil).History(asia, billing.Bytes); len(history.Days)+len(history.Months) != 0 {
		t.Error("no archive knows something")
	}
}
