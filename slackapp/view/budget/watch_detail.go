package budgetview

import (
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// WatchDetail is one rule that is no budget, in full.
type WatchDetail struct {
	Watch
	Month  billing.Month
	Now    time.Time
	Checks alerts.CheckStatus
	// Route is set where the rule's channel cannot be posted to.
	Route *alerts.RouteTrouble
}

// WatchOf returns how the rule stands, what is behind it, what it covers and where it posts.
func WatchOf(d WatchDetail) blocks.Message {
	sentence := blocks.Capital(blocks.Joined(", ", d.figure(), strings.TrimRight(d.sentence(d.Now), "."))) + "."
	lines := []string{blocks.Bold(d.name() + ", " + blocks.LongMonth(d.Month)), sentence}
	var data string
	if d.Growth.Known() {
		lines = append(lines, phrase.ChangeFigures(*d.Growth))
		lines = append(lines, phrase.GrewLines(*d.Growth)...)
		data = phrase.GrowthFresh(*d.Growth, d.Now)
	}
	for _, t := range d.Items[:min(len(d.Items), phrase.MaxItems)] {
		lines = append(lines, "• "+phrase.ItemLine(t, d.Rule.Kind == rules.RuleVanished))
	}
	var floors string
	if d.Growth.Known() {
		floors = phrase.FloorsFact(*d.Growth)
	}
	posting := blocks.Joined(" · ", "Posts to "+phrase.ChannelName(d.Rule.Channel), phrase.OwnersFact(d.Rule.Owners), floors)
	return blocks.Message{Text: blocks.Escape(d.name()) + ": " + sentence, Blocks: slices.Concat(
		blocks.Section("state", lines...),
		blocks.Section("rule", "*Rule* "+blocks.Code(d.Rule.Name), Detail{Rule: d.Rule}.covers(), posting),
		detailEnd(d.Route, data, phrase.CheckFact(d.Checks, d.Now)),
	)}
}
