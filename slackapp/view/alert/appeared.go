package alertview

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// itemsMessage lists the items that are new on the bill or have vanished from it, the largest first.
func itemsMessage(d alerts.Delivery, now time.Time) blocks.Message {
	m := d.Message
	gone := m.Reason == alerts.ReasonVanished || m.Reason == alerts.ReasonBack
	heading := "New on the Bill: "
	if gone {
		heading = "Gone From the Bill: "
	}
	listed := func(t alerts.Item) string { return phrase.ItemLine(t, gone) }
	lines := append([]string{blocks.Bold(heading + phrase.ItemCount(m.Items)), whyListed(m.Reason)}, blocks.Bullets(blocks.Most(m.Items, phrase.MaxItems, listed, blocks.More))...)
	context := alerts.ReportContext{}
	if m.ReportContext != nil {
		context = *m.ReportContext
	}
	facts := []string{
		phrase.FreshFact(alerts.BudgetLine{CountedTo: context.CountedTo, ReadAt: context.ReadAt}, now), phrase.OwnersFact(context.Owners), phrase.RuleFact(d.Rule),
	}
	return blocks.Message{
		Text:   heading + phrase.ItemNames(m.Items, gone) + ". Rule " + blocks.Escape(d.Rule) + ".",
		Blocks: append(blocks.Section("things", lines...), blocks.Context("facts", facts...)...),
	}
}

// whyListed says what makes an item new or gone.
func whyListed(why alerts.Reason) string {
	if why == alerts.ReasonNew || why == alerts.ReasonVanished {
		return blocks.Capital(string(why)) + ":"
	}
	return ""
}
