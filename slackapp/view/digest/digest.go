package digestview

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Digest says at a time of the calendar how the budgets stand and what changed.
func Digest(b alerts.Bulletin, budgets phrase.Part) blocks.Message {
	texts, body := []string{budgets.Text}, budgets.Blocks
	if b.TopChanges != nil {
		texts = append(texts, topChangesFinding(*b.TopChanges))
		body = append(body, topChanges(*b.TopChanges, b.MadeAt)...)
	}
	for _, sentence := range b.Missing {
		texts = append(texts, blocks.Prose(sentence))
	}
	body = append(body, missing(b)...)
	if len(body) == 0 {
		return blocks.Note("There are no budgets: the rules file has no rules.")
	}
	body = append(body, blocks.Context("freshness", footer(b, budgets.Facts)...)...)
	return blocks.Message{Text: blocks.Joined(" ", texts...), Blocks: body}
}

// topChanges states what changed most, and lists it; a message can have one table, and the budgets use it. Without a comparison there
// are no changes to list.
func topChanges(t report.Table, now time.Time) []slack.Block {
	lines := []string{"*What Changed Most*", topChangesFinding(t)}
	if t.Versus != nil && !t.Versus.Unknown {
		for _, g := range t.Groups {
			for _, r := range g.Rows {
				line := "• " + blocks.Name(r.Name) + " *" + billing.FormatChange(r.Change.Decimal) + "* per day"
				if now := r.Last(); now.Valid {
					line += ", to " + blocks.Escape(g.Measure.Format(now.Decimal))
				}
				lines = append(lines, line)
			}
		}
	}
	if t.Fresh.Stale != "" {
		lines = append(lines, blocks.Capital(phrase.ReadFact(t.Fresh, now))+".")
	}
	return blocks.Section("moved", lines...)
}

// missing says what could not be read for a digest.
func missing(b alerts.Bulletin) []slack.Block {
	var body []slack.Block
	for i, sentence := range b.Missing {
		body = append(body, blocks.Section(fmt.Sprintf("untold_%d", i), blocks.Prose(sentence))...)
	}
	return body
}

// topChangesFinding states how much the measure that changed most did, and who made it, or why that is unknown.
func topChangesFinding(t report.Table) string {
	switch change := phrase.BiggestChange(t); {
	case t.Versus == nil:
		return "There's nothing to compare with yet."
	case t.Versus.Unknown && t.Fresh.CountedTo.IsZero():
		return "Fastly didn't say how much of " + blocks.LongMonth(t.Versus.Month) + " its figures cover, so they aren't compared with " + blocks.LongMonth(t.Versus.Against) + "."
	case t.Versus.Unknown:
		return blocks.Capital(phrase.ComparisonFact(t)) + "."
	case len(t.Groups) == 0:
		month, against := phrase.Sides(*t.Versus)
		return "No usage type moved by as much as 1%: per day, " + month + " is level with " + against + "."
	default:
		return change
	}
}

// footer is what stands in small type under a digest; facts are those of the budgets.
func footer(b alerts.Bulletin, facts []string) []string {
	if b.TopChanges != nil && len(facts) == 0 {
		facts = append(facts, phrase.MonthFact(*b.TopChanges, b.MadeAt))
	}
	return append(facts, "digest "+blocks.Code(b.Digest))
}
