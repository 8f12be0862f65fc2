package evaluate

import (
	"math"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
)

// Chance returns the probability that the month ends at or above the forecast's threshold; NaN if it is unknown.
func (f *Finding) Chance() float64 {
	if !f.Forecast.IsKnown() {
		return math.NaN()
	}
	chance, _ := f.Forecast.ChanceOver(f.At(f.Rule.ForecastThreshold()))
	return chance
}

// ForecastSummary is how the month of a budget is likely to end, as a message shows it.
func (f *Finding) ForecastSummary(track forecast.Track) *alerts.Forecast {
	o := f.Forecast
	switch {
	case o.Method == "" || o.Method == forecast.MethodComplete || f.Unknown != "":
		return nil
	case !o.IsKnown():
		return &alerts.Forecast{Threshold: f.Rule.ForecastThreshold(), Unknown: o.Unknown}
	}
	p := &alerts.Forecast{
		Threshold: f.Rule.ForecastThreshold(), Likely: track.Likely, OnCourse: !track.Likely && f.Chance() < forecast.LikelyUntil, Low: o.Low, Expected: o.End, High: o.High,
	}
	if out, ok := o.RunsOut(f.Limit); ok {
		p.RunsOut = &out
	}
	return p
}

// ForecastSummary is what a message would show of the day's forecast, given the threshold that it is about and the month's
// forecasts so far.
func ForecastSummary(d alerts.ForecastDay, threshold rules.Threshold, track forecast.Track) *alerts.Forecast {
	s := forecast.NewSpan(forecast.Position{Month: d.Month, Used: d.Used, CountedTo: d.Day.AddDate(0, 0, 1)})
	o := forecast.Forecast{Position: forecast.Position{Month: d.Month, Used: d.Used}, Method: d.Method, End: d.Expected, Low: d.Low, High: d.High, Deviation: d.Deviation}
	o.CountedTo = s.Cut()
	if s.Left() > 0 {
		o.Ahead = s.Even(d.Expected.Sub(d.Used).InexactFloat64() / float64(s.Left()))
	}
	f := Finding{Rule: &rules.Rule{Forecast: threshold}, Limit: d.Limit, Used: d.Used, Forecast: o}
	return f.ForecastSummary(track)
}
