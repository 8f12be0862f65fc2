package usageview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/monthend"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/phrase"
)

// maxForecast is how many lines a forecast has if the person asked for no number.
const maxForecast = 30

// Forecast shows how the month is likely to end: the largest line in a sentence, all lines in a table, and how the forecasts were made.
func Forecast(f monthend.Forecast, c Context) blocks.Message {
	switch {
	case isTooEarly(f, c.Now):
		return tooEarly(f, c)
	case len(f.Groups) == 0:
		return noForecast(f, c)
	}
	return withTable(forecastSubject(f), blocks.Joined(" ", forecastFinding(f), notIn("figures", f.Unread)), forecastGrid(f), forecastFacts(f, c), c)
}

// HasForecast reports whether there is a table to show.
func HasForecast(f monthend.Forecast, now time.Time) bool {
	return len(f.Groups) > 0 && !isTooEarly(f, now)
}

// isTooEarly reports whether only fees have a forecast; they are known from the first day of a month.
func isTooEarly(f monthend.Forecast, now time.Time) bool {
	switch {
	case !hasJustBegun(f.Question, now) && !isEarly(f):
		return false
	case len(f.Groups) == 0:
		return f.Question.Cost && hasJustBegun(f.Question, now)
	case f.Question.Cost:
		line, _ := foremost(f)
		return !line.IsKnown()
	}
	return !slices.ContainsFunc(f.Lines(), monthend.Line.IsKnown)
}

// isEarly reports whether at most three days of the month are counted.
func isEarly(f monthend.Forecast) bool {
	at, ok := blocks.ElapsedIn(f.Month(), f.Fresh.CountedTo)
	return ok && at.Days <= 3
}

// tooEarly says why there is no forecast yet, and shows the figures so far.
func tooEarly(f monthend.Forecast, c Context) blocks.Message {
	t := report.Table{Question: f.Question, Fresh: f.Fresh}
	if !slices.ContainsFunc(f.Lines(), func(l monthend.Line) bool { return l.Used.Valid }) {
		return monthBegins(t, c)
	}
	line, measure := foremost(f)
	sentence := cannotForecast(f, line.Unknown)
	if line.Used.Valid {
		sentence += " " + nameOfLine(f, line, measure) + " is " + blocks.Escape(measure.Format(line.Used.Decimal)) + " so far."
	}
	return withoutTable(t, c, []string{sentence})
}

func forecastSubject(f monthend.Forecast) string {
	return "Forecast: " + subjectOf(report.Table{Question: f.Question}, f.Month().End())
}

// foremost returns the line for the sentence: the total of the first measure, or else its first line, which is the largest.
func foremost(f monthend.Forecast) (monthend.Line, billing.Measure) {
	g := f.Groups[0]
	if g.Total != nil {
		return *g.Total, g.Measure
	}
	return g.Lines[0], g.Measure
}

func forecastFinding(f monthend.Forecast) string {
	line, measure := foremost(f)
	if !line.IsKnown() {
		return cannotForecast(f, line.Unknown)
	}
	sentence := nameOfLine(f, line, measure) + " is likely to end at *" + blocks.Escape(phrase.Range(measure, line.Low, line.High)) + "*"
	before := blocks.LongMonth(f.Month().Add(-1))
	if line.Pending.IsPositive() {
		sentence += ", including " + blocks.Escape(measure.Format(line.Pending)) + " in fees (as in " + blocks.LongMonth(f.Last) + ") not billed yet"
	}
	if f.Question.Cost {
		sentence += "."
		if line.Before.Valid && line.Before.Decimal.IsPositive() {
			sentence += " " + before + " was " + blocks.Escape(measure.Format(line.Before.Decimal)) + "."
		}
		if line.Change != nil {
			sentence += " Usage cost is likely to be " + spanText(*line.Change, before) + "."
		}
		return sentence
	}
	if line.Change != nil {
		sentence += ", " + spanText(*line.Change, before)
	}
	return sentence + "."
}

// nameOfLine names a line in a sentence.
func nameOfLine(f monthend.Forecast, line monthend.Line, measure billing.Measure) string {
	switch {
	case line.Name != totalName && f.Question.Cost:
		return blocks.Escape(phrase.NameCell(line.Name))
	case line.Name != totalName:
		return blocks.Escape(layout.NameWith(phrase.NameCell(line.Name), measure))
	case f.Question.IsWhole() && f.Question.Cost:
		return "The bill"
	case f.Question.Cost:
		return "The cost"
	}
	return blocks.Capital(blocks.Escape(measure.Noun))
}

// totalName is the name of a group's total.
const totalName = "Total"

// cannotForecast says why there is no forecast of the month.
func cannotForecast(f monthend.Forecast, why string) string {
	lead := "*Can't forecast " + blocks.LongMonth(f.Month()) + ":* "
	if isEarly(f) {
		lead = "*Too early to forecast " + blocks.LongMonth(f.Month()) + ":* "
	}
	return lead + blocks.Prose(why) + "."
}

// whole prints a ratio as a change in whole percent.
func whole(ratio decimal.Decimal) string {
	text := ratio.Shift(2).Round(0).String()
	switch {
	case text == "0":
		return "0%"
	case strings.HasPrefix(text, "-"):
		return "−" + text[1:] + "%"
	}
	return "+" + text + "%"
}

// spanCell prints a likely change: "+8% to +11%".
func spanCell(s *monthend.Span) string {
	if s == nil {
		return billing.Dash
	}
	low, high := whole(s.Low), whole(s.High)
	if low == high {
		return low
	}
	return low + " to " + high
}

// spanText is a likely change in a sentence: "8–11% above October per day".
func spanText(s monthend.Span, before string) string {
	low, high := s.Low.Shift(2).Round(0), s.High.Shift(2).Round(0)
	side, first, last := "above", low, high
	switch {
	case low.IsZero() && high.IsZero():
		return "as much per day as in " + before
	case low.IsNegative() && high.IsPositive():
		return fmt.Sprintf("%s%% below to %s%% above %s per day", low.Neg(), high, before)
	case low.IsNegative():
		side, first, last = "below", high.Neg(), low.Neg()
	}
	text := last.String()
	if !first.Equal(last) {
		text = first.String() + "–" + text
	}
	return fmt.Sprintf("%s%% %s %s per day", text, side, before)
}

func forecastGrid(f monthend.Forecast) *blocks.Grid {
	g := &blocks.Grid{}
	before := blocks.ShortMonth(f.Month().Add(-1), false)
	soFar := "So Far"
	if to := f.Fresh.CountedTo; to.After(f.Month().Start()) {
		soFar = blocks.Until(f.Month(), to)
	}
	change := "vs " + before + ", per Day"
	if f.Question.Cost {
		change = "Usage " + change
	}
	g.Add(true, layout.NameHead(f.Question), soFar, "Likely End", before, change)
	left, each := linesShown(f)
	for _, group := range f.Groups {
		head := group.Total
		if head != nil {
			g.Add(true, forecastCells(billing.Heading(group.Measure.Noun), *head, group.Measure)...)
		}
		for _, line := range group.Lines[:min(left, each, len(group.Lines))] {
			name := phrase.NameCell(line.Name)
			if head == nil && !f.Question.Cost {
				name = layout.NameWith(name, group.Measure)
			}
			g.Add(false, forecastCells(name, line, group.Measure)...)
			left--
		}
	}
	return g
}

// linesShown is how many lines there is room for, in all and in each group.
func linesShown(f monthend.Forecast) (all, each int) {
	all = len(f.Lines())
	switch {
	case f.Question.By.IsOfServices(): // folded already
		return all, all
	case f.Question.Top > 0:
		return all, f.Question.Top
	}
	return maxForecast, maxForecast
}

// forecastCells returns the cells of a line: usage so far, the likely end, the month before, and the likely change.
func forecastCells(name string, l monthend.Line, m billing.Measure) []string {
	figures := make([]decimal.Decimal, 0, 3)
	for _, d := range []decimal.NullDecimal{l.Used, l.Before, {Decimal: l.High, Valid: l.IsKnown()}} {
		if d.Valid {
			figures = append(figures, d.Decimal)
		}
	}
	scale := m.Scale(figures...).WithUnit()
	end := billing.Dash
	switch {
	case l.IsKnown() && m.Currency != "":
		end = phrase.MoneyRange(m, l.Low, l.High)
	case l.IsKnown():
		end = rangeCell(m.Scale(figures...), scale, l)
	}
	cell := func(d decimal.NullDecimal) string {
		if d.Valid && m.Currency != "" {
			return m.Format(d.Decimal)
		}
		return scale.Cell(d)
	}
	return []string{name, cell(l.Used), end, cell(l.Before), spanCell(l.Change)}
}

// rangeCell prints both ends of a range with one unit: "1.18–1.21 PB".
func rangeCell(bare, withUnit billing.Scale, l monthend.Line) string {
	unit := strings.TrimPrefix(withUnit.Format(l.High), bare.Format(l.High))
	low, high := bare.Short(l.Low), bare.Short(l.High)
	if low == high {
		return high + unit
	}
	return low + "–" + high + unit
}

// forecastFacts returns the small type of a forecast: up to when it has data, how sure it is, how it was made, and what is left out.
func forecastFacts(f monthend.Forecast, c Context) []string {
	dataTo := "Data to " + blocks.CountedTo(f.Fresh.CountedTo, c.Now)
	if f.Fresh.CountedTo.IsZero() {
		dataTo = "Fastly didn't say how much of " + blocks.LongMonth(f.Month()) + " this covers"
	}
	facts := []string{freshFact(dataTo, f.Fresh, c)}
	isKnown := slices.ContainsFunc(f.Lines(), monthend.Line.IsKnown)
	if isKnown {
		facts = append(facts, blocks.Joined("; ", "the range should hold in 4 of 5 months", methodFact(f)))
	}
	switch {
	case f.Question.Cost && f.Question.ReadsServices():
		facts = append(facts, "estimated from usage at average rates, without fees and credits")
	case f.Question.Cost:
		facts = append(facts, billFact(f))
	}
	facts = append(facts, plannedFact(f), apartFact(f), hiddenLines(f, c))
	if isKnown {
		facts = append(facts, totalFact(f))
	}
	return facts
}

// plannedFact names the events that the forecasts include, with their lines where not all include the same.
func plannedFact(f monthend.Forecast) string {
	lines := slices.DeleteFunc(f.Lines(), func(l monthend.Line) bool { return !l.IsKnown() })
	if len(lines) == 0 {
		return ""
	}
	if alike := func(l monthend.Line) bool { return slices.Equal(l.Planned, lines[0].Planned) }; !slices.ContainsFunc(lines, func(l monthend.Line) bool { return !alike(l) }) {
		if len(lines[0].Planned) == 0 {
			return ""
		}
		return "including " + phrase.Planned(lines[0].Planned)
	}
	var facts []string
	for _, l := range lines {
		if len(l.Planned) > 0 {
			facts = append(facts, blocks.Escape(phrase.NameCell(l.Name))+" includes "+phrase.Planned(l.Planned))
		}
	}
	return blocks.Joined("; ", facts...)
}

// methods are the ways to make forecasts, the best first.
var methods = []struct {
	method forecast.Method
	words  string
}{
	{forecast.MethodSeason, "from daily usage of the last eight weeks and of the same weeks last year"},
	{forecast.MethodDaily, "from daily usage of the last eight weeks"},
	{forecast.MethodMonthly, "rough: from this month's and last month's totals, since I don't have four weeks of daily usage yet"},
	{forecast.MethodPace, "rough: from this month's pace alone, since I have neither daily usage nor last month's"},
}

// methodFact says how the forecasts were made. If there are several ways, it counts the lines of each.
func methodFact(f monthend.Forecast) string {
	if f.Question.ReadsServices() {
		return "rough: by this month's pace, since I keep no daily history by service"
	}
	count := map[forecast.Method]int{}
	lines := f.Lines()
	for _, l := range lines {
		count[l.Method]++
	}
	var facts []string
	for _, m := range methods {
		switch n := count[m.method]; {
		case n == len(lines):
			return m.words
		case n > 0:
			facts = append(facts, blocks.Counted(n, "line")+" "+m.words)
		}
	}
	return strings.Join(facts, "; ")
}

// billFact says how the forecast of a bill was made.
func billFact(f monthend.Forecast) string {
	fact := "forecast usage at the rates of the tiers it reaches; fees once"
	if f.Last.IsZero() {
		return fact + "; none added for the month's close, since there is no earlier invoice"
	}
	return fact + ", those not billed yet as in " + blocks.LongMonth(f.Last)
}

// totalFact says that the total's range is not the sum of the lines' ranges.
func totalFact(f monthend.Forecast) string {
	isTotal := func(g monthend.Group) bool { return g.Total != nil }
	if f.Question.Cost || f.Question.ReadsServices() || !slices.ContainsFunc(f.Groups, isTotal) {
		return ""
	}
	return "totals are forecast on their own, so their range is narrower than the sum of the lines"
}

// apartFact says which counts of several products do not add up.
func apartFact(f monthend.Forecast) string {
	t := report.Table{Question: f.Question, Apart: f.Apart}
	for _, g := range f.Groups {
		t.Groups = append(t.Groups, report.Group{Measure: g.Measure})
	}
	return sumFact(t)
}

func hiddenLines(f monthend.Forecast, c Context) string {
	of := len(f.Lines())
	shown, _ := linesShown(f)
	if f.Question.Top > 0 || of <= shown {
		return ""
	}
	return fmt.Sprintf("%d of %d lines: %s shows more", shown, of, blocks.Code(blocks.Joined(" ", c.Command, blocks.Clean(c.Asked), "top 50")))
}

// noForecast says why there is no forecast.
func noForecast(f monthend.Forecast, c Context) blocks.Message {
	q, month := f.Question, blocks.LongMonth(f.Month())
	var line string
	switch {
	case q.Cost && q.IsWhole():
		line = "*I can't forecast " + month + "'s bill.* " + noEstimate
	case q.Cost:
		line = fmt.Sprintf("*I can't forecast what %s will cost in %s:* neither Fastly's estimate nor the last invoice has a charge for it.", wanted(q), month)
	case q.IsWhole():
		line = "*Too early to forecast " + month + ":* Fastly has no usage data for it yet, and none for the month before."
	default:
		line = fmt.Sprintf("*I can't forecast %s:* it had no usage in %s or the month before.", wanted(q), month)
	}
	return withoutTable(report.Table{Question: q, Fresh: f.Fresh}, c, []string{line})
}

// NoLongerForecast leads the figures of a month that is over, if the person asked for a forecast of it.
func NoLongerForecast(m billing.Month) string {
	return blocks.Period(billing.One(m)) + " is over: this is how it ended, not a forecast"
}
