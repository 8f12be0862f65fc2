package layout

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// monthsDown returns a line for each month, and below them their sum and, of parts, their shares and changes. Its columns are the rows of a single measure
// if they are few, else the measures' totals; one column has its change from month to month beside it. Where months are many, it has fewer parts.
func monthsDown(t report.Table) *blocks.Grid {
	for parts := MaxMeasures; ; parts-- {
		g := monthsOf(t, seriesOf(t, parts))
		if parts == 1 || !t.Question.By.IsOfParts() || g.HasRoom() {
			return g
		}
	}
}

func monthsOf(t report.Table, all []series) *blocks.Grid {
	main := changing(all)
	how := changeOver(t)
	var changes []string
	if len(all) > 0 && len(all) <= mostChanging {
		changes = monthlyChanges(t, &all[main], how)
	}
	overall := changesOverall(t, all)
	g := &blocks.Grid{}
	line := func(name string, cell func(i int) string, change string) []string {
		cells := append(make([]string, 0, len(all)+2), name)
		for i := range all {
			if cells = append(cells, cell(i)); i == main && changes != nil {
				cells = append(cells, change)
			}
		}
		return cells
	}
	g.Add(true, line("Month", func(i int) string { return all[i].head }, how.head)...)
	for n, m := range t.Months {
		change := ""
		if changes != nil {
			change = changes[n]
		}
		cells := line(monthHead(t, m, true), func(i int) string { return all[i].scale.Cell(all[i].row.Figures[n]) }, change)
		if len(all) > 0 && !hasFigure(cells) {
			cells[1] = withoutFigures(t, m)
		}
		g.Add(false, cells...)
	}
	if len(t.Months) == 1 || len(all) > mostChanging+1 {
		return g
	}
	addFigures(g, true, line("Total", func(i int) string { return all[i].scale.Cell(sumOfAll(all[i].row)) }, billing.Dash))
	if t.Question.By.IsOfParts() && t.AddsUp(t.Groups[0].Measure) {
		addFigures(g, false, line(shareHead(t.Groups[:1]), func(i int) string { return shareCell(all[i].row, all[i].scale) }, billing.Dash))
	}
	if overall != nil {
		addFigures(g, false, line("Change", func(i int) string { return overall[i] }, billing.Dash))
	}
	return g
}

// withoutFigures says in a cell why a month's line has no figure. The line stays, since a series without it would look complete.
func withoutFigures(t report.Table, m billing.Month) string {
	switch isLeftOut := func(u report.LeftOut) bool { return u.Month == m }; {
	case slices.Contains(t.Missing, m) && t.Question.Cost:
		return "no bill"
	case slices.Contains(t.Missing, m):
		return "no data"
	case slices.ContainsFunc(t.LeftOut, isLeftOut):
		return "unknown"
	}
	return "none"
}

// mostChanging is the most columns that leave room for a column of changes.
const mostChanging = 7

// changing returns which column has its change beside it: that of usage charges, else that of totals, else the first one.
func changing(all []series) int {
	for i, s := range all {
		if i > 0 && (s.head == PartsOfBill[0].Head || s.head == "Total") {
			return i
		}
	}
	return 0
}

// sumOfAll adds up the known figures.
func sumOfAll(r report.Row) decimal.NullDecimal {
	var sum decimal.NullDecimal
	for _, figure := range r.Figures {
		if figure.Valid {
			billing.Plus(&sum, figure.Decimal)
		}
	}
	return sum
}

// monthly says how months are compared with each other.
type monthly struct {
	head   string
	perDay bool
	usage  bool // compares the usage charges instead of the column's figures
}

// changeOver chooses how to compare months: usage and usage charges per day, since a short month is no saving, and fees by their amounts.
func changeOver(t report.Table) monthly {
	if !t.Question.Cost {
		return monthly{head: "Change, per Day", perDay: true}
	}
	hasUsage := func(m report.Makeup) bool { return !m.Usage.IsZero() }
	hasFees := func(m report.Makeup) bool { return !m.Fixed.IsZero() || !m.Credit.IsZero() }
	switch {
	case slices.ContainsFunc(t.Makeup, hasUsage) && len(t.Groups) == 1:
		return monthly{head: usageChange, perDay: true, usage: true}
	case slices.ContainsFunc(t.Makeup, hasFees):
		return monthly{head: "Change"}
	}
	return monthly{head: "Change, per Day", perDay: true}
}

// monthlyChanges returns the change of a column from each month to the next, and gives the column the digits from which people can compute it. It returns
// nil if there is no change to show.
func monthlyChanges(t report.Table, s *series, how monthly) []string {
	changes := make([]string, len(t.Months))
	figures := s.row.Figures
	some := false
	for i := range t.Months {
		changes[i] = billing.Dash
		change, known := how.change(t, s.row, i)
		if !known {
			continue
		}
		changes[i], some = billing.FormatChange(change), true
		for range mostFiner {
			now, before := figures[i].Decimal, figures[i-1].Decimal
			if t.Question.Cost || s.scale.Gives(change, now, before) {
				break
			}
			s.scale = s.scale.Finer()
		}
	}
	if !some {
		return nil
	}
	return changes
}

// change compares a month with the one before. A running month has none: it is compared with days that have no line.
func (how monthly) change(t report.Table, r report.Row, i int) (change decimal.Decimal, known bool) {
	if i == 0 || !r.Figures[i].Valid || !r.Figures[i-1].Valid {
		return change, false
	}
	isLast := i == len(t.Months)-1
	total := t.Groups[0].Total
	switch {
	case isLast && how.usage && total.Usage != nil:
		return total.Usage.Change.Decimal, total.Usage.Change.Valid
	case isLast && !t.Question.Cost && r.Change.Valid && (t.Versus == nil || t.Versus.Days == 0):
		return r.Change.Decimal, true
	case isLast && (isRunning(t) || t.Versus != nil && t.Versus.Unknown):
		return change, false
	}
	for _, u := range t.LeftOut {
		if u.Month == t.Months[i] || u.Month == t.Months[i-1] {
			return change, false
		}
	}
	now, before := r.Figures[i].Decimal, r.Figures[i-1].Decimal
	if how.usage {
		now, before = t.Makeup[i].Usage, t.Makeup[i-1].Usage
	}
	if !before.IsPositive() {
		return change, false
	}
	ratio := billing.Approximate(now) / billing.Approximate(before)
	if how.perDay {
		ratio *= float64(t.Months[i-1].Days()) / float64(t.Months[i].Days())
	}
	return decimal.NewFromFloat(ratio - 1), true
}

// seriesOf returns the columns: at most so many parts, if rows are parts.
func seriesOf(t report.Table, parts int) []series {
	first, apart, single := t.Groups[0], phrase.IsApart(t), len(t.Groups) == 1
	switch {
	case t.Question.By.IsOfParts():
		return seriesOfParts(first, t, parts)
	case single && t.Question.Cost:
		return seriesOfCost(t, scalesOf(first, t).group)
	case single && !apart && len(first.Rows) < MaxMeasures && first.Rest == nil:
		return seriesOfRows(first, t)
	}
	var all []series
	for _, group := range Groups(t) {
		switch {
		case !apart && !t.AddsUp(group.Measure):
			all = append(all, seriesOfLargest(group))
		case !apart:
			scale := group.Measure.Scale(shownFigures(group.Total)...)
			all = append(all, series{scale.Label(), group.Total, scale, false})
		case len(group.Rows) > 0: // products do not add up: the largest stands for them
			top := Biggest(group.Rows)
			scale := scalesOf(group, t).of(top)
			all = append(all, series{ofProduct(top.Name, group.Measure, scale), top, scale, false})
		}
	}
	return all
}

// seriesOfLargest is the column of a count that does not add up: the product with the most, or else the largest row.
func seriesOfLargest(group report.Group) series {
	row, name := group.Total, oneLine
	if row.Product == "" && len(group.All()) > 0 {
		row = slices.MaxFunc(group.All(), func(a, b report.Row) int { return a.Sum.Cmp(b.Sum) })
	} else {
		name = ofProduct
	}
	scale := group.Measure.Scale(shownFigures(row)...)
	return series{name(row.Name, group.Measure, scale), row, scale, false}
}

func seriesOfRows(group report.Group, t report.Table) []series {
	var all []series
	units := scalesOf(group, t)
	for _, r := range group.Rows {
		scale := units.of(r)
		all = append(all, series{oneLine(r.Name, group.Measure, scale), r, scale, false})
	}
	if len(all) > 1 && t.AddsUp(group.Measure) {
		all = append(all, series{"Total", group.Total, units.of(group.Total), false})
	}
	return all
}

// seriesOfParts returns columns for the total of a measure, its largest parts, the others together, and what belongs to no part.
func seriesOfParts(group report.Group, t report.Table, most int) []series {
	units := scalesOf(group, t)
	if t.Question.Top > 0 || group.Rest != nil || len(group.Rows) > most+1 { // a single row is not folded
		group = foldKept(group, largestRows(group, most), t)
	}
	var all []series
	name := phrase.NameCell
	if t.AddsUp(group.Measure) {
		all = append(all, series{units.label(), group.Total, units.of(group.Total), false})
	} else {
		name = func(s string) string { return oneLine(s, group.Measure, units.group) }
	}
	for _, r := range group.Rows {
		all = append(all, series{name(r.Name), r, units.of(r), true})
	}
	if group.Rest != nil {
		all = append(all, series{blocks.Counted(group.RestCount, "other"), *group.Rest, units.of(*group.Rest), true})
	}
	for _, more := range []*report.Row{group.Uncounted, group.Unallocated} {
		if more != nil {
			all = append(all, series{more.Name, *more, units.of(*more), false})
		}
	}
	return all
}

// seriesOfCost returns columns for the bills of many months: the total, usage, fees and credits.
func seriesOfCost(t report.Table, scale billing.Scale) []series {
	all := []series{{scale.Label(), t.Groups[0].Total, scale, false}}
	kinds := 0
	for _, part := range PartsOfBill {
		var row report.Row
		some := false
		for i, m := range t.Makeup {
			known := t.Groups[0].Total.Figures[i].Valid
			some = some || !part.Of(m).IsZero()
			row.Figures = append(row.Figures, decimal.NullDecimal{Decimal: part.Of(m), Valid: known})
		}
		if some {
			all = append(all, series{part.Head, row, scale, false})
			kinds++
		}
	}
	if kinds < 2 {
		return all[:1] // the only kind would repeat the total
	}
	return all
}

// PartsOfBill are the kinds of charges of a bill, each with its heading and the words after its sum.
var PartsOfBill = []struct {
	Head, Words string
	Of          func(report.Makeup) decimal.Decimal
}{
	{"Usage", " for usage", func(m report.Makeup) decimal.Decimal { return m.Usage }},
	{"Fixed", " fixed", func(m report.Makeup) decimal.Decimal { return m.Fixed }},
	{"Credits", " of credits", func(m report.Makeup) decimal.Decimal { return m.Credit }},
}
