package layout

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/phrase"
)

// widestSpan is how many times the smallest line the largest may be, for both to have one unit.
var widestSpan = decimal.New(1000, 0)

// mostFiner is how many more decimals a figure may have so that people can compute its change.
const mostFiner = 6

// scales are the units of a group: one for all lines, or one for each line if these differ too much in size or do not add up.
type scales struct {
	table report.Table
	group billing.Scale
	isOwn bool // each line has its own unit, after its figures
}

func scalesOf(group report.Group, t report.Table) scales {
	rows, apart := group.All(), phrase.IsApart(t)
	all := make([]decimal.Decimal, 0, (len(rows)+1)*len(t.Months))
	largest := make([]decimal.Decimal, 0, len(rows)+1)
	add := func(r *report.Row) {
		before := len(all)
		all = appendFigures(all, r)
		if most := mostOf(all[before:]); most.IsPositive() {
			largest = append(largest, most)
		}
	}
	for i := range rows {
		add(&rows[i])
	}
	if !apart {
		add(&group.Total)
	}
	s := scales{table: t, group: group.Measure.Scale(all...)}
	if group.Measure.Currency == "" && !apart && len(largest) > 0 {
		least := slices.MinFunc(largest, decimal.Decimal.Cmp)
		s.isOwn = mostOf(largest).GreaterThan(least.Mul(widestSpan))
	}
	return s
}

// isOne reports whether all lines have one unit.
func (s scales) isOne() bool { return !s.isOwn && !phrase.IsApart(s.table) }

// label heads the group.
func (s scales) label() string {
	if s.isOwn {
		return s.group.WithUnit().Label()
	}
	return s.group.Label()
}

// of returns the scale of one line.
func (s scales) of(r report.Row) billing.Scale {
	switch {
	case s.isOwn:
		return s.group.Measure.Scale(shownFigures(r)...).WithUnit()
	case phrase.IsApart(s.table):
		return s.group.Measure.Scale(shownFigures(r)...)
	}
	return s.group
}

// withChange returns the scale of a line that shows a change, with enough digits to compute it.
func (s scales) withChange(r report.Row) billing.Scale {
	scale := s.of(r)
	now, before := bothShown(r, s.table)
	if !r.Change.Valid || !now.Valid || !before.Valid || !before.Decimal.IsPositive() || !now.Decimal.IsPositive() {
		return scale
	}
	for range mostFiner {
		if scale.Gives(r.Change.Decimal, now.Decimal, before.Decimal) {
			break
		}
		scale = scale.Finer()
	}
	return scale
}

// bothShown returns the two figures of a line that its change compares, if both have a column.
func bothShown(r report.Row, t report.Table) (now, before decimal.NullDecimal) {
	switch months := len(t.Months); {
	case t.Question.IsComparison() && !t.Question.Cost:
		return r.Later, r.Earlier
	case t.Question.Cost || t.Versus == nil || t.Versus.Unknown:
		return now, before
	case hasEarlier(t):
		return r.Last(), r.Earlier
	case months > 1:
		return r.Figures[months-1], r.Figures[months-2]
	}
	return now, before
}

// shownFigures returns the figures of a line that have a column.
func shownFigures(r report.Row) []decimal.Decimal { return appendFigures(nil, &r) }

func appendFigures(figures []decimal.Decimal, r *report.Row) []decimal.Decimal {
	if r.Later.Valid { // two periods
		return append(figures, r.Later.Decimal, r.Earlier.Decimal)
	}
	for _, f := range r.Figures {
		if f.Valid {
			figures = append(figures, f.Decimal)
		}
	}
	return figures
}

func mostOf(figures []decimal.Decimal) decimal.Decimal {
	var most decimal.Decimal
	for _, f := range figures {
		if f.GreaterThan(most) {
			most = f
		}
	}
	return most
}

var letters = map[string]string{"K": "thousand", "M": "million", "B": "billion", "T": "trillion"}

// Letters explains the letters of the counts in a group: "B is billion".
func Letters(g report.Group, t report.Table) []string {
	var used []string
	units, rows := scalesOf(g, t), g.All()
	if units.isOne() {
		rows = rows[:min(1, len(rows))]
	}
	for _, r := range rows {
		letter, _, found := strings.Cut(units.of(r).Unit(), " ")
		if !found || letters[letter] == "" {
			continue
		}
		if word := letter + " is " + letters[letter]; !slices.Contains(used, word) {
			used = append(used, word)
		}
	}
	return used
}
