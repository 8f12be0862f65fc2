package usageview

import (
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// HelpContext is what help says about this workspace and account. Help leaves out what is unknown.
type HelpContext struct {
	Now           time.Time
	UsageCommand  string
	BudgetCommand string
	Products      []string  // product ids of this account, by name
	UsageType     string    // one of the account's usage types, for an example
	Rule          string    // one of the rules' names, for an example
	Teams         bool      // whether the rules file has teams
	CountedTo     time.Time // of the running month
}

// maxListed is how many names help lists.
const maxListed = 6

// Help shows examples to copy, with this account's names, and the words of a question.
func Help(c HelpContext) blocks.Message {
	product := "cdn_usage"
	if len(c.Products) > 0 {
		product = blocks.Clean(c.Products[0])
	}
	body := slices.Concat(blocks.Section("examples", c.examples(product)...), blocks.Section("words", c.words()...), blocks.Context("account", c.account()...))
	text := "Ask about Fastly usage: " + blocks.Code(c.UsageCommand) + " for this month so far, " +
		blocks.Code(c.UsageCommand+" last 3 months "+product) + " for a range. Budgets: " + blocks.Code(c.BudgetCommand) + "."
	return blocks.Message{Text: text, Blocks: body}
}

func (c HelpContext) examples(product string) []string {
	usage := func(text, meaning string) string {
		return blocks.Joined("  ", blocks.Code(strings.TrimSpace(c.UsageCommand+" "+text)), meaning)
	}
	last := billing.MonthOf(c.Now).Add(-1)
	quarter := billing.Range{First: last.Add(-2), Last: last}
	lines := []string{
		"*Ask about Fastly usage* (only you see the answers, until you share one)",
		usage("", "this month so far"),
		usage(strings.ToLower(blocks.LongMonth(last))+" "+product, "one month, one product"),
		usage(quarter.String()+" "+product, "a range, by month"),
		usage("last 3 months "+product+" by service top 20", "the largest services"),
		usage("last 7 days by region", "days, from Fastly's daily statistics"),
		usage("last month cost by product", "what Fastly billed, if your account gets invoices"),
	}
	if name := blocks.Clean(c.UsageType); name != "" {
		lines = append(lines, usage("last month "+product+" "+name, "one usage type"))
	}
	return lines
}

func (c HelpContext) words() []string {
	byTeam, aTeam := "", ""
	if c.Teams {
		byTeam, aTeam = "by team · ", " · a team"
	}
	lines := []string{
		"*When*  " + c.periods() + " · last month · last quarter · q3 · 3m · ytd · q3 vs q2 · yoy · yesterday · this week · last 30 days · nov 10 to nov 20",
		"*What*  " + c.products() + " · bandwidth · requests · a region · a service" + aTeam + ", or several with `and`",
		"*How*  by type · by product · by region · by service · " + byTeam + "by month · by day · by week · cost · forecast · rates · top changes · top 20 · csv",
		"*Units*  K is thousand, M million, B billion, T trillion. Counts are single requests or operations, whatever blocks Fastly bills them by. Percentages of a budget are rounded down: 99.9% is not yet 100%",
	}
	budgets := []string{
		blocks.Code(c.BudgetCommand) + " this channel's budgets", blocks.Code(c.BudgetCommand+" all") + " all budgets",
		blocks.Code(c.BudgetCommand+" over") + ", `likely`, `mine` some of them",
		blocks.Code(c.BudgetCommand+" "+strings.ToLower(blocks.LongMonth(billing.MonthOf(c.Now).Add(-1)))) + " how they ended", blocks.Code(c.BudgetCommand+" csv") + " as a file",
		blocks.Code(c.BudgetCommand+" digest") + " the next digests",
	}
	verbs := ""
	if rule := blocks.Clean(c.Rule); rule != "" {
		budgets = append(budgets, blocks.Code(c.BudgetCommand+" "+rule)+" one budget in detail")
		verbs = blocks.Code(c.BudgetCommand+" ack "+rule) + " or `mute` (also `until friday`), `undo`, `why`, `history`, `try`: answer an alert, see its reason and history, preview its message"
	}
	return append(lines, "*Budgets*  "+strings.Join(budgets, " · "), verbs)
}

// periods are the ways to write months, with months that are over.
func (c HelpContext) periods() string {
	last := billing.MonthOf(c.Now).Add(-1)
	half := billing.Range{First: last.Add(-5), Last: last}
	return strings.ToLower(strings.Join([]string{
		blocks.LongMonth(last), blocks.ShortMonth(last.Add(-12), true), last.String(), half.String(),
	}, " · "))
}

func (c HelpContext) products() string {
	if len(c.Products) == 0 {
		return "a product, then a usage type, if you like"
	}
	code := func(p string) string { return blocks.Code(blocks.Clip(p, blocks.MaxCell)) }
	names := blocks.Most(c.Products, maxListed, code, blocks.CountedAs("other"))
	return strings.Join(names, " · ") + ", then a usage type, if you like"
}

func (c HelpContext) account() []string {
	var facts []string
	if n := len(c.Products); n > 0 {
		facts = append(facts, "Your account: "+blocks.Counted(n, "product"))
	}
	facts = append(facts, "Months and days are UTC")
	if !c.CountedTo.IsZero() {
		facts = append(facts, "this month has data to "+blocks.CountedTo(c.CountedTo, c.Now))
	}
	return facts
}
