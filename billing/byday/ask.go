package byday

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/report"
)

// Asker answers questions about days from what it reads.
type Asker struct {
	Days   daily.Reader // nil if no days are kept
	Usage  billing.Reader
	Record daily.Record // nil if the bot keeps none
	// TeamOf names the team of a service, or returns nothing for a service without a team; it is nil if there are no teams.
	TeamOf func(name, id string) string
}

// Ask reads what the question needs and tabulates it.
func (a Asker) Ask(ctx context.Context, q report.Question) (Table, error) {
	if a.Days == nil {
		return Table{}, report.ErrNoDays
	}
	if (q.By == report.ByTeam || q.Team != "") && a.TeamOf == nil {
		return Table{}, report.ErrNoTeams
	}
	if q.ReadsServices() {
		data, err := a.ofServices(ctx, q)
		if err != nil {
			return Table{}, err
		}
		return Tabulate(q, data), nil
	}
	months := q.Months
	months.First = months.First.Add(-1) // which may be closed, so that measured and billed figures can be compared
	usage, err := a.Usage.Read(ctx, months)
	if err != nil && (q.Product != "" || q.UsageType != "") {
		return Table{}, fmt.Errorf("read usage for %s: %w", months, err)
	}
	f := filterOf(q, usage.Rows)
	if !f.isMeasured {
		data, err := a.ofRecord(ctx, q, usage.Rows)
		if err != nil {
			return Table{}, err
		}
		return Tabulate(q, data), nil
	}
	data, err := a.ofRegions(ctx, q, f)
	if err != nil {
		return Table{}, err
	}
	t := Tabulate(q, data)
	if t.Leads, err = a.leads(ctx, q, f, t, data); err != nil {
		return t, err
	}
	t.Billed, err = a.billed(ctx, q, f, usage.Rows)
	return t, err
}

// read reads the days of a question and those before them that its lines are compared with.
func read(q report.Question, each func(billing.Days) (daily.Reading, error)) (daily.Reading, billing.Days, error) {
	against := Opposite(q)
	spans := []billing.Days{q.Days, against}
	if !against.Last.Before(q.Days.First.AddDate(0, 0, -week)) {
		spans = []billing.Days{{First: against.First, Last: q.Days.Last}}
	}
	var all daily.Reading
	for i, span := range spans {
		one, err := each(span)
		if err != nil {
			return daily.Reading{}, against, fmt.Errorf("read the days %s: %w", span, err)
		}
		if i == 0 {
			all = one
			continue
		}
		all.Rows, all.Unknown, all.Unkept = slices.Concat(one.Rows, all.Rows), slices.Concat(one.Unknown, all.Unknown), max(one.Unkept, all.Unkept)
	}
	return all, against, nil
}

func dataOf(reading daily.Reading, against billing.Days, columns []measured) Data {
	data := Data{Source: Source{Since: reading.Since, To: reading.To, Why: reading.Why, Unkept: reading.Unkept}, Unknown: reading.Unknown, Against: against}
	for _, c := range columns {
		data.Columns = append(data.Columns, c.Column)
	}
	return data
}

// collect adds up rows by the series that they belong to.
func collect(rows []billing.DayTraffic, columns []measured, keyOf func(billing.DayTraffic) (name, id string, wanted bool), wants func(billing.DayTraffic, measured) bool) []Series {
	type key struct{ name, id string }
	at := map[key]int{}
	var series []Series
	for _, row := range rows {
		name, id, wanted := keyOf(row)
		if !wanted {
			continue
		}
		of := key{id: id}
		if id == "" {
			of.name = name
		}
		i, known := at[of]
		if !known {
			i = len(series)
			at[of] = i
			series = append(series, Series{ID: id, On: map[time.Time][]decimal.NullDecimal{}})
		}
		series[i].Name = name // a service has the name of its newest day
		if series[i].On[row.Day] == nil {
			series[i].On[row.Day] = make([]decimal.NullDecimal, len(columns))
		}
		for c, column := range columns {
			figure := &series[i].On[row.Day][c]
			figure.Valid = true
			if wants(row, column) {
				figure.Decimal = figure.Decimal.Add(column.of(row))
			}
		}
	}
	return series
}

// ofRegions reads the account's regions.
func (a Asker) ofRegions(ctx context.Context, q report.Question, f filter) (Data, error) {
	reading, against, err := read(q, func(days billing.Days) (daily.Reading, error) { return a.Days.Regions(ctx, days) })
	if err != nil {
		return Data{}, err
	}
	columns := f.columns()
	data := dataOf(reading, against, columns)
	data.Series = collect(reading.Rows, columns, func(row billing.DayTraffic) (string, string, bool) {
		return row.Region, "", f.wantsRegion(row.Region)
	}, func(row billing.DayTraffic, c measured) bool { return f.wants(row.Region, c.kind) })
	return data, nil
}

// ofServices reads services, or the teams that they belong to.
func (a Asker) ofServices(ctx context.Context, q report.Question) (Data, error) {
	reading, against, err := read(q, func(days billing.Days) (daily.Reading, error) { return a.Days.Services(ctx, days) })
	if err != nil {
		return Data{}, err
	}
	columns := filter{nouns: q.Measure}.columns()
	data := dataOf(reading, against, columns)
	if data.isOfNamed = q.OfSomeServices(); data.isOfNamed || q.By == report.ByTeam {
		data.Unnamed = unnamed(reading.Rows)
	}
	teamOf := func(row billing.DayTraffic) string {
		if a.TeamOf == nil {
			return ""
		}
		return a.TeamOf(row.ServiceName, row.Service)
	}
	data.Series = collect(reading.Rows, columns, func(row billing.DayTraffic) (name, id string, wanted bool) {
		wanted = q.Service.Match(row.ServiceName) || q.Service.Match(row.Service)
		wanted = wanted && (q.Team == "" || q.Team.Have(teamOf(row)))
		if q.By == report.ByTeam {
			return cmp.Or(teamOf(row), NoTeam), "", wanted
		}
		return cmp.Or(row.ServiceName, row.Service), row.Service, wanted
	}, func(billing.DayTraffic, measured) bool { return true })
	return data, nil
}

// NoTeam is the line of services without a team.
const NoTeam = "No Team"

// unnamed counts the services whose names are not known.
func unnamed(rows []billing.DayTraffic) int {
	ids := map[string]bool{}
	for _, row := range rows {
		if row.ServiceName == "" {
			ids[row.Service] = true
		}
	}
	return len(ids)
}

// leads finds who made most of a change of the account or of a part of it.
func (a Asker) leads(ctx context.Context, q report.Question, f filter, t Table, data Data) ([]Lead, error) {
	if !q.By.IsOfTime() || t.Against.Len() != q.Days.Len() || !t.Total.Change.Valid || t.Total.Change.Decimal.Abs().LessThan(leastChange) {
		return nil, nil
	}
	parts := q
	parts.By, parts.Top = report.ByRegion, 0
	all := leads(report.ByRegion, t.Total, Tabulate(parts, data).Lines)
	if len(data.Series) < 2 {
		all = nil
	}
	if f.isOfSome {
		return all, nil // services have no regions
	}
	parts.By = report.ByService
	services, err := a.ofServices(ctx, parts)
	if err != nil {
		return all, err
	}
	return append(all, leads(report.ByService, t.Total, Tabulate(parts, services).Lines)...), nil
}

// billed compares what was measured of the newest month that can be compared with what Fastly billed for it.
func (a Asker) billed(ctx context.Context, q report.Question, f filter, rows []billing.Usage) (*Billed, error) {
	for _, month := range []billing.Month{q.Months.Last, q.Months.Last.Add(-1)} {
		sum, to := f.billedIn(month, rows)
		if to.IsZero() || !to.Equal(billing.DayOf(to)) || !to.After(month.Start()) || !sum.IsPositive() {
			continue
		}
		days := billing.Days{First: month.Start(), Last: to.AddDate(0, 0, -1)}
		reading, err := a.Days.Regions(ctx, days)
		if err != nil {
			return nil, fmt.Errorf("read the days %s: %w", days, err)
		}
		if len(reading.Unknown) > 0 {
			continue
		}
		columns := f.columns()
		measured := decimal.Decimal{}
		for _, row := range reading.Rows {
			if f.wants(row.Region, columns[0].kind) {
				measured = measured.Add(columns[0].of(row))
			}
		}
		return &Billed{month, to, measured, sum}, nil
	}
	return nil, nil
}
