package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// Group returns how a rule stands that has a budget for each service or team: as the worst of them. each is the limit of those that
// the rule does not except. There is at least one state.
func Group(states []BudgetState, each decimal.Decimal, now time.Time) BudgetState {
	sorted := worstFirst(states, now)
	group := sorted[0]
	group.Scopes, group.Count, group.Each, group.Others = sorted, len(sorted), each, tally(sorted[1:], now)
	return group
}

// worstFirst orders by verdict, then by how much is used.
func worstFirst(states []BudgetState, now time.Time) []BudgetState {
	return slices.SortedStableFunc(slices.Values(states), func(a, b BudgetState) int {
		return cmp.Or(
			cmp.Compare(a.verdict(now), b.verdict(now)),
			alerts.PercentOf(b.Line).Cmp(alerts.PercentOf(a.Line)),
			cmp.Compare(nameOf(a.Line), nameOf(b.Line)),
		)
	})
}

// name is the first column of the overview: "shop-services (42)" for a rule that has 42 budgets.
func (s BudgetState) name() string {
	if s.Count == 0 {
		return nameOf(s.Line)
	}
	count := fmt.Sprintf(" (%d)", s.Count)
	return Clip(titleOf(s.Line), maxCell-len(count)) + count
}

// limit is the third column of the overview: "20 TB each".
func (s BudgetState) limit() string {
	if s.Count == 0 {
		return s.Line.Measure.Format(s.Line.Limit)
	}
	return s.Line.Measure.Format(s.Each) + " each"
}

// together is the last column of the overview for several budgets: the worst by its name, and how many others stand how. Where all
// are on course none is named.
func (s BudgetState) together(now time.Time) string {
	worst := s
	worst.Count = 0
	if worst.verdict(now) == verdictOnCourse {
		return fmt.Sprintf("%d on course", s.Count)
	}
	sentence := worst.sentence(now) + ": " + Clean(worst.Line.Scope)
	if s.Others != "" {
		sentence += "; " + s.Others
	}
	return sentence
}

// groupDetail returns the budgets of a rule that has several, worst first.
func groupDetail(d Detail) Message {
	l, scopes := d.State.Line, d.State.Scopes
	heading, counts := titleOf(l)+", "+longMonth(l.Month), tally(scopes, d.Now)
	blocks := []slack.Block{
		section("state", bold(heading), counts+"."),
		d.scopeGrid().block("budgets"),
		section("rule", d.rule(), d.covers(), d.speaks()),
	}
	if d.Route != nil {
		blocks = append(blocks, section("route", routeSentence(*d.Route)))
	}
	blocks = append(blocks, d.freshness(scopes)...)
	return Message{Text: Escape(heading) + ": " + counts + ".", Blocks: blocks}
}

func (d Detail) scopeGrid() *grid {
	g := &grid{left: []bool{true, false, false, true}}
	g.add(true, strings.ToUpper(string(d.Per)[:1])+string(d.Per)[1:], "Used", "Limit", "State")
	scopes := d.State.Scopes
	for _, s := range scopes[:min(len(scopes), maxBudgets)] {
		g.add(false, Clip(Clean(s.Line.Scope), maxCell), s.used(), s.limit(), s.cell(d.Now))
	}
	if more := scopes[min(len(scopes), maxBudgets):]; len(more) > 0 {
		g.add(false, fmt.Sprintf("+ %d more", len(more)), "", "", tally(more, d.Now))
	}
	return g
}

// parts says what makes the rule's budgets several.
func (d Detail) parts() string {
	switch d.Per {
	case rules.PerService:
		return "a budget for each service"
	case rules.PerTeam:
		return "a budget for each team"
	}
	return ""
}
