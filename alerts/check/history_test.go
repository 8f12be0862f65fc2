package check

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
	"budgetbot/internal/alertstest"
)

type fakeRecord struct {
	recorded []daily.Recorded
	err      error
}

func (f fakeRecord) RecordedSince(context.Context, billing.Month) ([]daily.Recorded, error) {
	return f.recorded, f.err
}

type fakeTraffic struct {
	asked int
	err   error
}

func (f *fakeTraffic) DailyTraffic(_ context.Context, from, _ time.Time) ([]billing.DayTraffic, error) {
	f.asked++
	return []billing.DayTraffic{{Day: from, Region: "Asia", Bandwidth: decimal.New(1, 9)}}, f.err
}

func TestTrafficIsReadForTheYearBeforeTheRecord(t *testing.T) {
	asia := billing.Usage{Month: alertstest.November, Product: "cdn_usage", UsageType: "Asia Bandwidth", Region: "Asia", Unit: "gb", Quantity: decimal.NewFromInt(1)}
	old := make([]daily.Recorded, forecast.FewestDays)
	for i := range old {
		day := alertstest.November.Start().AddDate(0, 0, i)
		old[i] = daily.Recorded{Usage: asia, Day: day}
	}
	now := alertstest.November.Start().AddDate(0, 0, 20)
	for _, tt := range []struct {
		name   string
		record fakeRecord
		err    error
		later  time.Duration // of a second check
		asked  int
		days   int
	}{
		{"a young record is helped out", fakeRecord{}, nil, time.Hour, 1, 1},
		{"traffic is read anew after a while", fakeRecord{}, nil, trafficEvery, 2, 1},
		{"a record of weeks knows nothing of last year", fakeRecord{recorded: old}, nil, time.Hour, 1, 1},
		{"statistics that fail cost the forecast and not the check", fakeRecord{}, errors.New("no"), time.Hour, 1, 0},
		{"a record that fails is helped out as well", fakeRecord{err: errors.New("no")}, nil, time.Hour, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			traffic := &fakeTraffic{err: tt.err}
			ledger := &alertstest.FakeLedger{T: t, OnRecordedSince: tt.record.RecordedSince}
			a := reader{CheckerConfig: &CheckerConfig{Ledger: ledger, Traffic: traffic, Log: zap.NewNop()}}
			reading := evaluate.Reading{Month: alertstest.November, Closed: []billing.Usage{asia}}
			a.archive(t.Context(), reading, now)
			archive := a.archive(t.Context(), reading, now.Add(tt.later))
			if traffic.asked != tt.asked {
				t.Errorf("traffic was asked for %d times, want %d", traffic.asked, tt.asked)
			}
			if got := len(archive.History(rules.Match{Product: asia.Product}, billing.Bytes).Days); got != tt.days {
				t.Errorf("%d days of traffic, want %d", got, tt.days)
			}
		})
	}
}
