package budgetview

import (
	"slices"
	"strings"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// WatchOf shows how the rule stands, the figures behind that, what it covers and where it posts.
func WatchOf(d Detail, w Watch) blocks.Message {
	sentence := blocks.Capital(blocks.Joined(", ", w.figure(), strings.TrimRight(w.sentence(d.Now), "."))) + "."
	lines := []string{blocks.Bold(w.name() + ", " + blocks.LongMonth(d.State.Line.Month)), sentence}
	data, floors := "", phrase.FloorFact(d.Rule.AtLeast)
	if w.Growth.Known() {
		lines = append(lines, phrase.ChangeFigures(*w.Growth))
		lines = append(lines, phrase.GrewLines(*w.Growth)...)
		data, floors = phrase.GrowthFresh(*w.Growth, d.Now), phrase.FloorsFact(*w.Growth)
	}
	for _, s := range w.Spikes[:min(len(w.Spikes), phrase.MaxItems)] {
		lines = append(lines, s.figures()...)
	}
	if w.Rule.IsDaily() {
		data, floors = w.spikeFacts(d.Now)
	}
	for _, t := range w.Items[:min(len(w.Items), phrase.MaxItems)] {
		lines = append(lines, "• "+phrase.ItemLine(t, d.Rule.Kind == rules.RuleVanished))
	}
	where := "Posts to " + phrase.ChannelName(d.Rule.Channel)
	if d.Rule.Per == rules.PerTeam && len(d.Rule.Channels()) > 1 {
		where = "Posts to each team's channel"
	}
	posting := blocks.Joined(" · ", where, phrase.OwnersFact(d.Rule.Owners), floors)
	return blocks.Message{Text: blocks.Escape(w.name()) + ": " + sentence, Blocks: slices.Concat(
		blocks.Section("state", lines...),
		blocks.Section("rule", d.rule(), d.covers(), posting),
		d.end(data, ""),
	)}
}
