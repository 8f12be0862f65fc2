package usageview

import (
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Context is what an answer about usage needs to know beside the figures.
type Context struct {
	Now time.Time
	// Command is the slash command's name, such as "/usage", for the commands that the answer suggests.
	Command string
	// Asked is the canonical text behind the command that this answers, "2023-01..2023-03 cdn_usage"; it may be empty.
	Asked string
	// Private means that only the asker sees the answer.
	Private bool
	// AskedBy is the Slack id of the person who shared the answer in a channel; empty if the answer names no one.
	AskedBy string
	// Actions are the buttons under the answer, in order.
	Actions []blocks.Action
	// Likely is the forecast of the current month's bill; nil if there is none.
	Likely *LikelyCost
}

// Usage returns the answer to a question: the finding in a sentence or two, the table, and how fresh the figures are. A
// table without any row becomes the reason and the next step.
func Usage(t report.Table, c Context) blocks.Message {
	switch {
	case len(t.Groups) == 0 && t.Question.Cost:
		return noBill(t, c)
	case len(t.Groups) == 0:
		return nothingFound(t, c)
	}
	t = t.ToTheCent()
	shown := shorten(t)
	finding, facts := findingOf(shown.table), factsOf(shown, c)
	if t.Question.Cost {
		finding, facts = costFinding(shown.table, c.Likely), costFacts(shown, c)
	}
	subject := subjectOf(t, c.Now)
	body := []slack.Block{
		blocks.Section("finding", blocks.Bold(subject), finding),
		gridFor(shown.table).Block("figures"),
	}
	body = slices.Concat(body, blocks.Context("freshness", facts...), blocks.Buttons("next", c.Actions))
	return blocks.Message{Text: blocks.Escape(subject) + ": " + finding, Blocks: body}
}

// subjectOf names what the answer is about, in a heading's words.
func subjectOf(t report.Table, now time.Time) string {
	q := t.Question
	what := "Fastly Usage"
	if q.Cost {
		what = "Fastly Cost"
	}
	switch {
	case q.UsageType != "":
		what = phrase.NameCell(blocks.Clean(q.UsageType))
	case q.Product != "":
		what = phrase.NameCell(blocks.Clean(q.Product))
	}
	if q.Cost && (q.UsageType != "" || q.Product != "") {
		what = "Cost of " + what
	}
	if q.By != report.ByUsageType && (q.By != report.ByProduct || q.Product == "") {
		what += " by " + blocks.Capital(string(q.By))
	}
	subject := what + ", " + blocks.Period(q.Months)
	if !q.Months.Last.IsOver(now) {
		subject += " So Far"
	}
	return subject
}

// noRowsReason says why there may be none.
func noRowsReason(source billing.Origin) string {
	if source == billing.FromInvoices {
		return "This account's usage comes from its invoices, and there is no invoice for that time yet, or not any more."
	}
	return "It may be too recent or too long ago, or the account has neither usage data nor invoices; " +
		"the bot's operator can check with `budgetbot doctor`."
}

// nothingFound says that there is no figure, why that may be so, and what to do.
func nothingFound(t report.Table, c Context) blocks.Message {
	q := t.Question
	when := blocks.Period(q.Months)
	var lines []string
	switch {
	case len(t.LeftOut) > 0:
		lines = []string{
			fmt.Sprintf("*There's no figure for %s in %s,* so I can't tell (it isn't necessarily zero). %s", wanted(q), when, unread(t)),
			"The bot's operator can save Fastly's answer with `budgetbot doctor --save`.",
		}
	case len(t.Missing) == len(t.Months):
		lines = []string{
			fmt.Sprintf("*Fastly has no usage data for %s,* so I can't tell (it isn't necessarily zero).", when),
			noRowsReason(t.Fresh.Source) + " Try " + blocks.Code(c.Command+" last month"),
		}
	default:
		if !q.Months.Last.IsOver(c.Now) {
			when += " so far"
		}
		lines = []string{
			fmt.Sprintf("*No %s usage in %s*; there was other usage then.", wanted(q), when),
			"To see what there is: " + blocks.Code(c.Command+" "+q.Months.String()),
		}
	}
	return withoutTable(t, c, lines)
}

// withoutTable is an answer that has no figures.
func withoutTable(t report.Table, c Context, lines []string) blocks.Message {
	m := blocks.Note(lines...)
	m.Blocks = slices.Concat(m.Blocks, blocks.Context("freshness", phrase.ReadFact(t.Fresh, c.Now), audienceFact(c)), blocks.Buttons("next", c.Actions))
	return m
}

// wanted names what the question was narrowed to.
func wanted(q report.Question) string {
	switch {
	case q.UsageType != "" && q.Product != "":
		return blocks.Escape(q.UsageType) + " (" + blocks.Escape(q.Product) + ")"
	case q.UsageType != "" || q.Product != "":
		return blocks.Escape(q.UsageType + q.Product)
	}
	return "this"
}
