package monthend

import (
	"context"
	"fmt"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/lookup"
	"budgetbot/billing/report"
)

// askServices forecasts services by the pace of the month, as budgets of services are: nobody records their days.
func (a Asker) askServices(ctx context.Context, q report.Question, now time.Time) (*Forecast, error) {
	both := q
	both.Months.First = q.Months.Last.Add(-1)
	if !q.By.IsOfServices() {
		both.Top = 0 // the others may be of several products; the lines shown are cut as those of the account are
	}
	asker := lookup.Asker{Usage: a.Usage, Bills: a.Bills, TeamOf: a.TeamOf}
	table, err := asker.Ask(ctx, both, now)
	if err != nil {
		return nil, err
	}
	f := &Forecast{Question: q, Apart: table.Apart, Fresh: table.Fresh}
	if q.Cost { // an estimate may be newer than the usage of services
		reading, err := a.Usage.Read(ctx, q.Months)
		if err != nil {
			return nil, fmt.Errorf("read usage for %s: %w", q.Months, err)
		}
		if to := billing.CountedTo(reading.Rows, q.Months.Last, q.Wants); to.Before(f.Fresh.CountedTo) && !to.IsZero() {
			f.Fresh.CountedTo = to
		}
	}
	for _, u := range table.LeftOut {
		f.Unread = append(f.Unread, u.Why)
	}
	for _, group := range table.Groups {
		g := Group{Measure: group.Measure}
		rows := group.Rows
		if group.Rest != nil {
			rows = append(rows[:len(rows):len(rows)], *group.Rest)
		}
		for _, r := range rows {
			g.Lines = append(g.Lines, paced(r, q.Months.Last, f.Fresh.CountedTo, a.Planned))
		}
		if len(g.Lines) > 1 && (q.OfSomeServices() || !q.Cost) && f.AddsUp(group.Measure) {
			total := paced(group.Total, q.Months.Last, f.Fresh.CountedTo, a.Planned)
			g.Total = &total
		}
		if len(g.Lines) > 0 {
			f.Groups = append(f.Groups, g)
		}
	}
	return f, nil
}

// earlyForServices is why services have no forecast in the first three days, whatever they used in the month before.
const earlyForServices = "services are forecast by the pace of the month alone, from its fourth day on"

// paced makes a line of a row that has the figures of two months.
func paced(r report.Row, month billing.Month, countedTo time.Time, events []billing.Event) Line {
	l := Line{Name: r.Name, Product: r.Product, Before: r.Figures[0], Used: r.Figures[1]}
	if !l.Used.Valid {
		l.Unknown = noUsageYet
		return l
	}
	end := forecast.OfMonth(forecast.History{Planned: events}, forecast.Position{Month: month, Used: l.Used.Decimal, CountedTo: countedTo})
	if l.end(end, month); l.Unknown == forecast.UnknownEarly {
		l.Unknown = earlyForServices
	}
	return l
}
