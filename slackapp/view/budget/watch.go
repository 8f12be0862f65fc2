package budgetview

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Watch is how a rule without a budget stands in a month.
type Watch struct {
	Rule rules.Rule
	// Growth is what a check found for a rule with change; nil before the first check.
	Growth *alerts.Growth
	// Spikes are what a check found for a rule that compares days, one for each of its teams; none before the first check.
	Spikes []SpikeWatch
	// Search and Items belong to a rule with new or vanished: what a check searched, nil before the first one, and the items reported this month, the
	// largest first.
	Search *alerts.Search
	Items  []alerts.Item
	State  alerts.IncidentState
	// Since is when the bot reported it, or once it is over, when it ended.
	Since time.Time
}

// SpikeWatch is how the days of a rule, or of one of its teams, stand.
type SpikeWatch struct {
	alerts.Spike
	State alerts.IncidentState
}

// watchBlocks lists the rules without a budget, those with something to report first.
func (o Overview) watchBlocks() []slack.Block {
	if len(o.Watches) == 0 {
		return nil
	}
	sorted := slices.SortedStableFunc(slices.Values(o.Watches), func(a, b Watch) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.name(), b.name()))
	})
	line := func(w Watch) string {
		return blocks.Escape(w.name()) + ": " + blocks.Joined(", ", w.figure(), w.sentence(o.Now))
	}
	lines := blocks.Bullets(blocks.Most(sorted, maxWatches, line, blocks.CountedAs("more rule")))
	return blocks.Section("watches", append([]string{"*Other Rules*"}, lines...)...)
}

// maxWatches is how many rules without a budget have a line.
const maxWatches = 10

func (w Watch) name() string {
	return blocks.Clip(phrase.TitleOf(w.Rule.Title, w.Rule.Name), blocks.MaxCell)
}

// rank puts rules with something to report before the others.
func (w Watch) rank() int {
	switch {
	case len(w.Items) > 0, w.State == alerts.IncidentOpen, slices.ContainsFunc(w.Spikes, SpikeWatch.isOpen):
		return 0
	case w.State == alerts.IncidentWatched:
		return 1
	}
	return 2
}

// figure says how the usage has changed; empty if that is unknown.
func (w Watch) figure() string {
	if w.Growth.Known() {
		return billing.FormatChange(w.Growth.Ratio) + " per day"
	}
	return ""
}

// sentence says how the rule stands, or why that is unknown.
func (w Watch) sentence(now time.Time) string {
	switch {
	case w.Rule.Kind != rules.RuleChange:
		return w.searched()
	case w.Rule.IsDaily():
		return w.days()
	}
	why := ""
	if w.Growth != nil {
		why = phrase.GrowthUnknown(*w.Growth)
	}
	switch {
	case w.State == alerts.IncidentOpen:
		return blocks.Joined("; ", "up since "+dayOf(w.Since, now), why)
	case why != "":
		return why
	case w.Growth == nil:
		return "not checked yet"
	case w.State == alerts.IncidentOver:
		return "back on course since " + dayOf(w.Since, now)
	case w.State == alerts.IncidentWatched:
		return "up; will be posted if the next figures confirm it"
	}
	return "on course"
}

// searched is the sentence of a rule with new or vanished: "2 new: Asia Bandwidth and Compute".
func (w Watch) searched() string {
	none, some := "nothing new this month", "new"
	if w.Rule.Kind == rules.RuleVanished {
		none, some = "nothing has disappeared this month", "gone"
	}
	switch {
	case w.Search == nil:
		return "not checked yet"
	case len(w.Items) > 0:
		return fmt.Sprintf("%d %s: %s", len(w.Items), some, blocks.And(blocks.Most(w.Items, phrase.MaxNamed, itemName, blocks.More)))
	case w.Search.Unknown != "":
		return blocks.Prose(w.Search.Unknown)
	}
	return none
}

func itemName(t alerts.Item) string {
	if t.Back {
		return blocks.Name(t.Name) + " (back in use)"
	}
	return blocks.Name(t.Name)
}
