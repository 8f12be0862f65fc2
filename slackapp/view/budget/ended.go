package budgetview

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Ended is what /budget shows about a month that is over.
type Ended struct {
	Overview
	Gone int // rules that had a budget then and are no longer in the file
}

// EndedBudgets shows how budgets ended, worst first: the final figure, the limit, the percentage, and the thresholds that they reached.
func EndedBudgets(e Ended) blocks.Message {
	month := blocks.Period(billing.One(e.Month))
	if len(e.Lines) == 0 {
		return e.noneEnded(month)
	}
	w := e.Sort()
	counts := endedTally(status.Count(e.Lines, e.Now)) + "."
	heading := "How the Budgets of " + month + " Ended"
	if len(e.Only) > 0 {
		heading += " (" + blocks.Escape(blocks.Clean(strings.Join(e.Only, ", "))) + ")"
	}
	return blocks.Message{Text: "How the budgets of " + month + " ended: " + counts, Blocks: slices.Concat(
		blocks.Section("tally", blocks.Joined("\n", "*"+heading+"*", counts), blocks.Joined(" ", e.limits(), e.gone())),
		e.grid(w).Block("budgets"),
		blocks.Context("freshness", e.finalFact(), e.hiddenFact(), w.fact(), e.others(e.Lines)),
		blocks.Buttons("next", e.Actions),
	)}
}

// noneEnded says that no budget matches, and how all of them ended.
func (e Ended) noneEnded(month string) blocks.Message {
	lines := []string{"There are no budgets: the rules file has no rules."}
	if len(e.Only) > 0 {
		lines = []string{"No budget of " + month + " matches " + blocks.Bold(strings.Join(e.Only, ", ")) + "."}
	}
	if len(e.Of) > 0 {
		lines = append(lines, blocks.Capital(blocks.Counted(len(e.Of), "budget"))+": "+endedTally(status.Count(e.Of, e.Now))+".")
	}
	m := blocks.Note(lines...)
	m.Blocks = slices.Concat(m.Blocks, blocks.Context("freshness", e.hiddenFact()), blocks.Buttons("next", e.Actions))
	return m
}

// endedWords names each state in which a budget ends.
var endedWords = map[alerts.State]string{
	alerts.StateOver: "ended over", alerts.StateThreshold: "past a threshold", alerts.StateNoData: "without a final figure", alerts.StateOnCourse: "below every threshold",
}

func endedTally(counts map[alerts.State]int) string { return tallyIn(endedWords, counts) }

// Sort sorts the lines as they are shown, and returns the part on the page.
func (e *Ended) Sort() Window {
	e.Lines = status.WorstFirst(e.Lines, e.Now)
	rows := make([]int, len(e.Lines))
	for i, line := range e.Lines {
		undated := *line.Ending // only the rows of the page have the days
		undated.Reached, line.Ending = nil, &undated
		rows[i] = lengthOf(e.row(line)) + len(undated.Thresholds)*len("125% on Oct 29, ")
	}
	return windowOf(rows, e.Page)
}

func (e Ended) grid(w Window) *blocks.Grid {
	g := &blocks.Grid{Left: []bool{true, false, false, false, true}}
	g.Add(true, "Budget", "Ended at", "Limit", "Used", "Thresholds")
	for _, line := range e.Lines[w.From:w.To] {
		g.Add(false, e.row(line)...)
	}
	if more := e.Lines[w.To:]; len(more) > 0 {
		g.Add(false, "+ "+blocks.More(len(more)), "", "", "", endedTally(status.Count(more, e.Now)))
	}
	return g
}

// row returns the cells of a budget, or of a rule's budgets together.
func (e Ended) row(of alerts.BudgetStatus) []string {
	s, figure := budget{of}, billing.Dash
	if s.Known {
		figure = phrase.UsedText(s.Line)
	}
	return []string{s.name(), figure, s.limit(), s.used(), s.ended(e.Now)}
}

// ended is the last column: the thresholds that the budget reached, or below which it stayed.
func (s budget) ended(now time.Time) string {
	if s.Count == 0 {
		return s.thresholds(now)
	}
	worst := s
	worst.Count = 0
	sentence := blocks.Clean(s.Line.Instance) + ": " + strings.NewReplacer("Reached", "reached", "Stayed", "stayed").Replace(worst.thresholds(now))
	if others := endedTally(s.Rest); others != "" {
		sentence += "; " + others
	}
	return sentence
}

func (s budget) thresholds(now time.Time) string {
	if s.Unknown != "" {
		return blocks.Joined("; ", s.reached(now), "no final figure: "+strings.TrimRight(blocks.Clean(strings.ReplaceAll(s.Unknown, "`", "")), "."))
	}
	return cmp.Or(s.reached(now), s.stayedBelow())
}

// reached lists the thresholds that the budget reached, with the day if it is on record.
func (s budget) reached(now time.Time) string {
	var parts []string
	for _, threshold := range s.reachedThresholds() {
		i := slices.IndexFunc(s.Ending.Reached, func(a alerts.Alert) bool { return a.Threshold == threshold })
		switch {
		case i < 0:
			parts = append(parts, threshold.String())
		case s.Ending.Reached[i].Reason == alerts.ReasonNewRule:
			parts = append(parts, threshold.String()+" when I began watching")
		default:
			parts = append(parts, threshold.String()+" on "+s.Ending.Reached[i].At.In(now.Location()).Format("Jan 2"))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Reached " + strings.Join(parts, ", ")
}

// reachedThresholds returns the thresholds on record, and those of the rule up to the highest one reached.
func (s budget) reachedThresholds() []rules.Threshold {
	var all []rules.Threshold
	for _, a := range s.Ending.Reached {
		all = append(all, a.Threshold)
	}
	for _, threshold := range s.Ending.Thresholds {
		if threshold <= s.Line.Threshold {
			all = append(all, threshold)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// stayedBelow names the lowest threshold that the budget did not reach.
func (s budget) stayedBelow() string {
	percent := alerts.PercentOf(s.Line)
	for _, threshold := range s.Ending.Thresholds {
		if percent.LessThan(decimal.NewFromInt(int64(threshold))) {
			return "Stayed below " + threshold.String()
		}
	}
	return "No threshold reached"
}

// limits says which limits are today's, and which have changed since the month.
func (e Ended) limits() string {
	var unrecorded, changed []alerts.BudgetStatus
	each := e.each()
	for _, s := range each {
		switch {
		case s.Ending.Recorded && !s.Line.Limit.Equal(s.Ending.LimitNow):
			changed = append(changed, s)
		case !s.Ending.Recorded:
			unrecorded = append(unrecorded, s)
		}
	}
	named := func(s alerts.BudgetStatus) string { return blocks.Name(phrase.NameOf(s.Line)) }
	var sentences []string
	switch {
	case len(unrecorded) == len(each):
		sentences = append(sentences, "I have no record of "+blocks.Plural(len(each), "this budget", "these budgets")+" in that month, so limits and thresholds are today's.")
	case len(unrecorded) > 0:
		which := blocks.And(blocks.Most(unrecorded, phrase.MaxNamed, named, blocks.CountedAs("other")))
		sentences = append(sentences, "I have no record of "+which+" in that month, so "+blocks.Plural(len(unrecorded), "its limit and thresholds", "their limits and thresholds")+" are today's.")
	}
	if len(changed) > 0 {
		now := func(s alerts.BudgetStatus) string {
			return named(s) + " (now " + blocks.Escape(s.Line.Measure.Written(s.Ending.LimitNow)) + ")"
		}
		which := blocks.And(blocks.Most(changed, phrase.MaxNamed, now, blocks.CountedAs("other")))
		sentences = append(sentences, "Limits that have changed since: "+which+".")
	}
	return strings.Join(sentences, " ")
}

// each returns the budgets of all pages one by one, those of a rule not together.
func (e Ended) each() []alerts.BudgetStatus {
	var all []alerts.BudgetStatus
	for _, line := range e.Lines {
		if len(line.Instances) > 0 {
			all = append(all, line.Instances...)
		} else {
			all = append(all, line)
		}
	}
	return all
}

// gone says how many rules of the month are no longer in the file.
func (e Ended) gone() string {
	if e.Gone == 0 || len(e.Only) > 0 || e.Others > 0 {
		return ""
	}
	return blocks.Capital(blocks.Counted(e.Gone, "rule")) + " of that month " + blocks.Plural(e.Gone, "is", "are") + " no longer in the rules file."
}

// finalFact says whether the figures may still change.
func (e Ended) finalFact() string {
	open := slices.ContainsFunc(e.each(), func(s alerts.BudgetStatus) bool { return s.Known && s.Unknown == "" && !s.Ending.Final })
	switch {
	case open:
		return dataFact(e.each(), e.Now) + ", not final yet"
	case slices.ContainsFunc(e.each(), func(s alerts.BudgetStatus) bool { return s.Unknown != "" }):
		return dataFact(e.each(), e.Now)
	}
	return phrase.ClosedFact(e.Month, e.Now)
}
