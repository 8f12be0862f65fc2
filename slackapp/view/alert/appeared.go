package alertview

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// thingsMessage tells of what is new on the bill or has vanished from it, the largest first.
func thingsMessage(d alerts.Delivery, now time.Time) blocks.Message {
	m := d.Message
	gone := m.Reason == alerts.ReasonVanished || m.Reason == alerts.ReasonBack
	heading := "New on the Bill: "
	if gone {
		heading = "Gone From the Bill: "
	}
	lines := []string{blocks.Bold(heading + phrase.ThingCount(m.Things))}
	for _, t := range m.Things[:min(len(m.Things), phrase.MaxThings)] {
		lines = append(lines, "• "+phrase.ThingLine(t, gone))
	}
	if more := len(m.Things) - phrase.MaxThings; more > 0 {
		lines = append(lines, fmt.Sprintf("• %d more", more))
	}
	sight := alerts.Sight{}
	if m.Sight != nil {
		sight = *m.Sight
	}
	facts := []string{
		phrase.FreshFact(alerts.BudgetLine{CountedTo: sight.CountedTo, ReadAt: sight.ReadAt}, now), phrase.FloorFact(sight.AtLeast), phrase.OwnersFact(sight.Owners),
		"rule " + blocks.Code(d.Rule), blocks.Escape(string(m.Reason)),
	}
	return blocks.Message{
		Text:   heading + phrase.ThingNames(m.Things, gone) + ". Rule " + blocks.Escape(d.Rule) + ".",
		Blocks: append([]slack.Block{blocks.Section("things", lines...)}, blocks.Context("facts", facts...)...),
	}
}
