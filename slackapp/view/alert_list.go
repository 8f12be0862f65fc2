package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// maxNamed is how many budgets a notification names.
const maxNamed = 3

// listMessage is one message for many budgets that crossed a level in one check, the worst first.
func listMessage(m alerts.Message, now time.Time) Message {
	t := newBudgetTable(slices.ContainsFunc(m.Budgets, func(l alerts.BudgetLine) bool { return l.Prospect != nil }))
	for _, l := range m.Budgets[:min(len(m.Budgets), maxBudgets)] {
		t.row(false, nameOf(l), percentText(l), l.Measure.Format(l.Limit), endRange(l), stateOf(l))
	}
	if more := len(m.Budgets) - maxBudgets; more > 0 {
		t.row(false, fmt.Sprintf("+ %d more", more), "", "", "", "")
	}
	var facts []string
	if len(m.Budgets) > 0 {
		facts = append(facts, freshFact(m.Budgets[0], now))
	}
	facts = append(facts, listOwners(m.Budgets), "a higher level of one of them gets a message of its own", Escape(string(m.Reason)))
	heading, month := listHeading(m.Budgets), overMonth(m.Budgets, now)
	blocks := []slack.Block{section("list", bold(counted(len(m.Budgets), "Budget")+" "+heading+month)), t.block("budgets")}
	blocks = append(blocks, context("facts", facts...)...)
	return Message{Text: counted(len(m.Budgets), "budget") + " " + strings.ToLower(heading) + month + ": " + namedWithPercent(m.Budgets) + ".", Blocks: blocks}
}

// overMonth names the month of a list that is over; of the month that runs people know it.
func overMonth(lines []alerts.BudgetLine, now time.Time) string {
	if len(lines) == 0 || !lines[0].Month.IsOver(now) {
		return ""
	}
	return " in " + longMonth(lines[0].Month)
}

// listHeading says what the budgets have in common: a level that was crossed, or will be.
func listHeading(lines []alerts.BudgetLine) string {
	crossed := 0
	for _, l := range lines {
		if l.Level > 0 {
			crossed++
		}
	}
	switch crossed {
	case len(lines):
		return "Crossed a Level"
	case 0:
		return "Likely to Go Over"
	}
	return "Crossed a Level or Are Likely to Go Over"
}

// stateOf is the verdict on a budget in a list: the level that was reached, and how the month is likely to end.
func stateOf(l alerts.BudgetLine) string {
	switch isOver := !alerts.PercentOf(l).LessThan(alerts.Hundred); {
	case isOver:
		return "Over Budget"
	case l.Level == 0:
		return strings.TrimPrefix(verdictOf(l), ", ")
	}
	return "Past " + l.Level.String() + verdictOf(l)
}

// namedWithPercent lists the first budgets with what is used of each: "asia-bandwidth 104%, na-bandwidth 80%".
func namedWithPercent(lines []alerts.BudgetLine) string {
	var parts []string
	for _, l := range lines[:min(len(lines), maxNamed)] {
		parts = append(parts, Escape(nameOf(l)+" "+percentText(l)))
	}
	if more := len(lines) - maxNamed; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return and(parts)
}

// listOwners pings each owner once, of those budgets that are past the level for it.
func listOwners(lines []alerts.BudgetLine) string {
	seen := map[string]bool{}
	var people []rules.Person
	for _, l := range lines {
		if l.PingAt == 0 || l.Level < l.PingAt {
			continue
		}
		for _, p := range l.Owners {
			if !seen[p.ID] {
				seen[p.ID] = true
				people = append(people, p)
			}
		}
	}
	if len(people) == 0 {
		return ""
	}
	return "owner: " + owners(people, true)
}

// startMessage is what the bot says once, when it begins to watch.
func startMessage(m alerts.Message) Message {
	lines := []string{"Rules were added or changed."}
	if m.Rules > 0 {
		lines = []string{fmt.Sprintf("I watch %s in %s.", counted(m.Rules, "rule"), counted(m.Channels, "channel"))}
	}
	if n := len(m.Budgets); n > 0 {
		verb := "are"
		if n == 1 {
			verb = "is"
		}
		lines = append(lines, fmt.Sprintf("%s %s already past a level: %s. Only a higher level will be said.",
			counted(n, "budget"), verb, namedWithPercent(m.Budgets)))
		if people := listOwners(m.Budgets); people != "" && m.Rules == 0 {
			lines = append(lines, people)
		}
	}
	if m.Route != nil {
		lines = append(lines, routeSentence(*m.Route))
	}
	if m.Rough > 0 {
		lines = append(lines, fmt.Sprintf("Forecasts of %s are rough until %s: I have too few days of them yet.", counted(m.Rough, "budget"), day(m.RoughUntil)))
	}
	return note(lines...)
}
