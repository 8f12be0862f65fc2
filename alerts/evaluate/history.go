package evaluate

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// Archive is what is known of the usage before a check, on which forecasts rest. It answers for any rule that counts the
// account's usage; usage of services is not recorded by day.
type Archive struct {
	index    *Index // of one row for each series
	ids      map[series]int
	factors  billing.Factors
	closed   map[billing.Month]usageRow
	traffic  []billing.DayTraffic // by day
	recorded []daily.Recorded     // by day
	days     []recordedDay        // of the record, rising
	Unread   bool                 // a record may exist but could not be read
}

// series is what is counted by itself: a metric in a region, in a unit.
type series struct {
	billing.Metric
	region, unit string
}

func seriesOf(u billing.Usage) series { return series{u.Metric(), u.Region, u.Unit} }

// usageRow is usage as billed, by the number of its series; not valid if it is unknown.
type usageRow []decimal.NullDecimal

// recordedDay is the usage from the month's beginning up to a day on which something was read.
type recordedDay struct {
	month     billing.Month
	day       time.Time
	countedTo time.Time
	usage     usageRow
}

// NewArchive puts together the rows of closed months from Fastly, the record of the days, and, for the time before
// the record, the traffic that Fastly measured. Any of them may be empty.
func NewArchive(closed []billing.Usage, recorded []daily.Recorded, traffic []billing.DayTraffic) *Archive {
	a := &Archive{ids: map[series]int{}, closed: map[billing.Month]usageRow{}}
	a.traffic = slices.SortedStableFunc(slices.Values(traffic), func(x, y billing.DayTraffic) int { return x.Day.Compare(y.Day) })
	all := slices.Clone(closed)
	for _, r := range recorded {
		all = append(all, r.Usage)
	}
	var first []billing.Usage // of each series
	for _, u := range all {
		if _, known := a.ids[seriesOf(u)]; !known {
			a.ids[seriesOf(u)] = len(a.ids)
			first = append(first, u)
		}
	}
	a.index, a.factors = NewIndex(first), billing.FactorsOf(all)
	for _, u := range closed {
		if a.closed[u.Month] == nil {
			a.closed[u.Month] = make(usageRow, len(a.ids))
		}
		total := &a.closed[u.Month][a.ids[seriesOf(u)]]
		*total = decimal.NewNullDecimal(total.Decimal.Add(u.Quantity))
	}
	a.record(recorded)
	return a
}

// Recording returns the record with the rows of a reading, which a check records only once it has decided. So a forecast does not change when its own
// figures are recorded, and is that of anybody who reads the same figures later. Rows without a date belong to no day.
func Recording(recorded []daily.Recorded, rows []billing.Usage, month billing.Month) []daily.Recorded {
	recorded = slices.Clip(recorded)
	for _, u := range rows {
		if u.Month == month && u.Unread == "" && !u.CountedTo.IsZero() {
			recorded = append(recorded, daily.Recorded{Usage: u, Day: billing.DayCounted(u.CountedTo)})
		}
	}
	return recorded
}

// record keeps the usage of each day. It carries on the figure of a series that a later day lacks: Fastly no longer touches usage that has
// ended.
func (a *Archive) record(recorded []daily.Recorded) {
	a.recorded = slices.SortedStableFunc(slices.Values(recorded), func(x, y daily.Recorded) int { return x.Day.Compare(y.Day) })
	for _, r := range a.recorded {
		n := len(a.days)
		if n == 0 || !a.days[n-1].day.Equal(r.Day) {
			next := recordedDay{month: r.Month, day: r.Day, usage: make(usageRow, len(a.ids))}
			if n > 0 && a.days[n-1].month == r.Month {
				copy(next.usage, a.days[n-1].usage)
			}
			a.days = append(a.days, next)
		}
		last := &a.days[len(a.days)-1]
		last.usage[a.ids[seriesOf(r.Usage)]] = decimal.NewNullDecimal(r.Quantity)
		last.countedTo = billing.Later(last.countedTo, r.CountedTo)
	}
}

// recordedWithin is how much further than the instant asked for a record may count.
const recordedWithin = 12 * time.Hour

// Prior returns the month as it was recorded when it counted to the instant, or up to half a day further. It includes series that
// were counted no further by then.
func (a *Archive) Prior(month billing.Month, at time.Time) report.Prior {
	prior := report.Prior{Unreadable: a.Unread}
	places := map[series]int{}
	for _, r := range a.recorded {
		if prior.WatchingSince.IsZero() {
			prior.WatchingSince = r.CountedTo
		}
		if r.Month != month || r.CountedTo.After(at.Add(recordedWithin)) {
			continue
		}
		prior.CountedTo = billing.Later(prior.CountedTo, r.CountedTo)
		if place, again := places[seriesOf(r.Usage)]; again {
			prior.Rows[place] = r.Usage
			continue
		}
		places[seriesOf(r.Usage)] = len(prior.Rows)
		prior.Rows = append(prior.Rows, r.Usage)
	}
	return prior
}

// UsualGap is the median of the recorded gaps between figures of one day and the next; 0 if there are too few.
func (a *Archive) UsualGap() time.Duration {
	var gaps []time.Duration
	var before time.Time
	for _, day := range a.days {
		if !before.IsZero() && day.countedTo.After(before) {
			gaps = append(gaps, day.countedTo.Sub(before))
		}
		before = billing.Later(before, day.countedTo)
	}
	if len(gaps) < fewestGaps {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// fewestGaps is how many gaps must be known for a usual one.
const fewestGaps = 3

// part is one of the series that a rule covers.
type part struct {
	billing.Usage
	id int
	// units is how many units of a budget one billed unit is.
	units decimal.Decimal
}

// History returns what is known of the usage that a match covers, counted in the unit of kind. It is empty for a match that
// names a service, for money, and for usage that cannot be counted in that unit.
func (a *Archive) History(m rules.Match, kind billing.Kind) forecast.History {
	parts, known := a.parts(m, kind)
	if !known {
		return forecast.History{}
	}
	return forecast.History{Days: a.dailyUsage(parts, kind), Months: a.totals(parts)}
}

// HistoryOf returns what is known of the usage that is wanted, in the single units that Single counts. All of it has one measure.
func (a *Archive) HistoryOf(wanted func(billing.Usage) bool) forecast.History {
	var parts []part
	for _, u := range a.index.Covered(rules.Match{}) {
		if !wanted(u) {
			continue
		}
		id := a.ids[seriesOf(u)]
		u.Quantity, u.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		units, _ := a.factors.Single(u)
		parts = append(parts, part{u, id, units})
	}
	return forecast.History{Days: a.dailyUsage(parts, singleUnits), Months: a.totals(parts)}
}

// IsAllOf reports whether the usage that is wanted is what the match covers, no more and no less.
func (a *Archive) IsAllOf(m rules.Match, wanted func(billing.Usage) bool) bool {
	return !slices.ContainsFunc(a.index.Covered(rules.Match{}), func(u billing.Usage) bool { return m.Covers(u) != wanted(u) })
}

// singleUnits is any kind of budget that counts single units.
const singleUnits = billing.Bytes

// Single returns usage in single units, as far as the archive knows how many there are in a billed one, and what they are.
func (a *Archive) Single(u billing.Usage) (decimal.Decimal, billing.Measure) {
	return a.factors.Single(u)
}

// parts returns the series that a match covers. It reports false if they cannot be counted in the unit of kind, or not as the
// account's.
func (a *Archive) parts(m rules.Match, kind billing.Kind) (parts []part, known bool) {
	if a == nil || m.Service != "" || kind == billing.Money {
		return nil, false
	}
	for _, u := range a.index.Covered(m) {
		id := a.ids[seriesOf(u)]
		u.Quantity, u.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		units, err := a.factors.Count(u, kind)
		if err != nil {
			return nil, false
		}
		parts = append(parts, part{u, id, units})
	}
	return parts, true
}

// ChargeHistory returns what is known of the units of a bill's charges: by day from the record, and by month from the newest invoice. No
// row has a bill's own group of products: then the name alone identifies the charge, unless several products have it.
func (a *Archive) ChargeHistory(last *billing.Bill, events []billing.Event) func(of billing.Metric) forecast.History {
	monthly := forecast.MonthlyUnits(last)
	return func(of billing.Metric) forecast.History {
		history, match := monthly(of), rules.Match{UsageType: of.UsageType}
		history.Planned = events
		products := map[string]bool{}
		if a != nil {
			for _, row := range a.index.Covered(match) {
				products[row.Product] = true
			}
		}
		if products[of.Product] {
			match.Product = of.Product
		}
		if match.Product != "" || len(products) == 1 {
			history.Days = a.History(match, billing.Billed).Days
		}
		return history
	}
}

// dailyUsage returns the days of the record, and, before and between them, the days that traffic was measured.
func (a *Archive) dailyUsage(parts []part, kind billing.Kind) []forecast.DayUsage {
	snapshots := map[billing.Month][]forecast.Snapshot{}
	for _, day := range a.days {
		if used, found := sum(parts, day.usage); found && !day.countedTo.IsZero() {
			snapshots[day.month] = append(snapshots[day.month], forecast.Snapshot{CountedTo: day.countedTo, Used: used})
		}
	}
	var days []forecast.DayUsage
	for _, month := range slices.SortedFunc(maps.Keys(snapshots), billing.Month.Compare) {
		days = append(days, forecast.DaysOf(month, snapshots[month])...)
	}
	return append(asBilled(a.dailyTraffic(parts, kind), days), days...) // for a day in both, the record counts
}

// fewestInBoth is how many days must be known of two measures to tell their ratio.
const fewestInBoth = 7

// asBilled scales what was measured by the days that were recorded as well, so that one measure does not end where the other begins.
func asBilled(measured, recorded []forecast.DayUsage) []forecast.DayUsage {
	byDay := map[time.Time]decimal.Decimal{}
	for _, d := range measured {
		byDay[d.Day] = d.Used
	}
	var sum, sumRecorded decimal.Decimal
	n := 0
	for _, d := range recorded {
		if used, both := byDay[d.Day]; both {
			sum, sumRecorded, n = sum.Add(used), sumRecorded.Add(d.Used), n+1
		}
	}
	if n < fewestInBoth || !sum.IsPositive() || !sumRecorded.IsPositive() {
		return measured
	}
	ratio := sumRecorded.DivRound(sum, ratioDigits)
	for i := range measured {
		measured[i].Used = measured[i].Used.Mul(ratio)
	}
	return measured
}

// ratioDigits are enough of a ratio of quantities in unlike units.
const ratioDigits = 20

// totals sums the closed months.
func (a *Archive) totals(parts []part) []forecast.MonthUsage {
	var totals []forecast.MonthUsage
	for month, usage := range a.closed {
		if used, found := sum(parts, usage); found {
			totals = append(totals, forecast.MonthUsage{Month: month, Used: used})
		}
	}
	return totals
}

func sum(parts []part, usage usageRow) (sum decimal.Decimal, found bool) {
	for _, p := range parts {
		if billed := usage[p.id]; billed.Valid {
			sum, found = sum.Add(billed.Decimal.Mul(p.units)), true
		}
	}
	return sum, found
}

// trafficProduct is the one product that the traffic statistics are about.
const trafficProduct = "cdn_usage"

// dailyTraffic returns the daily traffic of the parts, if all of them are traffic. That it is measured and not billed does
// not matter: the days of a month are scaled to its total.
func (a *Archive) dailyTraffic(parts []part, kind billing.Kind) []forecast.DayUsage {
	if len(parts) == 0 {
		return nil
	}
	single := decimal.New(1, 0) // how many bytes or requests the unit of the budget is
	measures := map[string][]func(billing.DayTraffic) decimal.Decimal{}
	for _, p := range parts {
		noun := p.Measure().Noun
		if p.Product != trafficProduct || p.Region == "" || noun != "bandwidth" && noun != "requests" {
			return nil
		}
		if of, measure := a.factors.Single(p.Usage); kind == billing.Billed && !measure.Billed {
			single = of
		}
		measures[p.Region] = append(measures[p.Region], func(t billing.DayTraffic) decimal.Decimal {
			if noun == "requests" {
				return t.Requests
			}
			return t.Bandwidth
		})
	}
	var days []forecast.DayUsage
	for _, t := range a.traffic {
		if n := len(days); n == 0 || !days[n-1].Day.Equal(t.Day) {
			days = append(days, forecast.DayUsage{Day: t.Day})
		}
		day := &days[len(days)-1]
		for _, of := range measures[t.Region] {
			day.Used = day.Used.Add(of(t))
		}
	}
	if !single.Equal(decimal.New(1, 0)) {
		for i := range days {
			days[i].Used = days[i].Used.Div(single)
		}
	}
	return days
}
