package budgetview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Watch is how a rule that is no budget stands in a month.
type Watch struct {
	Rule    string
	Title   string
	Kind    rules.RuleKind
	Channel string
	// Growth is of a rule with change; nil until a check has looked.
	Growth *alerts.Growth
	// Search and Items belong to a rule with new or vanished: what was searched, nil until a check has, and the items
	// reported this month, the largest first.
	Search *alerts.Search
	Items  []alerts.Item
	State  alerts.IncidentState
	// Since is when it was reported, or, once it is over, when it ended.
	Since time.Time
}

// watchBlocks list the rules that are no budgets, those that have something to say first.
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
	return []slack.Block{blocks.Section("watches", append([]string{"*Other Rules*"}, lines...)...)}
}

// maxWatches is how many rules that are no budgets have a line.
const maxWatches = 10

// watchesOnly is the overview of rules without budgets.
func (o Overview) watchesOnly() blocks.Message {
	heading := blocks.LongMonth(o.Month) + ": " + blocks.Counted(len(o.Watches), "Rule") + ", No Budgets"
	body := []slack.Block{blocks.Section("tally", blocks.Bold(heading))}
	body = slices.Concat(body, o.watchBlocks(), o.small(nil), blocks.Buttons("next", o.Actions))
	return blocks.Message{Text: blocks.Escape(heading) + ".", Blocks: body}
}

func (w Watch) name() string { return blocks.Clip(phrase.TitleOf(w.Title, w.Rule), blocks.MaxCell) }

// rank sorts by what there is to say; what is silent is last.
func (w Watch) rank() int {
	if len(w.Items) > 0 {
		return 0
	}
	if at := slices.Index([]alerts.IncidentState{alerts.IncidentOpen, alerts.IncidentWatched}, w.State); at >= 0 {
		return at
	}
	return 2
}

// figure is how the usage has changed; empty where that is not known.
func (w Watch) figure() string {
	if w.Growth.Known() {
		return billing.FormatChange(w.Growth.Ratio) + " per day"
	}
	return ""
}

// sentence is how the rule stands, or why that is not known.
func (w Watch) sentence(now time.Time) string {
	if w.Kind != rules.RuleChange {
		return w.searched()
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

// searched is the sentence of a rule with new or vanished.
func (w Watch) searched() string {
	switch {
	case w.Search == nil:
		return "not checked yet"
	case w.Search.Unknown != "" && len(w.Items) == 0:
		return blocks.Prose(w.Search.Unknown)
	}
	return itemsSentence(w)
}

// WatchDetail is one rule that is no budget, in full.
type WatchDetail struct {
	Watch
	Month billing.Month
	Now   time.Time
	Match rules.Match
	// Owners are named in the rule's messages.
	Owners []rules.Person
	// Checked, NextCheck, CheckFailure and Route are those of Detail.
	Checked, NextCheck time.Time
	CheckFailure       string
	Route              *alerts.RouteTrouble
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
		lines = append(lines, "• "+phrase.ItemLine(t, d.Kind == rules.RuleVanished))
	}
	covers := Detail{Product: d.Match.Product, UsageType: d.Match.UsageType, Region: d.Match.Region, Service: d.Match.Service}.covers()
	var floors string
	if d.Growth.Known() {
		floors = phrase.FloorsFact(*d.Growth)
	}
	posting := blocks.Joined(" · ", "Posts to "+phrase.ChannelName(d.Channel), phrase.OwnersFact(d.Owners), floors)
	body := []slack.Block{blocks.Section("state", lines...), blocks.Section("rule", "*Rule* "+blocks.Code(d.Rule), covers, posting)}
	body = append(body, detailEnd(d.Route, data, phrase.CheckFact(d.Checked, d.NextCheck, d.CheckFailure, d.Now))...)
	return blocks.Message{Text: blocks.Escape(d.name()) + ": " + sentence, Blocks: body}
}

// itemsSentence is how a rule with new or vanished stands: "2 new: Asia Bandwidth and Compute".
func itemsSentence(w Watch) string {
	none, some := "nothing new this month", "new"
	if w.Kind == rules.RuleVanished {
		none, some = "nothing has disappeared this month", "gone"
	}
	if len(w.Items) == 0 {
		return none
	}
	named := func(t alerts.Item) string {
		if t.Back {
			return blocks.Name(t.Name) + " (back in use)"
		}
		return blocks.Name(t.Name)
	}
	names := blocks.Most(w.Items, phrase.MaxNamed, named, blocks.More)
	return fmt.Sprintf("%d %s: %s", len(w.Items), some, blocks.And(names))
}
