package check

import (
	"context"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
)

// TrafficSource is a consumer contract of Checker. It models Fastly's statistics by day; fastly.Client is one.
type TrafficSource interface {
	// DailyTraffic returns the traffic of every region and whole UTC day from the day of from up to the day before to, as far as it is known.
	DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error)
}

const (
	// archiveMonths is how many closed months an archive has: the window of the forecast touches as many, and Fastly returns
	// three months, the current one among them, in one request.
	archiveMonths = 2
	// trafficEvery is how often traffic is read again: it grows by one day a day.
	trafficEvery = 6 * time.Hour
	// trafficTimeout bounds reading it: a forecast is not worth a late check.
	trafficTimeout = 10 * time.Second
)

// archive returns what is known at now of the reading's usage by day and by month. What cannot be read is left out, which makes the forecast
// rougher.
func (r *reader) archive(ctx context.Context, reading evaluate.Reading, now time.Time) *evaluate.Archive {
	month := reading.Month
	var recorded []daily.Recorded
	var err error
	if r.Ledger != nil {
		if recorded, err = r.Ledger.RecordedSince(ctx, month.Add(-archiveMonths)); err != nil {
			r.Log.Warn("forecasting without the daily record", zap.Error(err))
		}
	}
	recorded = evaluate.Recording(recorded, reading.Rows, month)
	r.measure(ctx, now)
	archive := evaluate.NewArchive(reading.Closed, recorded, r.traffic)
	archive.Unread = err != nil
	return archive
}

// measure reads the traffic if trafficEvery has passed. If that fails, the older figures stay.
func (r *reader) measure(ctx context.Context, now time.Time) {
	if r.Traffic == nil || now.Sub(r.trafficAt).Abs() < trafficEvery {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, trafficTimeout)
	defer cancel()
	r.trafficAt = now
	traffic, err := r.Traffic.DailyTraffic(ctx, now.AddDate(0, 0, -forecast.MostDays), now)
	if err != nil {
		r.Log.Warn("forecasting without Fastly's statistics", zap.Error(err))
		return
	}
	r.traffic = traffic
}

// forecastErrors returns how far the forecasts of closed months were off, by which the month's forecasts are measured. They change only
// when a month is closed or restated, so they are read once a day. If they cannot be read, ranges have their fixed width.
func (r *reader) forecastErrors(ctx context.Context, month billing.Month, now time.Time) map[alerts.BudgetName][]forecast.PastError {
	day := billing.DayOf(now)
	if r.Ledger == nil || r.errorsDay.Equal(day) {
		return r.pastErrors
	}
	pastErrors, err := r.Ledger.ForecastErrors(ctx, month.Add(-forecast.MostErrorMonths))
	if err != nil {
		r.Log.Warn("forecasting without past forecast errors", zap.Error(err))
		return r.pastErrors
	}
	r.pastErrors, r.errorsDay = pastErrors, day
	return pastErrors
}

const (
	// pastEvery is how often the closed months are read again that rules with new or vanished look back at: they hardly change.
	pastEvery = 24 * time.Hour
	// pastTimeout bounds reading them, which takes two requests.
	pastTimeout = 10 * time.Second
)

// before returns the rows of the six months before the month, or why they cannot be read.
func (r *reader) before(ctx context.Context, month billing.Month, now time.Time) (rows []billing.Usage, why string) {
	months := billing.Range{First: month.Add(-evaluate.NewMonths), Last: month.Add(-1)}
	if r.pastMonths == months && now.Sub(r.pastAt).Abs() < pastEvery {
		return r.past, ""
	}
	ctx, cancel := context.WithTimeout(ctx, pastTimeout)
	defer cancel()
	rows, err := r.usage.Usage(ctx, months)
	if err != nil {
		r.Log.Warn("the months before can't be read", zap.Stringer("months", months), zap.Error(err))
		return nil, "the months before can't be read: " + alerts.CauseOf(err)
	}
	r.past, r.pastMonths, r.pastAt = rows, months, now
	return rows, ""
}
