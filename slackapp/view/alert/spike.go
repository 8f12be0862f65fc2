package alertview

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// spikeMessage reports days far above what is usual for their weekday, and is edited while that lasts and when it ends.
func spikeMessage(d alerts.Delivery, now time.Time) blocks.Message {
	s, why := *d.Message.Spike, d.Message.Reason
	isOver := why == alerts.ReasonSpikeOver || why == alerts.ReasonSpikeSettled
	heading, newest := spikeHeading(s, d.Rule, why), phrase.SpikeDayLine(s.Measure, s.Newest)
	sum := blocks.Joined(" ", phrase.SpikeSum(s, !isOver), phrase.SpikeCostLine(s))
	lines := []string{blocks.Bold(heading), newest, sum}
	if !isOver {
		lines = append(lines, phrase.SpikeServices(s)...)
	}
	facts := []string{phrase.SpikeFresh(s, now), phrase.OwnersFact(s.Owners), phrase.RuleFact(d.Rule)}
	return blocks.Message{
		Text:   blocks.Escape(heading) + ". " + blocks.Joined(" ", newest, sum) + " Rule " + blocks.Escape(d.Rule) + ".",
		Blocks: append(blocks.Section("spike", lines...), blocks.Context("facts", facts...)...),
	}
}

// spikeHeading is the verdict: "Bandwidth: Spike, +187% on Nov 20".
func spikeHeading(s alerts.Spike, rule string, why alerts.Reason) string {
	name := phrase.SpikeName(s, rule)
	switch why {
	case alerts.ReasonSpikeOver:
		return name + "Spike Over, Back to Usual"
	case alerts.ReasonSpikeSettled:
		return name + "Spike Over, Now the Usual Level"
	case alerts.ReasonWithdrawn:
		return name + "No Longer Watched, " + phrase.SpikeEvent(s.High)
	}
	return name + "Spike, " + phrase.SpikeEvent(s.High)
}
