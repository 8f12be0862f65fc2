package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// changeMessage tells of usage per day that has risen, and is edited as it goes on.
func changeMessage(d alerts.Delivery, now time.Time) Message {
	m, g := d.Message, *d.Message.Growth
	heading, figures := changeHeading(g, d.Rule, m.Reason), changeFigures(g)
	lines := append([]string{bold(heading), figures}, grewLines(g)...)
	facts := []string{growthFresh(g, now), floorsFact(g), ownersFact(g.Owners), "rule " + code(d.Rule), Escape(string(m.Reason))}
	return Message{
		Text:   Escape(heading) + ". " + figures + " Rule " + Escape(d.Rule) + ".",
		Blocks: append([]slack.Block{section("change", lines...)}, context("facts", facts...)...),
	}
}

// changeHeading is the verdict: "Requests: +38.0% per Day Against Oct 1–21".
func changeHeading(g alerts.Growth, rule string, why alerts.Reason) string {
	name, change := growthName(g, rule), billing.FormatChange(g.Ratio)+" per Day"
	switch {
	case g.Closed:
		return name + ": " + longMonth(g.Versus.Month) + " Ended at " + change
	case why == alerts.ReasonCalm:
		return name + ": Back on Course, " + change
	case why == alerts.ReasonWithdrawn:
		return name + ": No Longer Watched, " + change
	}
	return name + ": " + change + " Against " + against(g.Versus)
}

func growthName(g alerts.Growth, rule string) string {
	name := Clean(g.Title)
	if name == "" {
		name = rule
	}
	return Clip(name, maxCell)
}

// against names the days that the figures are compared with.
func against(v report.Comparison) string {
	if v.Days == 0 {
		return longMonth(v.Against)
	}
	return firstDays(v.Against, v.Days)
}

// changeFigures says how much a day, now and before, and what came on top.
func changeFigures(g alerts.Growth) string {
	m, days := g.Measure, longMonth(g.Versus.Month)
	if g.Versus.Days > 0 {
		days = firstDays(g.Versus.Month, g.Versus.Days)
	}
	more := "on top so far"
	switch {
	case g.Extra.IsNegative():
		more = "less"
	case g.Closed:
		more = "on top"
	}
	return fmt.Sprintf("%s a day in %s, %s a day in %s: %s %s.", Escape(m.Format(g.PerDay)), days,
		Escape(m.Format(g.Before)), against(g.Versus), Escape(m.Format(g.Extra.Abs())), more)
}

// grewLines name what grew most, each with its share of what came on top.
func grewLines(g alerts.Growth) []string {
	if len(g.Drivers) == 0 || !g.Extra.IsPositive() {
		return nil
	}
	lines := []string{"*What grew*"}
	for _, d := range g.Drivers {
		lines = append(lines, "• "+Escape(Clip(d.Name, maxCell))+" "+grew(g, d.Used))
	}
	if g.Others > 0 {
		lines = append(lines, "• "+counted(g.Others, "other")+" "+grew(g, g.OthersExtra))
	}
	return lines
}

// grew returns "+38.9 TB, 54% of it".
func grew(g alerts.Growth, extra decimal.Decimal) string {
	sign := "+"
	if extra.IsNegative() {
		sign = ""
	}
	return sign + Escape(g.Measure.Format(extra)) + ", " + billing.FormatShare(extra.Div(g.Extra)) + " of it"
}

// growthEvent is what was known when something was said: "+38.0% per day".
func growthEvent(g alerts.Growth) string { return billing.FormatChange(g.Ratio) + " per day" }

// growthFresh says up to when the figures count.
func growthFresh(g alerts.Growth, now time.Time) string {
	return freshFact(alerts.BudgetLine{CountedTo: g.CountedTo, ReadAt: g.ReadAt}, now)
}

// floorsFact says from when on the rule speaks: "speaks above +30% and from 2 B requests on top".
func floorsFact(g alerts.Growth) string {
	fact := "speaks above +" + g.Over.String()
	if g.AtLeast.IsPositive() {
		fact += " and from " + Escape(g.Measure.Format(g.AtLeast)) + " on top"
	}
	return fact
}

func ownersFact(people []rules.Person) string {
	if len(people) == 0 {
		return ""
	}
	return "owner: " + owners(people, false)
}

// growthUnknown says why there is no newer figure; empty where there is.
func growthUnknown(g alerts.Growth) string {
	if g.Unknown != "" {
		return prose(g.Unknown)
	}
	if !g.Versus.Unknown {
		return ""
	}
	return strings.TrimSpace(comparisonFact(report.Table{Versus: &g.Versus, Fresh: billing.Freshness{CountedTo: g.CountedTo}}))
}
