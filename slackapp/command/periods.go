package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// Words between or beside the two periods of a comparison.
var (
	versusWords  = []string{"vs", "versus", "v", "against"}
	compareWords = []string{"compare", "comparing"}
	withinWords  = []string{"to", "with", "and"} // after "compared", and between the two periods after "compare"
	yearOnYear   = [][]string{{"yoy"}, {"year-over-year"}, {"year", "over", "year"}, {"year", "on", "year"}}
	monthOnPast  = [][]string{{"mom"}, {"month-over-month"}, {"month", "over", "month"}, {"month", "on", "month"}}
)

// versus is the word for a comparison in canonical texts.
const versus = "vs"

// reading collects what the words of a question say about time.
type reading struct {
	now   period.Now
	found []billing.Range // each once, in the order typed
	days  []billing.Days
	at    []typed.Word // the words of them, and between them
	rest  []typed.Word // the words that belong to something else

	times    int          // how often a period was read
	isVersus bool         // a word that compares stands before a period
	versus   []typed.Word // the words that compare
	open     []typed.Word // a word that compares stands at the end
	compare  []typed.Word // "compare"
	yearly   bool         // "yoy"
	monthly  bool         // "mom"
}

// spans are the one or two periods of a question: of months, or of days. Of two, the later one is compared with the earlier one.
type spans struct {
	months, against   billing.Range
	days, againstDays billing.Days
	// isTyped means that the person typed a period.
	isTyped bool
}

// periods finds the one or two periods anywhere among the words, and returns them and the other words. Without a period it returns this month.
//
// Of a text such as "vs last month" it also returns the words that compare: the later period is not typed then.
func periods(all []typed.Word, now period.Now) (of spans, rest, versus []typed.Word, wrong *problem) {
	r := reading{now: now}
	times := timesOf(all)
	r.split(all, times)
	for len(times) > 0 {
		all = all[len(all)-len(times):]
		if n := r.mark(all, times); n > 0 {
			times = times[n:]
			continue
		}
		used, problem := r.read(all, times)
		switch {
		case problem != nil:
			return spans{}, nil, nil, problem
		case used == 0:
			r.rest, used = append(r.rest, all[0]), 1
		}
		times = times[used:]
	}
	of.isTyped = r.times > 0
	if len(r.days) > 0 {
		of.days, of.againstDays, wrong = r.settleDays()
		of.months, of.against = of.days.Months(), of.againstDays.Months()
		if of.againstDays.IsZero() {
			of.against = billing.Range{}
		} else {
			r.drop(r.compare)
		}
		return of, r.rest, nil, wrong
	}
	of.months, of.against, wrong = r.settle()
	if of.against == (billing.Range{}) || r.times > 1 {
		r.versus = nil
	}
	return of, r.rest, r.versus, wrong
}

// read notes the days or the months that the words begin with, and returns how many words these are.
func (r *reading) read(all []typed.Word, times []string) (used int, problem *problem) {
	days, used, wrong := period.DaysAt(times, r.now)
	if used > 0 && wrong == nil {
		r.at, r.days, r.times = append(r.at, all[:used]...), append(r.days, days), r.times+1
		return used, nil
	}
	var months billing.Range
	if used == 0 {
		months, used, wrong = period.At(times, r.now)
	}
	switch {
	case wrong != nil:
		return 0, ofPeriod(wrong, all[wrong.First:wrong.First+wrong.Words])
	case used > 0:
		r.add(months, all[:used], times[:used])
	}
	return used, nil
}

// add notes a period. "November 2025 and November 2026" are two of them: nobody asks for thirteen months in that way.
func (r *reading) add(found billing.Range, at []typed.Word, times []string) {
	r.at = append(r.at, at...)
	r.times++
	both := []billing.Range{found}
	and := slices.Index(times, "and")
	if isYears := found.Len() > 1 && found.Len()%12 == 1; isYears && and > 0 && times[0] != "between" && times[0] != "from" {
		if first, _, wrong := period.At(times[:and], r.now); wrong == nil && first.Len() == 1 {
			both, r.isVersus = []billing.Range{billing.One(found.First), billing.One(found.Last)}, true
		}
	}
	for _, p := range both {
		if !slices.Contains(r.found, p) {
			r.found = append(r.found, p)
		}
	}
}

// split replaces the "to" or "and" of "compare october to september", which would otherwise make a range.
func (r *reading) split(all []typed.Word, times []string) {
	begin := slices.IndexFunc(times, func(t string) bool { return slices.Contains(compareWords, t) })
	if begin < 0 {
		return
	}
	r.compare = all[begin : begin+1]
	if slices.ContainsFunc(times, func(t string) bool { return t == "with" || slices.Contains(versusWords, t) }) {
		return
	}
	for _, between := range []string{"and", "to"} {
		for i := begin + 1; i < len(times); i++ {
			if times[i] == between && r.begins(times[i+1:]) && r.ends(times[begin+1:i]) {
				times[i] = versus
				return
			}
		}
	}
}

// begins reports whether the words begin with a period.
func (r *reading) begins(times []string) bool {
	return r.periodAt(times) > 0
}

// periodAt returns how many words the days or months have that the words begin with.
func (r *reading) periodAt(times []string) int {
	_, used, _ := period.DaysAt(times, r.now)
	if used == 0 {
		_, used, _ = period.At(times, r.now)
	}
	return used
}

// ends reports whether the words end with a period.
func (r *reading) ends(times []string) bool {
	for i := range times {
		if r.periodAt(times[i:]) == len(times)-i {
			return true
		}
	}
	return false
}

// mark reads words that ask for a comparison, and returns how many they are; 0 for any other word.
func (r *reading) mark(all []typed.Word, times []string) int {
	n := 0
	switch first := times[0]; first {
	case "compared":
		if len(times) > 1 && slices.Contains(withinWords, times[1]) {
			n = 2
		}
	case "with":
		if len(r.compare) > 0 && r.begins(times[1:]) {
			n = 1
		}
	case "yoy", "year-over-year", "year":
		n = spelled(times, yearOnYear)
		r.yearly = r.yearly || n > 0
		return n
	case "mom", "month-over-month", "month":
		n = spelled(times, monthOnPast)
		r.monthly = r.monthly || n > 0
		return n
	}
	if slices.Contains(versusWords, times[0]) {
		n = 1
	}
	switch {
	case n == 0:
	case r.begins(times[n:]):
		r.isVersus = true
	case len(times) == n && len(r.found) < 2 && times[0] != "v":
		r.open = all
	default:
		return 0
	}
	r.at, r.versus = append(r.at, all[:n]...), append(r.versus, all[:n]...)
	return n
}

// spelled returns the number of words in the form with which the words begin.
func spelled(times []string, forms [][]string) int {
	for _, form := range forms {
		if len(times) >= len(form) && slices.Equal(times[:len(form)], form) {
			return len(form)
		}
	}
	return 0
}

// settle decides which period the question asks for, and which it is compared with.
func (r *reading) settle() (months, against billing.Range, wrong *problem) {
	months = billing.One(r.now.Month)
	if len(r.found) > 0 {
		months = r.found[0]
	}
	isPair := r.isVersus || len(r.compare) > 0
	switch {
	case len(r.open) > 0:
		return months, against, needsAnother(months, r.open, versus)
	case len(r.found) > 2:
		return months, against, severalPeriods(r.found, r.at)
	case len(r.found) == 2 && (isPair || r.yearly || r.monthly):
		r.drop(r.compare)
		return r.inOrder(r.found[0], r.found[1])
	case len(r.found) == 2:
		return months, against, severalPeriods(r.found, r.at)
	case r.isVersus && r.times == 1 && months != billing.One(r.now.Month):
		return r.inOrder(billing.One(r.now.Month), months) // "vs last month"
	case r.yearly:
		r.drop(r.compare)
		return r.inOrder(months, period.Moved(months, -12))
	case r.monthly:
		r.drop(r.compare)
		return r.inOrder(months, period.Moved(months, -months.Len()))
	case r.isVersus || len(r.found) == 1 && len(r.compare) > 0 && !slices.ContainsFunc(r.rest, r.isName):
		return months, against, needsAnother(months, r.at, months.String()+" "+versus)
	}
	return months, against, nil
}

// drop removes words that have been understood.
func (r *reading) drop(understood []typed.Word) {
	r.rest = slices.DeleteFunc(r.rest, func(w typed.Word) bool { return slices.Contains(understood, w) })
}

func (r *reading) isName(w typed.Word) bool { return !isFiller(w) && !slices.Contains(r.compare, w) }

// inOrder puts the later of two periods first.
func (r *reading) inOrder(a, b billing.Range) (months, against billing.Range, wrong *problem) {
	if a.Last.Before(b.Last) {
		a, b = b, a
	}
	switch {
	case !b.Last.Before(a.First):
		wrong = &problem{
			sentence: fmt.Sprintf("%s and %s overlap. Compare periods that have no month in common.", blocks.Period(a), blocks.Period(b)),
			at:       r.at,
			fixes:    []string{a.String() + " " + versus + " " + period.Moved(a, -a.Len()).String(), a.String(), b.String()},
		}
	case b.First.Before(period.Oldest):
		wrong = &problem{
			sentence: fmt.Sprintf("Fastly has no usage from %s: the company started in %d.", blocks.Period(b), period.Oldest.Year()),
			at:       r.at,
			fixes:    []string{a.String()},
		}
	}
	return a, b, wrong
}

// needsAnother asks with what to compare a period, and offers the period before it and the same one a year earlier.
func needsAnother(months billing.Range, at []typed.Word, lead string) *problem {
	return &problem{
		sentence: fmt.Sprintf("Compare %s with which period?", blocks.Period(months)),
		at:       at,
		fixes:    []string{lead + " " + period.Moved(months, -months.Len()).String()},
	}
}

// severalPeriods is the problem of more than two periods, or of two without a word between them.
func severalPeriods(found []billing.Range, at []typed.Word) *problem {
	wrong := &problem{at: at}
	a, b := found[0], found[1]
	if len(found) > 2 {
		wrong.sentence = "I can compare two periods at most."
	} else {
		wrong.sentence = fmt.Sprintf("That's two periods, %s and %s. Pick one, or compare them with `vs`.", blocks.Period(a), blocks.Period(b))
	}
	wrong.fixes = []string{a.String(), b.String()}
	if a.Last.Before(b.First) || b.Last.Before(a.First) {
		wrong.fixes = append(wrong.fixes, a.String()+" "+versus+" "+b.String())
	}
	return wrong
}

// onePeriod refuses to compare a forecast or rates.
func (p parts) onePeriod() *problem {
	shown, one := p.Show, p
	one.Against = billing.Range{}
	used := one
	used.Show, used.Against = report.ShowUsage, p.Against
	return &problem{sentence: fmt.Sprintf("I can show the %s of one period, and compare usage or cost.", shown), fixes: []string{one.text(), used.text()}}
}

// timesOf returns the words as package period reads them: in lower case, and the quoted ones empty, since they are names.
func timesOf(all []typed.Word) []string {
	texts := make([]string, len(all))
	for i, w := range all {
		if !w.Quoted {
			texts[i] = strings.ToLower(w.Text)
		}
	}
	return texts
}

// isOfTime reports whether a word asks for a comparison of periods. People type a name with such a word in quotes.
func isOfTime(w typed.Word) bool {
	return w.Is(versusWords...) || w.Is("compare", "comparing", "compared", "yoy", "year-over-year", "year", "mom", "month-over-month", "month")
}

// unknownPeriod is the problem of words that were probably meant as a time; nil for others.
func unknownPeriod(names []typed.Word) *problem {
	return ofPeriod(period.Unknown(typed.Plain(names)), names)
}

// ofPeriods reads the names of a question's months and of those that it compares them with, since people may ask about usage that has ended.
func (n Names) ofPeriods(q report.Question) (billing.Catalog, error) {
	cost := q.Cost || q.Show == report.ShowRates
	catalog, err := n.Read(q.Months, cost)
	if !q.IsComparison() || err != nil && !errors.Is(err, report.ErrNoNames) {
		return catalog, err
	}
	earlier, failed := n.Read(q.Against, cost)
	if errors.Is(failed, report.ErrNoNames) {
		return catalog, err
	}
	return catalog.And(earlier), failed
}

// servicesOf is ofPeriods for the names of services.
func (n Names) servicesOf(q report.Question) ([]string, error) {
	services, err := n.Services(q.Months)
	if !q.IsComparison() || err != nil {
		return services, err
	}
	known := map[string]bool{}
	for _, name := range services {
		known[name] = true
	}
	earlier, err := n.Services(q.Against)
	for _, name := range earlier {
		if !known[name] {
			services = append(services, name)
		}
	}
	return services, err
}
