package alertview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// listMessage is one message for many budgets that crossed a threshold in one check, the worst first.
func listMessage(m alerts.Message, now time.Time) blocks.Message {
	forecast := slices.ContainsFunc(m.Budgets, func(l alerts.BudgetLine) bool { return l.Forecast != nil })
	var facts []string
	if len(m.Budgets) > 0 {
		facts = append(facts, phrase.FreshFact(m.Budgets[0], now))
	}
	facts = append(facts, phrase.PlannedFact(m.Budgets), listOwners(m.Budgets), "if one rises further, it gets its own message")
	heading, month := listHeading(m.Budgets), overMonth(m.Budgets, now)
	title := blocks.Section("list", blocks.Bold(blocks.Counted(len(m.Budgets), "Budget")+" "+heading+month))
	body := slices.Concat(title, budgetTable(m.Budgets, forecast), blocks.Context("facts", facts...))
	return blocks.Message{Text: blocks.Counted(len(m.Budgets), "budget") + " " + strings.ToLower(heading) + month + ": " + phrase.NamedWithPercent(m.Budgets) + ".", Blocks: body}
}

// budgetTable lists budgets; forecast adds the column of the month-end forecast.
func budgetTable(lines []alerts.BudgetLine, forecast bool) []slack.Block {
	cells := func(l alerts.BudgetLine) []string {
		return []string{phrase.NameOf(l), phrase.PercentText(l), l.Measure.Written(l.Limit), phrase.EndRange(l), stateOf(l)}
	}
	return phrase.BudgetTable("Budget", lines, forecast, cells, func([]alerts.BudgetLine) string { return "" }).Block("budgets")
}

// overMonth names the month of a list if it is over. Readers take a list without a month for the running one.
func overMonth(lines []alerts.BudgetLine, now time.Time) string {
	if len(lines) == 0 || !lines[0].Month.IsOver(now) {
		return ""
	}
	return " in " + blocks.LongMonth(lines[0].Month)
}

// listHeading names what the budgets have in common: a threshold that was crossed, or will be.
func listHeading(lines []alerts.BudgetLine) string {
	crossed := 0
	for _, l := range lines {
		if l.Threshold > 0 {
			crossed++
		}
	}
	switch crossed {
	case len(lines):
		return "Crossed a Threshold"
	case 0:
		return "Likely to Go Over"
	}
	return "Crossed a Threshold or Are Likely to Go Over"
}

// stateOf is the verdict on a budget in a list: the threshold that was reached, and how the month is likely to end.
func stateOf(l alerts.BudgetLine) string {
	switch isOver := !alerts.PercentOf(l).LessThan(alerts.Hundred); {
	case isOver:
		return "Over Budget"
	case l.Threshold == 0:
		return strings.TrimPrefix(phrase.VerdictOf(l), ", ")
	}
	return "Past " + l.Threshold.String() + phrase.VerdictOf(l)
}

// listOwners mentions once each owner of a budget that is past the threshold for mentions, unless it is below its limit and on course.
func listOwners(lines []alerts.BudgetLine) string {
	seen := map[string]bool{}
	var people []rules.Person
	for _, l := range lines {
		if l.PingAt == 0 || l.Threshold < l.PingAt || phrase.IsCalm(l) {
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
	return "owner: " + phrase.Owners(people, true)
}

// startMessage is posted once, when the bot begins to watch.
func startMessage(m alerts.Message, c phrase.AlertContext) blocks.Message {
	lines := []string{"Rules were added or changed."}
	if m.Rules > 0 {
		lines = []string{fmt.Sprintf("I watch %s in %s.", blocks.Counted(m.Rules, "rule"), blocks.Counted(m.Channels, "channel"))}
	}
	if n := len(m.Budgets); n > 0 {
		lines = append(lines, fmt.Sprintf("%s %s already over a threshold: %s. I'll post again only when one of them reaches a higher threshold.",
			blocks.Counted(n, "budget"), blocks.Plural(n, "is", "are"), phrase.NamedWithPercent(m.Budgets)))
		if people := listOwners(m.Budgets); people != "" && m.Rules == 0 {
			lines = append(lines, people)
		}
	}
	if m.Route != nil {
		lines = append(lines, phrase.RouteSentence(*m.Route, c.Now))
	}
	if m.Rough > 0 {
		lines = append(lines, fmt.Sprintf("%s for %s will be rough until %s: there isn't enough daily history yet.",
			blocks.Plural(m.Rough, "The forecast", "Forecasts"), blocks.Counted(m.Rough, "budget"), blocks.Day(m.RoughUntil)))
	}
	if len(m.Budgets) <= phrase.MaxNamed {
		return blocks.Note(lines...)
	}
	note := blocks.Note(lines...)
	note.Blocks = append(note.Blocks, budgetTable(m.Budgets, false)...)
	if c.Buttons {
		note.Blocks = append(note.Blocks, blocks.Buttons("next", []blocks.Action{{Label: "Show All Budgets", ID: blocks.ActionBudget + ":all", Value: "all"}})...)
	}
	return note
}
