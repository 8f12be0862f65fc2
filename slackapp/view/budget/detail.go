package budgetview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Detail is everything that /budget RULE shows. A rule with change, new or vanished shows its Watch as well.
type Detail struct {
	Rule    rules.Rule
	State   alerts.BudgetStatus
	Now     time.Time
	Reached []alerts.Alert     // the thresholds and the forecast that were recorded this month
	Checks  alerts.CheckStatus // of usage
	// RulesURL is where people find the rules file; empty if that is unknown.
	RulesURL string
	// BudgetCommand is the slash command's name, such as "/budget".
	BudgetCommand string
	// Route is what keeps the bot from posting in the rule's channel; nil if nothing does.
	Route *alerts.RouteTrouble
	// Page is the page of a rule's budgets, from 1; 0 is the first. Actions lead to the others.
	Page    int
	Actions []blocks.Action
}

// BudgetDetail shows one budget, or all of a rule that has several: figures and pace, which thresholds were posted and where, why the bot posts nothing
// now, and what the rule covers.
func BudgetDetail(d Detail) blocks.Message {
	if len(d.State.Instances) > 0 {
		return groupDetail(d)
	}
	l := d.State.Line
	name := phrase.NameOf(l)
	sentence := budget{d.State}.sentence(d.Now)
	if d.State.Unknown != "" {
		sentence += ": " + strings.TrimRight(blocks.Prose(d.State.Unknown), ".")
	}
	return blocks.Message{Text: blocks.Escape(name) + ": " + d.inText() + sentence + ".", Blocks: slices.Concat(
		blocks.Section("state", blocks.Bold(name+", "+blocks.LongMonth(l.Month)), sentence+"."),
		blocks.Section("figures", d.figures()),
		blocks.Section("answers", phrase.AnswerLines(l, d.BudgetCommand, d.Now)...),
		blocks.Section("levels", d.thresholds()...),
		blocks.Section("rule", d.rule(), d.covers(), d.posting()),
		d.end(dataFact([]alerts.BudgetStatus{d.State}, d.Now), ""),
	)}
}

// end is the end of a rule in detail: what is wrong with its channel, how fresh the figures are, and which page of its budgets it is.
func (d Detail) end(data, page string) []slack.Block {
	fresh := blocks.Context("freshness", freshFact(data, d.Checks, d.Now), page)
	if d.Route == nil {
		return fresh
	}
	return append(blocks.Section("route", phrase.RouteSentence(*d.Route, d.Now)), fresh...)
}

// figures returns the line with the bar and the likely end of the month, or says that there is no figure.
func (d Detail) figures() string {
	l := d.State.Line
	if !d.State.Known {
		return "No figure yet. The limit is " + blocks.Escape(l.Measure.Written(l.Limit)) + "."
	}
	line := phrase.UsedLine(l)
	if d.State.Unknown != "" {
		return "Last known: " + line
	}
	return blocks.Joined("\n", line, phrase.ForecastLine(l))
}

// inText says how much is used, for a notification, which has no bar.
func (d Detail) inText() string {
	if !d.State.Known {
		return ""
	}
	return blocks.Escape(phrase.OfLimit(d.State.Line)) + " (" + blocks.Escape(phrase.PercentText(d.State.Line)) + "). "
}

// thresholds says of each threshold whether a message was posted, when and where.
func (d Detail) thresholds() []string {
	if len(d.Rule.Thresholds) == 0 {
		return nil
	}
	lines := []string{"*Thresholds*"}
	for _, threshold := range d.Rule.Thresholds {
		lines = append(lines, "• "+threshold.String()+": "+d.becameOf(threshold))
	}
	return lines
}

// becameOf says what happened to one threshold. It counts as posted only once Slack has confirmed its message.
func (d Detail) becameOf(threshold rules.Threshold) string {
	i := slices.IndexFunc(d.Reached, func(a alerts.Alert) bool { return a.Kind != alerts.KindForecast && a.Threshold == threshold })
	if i < 0 {
		return "not reached"
	}
	a := d.Reached[i]
	when := "reached " + blocks.Clock(a.At, d.Now)
	state := alerts.DeliveryPending
	switch {
	case a.DeliveryID == "" || a.Delivery == alerts.DeliveryDropped:
		return fmt.Sprintf("%s, no separate alert: %s", when, blocks.Escape(string(a.Reason)))
	case a.Posted:
		state = alerts.DeliverySent
	case a.Delivery == alerts.DeliveryBroken:
		state = alerts.DeliveryBroken
	}
	return when + ", " + becameOf(state, a.Channel)
}

// rule names the rule, with a link to its file.
func (d Detail) rule() string {
	line := "*Rule* " + blocks.Code(d.State.Line.Rule)
	if d.RulesURL != "" {
		line += " in " + blocks.Link(d.RulesURL, "the rules file")
	}
	return line
}

// covers describes what usage the rule adds up.
func (d Detail) covers() string {
	matched := matchOf(d.Rule)
	switch charges := d.Rule.Charges; {
	case matched != "":
	case charges == rules.ChargesAll:
		matched = "the whole bill"
	case charges == "":
		matched = "everything"
	case d.State.Line.Estimate:
		matched = "every usage type that is billed"
	}
	parts := ""
	if len(d.State.Instances) > 0 {
		parts = "a budget for each " + string(d.Rule.Per)
	}
	return "Covers " + blocks.Joined(" · ", matched, d.ofCharges(), parts)
}

// matchOf says what the rule counts; empty if it counts everything.
func matchOf(rule rules.Rule) string {
	var team string
	if rule.Per != rules.PerTeam && len(rule.Teams) > 0 {
		team = rule.Teams[0].Name
	}
	var parts []string
	for _, p := range []struct{ name, value string }{
		{"product", rule.Match.Product}, {"usage type", rule.Match.UsageType}, {"region", rule.Match.Region}, {"service", rule.Match.Service}, {"team", team},
	} {
		if p.value != "" {
			parts = append(parts, p.name+" "+blocks.Code(blocks.Clip(p.value, blocks.MaxQuoted)))
		}
	}
	return strings.Join(parts, " · ")
}

// ofCharges names the part of a bill that counts; empty if all of it does.
func (d Detail) ofCharges() string {
	switch {
	case d.State.Line.Estimate:
		return "an estimate at the account's rates, without flat fees"
	case d.Rule.Charges == rules.ChargesUsage:
		return "usage charges, without flat fees and credits"
	}
	return ""
}

// posting says where the rule posts, whom its messages mention, and why it posts nothing now.
func (d Detail) posting() string {
	where := "Posts to " + phrase.ChannelName(d.State.Channel)
	if len(d.State.Instances) > 0 && len(d.Rule.Channels()) > 1 {
		where = "Posts to each team's channel"
	}
	return blocks.Joined(" · ", where, phrase.OwnerAndPing(d.State.Line), d.silence())
}

// silence says why the bot posts nothing about the budget now.
func (d Detail) silence() string {
	var why alerts.Reason
	switch s := d.State; {
	case len(s.Instances) > 0:
		return ""
	case !s.Known || s.Unknown != "":
		why = alerts.ReasonUnknown
	case s.Line.Muted():
		return "not posting now: muted until " + phrase.MuteEnd(s.Line)
	case s.Line.Threshold == 0 && s.State(d.Now) != alerts.StateLikelyOver:
		why = alerts.ReasonBelow
	default:
		return "nothing new to post"
	}
	return "not posting now: " + blocks.Escape(string(why))
}

// groupDetail shows the budgets of a rule that has several, worst first.
func groupDetail(d Detail) blocks.Message {
	l, instances := d.State.Line, d.State.Instances
	heading, counts := phrase.TitleOf(l.Title, l.Rule)+", "+blocks.LongMonth(l.Month), tally(status.Count(instances, d.Now))
	return blocks.Message{Text: blocks.Escape(heading) + ": " + counts + ".", Blocks: slices.Concat(
		blocks.Section("state", blocks.Bold(heading), counts+"."),
		d.instanceGrid().Block("budgets"),
		blocks.Section("rule", d.rule(), d.covers(), d.posting()),
		d.end(blocks.Joined("; ", dataFact(instances, d.Now), plannedFact(instances)), d.Window().fact()),
		blocks.Buttons("next", d.Actions),
	)}
}

func (d Detail) instanceGrid() *blocks.Grid {
	w, all := d.Window(), d.State.Instances
	forecast := slices.ContainsFunc(all, func(s alerts.BudgetStatus) bool { return s.Line.Forecast != nil })
	rest := func(more []alerts.BudgetStatus) string { return tally(status.Count(more, d.Now)) }
	return phrase.BudgetPage(blocks.Capital(string(d.Rule.Per)), all[w.From:w.To], all[w.To:], forecast, d.row, rest)
}

// row returns the cells of one of the rule's budgets.
func (d Detail) row(of alerts.BudgetStatus) []string {
	s := budget{of}
	return []string{s.Line.Instance, s.used(), s.limit(), phrase.EndRange(s.Line), s.cell(d.Now)}
}
