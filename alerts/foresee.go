package alerts

import (
	"math"

	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
)

// chance returns the probability that the month ends at the foreseen level or above; NaN where it is not known.
func (f *Finding) chance() float64 {
	if !f.Outlook.IsKnown() {
		return math.NaN()
	}
	chance, _ := f.Outlook.ChanceOver(f.at(f.Rule.Foreseen()))
	return chance
}

// foresee takes one more look at how the month is likely to end. What was said of it and no longer holds, or is of another
// level than the rule now has, may be said again.
func (d *Decision) foresee(before Standing, f Finding) {
	track := before.Track
	if before.tellsOther(f) {
		track = forecast.Track{}
	}
	d.Standing.Track = track.Next(f.chance(), f.Version)
	if before.Foretold > 0 && !d.Standing.Track.Likely {
		d.Standing.Foretold, d.LiftForecast, d.Changed = 0, true, true
	}
}

// tellsOther reports whether what was said ahead of time is of another level than the rule's.
func (s Standing) tellsOther(f Finding) bool { return s.Foretold > 0 && s.Foretold != f.Rule.Forecast }

// foretell notes that the forecast is said, or passed over in silence, with what the decision does.
func (d *Decision) foretell(level rules.Level) {
	if level > 0 && d.Standing.Foretold == 0 {
		d.Foretells, d.Standing.Foretold, d.Changed = level, level, true
	}
}

// carryForecast lets a message about a level say how the month is likely to end. What it says is so from then on: the same is
// not posted again when a second data version agrees.
func (d *Decision) carryForecast(f Finding) {
	if f.chance() >= forecast.LikelyFrom {
		d.Standing.Track = forecast.Track{Likely: true, Version: f.Version}
	}
	if d.Standing.Track.Likely && d.Standing.Level < f.Rule.Forecast {
		d.foretell(f.Rule.Forecast)
	}
}

// isForecastDue reports whether the month's likely end is news: a level that was reached silences a forecast of itself and of
// those below.
func (d *Decision) isForecastDue(f Finding) bool {
	return d.Standing.Track.Likely && d.Standing.Foretold == 0 && d.Standing.Level < f.Rule.Forecast
}

// Prospect is how the month of a budget is likely to end, as a message shows it.
func (f *Finding) prospect(track forecast.Track) *Prospect {
	o := f.Outlook
	switch {
	case o.Method == "" || o.Method == forecast.MethodComplete || f.Unknown != "":
		return nil
	case !o.IsKnown():
		return &Prospect{Level: f.Rule.Foreseen(), Unknown: o.Unknown}
	}
	p := &Prospect{
		Level: f.Rule.Foreseen(), Likely: track.Likely, OnCourse: !track.Likely && f.chance() < forecast.LikelyUntil, Low: o.Low, Expected: o.End, High: o.High,
	}
	if out, ok := o.RunsOut(f.Limit); ok {
		p.RunsOut = &out
	}
	return p
}
