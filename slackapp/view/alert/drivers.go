package alertview

import (
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
	change := phrase.Signed(l.Measure, g.Change) + " (" + blocks.Escape(billing.FormatChange(g.Change.Div(g.Before))) + ")"
	if len(g.Parts) == 0 {
		return []string{"Compared with " + againstWhat(g) + ": " + change + "."}
	}
	return append([]string{"*Growth vs. " + againstWhat(g) + ": " + change + "*"}, phrase.DriverLines(l.Measure, *g)...)
}

// againstWhat names the days that are compared with: "Oct 1–21", or average ones.
func againstWhat(g *alerts.Drivers) string {
	switch {
	case g.Days == 0:
		return blocks.LongMonth(g.Month) + "'s daily average"
	case !g.Until.IsZero():
		return blocks.Until(g.Month, g.Until)
	}
	return blocks.FirstDays(g.Month, g.Days)
}

// narrowerLine names the budgets of parts of this one that the same check posts about.
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
