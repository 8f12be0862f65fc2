package budgetview

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Overview is everything that /budget shows: the budgets of a channel, or all of them.
type Overview struct {
	Month billing.Month
	Now   time.Time
	Lines []alerts.BudgetStatus
	// Watches are the rules that are no budgets.
	Watches []Watch
	Checks  alerts.CheckStatus // of usage
	// Routes are the channels that cannot be posted to.
	Routes []alerts.RouteTrouble
	// RulesTrouble is what is wrong with the rules file while older rules are in use, for a person; else empty.
	RulesTrouble string
	// Others is how many rules belong to other channels and are not in Lines.
	Others int
	// Command is the slash command's name, such as "/budget".
	Command string
	Actions []blocks.Action
}

// Budgets returns the overview, worst first: percent used, limit and state of each budget, and whether the checks run.
func Budgets(o Overview) blocks.Message {
	if len(o.Lines) == 0 && len(o.Watches) == 0 {
		m := blocks.Note("There are no budgets: the rules file has no rules.")
		m.Blocks = append(m.Blocks, o.small(nil)...)
		return m
	}
	if len(o.Lines) == 0 {
		return o.watchesOnly()
	}
	lines := status.WorstFirst(o.Lines, o.Now)
	counts := tally(status.Count(lines, o.Now)) + "."
	return blocks.Message{Text: blocks.LongMonth(o.Month) + " budgets: " + counts, Blocks: slices.Concat(
		o.tally(lines, counts),
		o.grid(lines).Block("budgets"),
		o.watchBlocks(),
		o.small(lines),
		blocks.Buttons("next", o.Actions),
	)}
}

// tally heads the budgets of a month that runs with its day, and says what an even pace would have used by then.
func (o Overview) tally(lines []alerts.BudgetStatus, finding string) []slack.Block {
	heading := blocks.LongMonth(o.Month) + " Budgets"
	if e, ok := blocks.ElapsedIn(o.Month, newestInstant(lines)); ok && e.Share < 1 {
		finding += fmt.Sprintf(" An even pace is %.0f%%.", 100*e.Share)
		switch {
		case e.Days == 0:
		case e.Passed == strconv.Itoa(e.Days):
			heading += fmt.Sprintf(", Day %d of %d", e.Days, e.Of)
		default:
			heading += fmt.Sprintf(", %s of %d Days", e.Passed, e.Of)
		}
	}
	return blocks.Section("tally", "*"+heading+"*", finding)
}

func (o Overview) grid(lines []alerts.BudgetStatus) *blocks.Grid {
	forecast := slices.ContainsFunc(lines, func(s alerts.BudgetStatus) bool { return s.Line.Forecast != nil })
	cells := func(of alerts.BudgetStatus) []string {
		s := budget{of}
		return []string{s.name(), s.used(), s.limit(), phrase.EndRange(s.Line), s.cell(o.Now)}
	}
	rest := func(more []alerts.BudgetStatus) string { return tally(status.Count(more, o.Now)) }
	return phrase.BudgetTable("Budget", lines, forecast, cells, rest)
}

// small returns what stands in small type: how fresh it all is, and what is broken.
func (o Overview) small(lines []alerts.BudgetStatus) []slack.Block {
	body := blocks.Context("freshness", dataFact(lines), phrase.CheckFact(o.Checks, o.Now), "months are UTC", o.others(lines))
	troubles := blocks.Most(o.Routes, maxRoutes, phrase.RouteSentence, func(n int) string {
		return blocks.Counted(n, "other channel") + " can't be posted to either."
	})
	if o.RulesTrouble != "" {
		troubles = append(troubles, "The rules file has a mistake, so the last good rules are in use: "+blocks.Prose(blocks.Clip(o.RulesTrouble, maxTrouble)))
	}
	if len(troubles) > 0 {
		body = append(body, blocks.Context("operators", "*For operators:* "+strings.Join(troubles, " "))...)
	}
	return body
}

// How many broken routes are described one by one, and how long the trouble with the rules may be.
const (
	maxRoutes  = 5
	maxTrouble = 300
)

func (o Overview) others(lines []alerts.BudgetStatus) string {
	if o.Others == 0 || len(lines) == 0 {
		return ""
	}
	return blocks.Counted(o.Others, "rule") + " in other channels: " + blocks.Code(o.Command+" all")
}

// watchesOnly is the overview of rules without budgets.
func (o Overview) watchesOnly() blocks.Message {
	heading := blocks.LongMonth(o.Month) + ": " + blocks.Counted(len(o.Watches), "Rule") + ", No Budgets"
	body := slices.Concat(blocks.Section("tally", blocks.Bold(heading)), o.watchBlocks(), o.small(nil), blocks.Buttons("next", o.Actions))
	return blocks.Message{Text: blocks.Escape(heading) + ".", Blocks: body}
}
