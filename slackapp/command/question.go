package command

import (
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// Asked is what a person asked with the usage command, once understood.
type Asked struct {
	// Help means that the person wants to see what can be asked; Question is then empty.
	Help     bool
	Question report.Question
	// LeftOut means that the text had words without a meaning, which were left out.
	LeftOut bool
	// CSV means that the person wants every row, as a file.
	CSV bool
	// TopTyped means that the person asked for a number of rows; otherwise Question has the usual number.
	TopTyped bool
}

// parts is a question taken apart as far as possible without the names.
type parts struct {
	help, csv bool
	// Question has everything typed but the names; its By may be empty, and its Top 0.
	report.Question
	names []typed.Word
	// versus are the words that compare, if only one period is typed.
	versus []typed.Word
	typed  []typed.Word // all of it
}

// usualMonths is how many months "by month" shows if the person named no period.
const usualMonths = 12

// takeApart reads the text after the usage command: what to show, a period, a word for cost, a breakdown and a top, in any order. It leaves the names to
// asked. An empty text asks for this month so far.
//
// A text that it does not understand is never answered: the problem explains it in one sentence, and mistake turns the fixes into complete corrected texts
// that are no mistakes.
func takeApart(text string, now period.Now) (parts, *problem) {
	text, tooLong := typed.Clean(text)
	if tooLong != nil {
		return parts{}, &problem{sentence: tooLong.Sentence, fixes: tooLong.Corrected}
	}
	if typed.IsHelp(text) {
		return parts{help: true}, nil
	}
	p := parts{typed: typed.Words(text)}
	what, all, wrong := toShow(spelledOut(p.typed))
	if wrong != nil {
		return parts{}, wrong.in(p.typed)
	}
	p.Show, p.Measure = what.show, billing.NamesOf(what.measure)
	p.Cost = p.Show != report.ShowRates && (slices.ContainsFunc(all, isCost) || slices.ContainsFunc(all, isCharges))
	all = slices.DeleteFunc(withoutOrder(all), isCost)
	p.csv, all = csv(all)
	if p.By, p.Monthly, all, wrong = breakdown(all); wrong != nil {
		return parts{}, wrong.in(p.typed)
	}
	if p.Top, all, wrong = top(all); wrong != nil {
		return parts{}, wrong.in(p.typed)
	}
	var of spans
	if of, p.names, p.versus, wrong = periods(all, now); wrong != nil {
		return parts{}, wrong.in(p.typed)
	}
	p.Months, p.Against, p.Days, p.AgainstDays = of.months, of.against, of.days, of.againstDays
	if wrong = p.withDays(of.isTyped, now); wrong != nil {
		return parts{}, wrong.in(p.typed)
	}
	if p.Monthly && p.Months == billing.One(now.Month) && p.Show == report.ShowUsage && !p.IsComparison() {
		p.Months.First = now.Month.Add(1 - usualMonths)
	}
	if (p.Show == report.ShowForecast || p.Show == report.ShowRates) && p.IsComparison() {
		return parts{}, p.onePeriod()
	}
	if slices.ContainsFunc(p.names, func(w typed.Word) bool { return w.Is(period.Mark) }) {
		unread := &problem{
			sentence: "I can't read the range of months.",
			at:       p.names,
			hint:     "A range looks like 2025-10..2026-03, or nov..jan.",
			fixes:    []string{"last 3 months"},
		}
		return parts{}, unread.in(p.typed)
	}
	if wrong = p.list(); wrong != nil {
		return parts{}, wrong.in(p.typed)
	}
	if asked, sentence := p.showable(now.Month); sentence != "" {
		return parts{}, &problem{sentence: sentence, fixes: []string{asked.text()}}
	}
	return p, nil
}

// asked resolves the names, and sets everything that the person left out.
func (p parts) asked(account Account) (Asked, *problem) {
	if p.help {
		return Asked{Help: true}, nil
	}
	account.apart = p.Show == report.ShowRates
	found, wrong := resolve(p.names, account)
	if wrong != nil {
		if isUnread := len(wrong.at) == len(p.names) && len(wrong.fixes) > 0 && wrong.fixes[0] == ""; isUnread {
			wrong.at = slices.Concat(wrong.at, p.versus) // the words may have been a period, and nothing else is compared with the other one
		}
		return Asked{}, wrong.in(p.typed)
	}
	if p, found, sentence := p.showableOf(found); sentence != "" {
		return Asked{}, &problem{sentence: sentence, fixes: []string{p.about(found).Text()}}
	}
	asked := p.about(found)
	if q := asked.Question; q.Charges != "" && (q.ReadsServices() || q.Show != report.ShowUsage) {
		usual := p
		usual.By, usual.Top, usual.Show = "", 0, report.ShowUsage
		return Asked{}, &problem{sentence: "Fees and credits are shown as they were billed, and belong to no service.", fixes: []string{usual.about(named{charges: q.Charges}).Text()}}
	}
	return asked, nil
}

// text returns the parts as a person can type them again, with unchecked names.
func (p parts) text() string {
	return p.about(named{product: billing.Names(typed.Plain(p.names))}).TextWith([]string{typed.Again(p.names)})
}

// about sets everything that the person left out of a question about these names.
func (p parts) about(found named) Asked {
	q := p.Question
	if found.measure != "" || found.usageType != "" {
		q.Measure = found.measure
	}
	q.Product, q.UsageType, q.Region = found.product, found.usageType, found.region
	q.Service, q.Team, q.Charges = found.service, found.team, found.charges
	if q.By == "" {
		q.By = usualBreakdown(q)
	}
	if q.Top == 0 {
		q.Top = UsualTop(q)
	}
	return Asked{Question: q, LeftOut: found.leftOut, CSV: p.csv, TopTyped: p.Top != 0}
}

// mostDays is up to how many days a question about days shows each.
const mostDays = 31

// usualBreakdown is the breakdown if the person named none: by the kind with several names, or else by product, or within one product by type.
func usualBreakdown(q report.Question) report.Breakdown {
	isOfOne := q.Team == "" && q.Service == ""
	switch {
	case q.IsOfDays() && q.Days.Len() > mostDays:
		return report.ByWeek
	case q.IsOfDays():
		return report.ByDay
	case q.Show == report.ShowRates:
		return report.ByUsageType
	case q.Team.AreSeveral():
		return report.ByTeam
	case q.Service.AreSeveral():
		return report.ByService
	case q.Region.AreSeveral() && isOfOne:
		return report.ByRegion
	case q.Product.AreSeveral() && q.UsageType == "" && isOfOne, q.IsWhole() && q.Show != report.ShowChanges:
		return report.ByProduct
	case q.Team != "":
		return report.ByService
	}
	return report.ByUsageType
}

// UsualTop is how many rows an answer shows if the person named no number: 0 is all of them, or the usual number of package report for top changes.
func UsualTop(q report.Question) int {
	if q.By == report.ByService && q.Show != report.ShowChanges {
		return defaultTop
	}
	return 0
}

// Text returns the one text that asks the same with nothing left to interpret: months in figures, names as Fastly has them.
// Reading it again yields the same question, also in a later month.
func (a Asked) Text() string { return a.TextWith(a.Names()) }

// Names returns the names in the question as a person can type them.
func (a Asked) Names() []string {
	var each []string
	add := func(kind string, names billing.Names, asTyped func(string) string) {
		if names == "" {
			return
		}
		all := names.List()
		for i, name := range all {
			all[i] = asTyped(name)
		}
		each = append(each, blocks.Joined(" ", kind, strings.Join(all, " and ")))
	}
	ofCharges := func(kind string) string { return chargesTyped[billing.ChargeKind(kind)] }
	alone := func(names billing.Names) func(string) string {
		if names.AreSeveral() {
			return oneWord
		}
		return quoted
	}
	q := a.Question
	add("", q.Measure, strings.Clone)
	add("", q.Charges, ofCharges)
	add("", q.Product, alone(q.Product))
	add("", q.UsageType, alone(q.UsageType))
	add(kindRegion, q.Region, oneWord)
	add(kindService, q.Service, oneWord)
	add(kindTeam, q.Team, oneWord)
	return each
}

// when returns the period or periods of a question.
func when(q report.Question) string {
	switch {
	case q.IsOfDays() && !q.AgainstDays.IsZero():
		return q.Days.String() + " " + versus + " " + q.AgainstDays.String()
	case q.IsOfDays():
		return q.Days.String()
	case q.IsComparison():
		return q.Months.String() + " " + versus + " " + q.Against.String()
	}
	return q.Months.String()
}

// TextWith is Text with names that Names has made already: most of the work is to find out which of them need quotes.
func (a Asked) TextWith(names []string) string {
	if a.Help {
		return "help"
	}
	q := a.Question
	text := append([]string{when(q), string(q.Show)}, names...)
	if q.Cost {
		text = append(text, "cost")
	}
	if q.By != usualBreakdown(q) {
		text = append(text, "by "+string(q.By))
	}
	if q.Monthly {
		text = append(text, "by month")
	}
	if q.Top != UsualTop(q) {
		text = append(text, fmt.Sprintf("top %d", q.Top))
	}
	if a.CSV {
		text = append(text, "csv")
	}
	return blocks.Joined(" ", text...)
}
