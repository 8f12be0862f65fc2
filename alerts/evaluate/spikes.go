package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/spike"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Spike is what a check finds for a rule that compares days, or for one of its teams.
type Spike struct {
	Rule     *rules.Rule
	Instance string // the team, if there is one for each
	Found    alerts.Spike
	Known    bool // the newest day could be compared
	Lasts    bool // the newest day belongs to a spike
	IsHigh   bool // and is high itself
	Ended    time.Time
	// Obstacle is why the days are unknown, for a person. It is empty if they are known, or if they are only too few.
	Obstacle string
	// middle are the days that are usual for the newest high one.
	middle []time.Time
	series *daySeries
}

// lateDays is how many days may be missing before yesterday until a check says so: Fastly has a day some hours after its end.
const lateDays = 2

// Spikes compares the days of every rule that does so, in the order of the rules and teams.
func (r *Reading) Spikes(t *DayTally) []Spike {
	factors := billing.FactorsOf(slices.Concat(r.Rows, r.Closed))
	var found []Spike
	for _, s := range t.series {
		route := s.rule.Route(s.instance)
		f := Spike{Rule: s.rule, Instance: s.instance, series: s, Found: alerts.Spike{
			Title: s.rule.Title, Instance: s.instance, Over: s.rule.Change.Over, ReadAt: r.ReadAt, Owners: route.Owners,
		}}
		f.compare(t, r, factors)
		found = append(found, f)
	}
	return found
}

// compare looks for the newest spike in the days of the series.
func (f *Spike) compare(t *DayTally, r *Reading, factors billing.Factors) {
	unit, measure, err := singleOf(f.Rule, covered(f.Rule.Match, slices.Concat(r.Rows, r.Closed)), factors)
	if f.series.ofServices() {
		f.Obstacle = f.series.unknown
	}
	if err != nil && f.Obstacle == "" {
		f.Obstacle = err.Error()
	}
	if f.Found.Unknown = f.Obstacle; f.Obstacle != "" {
		return
	}
	f.Found.Measure, f.Found.AtLeast = measure, f.Rule.Change.AtLeast.Value.Mul(unit)
	history := f.history(t, r, unit)
	if f.Found.Unknown = f.Obstacle; f.Obstacle != "" {
		return
	}
	limits := spike.Limits{Over: f.Rule.Change.Over, AtLeast: f.Found.AtLeast}
	day, unknown := history.Compare(history.Newest(), limits)
	if f.Found.Unknown = unknown; unknown != "" {
		return
	}
	f.Known, f.Found.Newest = true, alerts.SpikeDay{Day: day.Day, Used: day.Used, Usual: day.Usual}
	if runs := history.Runs(limits); len(runs) > 0 {
		f.take(runs[len(runs)-1])
	}
}

// history returns the days of the series: those of Fastly's statistics, or, where these are missing, those between the bot's own readings of the
// account. It notes the obstacle if neither reaches yesterday.
func (f *Spike) history(t *DayTally, r *Reading, unit decimal.Decimal) *spike.History {
	var measured *spike.History
	why := f.series.unknown
	if why == "" {
		var days []forecast.DayUsage
		days, why = t.days(f.series)
		measured = spike.NewHistory(days)
		if f.Obstacle = obstacleOf(measured.Newest(), why, r.ReadAt); f.Obstacle == "" {
			f.Found.Measured = true
			return measured
		}
	}
	if f.series.ofServices() {
		return measured
	}
	days := slices.Clone(r.Archive.History(f.Rule.Match, f.Rule.Change.AtLeast.Kind).Days)
	for i := range days {
		days[i].Used = days[i].Used.Mul(unit)
	}
	recorded := spike.NewHistory(days)
	if late := obstacleOf(recorded.Newest(), why, r.ReadAt); late != "" {
		f.Obstacle = cmp.Or(f.Obstacle, late)
		return measured
	}
	f.Obstacle = ""
	return recorded
}

// obstacleOf is why the newest known day is too old to compare, or there is none; else empty.
func obstacleOf(newest time.Time, why string, now time.Time) string {
	switch {
	case newest.IsZero():
		return cmp.Or(why, "there are no days to compare yet")
	case billing.DayOf(now).Sub(newest) > (1+lateDays)*24*time.Hour:
		return cmp.Or(why, fmt.Sprintf("the newest day that I have is %s", newest.Format("Jan 2")))
	}
	return ""
}

// singleOf returns how many single units the unit of the rule's floor is, and what they are.
func singleOf(rule *rules.Rule, rows []billing.Usage, factors billing.Factors) (unit decimal.Decimal, measure billing.Measure, err error) {
	unit = decimal.New(1, 0)
	for _, row := range rows {
		row.Quantity, row.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		units, err := factors.Count(row, rule.Change.AtLeast.Kind)
		if err != nil {
			return unit, measure, err
		}
		single, of := factors.Single(row)
		unit, measure = single.Div(units), of
	}
	return unit, measure, nil
}

// take takes the figures of the newest spike. One that has ended counts as long as its end is the newest news.
func (f *Spike) take(run spike.Run) {
	f.Lasts, f.Ended = run.Lasts(), run.Ended
	f.IsHigh = f.Lasts && run.Last.Day.Equal(f.Found.Newest.Day)
	f.Found.First, f.Found.Days, f.Found.Above, f.Found.Settled = run.First.Day, run.Days, run.Above, run.Settled
	f.Found.High = alerts.SpikeDay{Day: run.Last.Day, Used: run.Last.Used, Usual: run.Last.Usual}
	f.middle = run.Last.Middle
}

// HighDays returns the days that AddServices needs to name the services that grew; none if nothing is high, or nobody measured it.
func (f *Spike) HighDays() []time.Time {
	if !f.Lasts || !f.Found.Measured {
		return nil
	}
	return append([]time.Time{f.Found.High.Day}, f.middle...)
}

// NameServices adds the services that grew most, from the rows of HighDays.
func (f *Spike) NameServices(t *DayTally, rows []billing.DayTraffic) {
	f.Found.Parts = f.series.grown(t, f.Found.High.Day, f.middle, rows)
	f.Found.Elsewhere = f.series.leftOut != ""
}
