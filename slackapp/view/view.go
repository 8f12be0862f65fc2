package view

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/digest"
	"budgetbot/slackapp/view/phrase"
)

// Alert returns the words of a delivery. It mentions only the owners of a budget that has reached their threshold, and
// never a whole channel.
func Alert(d alerts.Delivery, c phrase.AlertContext) blocks.Message {
	if d.Message.Bulletin != nil {
		bulletin := *d.Message.Bulletin
		bulletin.MadeAt = bulletin.MadeAt.In(c.Now.Location())
		d.Message.Bulletin = &bulletin
	}
	switch m := d.Message; {
	case m.Bulletin != nil && m.Bulletin.Close != nil:
		return digestview.Close(*m.Bulletin, *m.Bulletin.Close)
	case m.Bulletin != nil:
		return digestview.Digest(*m.Bulletin, budgetview.InDigest(*m.Bulletin))
	case m.Statement != nil:
		return digestview.Invoice(*m.Statement, c.Now)
	}
	return alertview.Alert(d, c)
}

// Preview is what a digest would say now, for one person, and when it is due next.
func Preview(d alerts.Delivery, due, now time.Time) blocks.Message {
	m := Alert(d, phrase.AlertContext{Now: now})
	text := "Preview of digest " + blocks.Code(d.Message.Bulletin.Digest) + ", which posts to " + phrase.ChannelName(d.Channel) + ". It's next due " + blocks.Clock(due, now) +
		". Only you see this."
	return blocks.Message{Text: text, Blocks: slices.Concat(blocks.Section("preview", text), m.Blocks)}
}
