package byday

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// mostColumns is how many usage types an answer from the record has.
const mostColumns = 4

// series is one usage type in one region, in one unit.
type series struct {
	billing.Metric
	region, unit string
}

// ofRecord works out days from what was recorded of each: the difference between the ends of two days.
func (a Asker) ofRecord(ctx context.Context, q report.Question, rows []billing.Usage) (Data, error) {
	against := Opposite(q)
	data := Data{Source: Source{Recorded: true}, Against: against}
	first := billing.MonthOf(against.First)
	var recorded []daily.Recorded
	if a.Record != nil {
		var err error
		if recorded, err = a.Record.RecordedSince(ctx, first); err != nil {
			return data, fmt.Errorf("read the days recorded since %s: %w", first, err)
		}
	}
	recorded = slices.DeleteFunc(slices.Clone(recorded), func(r daily.Recorded) bool { return !q.Wants(r.Usage) })
	factors := billing.FactorsOf(rows)
	columns := map[billing.Metric]int{}
	for _, r := range recorded {
		of := r.Metric()
		if _, known := columns[of]; !known && len(columns) < mostColumns {
			_, measure := factors.Single(r.Usage)
			columns[of] = len(data.Columns)
			data.Columns = append(data.Columns, Column{of.UsageType, measure})
		}
		if data.Since.IsZero() {
			data.Since = r.Day
		}
		data.To = billing.Later(data.To, r.CountedTo)
	}
	data.Series = recordedSeries(q, recorded, columns, factors)
	for _, day := range q.Days.All() {
		isKnown := func(s Series) bool {
			return slices.ContainsFunc(s.On[day], func(f decimal.NullDecimal) bool { return f.Valid })
		}
		if !slices.ContainsFunc(data.Series, isKnown) {
			data.Unknown = append(data.Unknown, day)
		}
	}
	return data, nil
}

// recordedSeries makes one series of the record, or one for each region.
func recordedSeries(q report.Question, recorded []daily.Recorded, columns map[billing.Metric]int, factors billing.Factors) []Series {
	snapshots := map[series]map[billing.Month][]forecast.Snapshot{}
	for _, r := range recorded {
		if _, shown := columns[r.Metric()]; !shown {
			continue
		}
		of := series{r.Metric(), r.Region, r.Unit}
		if snapshots[of] == nil {
			snapshots[of] = map[billing.Month][]forecast.Snapshot{}
		}
		used, _ := factors.Single(r.Usage)
		snapshots[of][r.Month] = append(snapshots[of][r.Month], forecast.Snapshot{CountedTo: r.CountedTo, Used: used})
	}
	byName := map[string]*partial{}
	for of, months := range snapshots {
		name := ""
		if q.By == report.ByRegion {
			name = of.region
		}
		if byName[name] == nil {
			byName[name] = &partial{}
		}
		for month, points := range months {
			byName[name].add(columns[of.Metric], month, forecast.DaysOf(month, points))
		}
	}
	var all []Series
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, Series{Name: name, On: byName[name].whole(len(columns))})
	}
	return all
}

// partial adds up series whose days need not all be known.
type partial struct {
	added []partialDays
}

// partialDays are the known days of one series in one month.
type partialDays struct {
	column int
	month  billing.Month
	days   []forecast.DayUsage
}

func (p *partial) add(column int, month billing.Month, days []forecast.DayUsage) {
	p.added = append(p.added, partialDays{column, month, days})
}

// whole returns the sums of the days on which every series of the month is known.
func (p *partial) whole(columns int) map[time.Time][]decimal.NullDecimal {
	type place struct {
		at     time.Time // a day, or the first of a month
		column int
	}
	of, known := map[place]int{}, map[place]int{}
	on := map[time.Time][]decimal.NullDecimal{}
	for _, one := range p.added {
		of[place{one.month.Start(), one.column}]++
		for _, day := range one.days {
			known[place{day.Day, one.column}]++
			if on[day.Day] == nil {
				on[day.Day] = make([]decimal.NullDecimal, columns)
			}
			billing.Plus(&on[day.Day][one.column], day.Used)
		}
	}
	for day, figures := range on {
		for column := range figures {
			if known[place{day, column}] < of[place{billing.MonthOf(day).Start(), column}] {
				figures[column] = decimal.NullDecimal{}
			}
		}
	}
	return on
}
