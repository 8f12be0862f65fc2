package alerts

import (
	"context"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// OutlookDay is what was foreseen of a budget's month when its usage counted up to one day: the last look at that day. It is
// kept for 13 months, so that at the month's end people can be told what was said before, and so that forecasts know how
// far they are off.
type OutlookDay struct {
	BudgetID
	Day                 time.Time       // the UTC day up to whose end usage was counted, as its first instant
	Used, Limit         decimal.Decimal // in the budget's single units, as are the others
	Low, Expected, High decimal.Decimal
	Deviation           float64 // of Outlook
	Method              forecast.Method
	Version             string // the data version
}

// outlookDay is the finding's part of the record. It reports false where nothing is foreseen.
func (f *Finding) outlookDay() (OutlookDay, bool) {
	o := f.Outlook
	if f.Unknown != "" || !o.IsKnown() || o.Method == forecast.MethodComplete {
		return OutlookDay{}, false
	}
	return OutlookDay{
		BudgetID: f.BudgetID, Day: billing.DayCounted(f.CountedTo), Used: f.Used, Limit: f.Limit,
		Low: o.Low, Expected: o.End, High: o.High, Deviation: o.Deviation, Method: o.Method, Version: f.Version,
	}, true
}

// Miss returns how far the day's outlook was from the month's final usage, as Outlook.Miss does.
func (d OutlookDay) Miss(final decimal.Decimal) (forecast.Miss, bool) {
	return forecast.Outlook{
		Position: forecast.Position{Month: d.Month}, Method: d.Method, End: d.Expected, Deviation: d.Deviation,
	}.Miss(final)
}

// Prospect is what a message would show of the day's outlook, given the level that it is about and what the forecasts of the
// month have come to.
func (d OutlookDay) Prospect(level rules.Level, track forecast.Track) *Prospect {
	s := forecast.NewSpan(forecast.Position{Month: d.Month, Used: d.Used, CountedTo: d.Day.AddDate(0, 0, 1)})
	o := forecast.Outlook{Position: forecast.Position{Month: d.Month, Used: d.Used}, Method: d.Method, End: d.Expected, Low: d.Low, High: d.High, Deviation: d.Deviation}
	o.CountedTo = s.Cut()
	if s.Left() > 0 {
		o.Ahead = s.Even(d.Expected.Sub(d.Used).InexactFloat64() / float64(s.Left()))
	}
	f := Finding{Rule: &rules.Rule{Forecast: level}, Limit: d.Limit, Used: d.Used, Outlook: o}
	return f.prospect(track)
}

// missBook remembers how far the forecasts of closed months were off. They change when a month is closed or restated, so that
// a look a day is enough.
type missBook struct {
	misses map[BudgetName][]forecast.Miss
	day    time.Time
}

// read returns the misses that forecasts of the month may be measured by. Where they cannot be read, ranges have their fixed
// width.
func (b *missBook) read(ctx context.Context, ledger Ledger, m billing.Month, now time.Time, log *zap.Logger) map[BudgetName][]forecast.Miss {
	day := now.UTC().Truncate(24 * time.Hour)
	if b.day.Equal(day) {
		return b.misses
	}
	misses, err := ledger.Misses(ctx, m.Add(-forecast.MostMissMonths))
	if err != nil {
		log.Warn("forecasts are made without those of closed months", zap.Error(err))
		return b.misses
	}
	b.misses, b.day = misses, day
	return misses
}
