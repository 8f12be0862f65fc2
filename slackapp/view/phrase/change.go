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
	figures := figuresOf(g)
	return fmt.Sprintf("%s a day (%s), %s a day (%s): %s %s%s.", blocks.Escape(m.FormatTo(figures, g.PerDay)), days,
		blocks.Escape(m.FormatTo(figures, g.Before)), before, direction, blocks.Escape(m.Format(g.Extra.Abs())), soFar)
}

// mostFigures is how many significant figures a growth may need.
const mostFigures = 6

// figuresOf returns how many significant figures give the growth.
func figuresOf(g alerts.Growth) int32 {
	figures := int32(billing.Figures)
	if !g.PerDay.IsPositive() || !g.Before.IsPositive() {
		return figures
	}
	for figures < mostFigures && !billing.Gives(g.Ratio, g.PerDay, g.Before, figures) {
		figures++
	}
	return figures
}

// GrewLines name what grew most.
func GrewLines(g alerts.Growth) []string {
	if len(g.Drivers) == 0 || !g.Extra.IsPositive() {
		return nil
	}
	drivers := alerts.Drivers{Change: g.Extra, Parts: g.Drivers, Others: g.Others, OthersChange: g.OthersExtra}
	return append([]string{"*What grew*"}, DriverLines(g.Measure, drivers)...)
}

// DriverLines list the parts of a change, each with its share of it.
func DriverLines(m billing.Measure, g alerts.Drivers) []string {
	var lines []string
	add := func(name string, change decimal.Decimal) {
		lines = append(lines, "• "+name+" "+Signed(m, change)+", "+billing.FormatShare(change.Div(g.Change)))
	}
	for _, part := range g.Parts {
		add(blocks.Name(part.Name), part.Used)
	}
	if g.Others > 0 {
		add(blocks.Counted(g.Others, "other"), g.OthersChange)
	}
	if !g.Unexplained.IsZero() {
		add("without a service", g.Unexplained)
	}
	lines[0] += " of the growth"
	return lines
}

// Signed returns a figure with its sign: "+38.9 TB", "−3.1 TB".
func Signed(m billing.Measure, change decimal.Decimal) string {
	if change.IsNegative() {
		return blocks.Escape(m.Format(change))
	}
	return blocks.Escape("+" + m.Format(change))
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
		fact += " and +" + blocks.Escape(g.Measure.Written(g.AtLeast))
	}
	return fact
}

// OwnersFact names the owners without a ping.
func OwnersFact(people []rules.Person) string {
	return OwnerFact(alerts.BudgetLine{Owners: people})
}

// GrowthUnknown says why there is no newer figure; empty if there is.
func GrowthUnknown(g alerts.Growth) string {
	if g.Unknown != "" {
		return blocks.Prose(g.Unknown)
	}
	if !g.Versus.Unknown {
		return ""
	}
	return strings.TrimSpace(ComparisonFact(report.Table{Versus: &g.Versus, Fresh: billing.Freshness{CountedTo: g.CountedTo}}))
}
