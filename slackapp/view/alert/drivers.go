package alertview

import (
	"fmt"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// driverLines list what grew against the month before: the total, and the services or types behind most of the growth.
func driverLines(l alerts.BudgetLine) []string {
	g := l.Drivers
	if g == nil || !g.Before.IsPositive() {
		return nil
	}
	change := blocks.Escape(phrase.Signed(l, g.Change)) + " (" + blocks.Escape(billing.FormatChange(g.Change.Div(g.Before))) + ")"
	if len(g.Parts) == 0 {
		return []string{"Compared with " + againstWhat(g) + ": " + change + "."}
	}
	lines := []string{"*Growth vs. " + againstWhat(g) + ": " + change + "*"}
	for i, part := range g.Parts {
		line := fmt.Sprintf("• %s %s, %s", blocks.Name(part.Name), blocks.Escape(phrase.Signed(l, part.Used)), ofDrivers(part.Used, g))
		if i == 0 {
			line += " of the growth"
		}
		lines = append(lines, line)
	}
	if g.Others > 0 {
		lines = append(lines, fmt.Sprintf("• %s %s, %s", blocks.Counted(g.Others, "other"), blocks.Escape(phrase.Signed(l, g.OthersChange)), ofDrivers(g.OthersChange, g)))
	}
	if !g.Unexplained.IsZero() {
		lines = append(lines, "• without a service "+blocks.Escape(phrase.Signed(l, g.Unexplained))+", "+ofDrivers(g.Unexplained, g))
	}
	return lines
}

// againstWhat names the days that are compared with: "Oct 1–21", or average ones.
func againstWhat(g *alerts.Drivers) string {
	if g.Days == 0 {
		return blocks.LongMonth(g.Month) + "'s daily average"
	}
	first := g.Month.Start()
	return phrase.Days(first, first.AddDate(0, 0, g.Days-1))
}

func ofDrivers(part decimal.Decimal, g *alerts.Drivers) string {
	return billing.FormatShare(part.Div(g.Change).Round(2))
}

// narrowerLine names the budgets of parts of this one that are spoken of at the same time.
func narrowerLine(l alerts.BudgetLine) string {
	var named []string
	for _, n := range l.Narrower {
		part := alerts.BudgetLine{BudgetID: alerts.BudgetID{Instance: n.Instance}, Title: n.Title, Used: n.Used, Limit: n.Limit}
		named = append(named, blocks.Escape(phrase.NameOf(part))+" ("+blocks.Escape(phrase.PercentText(part))+" of its own budget)")
	}
	if len(named) == 0 {
		return ""
	}
	return "Includes " + blocks.And(named) + ", also over a threshold."
}
