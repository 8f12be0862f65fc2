package check

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/alertstest"
)

// keptDays is a daily.Reader of days up to one of them: 500 GB each in Europe, all by www, and five times that on the last.
type keptDays struct {
	upTo  billing.Days
	err   error
	calls []string
}

func (k *keptDays) Regions(_ context.Context, days billing.Days) (daily.Reading, error) {
	return k.read("regions", days, billing.DayTraffic{Region: "Europe"})
}

func (k *keptDays) Services(_ context.Context, days billing.Days, _ ...string) (daily.Reading, error) {
	return k.read("services", days, billing.DayTraffic{Service: "1", ServiceName: "www"})
}

func (k *keptDays) read(kind string, days billing.Days, row billing.DayTraffic) (daily.Reading, error) {
	k.calls = append(k.calls, kind+" "+days.String())
	reading := daily.Reading{Since: k.upTo.First, To: k.upTo.Last.AddDate(0, 0, 1)}
	for _, day := range days.All() {
		switch {
		case !k.upTo.Contains(day):
			reading.Unknown = append(reading.Unknown, day)
			continue
		case day.Equal(k.upTo.Last):
			row.Bandwidth = decimal.New(2500, 9)
		default:
			row.Bandwidth = decimal.New(500, 9)
		}
		row.Day = day
		reading.Rows = append(reading.Rows, row)
	}
	return reading, k.err
}

func TestDaysAreReadAgainOnlyWhenThereIsANewerOne(t *testing.T) {
	t.Parallel()
	set := alertstest.Load(t, `rules:
  - {name: account, channel: cdn, product: cdn_usage, usage_type: Europe Bandwidth, change: {per: day, over: 60%, at_least: 1 TB}}
  - {name: service, channel: cdn, product: cdn_usage, usage_type: "* Bandwidth", service: www, change: {per: day, over: 60%, at_least: 1 TB}}`)
	yesterday := billing.DayOf(alertstest.Noon).AddDate(0, 0, -1)
	kept := &keptDays{upTo: billing.Days{First: yesterday.AddDate(-1, 0, 0), Last: yesterday.AddDate(0, 0, -1)}}
	c := NewChecker(CheckerConfig{Days: kept, Log: zap.NewNop()})
	reading := evaluate.Reading{Month: alertstest.November, ReadAt: alertstest.Noon, Rows: []billing.Usage{
		alertstest.BandwidthTo(alertstest.November, "Europe", 10_000, 19),
	}}
	look := func() []evaluate.Spike {
		kept.calls = nil
		return c.reader.spikes(t.Context(), set, &reading)
	}
	for i, f := range look() {
		if !f.Lasts || !f.IsHigh || f.Found.High.Ratio().String() != "4" {
			t.Errorf("spike %d: %+v", i, f)
		}
	}
	for _, call := range kept.calls {
		if strings.HasPrefix(call, "services") && len(call) > len("services 2026-11-01..2026-11-30") {
			t.Errorf("services are read over more than a month: %s", call)
		}
	}
	first := len(kept.calls)
	if look(); len(kept.calls) >= first || len(kept.calls) > 2+2*3 {
		t.Errorf("the same days are read again: %q", kept.calls)
	}
	kept.upTo.Last = yesterday
	if found := look(); len(kept.calls) != first || !found[0].Found.Newest.Day.Equal(yesterday) {
		t.Errorf("a newer day: %d calls, want %d; newest %s", len(kept.calls), first, found[0].Found.Newest.Day)
	}
	kept.err = errors.New("the database is gone")
	for _, f := range look() {
		if f.Known || !strings.HasPrefix(f.Obstacle, "the days that are kept can't be read: ") || f.Found.Unknown != f.Obstacle {
			t.Errorf("unreadable days: %+v", f)
		}
	}
}

func TestDaysAreNotReadWithoutARuleThatComparesThem(t *testing.T) {
	t.Parallel()
	kept := &keptDays{}
	c := NewChecker(CheckerConfig{Days: kept, Log: zap.NewNop()})
	set := alertstest.Load(t, `rules: [{name: r, channel: cdn, change: {over: 60%, at_least: 1 TB}}]`)
	if found := c.reader.spikes(t.Context(), set, &evaluate.Reading{Month: alertstest.November, ReadAt: alertstest.Noon}); found != nil || kept.calls != nil {
		t.Errorf("found %v with %q", found, kept.calls)
	}
}
