package view

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// maxThings is how many things a message lists.
const maxThings = 20

// subjectWords are what a Subject is called.
var subjectWords = map[rules.Subject]string{
	rules.SubjectProduct: "product", rules.SubjectUsageType: "usage type", rules.SubjectService: "service",
}

// thingsMessage tells of what is new on the bill or has vanished from it, the largest first.
func thingsMessage(d alerts.Delivery, now time.Time) Message {
	m := d.Message
	gone := m.Reason == alerts.ReasonVanished || m.Reason == alerts.ReasonBack
	heading := "New on the Bill: "
	if gone {
		heading = "Gone From the Bill: "
	}
	lines := []string{bold(heading + thingCount(m.Things))}
	for _, t := range m.Things[:min(len(m.Things), maxThings)] {
		lines = append(lines, "• "+thingLine(t, gone))
	}
	if more := len(m.Things) - maxThings; more > 0 {
		lines = append(lines, fmt.Sprintf("• %d more", more))
	}
	sight := alerts.Sight{}
	if m.Sight != nil {
		sight = *m.Sight
	}
	facts := []string{
		freshFact(alerts.BudgetLine{CountedTo: sight.CountedTo, ReadAt: sight.ReadAt}, now), floorFact(sight.AtLeast), ownersFact(sight.Owners),
		"rule " + code(d.Rule), Escape(string(m.Reason)),
	}
	return Message{
		Text:   heading + thingNames(m.Things, gone) + ". Rule " + Escape(d.Rule) + ".",
		Blocks: append([]slack.Block{section("things", lines...)}, context("facts", facts...)...),
	}
}

// thingCount is the name of the one thing, or how many there are.
func thingCount(things []alerts.Thing) string {
	if len(things) == 1 {
		return Clip(Clean(things[0].Name), maxCell)
	}
	return counted(len(things), "Thing")
}

// thingLine returns "Asia Bandwidth, a usage type: 3.2% of cdn_usage".
func thingLine(t alerts.Thing, gone bool) string {
	line := bold(Clip(t.Name, maxCell)) + ", a " + subjectWords[t.Subject]
	if share := shareOf(t, gone); share != "" {
		line += ": " + share
	}
	if t.Back {
		line += "; used again"
	}
	return line
}

// shareOf returns "3.2% of cdn_usage"; empty of a product, which is all of itself.
func shareOf(t alerts.Thing, gone bool) string {
	if t.Subject == rules.SubjectProduct {
		return ""
	}
	share := finePercent(t.Share) + " of " + Escape(Clip(t.Product, maxCell))
	if gone {
		return "was at least " + share
	}
	return share
}

// finePercent prints a share with one decimal: 0.032 is "3.2%". One that is not zero never prints as zero.
func finePercent(share decimal.Decimal) string {
	percent := share.Shift(2).Round(1)
	if percent.IsZero() && share.IsPositive() {
		return "<0.1%"
	}
	return percent.String() + "%"
}

func thingNames(things []alerts.Thing, gone bool) string {
	var names []string
	for _, t := range things[:min(len(things), maxNamed)] {
		names = append(names, joined(", ", Escape(Clip(t.Name, maxCell)), shareOf(t, gone)))
	}
	if more := len(things) - maxNamed; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return joined("; ", names...)
}

func floorFact(atLeast rules.Level) string {
	if atLeast == 0 {
		return ""
	}
	return "speaks from " + atLeast.String() + " of its product"
}

// thingsSentence is how a rule with new or vanished stands: "2 new: Asia Bandwidth and Compute".
func thingsSentence(w Watch) string {
	none, some := "nothing new this month", "new"
	if w.Kind == rules.RuleVanished {
		none, some = "nothing has vanished this month", "gone"
	}
	if len(w.Things) == 0 {
		return none
	}
	var names []string
	for _, t := range w.Things[:min(len(w.Things), maxNamed)] {
		name := Escape(Clip(t.Name, maxCell))
		if t.Back {
			name += " (used again)"
		}
		names = append(names, name)
	}
	if more := len(w.Things) - maxNamed; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%d %s: %s", len(w.Things), some, and(names))
}

// thingsEvent is what was said, for a history.
func thingsEvent(r alerts.Report, why alerts.Reason) string {
	if why == alerts.ReasonNew {
		return "new: " + thingNames(r.Things, false)
	}
	return "gone: " + thingNames(r.Things, true)
}
