package decide

import (
	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// foresee takes one more look at how the month is likely to end. A forecast that was posted and no longer holds, or was about
// another level than the rule has now, may be posted again.
func (d *Decision) foresee(before alerts.Standing, f evaluate.Finding) {
	track := before.Track
	if tellsOther(before, f) {
		track = forecast.Track{}
	}
	d.Standing.Track = track.Next(f.Chance(), f.Version)
	if before.Foretold > 0 && !d.Standing.Track.Likely {
		d.Standing.Foretold, d.LiftForecast, d.Changed = 0, true, true
	}
}

// tellsOther reports whether the posted forecast was about another level than the rule has now.
func tellsOther(s alerts.Standing, f evaluate.Finding) bool {
	return s.Foretold > 0 && s.Foretold != f.Rule.Forecast
}

// foretell notes that the forecast is said, or passed over in silence, with what the decision does.
func (d *Decision) foretell(level rules.Level) {
	if level > 0 && d.Standing.Foretold == 0 {
		d.Foretells, d.Standing.Foretold, d.Changed = level, level, true
	}
}

// carryForecast lets a message about a level say how the month is likely to end. What it says is so from then on: the same is
// not posted again when a second data version agrees.
func (d *Decision) carryForecast(f evaluate.Finding) {
	if f.Chance() >= forecast.LikelyFrom {
		d.Standing.Track = forecast.Track{Likely: true, Version: f.Version}
	}
	if d.Standing.Track.Likely && d.Standing.Level < f.Rule.Forecast {
		d.foretell(f.Rule.Forecast)
	}
}

// isForecastDue reports whether the month's likely end is news: a level that was reached silences a forecast of itself and of
// those below.
func (d *Decision) isForecastDue(f evaluate.Finding) bool {
	return d.Standing.Track.Likely && d.Standing.Foretold == 0 && d.Standing.Level < f.Rule.Forecast
}

// outlookDay is the finding's part of the record. It reports false where nothing is foreseen.
func outlookDay(f *evaluate.Finding) (alerts.OutlookDay, bool) {
	o := f.Outlook
	if f.Unknown != "" || !o.IsKnown() || o.Method == forecast.MethodComplete {
		return alerts.OutlookDay{}, false
	}
	return alerts.OutlookDay{
		BudgetID: f.BudgetID, Day: billing.DayCounted(f.CountedTo), Used: f.Used, Limit: f.Limit,
		Low: o.Low, Expected: o.End, High: o.High, Deviation: o.Deviation, Method: o.Method, Version: f.Version,
	}, true
}
