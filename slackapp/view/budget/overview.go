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
	// Watches are the rules without a budget.
	Watches []Watch
	Checks  alerts.CheckStatus // of usage
	// Routes are the channels of these rules that the bot cannot post to.
	Routes []alerts.RouteTrouble
	// OldRules means that the rules file has a mistake, so that older rules are in use.
	OldRules bool
	// Others counts the rules of other channels, which are not in Lines.
	Others int
	// Only says what narrows the list: "over", "team shop". If no budget matches, Of are all budgets that were searched.
	Only []string
	Of   []alerts.BudgetStatus
	// Hidden means that Slack does not show the members of some groups that own budgets, so that these budgets may be missing.
	Hidden bool
	Page   int // from 1; 0 is the first
	// Command is the slash command's name, such as "/budget".
	Command string
	Actions []blocks.Action
}

// Budgets shows the overview, worst first: percent used, limit and state of each budget, and whether the checks run.
func Budgets(o Overview) blocks.Message {
	if len(o.Lines) == 0 && len(o.Watches) == 0 {
		return o.none()
	}
	if len(o.Lines) == 0 {
		return o.watchesOnly()
	}
	lines := status.WorstFirst(o.Lines, o.Now)
	counts := tally(status.Count(lines, o.Now)) + "."
	return blocks.Message{Text: blocks.LongMonth(o.Month) + " budgets: " + counts, Blocks: slices.Concat(
		o.tally(lines, counts),
		o.page(lines).Block("budgets"),
		o.watchBlocks(),
		o.small(lines),
		blocks.Buttons("next", o.Actions),
	)}
}

// none says that no budget matches, and how all of them stand.
func (o Overview) none() blocks.Message {
	m := blocks.Note("There are no budgets: the rules file has no rules.")
	if len(o.Only) > 0 {
		lines := []string{"No budget matches " + blocks.Bold(strings.Join(o.Only, ", ")) + "."}
		if len(o.Of) > 0 {
			lines = append(lines, blocks.Capital(blocks.Counted(len(o.Of), "budget"))+": "+tally(status.Count(o.Of, o.Now))+".")
		}
		m = blocks.Note(lines...)
	}
	m.Blocks = slices.Concat(m.Blocks, o.small(o.Of), blocks.Buttons("next", o.Actions))
	return m
}

// tally heads the budgets of the running month with its day, and says what an even pace would have used by then.
func (o Overview) tally(lines []alerts.BudgetStatus, finding string) []slack.Block {
	heading := blocks.LongMonth(o.Month) + " Budgets"
	if len(o.Only) > 0 {
		heading += " (" + blocks.Escape(blocks.Clean(strings.Join(o.Only, ", "))) + ")"
	}
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

// page returns the page of the table that the person asked for.
func (o Overview) page(lines []alerts.BudgetStatus) *blocks.Grid {
	w := o.window(lines)
	return o.grid(lines[w.From:w.To], lines[w.To:])
}

func (o Overview) grid(shown, more []alerts.BudgetStatus) *blocks.Grid {
	forecast := slices.ContainsFunc(o.Lines, func(s alerts.BudgetStatus) bool { return s.Line.Forecast != nil })
	rest := func(more []alerts.BudgetStatus) string { return tally(status.Count(more, o.Now)) }
	return phrase.BudgetPage("Budget", shown, more, forecast, o.row, rest)
}

// row returns the cells of a budget, or of a rule's budgets together.
func (o Overview) row(of alerts.BudgetStatus) []string {
	s := budget{of}
	return []string{s.name(), s.used(), s.limit(), phrase.EndRange(s.Line), s.cell(o.Now)}
}

// small returns the small type: how fresh the figures are, which budgets are left out, and what is wrong that a reader can fix or has to know.
func (o Overview) small(lines []alerts.BudgetStatus) []slack.Block {
	troubles := phrase.InviteSentence(o.Routes)
	if o.OldRules {
		troubles = blocks.Joined(" ", troubles, "The rules file has a mistake, so its newest changes aren't in use yet.")
	}
	facts := blocks.Context("freshness", freshFact(dataFact(lines, o.Now), o.Checks, o.Now), plannedFact(lines), o.hiddenFact(), o.pageFact(), o.others(lines))
	return append(facts, blocks.Context("troubles", troubles)...)
}

// plannedFact names the events that the forecasts of the budgets include.
func plannedFact(all []alerts.BudgetStatus) string {
	lines := make([]alerts.BudgetLine, len(all))
	for i := range all {
		lines[i] = all[i].Line
	}
	return phrase.PlannedFact(lines)
}

func (o Overview) hiddenFact() string {
	if !o.Hidden {
		return ""
	}
	return "I can't see who is in some user groups, so their budgets are left out"
}

func (o Overview) others(lines []alerts.BudgetStatus) string {
	if o.Others == 0 || len(lines) == 0 {
		return ""
	}
	all := o.Command + " all"
	if o.Month.IsOver(o.Now) {
		all += " in " + o.Month.String()
	}
	return blocks.Counted(o.Others, "rule") + " in other channels: " + blocks.Code(all)
}

// watchesOnly is the overview if no rule has a budget.
func (o Overview) watchesOnly() blocks.Message {
	heading := blocks.LongMonth(o.Month) + ": " + blocks.Counted(len(o.Watches), "Rule") + ", No Budgets"
	body := slices.Concat(blocks.Section("tally", blocks.Bold(heading)), o.watchBlocks(), o.small(nil), blocks.Buttons("next", o.Actions))
	return blocks.Message{Text: blocks.Escape(heading) + ".", Blocks: body}
}
