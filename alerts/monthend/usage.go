package monthend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// archiveMonths is how many closed months a forecast uses, as the forecast of a budget does.
const archiveMonths = 2

// Asker forecasts from what it reads.
type Asker struct {
	Usage billing.Reader
	// Bills reads costs; nil if costs cannot be read.
	Bills billing.BillReader
	// Record is what the bot has recorded; nil if it keeps no record.
	Record Record
	// Rules are those whose budgets have past forecast errors on record, and events of their own.
	Rules []rules.Rule
	// Planned are events that change all usage.
	Planned []billing.Event
	// TeamOf is as in lookup.Asker.
	TeamOf func(name, id string) string
}

// Record is a consumer contract of Asker. It models what checks record; the store implements it.
type Record interface {
	status.DailyRecord
	// ForecastErrors returns how far each budget's forecasts were off, in the closed months from the given one on.
	ForecastErrors(ctx context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error)
}

// Ask forecasts the month of the question, which is not over at now. If the record cannot be read, it returns a rougher forecast and the error.
func (a Asker) Ask(ctx context.Context, q report.Question, now time.Time) (*Forecast, error) {
	switch {
	case q.ReadsServices():
		return a.askServices(ctx, q, now)
	case q.Cost:
		return a.askCost(ctx, q, now)
	}
	return a.askUsage(ctx, q)
}

func (a Asker) askUsage(ctx context.Context, q report.Question) (*Forecast, error) {
	month := q.Months.Last
	reading, err := a.Usage.Read(ctx, billing.Range{First: month.Add(-archiveMonths), Last: month})
	if err != nil {
		return nil, fmt.Errorf("read usage for %s: %w", month, err)
	}
	var closed []billing.Usage
	for _, u := range reading.Rows {
		if u.Month.Before(month) {
			closed = append(closed, u)
		}
	}
	var recorded []daily.Recorded
	var traffic []billing.DayTraffic
	var pastErrors map[alerts.BudgetName][]forecast.PastError
	if a.Record != nil {
		var noDays, noTraffic, noErrors error
		traffic, noTraffic = status.Traffic(ctx, a.Record, month)
		recorded, noDays = a.Record.RecordedSince(ctx, month.Add(-archiveMonths))
		pastErrors, noErrors = a.Record.ForecastErrors(ctx, month.Add(-forecast.MostErrorMonths))
		if err = errors.Join(noDays, noTraffic, noErrors); err != nil {
			err = fmt.Errorf("forecast %s without the record: %w", month, err)
		}
	}
	recorded = evaluate.Recording(recorded, reading.Rows, month)
	s := sums{Question: q, archive: evaluate.NewArchive(closed, recorded, traffic), rules: a.Rules, planned: a.Planned, pastErrors: pastErrors, of: map[billing.Measure]map[row]*sum{}, seen: &report.Counters{}}
	for _, u := range reading.Rows {
		s.add(u)
	}
	f := &Forecast{Question: q, Apart: s.seen.Apart(), Fresh: reading.Fresh}
	f.Groups = s.groups(reading.Unread, f.AddsUp)
	f.Fresh.CountedTo = billing.CountedTo(reading.Rows, month, q.Wants)
	for _, u := range s.concerned(reading.Unread) {
		if !slices.Contains(f.Unread, u.Unread) {
			f.Unread = append(f.Unread, u.Unread)
		}
	}
	return f, err
}

// row identifies a line of a group.
type row struct{ name, product string }

// sum is the usage of a line so far.
type sum struct {
	used, before decimal.NullDecimal
	countedTo    time.Time
}

// sums adds up the lines of a question about usage.
type sums struct {
	report.Question
	archive    *evaluate.Archive
	rules      []rules.Rule
	planned    []billing.Event
	pastErrors map[alerts.BudgetName][]forecast.PastError
	of         map[billing.Measure]map[row]*sum
	seen       *report.Counters
}

// budgetOf returns the past errors and the events of a budget that counts the usage that is wanted, so that a line and the budget have one forecast.
func (s sums) budgetOf(wanted func(billing.Usage) bool) (past []forecast.PastError, events []billing.Event) {
	events = s.planned
	for i := range s.rules {
		r := &s.rules[i]
		errors, owns := s.pastErrors[alerts.BudgetName{Rule: r.Name}], len(r.Planned) > len(s.planned)
		if len(errors) == 0 && !owns || r.Kind != rules.RuleBudget || r.IsMoney() || r.IsOfServices() || !s.archive.IsAllOf(r.Match, wanted) {
			continue
		}
		if len(past) == 0 {
			past = errors
		}
		if len(events) == len(s.planned) {
			events = r.Planned
		}
	}
	return past, events
}

func (s sums) rowOf(u billing.Usage) (of row, wanted bool) {
	of.name, of.product, wanted = s.RowOf(u)
	return of, wanted
}

// add adds usage of the month and of the one before.
func (s sums) add(u billing.Usage) {
	of, wanted := s.rowOf(u)
	month := s.Months.Last
	if !wanted || u.Month.Before(month.Add(-1)) {
		return
	}
	single, measure := s.archive.Single(u)
	s.seen.See(measure.Noun, u.Product)
	if s.of[measure] == nil {
		s.of[measure] = map[row]*sum{}
	}
	if s.of[measure][of] == nil {
		s.of[measure][of] = &sum{}
	}
	s.of[measure][of].add(u, single, month)
}

func (s *sum) add(u billing.Usage, single decimal.Decimal, month billing.Month) {
	if u.Month.Before(month) {
		billing.Plus(&s.before, single)
		return
	}
	billing.Plus(&s.used, single)
	s.countedTo = billing.Later(s.countedTo, u.CountedTo)
}

// and adds another line.
func (s sum) and(other *sum) sum {
	for _, part := range []struct{ into, of *decimal.NullDecimal }{{&s.used, &other.used}, {&s.before, &other.before}} {
		if part.of.Valid {
			billing.Plus(part.into, part.of.Decimal)
		}
	}
	s.countedTo = billing.Later(s.countedTo, other.countedTo)
	return s
}

// groups forecasts every line, and a total of what adds up.
func (s sums) groups(unread []billing.Usage, addsUp func(billing.Measure) bool) []Group {
	var groups []Group
	for measure, rows := range s.of {
		g := Group{Measure: measure}
		total := sum{}
		for of, used := range rows {
			line := s.line(*used, unread, func(u billing.Usage) bool {
				_, counted := s.archive.Single(u)
				is, wanted := s.rowOf(u)
				return wanted && is == of && counted == measure
			})
			line.Name, line.Product = of.name, of.product
			g.Lines = append(g.Lines, line)
			total = total.and(used)
		}
		if len(g.Lines) > 1 && addsUp(measure) {
			all := s.line(total, unread, func(u billing.Usage) bool {
				_, counted := s.archive.Single(u)
				_, wanted := s.rowOf(u)
				return wanted && counted == measure
			})
			all.Name = "Total"
			g.Total = &all
		}
		groups = append(groups, g)
	}
	inOrder(groups)
	return groups
}

// line forecasts a sum of the usage that is wanted.
func (s sums) line(used sum, unread []billing.Usage, wanted func(billing.Usage) bool) Line {
	month := s.Months.Last
	l := Line{Used: used.used, Before: used.before}
	if !used.used.Valid {
		l.Unknown = noUsageYet
		return l
	}
	concerned := s.concerned(unread)
	if slices.ContainsFunc(concerned, func(u billing.Usage) bool { return u.Product == "" || u.UsageType == "" || wanted(u) }) {
		l.Unknown = "one of Fastly's rows can't be read"
		return l
	}
	past := s.archive.HistoryOf(wanted)
	pastErrors, events := s.budgetOf(wanted)
	past.Planned = events
	end := forecast.OfMonth(past, forecast.Position{Month: month, Used: used.used.Decimal, CountedTo: used.countedTo})
	l.end(end.WithErrors(pastErrors), month)
	return l
}

// concerned returns the rows that could not be read and may belong to the question, in the months that it counts.
func (s sums) concerned(unread []billing.Usage) []billing.Usage {
	return slices.DeleteFunc(slices.Clone(unread), func(u billing.Usage) bool {
		return u.Month.Before(s.Months.Last.Add(-1)) || !s.MayConcern(u)
	})
}
