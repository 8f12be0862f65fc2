package alertview

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// changeMessage reports usage per day that has risen, and is edited as it goes on.
func changeMessage(d alerts.Delivery, now time.Time) blocks.Message {
	m, g := d.Message, *d.Message.Growth
	heading, figures := changeHeading(g, d.Rule, m.Reason), phrase.ChangeFigures(g)
	lines := append([]string{blocks.Bold(heading), figures}, phrase.GrewLines(g)...)
	facts := []string{phrase.GrowthFresh(g, now), phrase.OwnersFact(g.Owners), phrase.RuleFact(d.Rule)}
	return blocks.Message{
		Text:   blocks.Escape(heading) + ". " + figures + " Rule " + blocks.Escape(d.Rule) + ".",
		Blocks: append(blocks.Section("change", lines...), blocks.Context("facts", facts...)...),
	}
}

// changeHeading is the verdict: "Requests: +38.0% per Day Against Oct 1–21".
func changeHeading(g alerts.Growth, rule string, why alerts.Reason) string {
	name, change := blocks.Clip(phrase.TitleOf(g.Title, rule), blocks.MaxCell), billing.FormatChange(g.Ratio)+" per Day"
	_, before := phrase.Sides(g.Versus)
	switch {
	case g.Closed:
		return name + ": " + blocks.LongMonth(g.Versus.Month) + " Ended at " + change
	case why == alerts.ReasonCalm:
		return name + ": Back on Course, " + change
	case why == alerts.ReasonWithdrawn:
		return name + ": No Longer Watched, " + change
	}
	return name + ": " + change + " Against " + before
}
