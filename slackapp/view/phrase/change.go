package phrase

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// ChangeFigures says how much a day, now and before, and what came on top.
func ChangeFigures(g alerts.Growth) string {
	m := g.Measure
	days, before := Sides(g.Versus)
	direction, soFar := "up", " so far"
	switch {
	case g.Extra.IsNegative():
		direction, soFar = "down", ""
	case g.Closed:
		soFar = ""
	}
	return fmt.Sprintf("%s a day in %s, %s a day in %s: %s %s%s.", blocks.Escape(m.Format(g.PerDay)), days,
		blocks.Escape(m.Format(g.Before)), before, direction, blocks.Escape(m.Format(g.Extra.Abs())), soFar)
}

// GrewLines name what grew most, each with its share of what came on top.
func GrewLines(g alerts.Growth) []string {
	if len(g.Drivers) == 0 || !g.Extra.IsPositive() {
		return nil
	}
	lines := []string{"*What grew*"}
	for _, d := range g.Drivers {
		lines = append(lines, "• "+blocks.Name(d.Name)+" "+grew(g, d.Used))
	}
	if g.Others > 0 {
		lines = append(lines, "• "+blocks.Counted(g.Others, "other")+" "+grew(g, g.OthersExtra))
	}
	return lines
}

// grew returns "+38.9 TB, 54% of it".
func grew(g alerts.Growth, extra decimal.Decimal) string {
	sign := "+"
	if extra.IsNegative() {
		sign = ""
	}
	return sign + blocks.Escape(g.Measure.Format(extra)) + ", " + billing.FormatShare(extra.Div(g.Extra)) + " of the growth"
}

// GrowthEvent is the growth at the time of a message: "+38.0% per day".
func GrowthEvent(g alerts.Growth) string { return billing.FormatChange(g.Ratio) + " per day" }

// GrowthFresh says up to when the figures count.
func GrowthFresh(g alerts.Growth, now time.Time) string {
	return FreshFact(alerts.BudgetLine{CountedTo: g.CountedTo, ReadAt: g.ReadAt}, now)
}

// FloorsFact says from when on the rule posts: "alerts from +30% and +2 B requests".
func FloorsFact(g alerts.Growth) string {
	fact := "alerts from +" + g.Over.String()
	if g.AtLeast.IsPositive() {
		fact += " and +" + blocks.Escape(g.Measure.Format(g.AtLeast))
	}
	return fact
}

// OwnersFact names the owners without a ping.
func OwnersFact(people []rules.Person) string {
	if len(people) == 0 {
		return ""
	}
	return "owner: " + Owners(people, false)
}

// GrowthUnknown says why there is no newer figure; empty where there is.
func GrowthUnknown(g alerts.Growth) string {
	if g.Unknown != "" {
		return blocks.Prose(g.Unknown)
	}
	if !g.Versus.Unknown {
		return ""
	}
	return strings.TrimSpace(ComparisonFact(report.Table{Versus: &g.Versus, Fresh: billing.Freshness{CountedTo: g.CountedTo}}))
}
