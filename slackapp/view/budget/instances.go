package budgetview

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
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Group returns how a rule stands that has a budget for each service or team: as the worst of them. each is the limit of those that
// the rule does not except. There is at least one state.
func Group(states []BudgetState, each decimal.Decimal, now time.Time) BudgetState {
	sorted := worstFirst(states, now)
	group := sorted[0]
	group.Instances, group.Count, group.Each, group.Others = sorted, len(sorted), each, tally(sorted[1:], now)
	return group
}

// worstFirst orders by verdict, then by how much is used.
func worstFirst(states []BudgetState, now time.Time) []BudgetState {
	return slices.SortedStableFunc(slices.Values(states), func(a, b BudgetState) int {
		return cmp.Or(
			cmp.Compare(a.verdict(now), b.verdict(now)),
			alerts.PercentOf(b.Line).Cmp(alerts.PercentOf(a.Line)),
			cmp.Compare(phrase.NameOf(a.Line), phrase.NameOf(b.Line)),
		)
	})
}

// name is the first column of the overview: "shop-services (42)" for a rule that has 42 budgets.
func (s BudgetState) name() string {
	if s.Count == 0 {
		return phrase.NameOf(s.Line)
	}
	count := fmt.Sprintf(" (%d)", s.Count)
	return blocks.Clip(phrase.TitleOf(s.Line), blocks.MaxCell-len(count)) + count
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
	sentence := worst.sentence(now) + ": " + blocks.Clean(worst.Line.Instance)
	if s.Others != "" {
		sentence += "; " + s.Others
	}
	return sentence
}

// groupDetail returns the budgets of a rule that has several, worst first.
func groupDetail(d Detail) blocks.Message {
	l, instances := d.State.Line, d.State.Instances
	heading, counts := phrase.TitleOf(l)+", "+blocks.LongMonth(l.Month), tally(instances, d.Now)
	body := []slack.Block{
		blocks.Section("state", blocks.Bold(heading), counts+"."),
		d.instanceGrid().Block("budgets"),
		blocks.Section("rule", d.rule(), d.covers(), d.speaks()),
	}
	if d.Route != nil {
		body = append(body, blocks.Section("route", phrase.RouteSentence(*d.Route)))
	}
	body = append(body, d.freshness(instances)...)
	return blocks.Message{Text: blocks.Escape(heading) + ": " + counts + ".", Blocks: body}
}

func (d Detail) instanceGrid() *blocks.Grid {
	g := &blocks.Grid{Left: []bool{true, false, false, true}}
	g.Add(true, strings.ToUpper(string(d.Per)[:1])+string(d.Per)[1:], "Used", "Limit", "State")
	instances := d.State.Instances
	for _, s := range instances[:min(len(instances), phrase.MaxBudgets)] {
		g.Add(false, blocks.Clip(blocks.Clean(s.Line.Instance), blocks.MaxCell), s.used(), s.limit(), s.cell(d.Now))
	}
	if more := instances[min(len(instances), phrase.MaxBudgets):]; len(more) > 0 {
		g.Add(false, fmt.Sprintf("+ %d more", len(more)), "", "", tally(more, d.Now))
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
