package decide

import (
	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// forecast follows how the month is likely to end. A forecast may be posted again once the posted one no longer applies, or was about
// another threshold than the rule has now.
func (d *Decision) forecast(before alerts.BudgetState, f evaluate.Finding) {
	track := before.Track
	if isOfOtherThreshold(before, f) {
		track = forecast.Track{}
	}
	d.BudgetState.Track = track.Next(f.Chance(), f.Version)
	if before.ForecastThreshold > 0 && !d.BudgetState.Track.Likely {
		d.BudgetState.ForecastThreshold, d.Changed = 0, true
		d.lift(alerts.KindForecast, 0)
	}
}

// isOfOtherThreshold reports whether the posted forecast was about another threshold than the rule has now.
func isOfOtherThreshold(s alerts.BudgetState, f evaluate.Finding) bool {
	return s.ForecastThreshold > 0 && s.ForecastThreshold != f.Rule.Forecast
}

// postForecast records that the forecast is posted, or recorded without a message, together with the decision.
func (d *Decision) postForecast(threshold rules.Threshold) {
	if threshold > 0 && d.BudgetState.ForecastThreshold == 0 {
		d.ForecastThreshold, d.BudgetState.ForecastThreshold, d.Changed = threshold, threshold, true
	}
}

// carryForecast adds the likely end of the month to a message about a threshold. It counts as posted from then on, so that a second
// data version that agrees does not post it again.
func (d *Decision) carryForecast(f evaluate.Finding) {
	if f.Chance() >= forecast.LikelyFrom {
		d.BudgetState.Track = forecast.Track{Likely: true, Version: f.Version}
	}
	if d.BudgetState.Track.Likely && d.BudgetState.Threshold < f.Rule.Forecast {
		d.postForecast(f.Rule.Forecast)
	}
}

// isForecastDue reports whether the month's likely end is news: it is not once a forecast was posted, or a threshold as high as the forecast's
// was reached.
func (d *Decision) isForecastDue(f evaluate.Finding) bool {
	return d.BudgetState.Track.Likely && d.BudgetState.ForecastThreshold == 0 && d.BudgetState.Threshold < f.Rule.Forecast
}

// forecastDay is the finding's row in the forecast record. It reports false where there is no forecast.
func forecastDay(f *evaluate.Finding) (alerts.ForecastDay, bool) {
	o := f.Forecast
	if f.Unknown != "" || !o.IsKnown() || o.Method == forecast.MethodComplete {
		return alerts.ForecastDay{}, false
	}
	return alerts.ForecastDay{
		BudgetID: f.BudgetID, Day: billing.DayCounted(f.CountedTo), Used: f.Used, Limit: f.Limit,
		Low: o.Low, Expected: o.End, High: o.High, Deviation: o.Deviation, Method: o.Method, Version: f.Version,
	}, true
}
