package byday

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Table is the answer to a question about days.
type Table struct {
	Question report.Question `json:"question"`
	Columns  []Column        `json:"columns"`
	// Lines are days or weeks in order, or regions, services or teams, the one with most of the first column first.
	Lines []Line `json:"lines"`
	// Rest sums the RestCount lines beyond Question.Top; nil if all are shown.
	Rest      *Line `json:"rest,omitempty"`
	RestCount int   `json:"rest_count,omitempty"`
	Total     Line  `json:"total"`
	// Against are the days that Total.Change compares with: the same weekdays before, unless the question names others.
	Against billing.Days `json:"against"`
	Source
	// Leads are who made most of the change, if the account changed by leastChange or more.
	Leads []Lead `json:"leads,omitempty"`
	// Billed sets what was measured of a month beside what Fastly billed for it; nil if the two cannot be compared.
	Billed *Billed `json:"billed,omitempty"`
}

// Column is one thing that is counted.
type Column struct {
	Name    string          `json:"name"` // such as Bandwidth, or a usage type
	Measure billing.Measure `json:"measure"`
}

// Line is one line of a Table. Figures are by column, in single units: bytes and requests. A figure that is not valid is unknown.
type Line struct {
	Name    string                `json:"name,omitempty"` // of a region, service or team
	ID      string                `json:"id,omitempty"`   // a service's
	Days    billing.Days          `json:"days"`
	Figures []decimal.NullDecimal `json:"figures"`
	// Earlier is the figure of the first column that Change compares with, per day. Of as many days as the line has, it leaves out the opposites of days that
	// are not known. Both are valid only if all the others are.
	Earlier decimal.NullDecimal `json:"earlier"`
	Change  decimal.NullDecimal `json:"change"` // 0.12 is +12 % a day
	// Unknown is how many days of the line are not in its figures.
	Unknown int `json:"unknown,omitempty"`
}

// Lead is one region or service that made much of a change.
type Lead struct {
	Kind  report.Breakdown `json:"kind"`
	Name  string           `json:"name"`
	Delta decimal.Decimal  `json:"delta"` // in single units of the first column
}

// Billed is what was measured of a month up to an instant, and what Fastly billed for it up to then, both of the first column.
type Billed struct {
	Month    billing.Month   `json:"month"`
	To       time.Time       `json:"to"`
	Measured decimal.Decimal `json:"measured"`
	Billed   decimal.Decimal `json:"billed"`
}

// Source says where figures come from.
type Source struct {
	// Recorded means that Fastly has no daily statistics of the usage: the figures are those that the bot recorded each day.
	Recorded bool `json:"recorded,omitempty"`
	// Unknown are the days, of those asked for, that are not known.
	Unknown []time.Time `json:"unknown,omitempty"`
	// Since is the first day that is kept, and To the end of the newest one. Both may be zero.
	Since time.Time `json:"since,omitzero"`
	To    time.Time `json:"to,omitzero"`
	Why   string    `json:"why,omitempty"` // daily.Reading.Why
	// Unkept is how many small services are not in the figures.
	Unkept int `json:"unkept,omitempty"`
	// Unnamed is how many services have traffic and no known name, so that a question about names or teams may lack them.
	Unnamed int `json:"unnamed,omitempty"`
}

// HasFigures reports whether anything is known of the days.
func (t Table) HasFigures() bool {
	return slices.ContainsFunc(t.Total.Figures, func(f decimal.NullDecimal) bool { return f.Valid })
}

// Series is what one region, service, team or usage type had on each day.
type Series struct {
	Name, ID string
	On       map[time.Time][]decimal.NullDecimal // by column
}

// Data is the input of Tabulate.
type Data struct {
	Source
	Columns []Column
	Series  []Series
	// Unknown are days without figures, also among those that are compared. On any other day a series without figures had none, unless they are Recorded.
	Unknown []time.Time
	Against billing.Days

	isOfNamed bool // named services or teams, which may not exist
}

// Tabulate answers the question from data.
func Tabulate(q report.Question, data Data) Table {
	t := Table{Question: q, Columns: data.Columns, Source: data.Source, Against: data.Against}
	for _, day := range data.Unknown {
		if q.Days.Contains(day) {
			t.Source.Unknown = append(t.Source.Unknown, day)
		}
	}
	all := data.sums(data.Series)
	t.Total = all.line(q.Days, data.Against)
	switch q.By {
	case report.ByDay:
		for _, day := range q.Days.All() {
			one := billing.Days{First: day, Last: day}
			t.Lines = append(t.Lines, all.line(one, t.opposite(one)))
		}
	case report.ByWeek:
		for _, w := range weeksIn(q.Days) {
			t.Lines = append(t.Lines, all.line(w, t.opposite(w)))
		}
	case report.ByRegion, report.ByService, report.ByTeam, report.ByProduct, report.ByUsageType:
		t.addParts(data)
	}
	return t
}

// addParts adds a line for each series with figures, the largest first.
func (t *Table) addParts(data Data) {
	for _, s := range data.Series {
		line := data.sums([]Series{s}).line(t.Question.Days, data.Against)
		line.Name, line.ID = s.Name, s.ID
		isUsed := func(f decimal.NullDecimal) bool { return f.Valid && !f.Decimal.IsZero() }
		if slices.ContainsFunc(line.Figures, isUsed) || line.Earlier.Decimal.IsPositive() {
			t.Lines = append(t.Lines, line)
		}
	}
	slices.SortStableFunc(t.Lines, func(a, b Line) int {
		return cmp.Or(b.Figures[0].Decimal.Cmp(a.Figures[0].Decimal), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	if top := t.Question.Top; top > 0 && len(t.Lines) > top {
		t.RestCount = len(t.Lines) - top
		t.Rest = sumOf(t.Lines[top:], t.Against)
		t.Lines = t.Lines[:top]
	}
}

// sumOf adds up lines that are compared with the same days.
func sumOf(lines []Line, against billing.Days) *Line {
	rest := Line{Days: lines[0].Days, Figures: make([]decimal.NullDecimal, len(lines[0].Figures))}
	whole := true
	for _, line := range lines {
		for i, f := range line.Figures {
			if f.Valid {
				billing.Plus(&rest.Figures[i], f.Decimal)
			}
		}
		if whole = whole && line.Earlier.Valid; whole {
			billing.Plus(&rest.Earlier, line.Earlier.Decimal)
		}
	}
	if !whole {
		rest.Earlier = decimal.NullDecimal{}
	}
	rest.Change = change(perDay(rest.Figures[0], rest.Days), perDay(rest.Earlier, against))
	return &rest
}

// week is how many days a week has; it begins on Monday.
const week = 7

// weeksIn cuts days at the ends of weeks.
func weeksIn(d billing.Days) []billing.Days {
	var weeks []billing.Days
	for first := d.First; !first.After(d.Last); {
		last := first.AddDate(0, 0, (week-int(first.Weekday()))%week)
		if last.After(d.Last) {
			last = d.Last
		}
		weeks = append(weeks, billing.Days{First: first, Last: last})
		first = last.AddDate(0, 0, 1)
	}
	return weeks
}

// Opposite returns the days that a question's days are compared with: those that it names, or as many days before them on the same weekdays.
func Opposite(q report.Question) billing.Days {
	if !q.AgainstDays.IsZero() {
		return q.AgainstDays
	}
	return moved(q.Days, (q.Days.Len()+week-1)/week*week)
}

// opposite returns the days that some of the question's days are compared with; none if as many days are not compared.
func (t Table) opposite(of billing.Days) billing.Days {
	if t.Against.Len() != t.Question.Days.Len() {
		return billing.Days{}
	}
	return moved(of, int(t.Question.Days.First.Sub(t.Against.First)/(24*time.Hour)))
}

func moved(d billing.Days, back int) billing.Days {
	return billing.Days{First: d.First.AddDate(0, 0, -back), Last: d.Last.AddDate(0, 0, -back)}
}

// sums adds up series over days.
type sums struct {
	columns int
	series  []Series
	// recorded means that a day without figures is unknown.
	recorded bool
	// needsSeries means that without any series nothing is known, and not that nothing was used.
	needsSeries bool
	unknown     map[time.Time]bool
}

func (d Data) sums(series []Series) sums {
	s := sums{len(d.Columns), series, d.Recorded, d.Recorded || d.isOfNamed, map[time.Time]bool{}}
	for _, day := range d.Unknown {
		s.unknown[day] = true
	}
	return s
}

// on returns the figure of a column on one day; it is not valid if it is not known.
func (s sums) on(day time.Time, column int) decimal.NullDecimal {
	sum := decimal.NullDecimal{Valid: !s.unknown[day] && (!s.needsSeries || len(s.series) > 0)}
	for _, one := range s.series {
		figures := one.On[day]
		switch {
		case figures == nil && !s.recorded:
		case figures == nil || !figures[column].Valid:
			return decimal.NullDecimal{}
		default:
			sum.Decimal = sum.Decimal.Add(figures[column].Decimal)
		}
	}
	if !sum.Valid {
		return decimal.NullDecimal{}
	}
	return sum
}

// over sums a column over days, as far as they are known, and returns how many of them are not.
func (s sums) over(days billing.Days, column int) (sum decimal.NullDecimal, unknown int) {
	for _, day := range days.All() {
		if figure := s.on(day, column); figure.Valid {
			billing.Plus(&sum, figure.Decimal)
		} else {
			unknown++
		}
	}
	return sum, unknown
}

// before sums the first column over the days that others are compared with, and reports whether all of them are known. Of as many days those are left out whose
// opposites are not known: a week so far is compared with as many days.
func (s sums) before(days, against billing.Days) (sum decimal.NullDecimal, known bool) {
	ofDays := days.All()
	for i, day := range against.All() {
		if against.Len() == days.Len() && !s.on(ofDays[i], 0).Valid {
			continue
		}
		figure := s.on(day, 0)
		if !figure.Valid {
			return decimal.NullDecimal{}, false
		}
		billing.Plus(&sum, figure.Decimal)
	}
	return sum, sum.Valid
}

// line sums days, and compares the first column with other days.
func (s sums) line(days, against billing.Days) Line {
	line := Line{Days: days, Figures: make([]decimal.NullDecimal, s.columns)}
	for i := s.columns - 1; i >= 0; i-- {
		line.Figures[i], line.Unknown = s.over(days, i)
	}
	if against.IsZero() || s.columns == 0 || line.Unknown > 0 && against.Len() != days.Len() {
		return line
	}
	if earlier, known := s.before(days, against); known {
		line.Earlier = earlier
		line.Change = change(perDay(line.Figures[0], days), perDay(earlier, against))
	}
	return line
}

func perDay(sum decimal.NullDecimal, of billing.Days) decimal.NullDecimal {
	sum.Decimal = sum.Decimal.Div(decimal.NewFromInt(int64(of.Len())))
	return sum
}

// change returns how much more the figure is than the earlier one; it is not valid if that is not above zero.
func change(figure, earlier decimal.NullDecimal) decimal.NullDecimal {
	if !figure.Valid || !earlier.Decimal.IsPositive() {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(figure.Decimal.Div(earlier.Decimal).Sub(decimal.New(1, 0)))
}

var (
	leastChange = decimal.New(5, -2)  // of the account, for which leads are named
	leastLead   = decimal.New(25, -2) // of the change, that a lead made
)

// leads returns who of the lines made most of a change, if one made much of it.
func leads(kind report.Breakdown, total Line, lines []Line) []Lead {
	if !total.Change.Valid || total.Change.Decimal.Abs().LessThan(leastChange) {
		return nil
	}
	delta := func(l Line) decimal.Decimal {
		if !l.Earlier.Valid || !l.Figures[0].Valid {
			return decimal.Decimal{}
		}
		return l.Figures[0].Decimal.Sub(l.Earlier.Decimal)
	}
	whole, most := delta(total), Lead{Kind: kind}
	for _, line := range lines {
		if d := delta(line); d.Sign() == whole.Sign() && d.Abs().GreaterThan(most.Delta.Abs()) {
			most.Name, most.Delta = cmp.Or(line.Name, line.ID), d
		}
	}
	if most.Name == "" || most.Delta.Abs().LessThan(whole.Abs().Mul(leastLead)) {
		return nil
	}
	return []Lead{most}
}
