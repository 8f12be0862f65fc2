package usageview

import (
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// maxItems is how many items of a list an answer shows: a table in Slack holds no more than a hundred rows.
const maxItems = 90

// List shows the products, services or teams, by name.
func List(l report.List, c Context) blocks.Message {
	name, with := l.Heads()
	shown := l.Items[:min(len(l.Items), maxItems)]
	hasWith := slices.ContainsFunc(shown, func(i report.Item) bool { return i.With != "" })
	g := &blocks.Grid{}
	add := func(strong bool, name, with string) {
		if hasWith {
			g.Add(strong, name, with)
		} else {
			g.Add(strong, name)
		}
	}
	add(true, name, with)
	for _, item := range shown {
		with := billing.Dash
		if item.With != "" {
			with = phrase.NameCell(item.With)
		}
		add(false, phrase.NameCell(item.Name), with)
	}
	subject := name + "s, " + blocks.Period(l.Question.Months)
	finding := blocks.Counted(len(l.Items), strings.ToLower(name)) + " had usage."
	if l.Question.Show == report.ShowTeams {
		subject, finding = "Teams", blocks.Counted(len(l.Items), "team")+" in the rules file."
	}
	return withTable(subject, finding, g, listFacts(l, len(shown), c), c)
}

// listFacts says how to see each item's usage, and what a long list leaves out.
func listFacts(l report.List, shown int, c Context) []string {
	facts := []string{blocks.Code(blocks.Joined(" ", c.Command, l.Question.Months.String(), "by "+string(l.Question.Show.Rows()))) + " shows how much each used"}
	if left := len(l.Items) - shown; left > 0 {
		facts = append(facts, fmt.Sprintf("%d of %d, by name: %s sends all", shown, len(l.Items), blocks.Code(blocks.Joined(" ", c.Command, blocks.Clean(c.Asked), "csv"))))
	}
	return facts
}
