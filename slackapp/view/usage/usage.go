package usageview

import (
	"cmp"
	"slices"
	"time"

	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/phrase"
)

// Context is what an answer needs to know beside the figures.
type Context struct {
	Now time.Time
	// Command is the slash command's name, such as "/usage", for the commands that the answer suggests.
	Command string
	// Asked is the canonical text behind the command that this answers, "2023-01..2023-03 cdn_usage"; it may be empty.
	Asked string
	// ReadAs means that the person did not type Asked, so that the answer begins with it.
	ReadAs bool
	// Lead is a sentence that the answer begins with; mostly empty.
	Lead string
	// AskedBy is the Slack id of the person who shared the answer in a channel; empty if the answer names no one.
	AskedBy string
	// Actions are the buttons under an answer with figures, in order.
	Actions []blocks.Action
	// Offers are the questions to ask instead of one whose answer has no figures, as they are typed behind Command.
	Offers []string
	// Likely is the forecast of the current month's bill; nil if there is none.
	Likely *forecast.CostForecast
}

// Usage shows the answer to a question: the finding in a sentence or two, the table, and how fresh the figures are. If the table has no row, it gives the
// reason and the next step.
func Usage(t report.Table, c Context) blocks.Message {
	switch {
	case NoChange(t) != "":
		return withoutTable(t, c, []string{NoChange(t)})
	case len(t.Groups) == 0 && t.Question.Cost:
		return noBill(t, c)
	case len(t.Groups) == 0:
		return nothingFound(t, c)
	}
	shown := layout.Of(t)
	finding, facts := findingAt(shown.Table, c.Now), factsOf(shown, c)
	if t.Question.Cost {
		finding, facts = blocks.Joined(" ", costFinding(shown.Table, c.Likely), remarks(t)), costFacts(shown, c)
	}
	return withTable(subjectOf(t, c.Now), blocks.Joined(" ", stillReading(t), finding), shown.Grid(), facts, c)
}

// withTable is an answer with figures: its heading, the finding, the table, the small type, and what to ask next.
func withTable(subject, finding string, g *blocks.Grid, facts []string, c Context) blocks.Message {
	return blocks.Message{Text: blocks.Escape(subject) + ": " + finding, Blocks: slices.Concat(
		blocks.Context("read-as", readAsFact(c), c.Lead, askedFact(c)),
		blocks.Section("finding", blocks.Bold(subject), finding),
		g.Block("figures"),
		blocks.Context("freshness", facts...),
		blocks.Buttons("next", c.Actions),
	)}
}

// readAsFact says how the bot understood the question, if the person put it in other words.
func readAsFact(c Context) string {
	if !c.ReadAs {
		return ""
	}
	return "I read this as " + blocks.Code(blocks.Joined(" ", c.Command, blocks.Clean(c.Asked)))
}

// askedFact names the person who shared the answer.
func askedFact(c Context) string {
	if c.AskedBy == "" {
		return ""
	}
	return "Asked by " + phrase.Mention(c.AskedBy)
}

// subjectOf names what the answer is about, in a heading.
func subjectOf(t report.Table, now time.Time) string {
	q := t.Question
	what := headed(q.Measure)
	if names := cmp.Or(q.UsageType, q.Product); names != "" {
		what = blocks.Joined(" ", cells(names), what)
	}
	switch {
	case what == "" && q.Charges != "":
		what = "Fastly " + chargesOf(q)
	case what == "" && q.Cost:
		what = "Fastly Cost"
	case what == "":
		what = "Fastly Usage"
	case q.Cost:
		what = "Cost of " + what
	}
	what += ofWhom(q)
	if q.By != report.ByUsageType && (q.By != report.ByProduct || q.Product == "") {
		what += " by " + blocks.Capital(string(q.By))
	}
	if q.Monthly {
		what += " by Month"
	}
	if q.Show == report.ShowChanges {
		what = "Top Changes: " + what
	}
	return what + ", " + periodsOf(q, q.Months.Last.IsOver(now))
}
