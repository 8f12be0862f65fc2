package usageview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/byday"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Days shows the answer to a question about days: what they came to, how that compares with the days before, who made the change, and a line for each.
func Days(t byday.Table, c Context) blocks.Message {
	if !t.HasFigures() {
		return noDays(t, c)
	}
	return withTable(daysSubject(t), daysFinding(t), daysGrid(t), daysFacts(t, c), c)
}

func daysSubject(t byday.Table) string {
	q := t.Question
	what := headed(q.Measure)
	if names := cmp.Or(q.UsageType, q.Product); names != "" {
		what = blocks.Joined(" ", cells(names), what)
	}
	what = cmp.Or(what, "Fastly Traffic") + ofWhom(q)
	if !q.By.IsOfTime() {
		what += " by " + blocks.Capital(string(q.By))
	}
	what += ", " + blocks.LongDays(q.Days)
	if !q.AgainstDays.IsZero() {
		what += " vs " + blocks.Days(q.AgainstDays)
	}
	return what
}

// daysFinding sums the days, compares them, and names who made the change and the busiest day.
func daysFinding(t byday.Table) string {
	return blocks.Joined(" ", daysTotal(t), daysChange(t), daysLeads(t), busiest(t))
}

// daysTotal says what the days came to: "526 TB and 88.2B requests in 11 days, 47.8 TB a day."
func daysTotal(t byday.Table) string {
	var sums []string
	for i, column := range t.Columns {
		if f := t.Total.Figures[i]; f.Valid {
			sums = append(sums, columnAmount(column, f.Decimal))
		}
	}
	sentence := "*" + sums[0] + "*"
	if len(sums) > 1 {
		sentence = blocks.And(append([]string{sentence}, sums[1:]...))
	}
	days := t.Question.Days.Len()
	known := days - t.Total.Unknown
	if days == 1 {
		return sentence + "."
	}
	if known < days {
		sentence += fmt.Sprintf(" in %d of the %d days", known, days)
	} else {
		sentence += " in " + blocks.Counted(days, "day")
	}
	if f := t.Total.Figures[0]; f.Valid && known > 1 {
		perDay := f.Decimal.Div(decimal.NewFromInt(int64(known)))
		sentence += ": " + blocks.Escape(t.Columns[0].Measure.Format(perDay)) + " a day"
	}
	return sentence + "."
}

// columnAmount prints a figure with what it counts: "526 TB of bandwidth", "88.2 B requests", "1.2 B Compute Requests".
func columnAmount(column byday.Column, d decimal.Decimal) string {
	amount, noun := phrase.Amount(column.Measure, d), column.Measure.Noun
	if head, counted := strings.CutSuffix(amount, " "+noun); counted && !billing.SameName(column.Name, noun) {
		return head + " " + blocks.Escape(phrase.NameCell(column.Name))
	}
	return amount
}

// daysChange compares the total with the days before: "Bandwidth is 12% above Oct 30–Nov 9, the same weekdays."
func daysChange(t byday.Table) string {
	if !t.Total.Change.Valid {
		return ""
	}
	name := blocks.Escape(blocks.Capital(phrase.NameCell(t.Columns[0].Name)))
	verb := " is "
	if strings.HasSuffix(name, "s") {
		verb = " are "
	}
	sentence := name + verb + phrase.AboveOrBelow(t.Total.Change.Decimal) + " " + blocks.Days(t.Against)
	days := t.Question.Days
	switch {
	case t.Total.Unknown > 0:
		sentence = "On the days that are known, " + strings.ToLower(name[:1]) + name[1:] + verb + phrase.AboveOrBelow(t.Total.Change.Decimal) + " the same days of " + blocks.Days(t.Against)
	case days.Len() == 1 && t.Question.AgainstDays.IsZero():
		sentence += ", the " + t.Against.First.Weekday().String() + " before"
	case t.Question.AgainstDays.IsZero() && days.Len()%7 != 0:
		sentence += ", the same weekdays before"
	case t.Against.Len() != days.Len():
		sentence += fmt.Sprintf(", per day (%s in %s)", blocks.Escape(t.Columns[0].Measure.Format(t.Total.Earlier.Decimal)), blocks.Counted(t.Against.Len(), "day"))
	}
	return sentence + "."
}

// daysLeads names the region and the service that made the largest part of the change.
func daysLeads(t byday.Table) string {
	var parts []string
	for _, lead := range t.Leads {
		part := blocks.Name(lead.Name) + " (" + phrase.Signed(t.Columns[0].Measure, lead.Delta) + ")"
		if lead.Kind == report.ByService {
			part = "service " + part
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return blocks.Capital(blocks.And(parts)) + " made the largest " + blocks.Plural(len(parts), "part", "parts") + " of that."
}

const (
	fewestForBusiest = 5 // days, before the busiest one is named
)

// leastBusy is how much of a mean day the busiest one has at least, to be named.
var leastBusy = decimal.New(11, -1)

// busiest names the day with most, if it stands out.
func busiest(t byday.Table) string {
	known := slices.DeleteFunc(slices.Clone(t.Lines), func(l byday.Line) bool { return !l.Figures[0].Valid })
	if t.Question.By != report.ByDay || len(known) < fewestForBusiest {
		return ""
	}
	most := slices.MaxFunc(known, func(a, b byday.Line) int { return a.Figures[0].Decimal.Cmp(b.Figures[0].Decimal) })
	mean := t.Total.Figures[0].Decimal.Div(decimal.NewFromInt(int64(len(known))))
	if mean.IsZero() || most.Figures[0].Decimal.LessThan(mean.Mul(leastBusy)) {
		return ""
	}
	return "The busiest day was " + blocks.Days(most.Days) + " with " + blocks.Escape(t.Columns[0].Measure.Format(most.Figures[0].Decimal)) + "."
}

// daysGrid is the table: the first column beside the days that it is compared with and its change, then the others.
func daysGrid(t byday.Table) *blocks.Grid {
	lines := slices.Clone(t.Lines)
	if t.Rest != nil {
		rest := *t.Rest
		rest.Name = blocks.Counted(t.RestCount, "other")
		lines = append(lines, rest)
	}
	if len(lines) > 1 {
		total := t.Total
		total.Name = "Total"
		lines = append(lines, total)
	}
	scales := daysScales(t, lines)
	compared := slices.ContainsFunc(t.Lines, func(l byday.Line) bool { return l.Earlier.Valid })
	g := &blocks.Grid{}
	g.Add(true, daysHead(t, scales, compared)...)
	for i, line := range lines {
		g.Add(len(lines) > 1 && i == len(lines)-1, daysCells(t, line, scales, compared)...)
	}
	return g
}

func daysHead(t byday.Table, scales []billing.Scale, compared bool) []string {
	head := []string{blocks.Capital(string(t.Question.By))}
	for i, column := range t.Columns {
		head = append(head, blocks.Joined(", ", phrase.NameCell(column.Name), scales[i].Symbol()))
		if i == 0 && compared {
			change := "Change"
			if t.Against.Len() != t.Question.Days.Len() {
				change = "per Day"
			}
			head = append(head, blocks.Days(t.Against), change)
		}
	}
	return head
}

// mostFinerDays is how many more decimals a figure may have so that people can compute its change.
const mostFinerDays = 6

func daysCells(t byday.Table, line byday.Line, scales []billing.Scale, compared bool) []string {
	texts := []string{daysName(line)}
	for i := range t.Columns {
		scale := scales[i]
		if i > 0 || !compared {
			texts = append(texts, scale.Cell(line.Figures[i]))
			continue
		}
		for range mostFinerDays {
			if !line.Change.Valid || t.Against.Len() != t.Question.Days.Len() || scale.Gives(line.Change.Decimal, line.Figures[0].Decimal, line.Earlier.Decimal) {
				break
			}
			scale = scale.Finer()
		}
		change := billing.Dash
		if line.Change.Valid {
			change = billing.FormatChange(line.Change.Decimal)
		}
		texts = append(texts, scale.Cell(line.Figures[0]), scale.Cell(line.Earlier), change)
	}
	return texts
}

// daysName names a line: "Tue Nov 10", "Nov 9–15", "Asia".
func daysName(line byday.Line) string {
	switch {
	case line.Name != "":
		return phrase.NameCell(line.Name)
	case line.Days.Len() == 1:
		return line.Days.First.Format("Mon Jan 2")
	}
	return blocks.Days(line.Days)
}
