package budgetview

import (
	"cmp"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// name is the first column of the overview: "shop-services (42)" for a rule that has 42 budgets.
func (s budget) name() string {
	if s.Count == 0 {
		return phrase.NameOf(s.Line)
	}
	count := fmt.Sprintf(" (%d)", s.Count)
	return blocks.Clip(phrase.TitleOf(s.Line.Title, s.Line.Rule), blocks.MaxCell-len(count)) + count
}

// limit is the third column of the overview: "20 TB each".
func (s budget) limit() string {
	if s.Count == 0 {
		return s.Line.Measure.Format(s.Line.Limit)
	}
	return s.Line.Measure.Format(s.Each) + " each"
}

// together is the last column of the overview for several budgets: the worst by its name, and how many others stand how. Where all
// are on course none is named.
func (s budget) together(now time.Time) string {
	worst := s
	worst.Count = 0
	if worst.State(now) == alerts.StateOnCourse {
		return fmt.Sprintf("%d on course", s.Count)
	}
	sentence := worst.sentence(now) + ": " + blocks.Clean(worst.Line.Instance)
	if others := cmp.Or(tally(s.Rest), s.Others); others != "" {
		sentence += "; " + others
	}
	return sentence
}

// groupDetail returns the budgets of a rule that has several, worst first.
func groupDetail(d Detail) blocks.Message {
	l, instances := d.State.Line, d.State.Instances
	heading, counts := phrase.TitleOf(l.Title, l.Rule)+", "+blocks.LongMonth(l.Month), tally(status.Count(instances, d.Now))
	body := []slack.Block{
		blocks.Section("state", blocks.Bold(heading), counts+"."),
		d.instanceGrid().Block("budgets"),
		blocks.Section("rule", d.rule(), d.covers(), d.posting()),
	}
	body = append(body, d.end(instances)...)
	return blocks.Message{Text: blocks.Escape(heading) + ": " + counts + ".", Blocks: body}
}

func (d Detail) instanceGrid() *blocks.Grid {
	g := &blocks.Grid{Left: []bool{true, false, false, true}}
	g.Add(true, blocks.Capital(string(d.Per)), "Used", "Limit", "State")
	instances := d.State.Instances
	for _, of := range instances[:min(len(instances), phrase.MaxBudgets)] {
		s := budget{of}
		g.Add(false, blocks.Clip(blocks.Clean(s.Line.Instance), blocks.MaxCell), s.used(), s.limit(), s.cell(d.Now))
	}
	if more := instances[min(len(instances), phrase.MaxBudgets):]; len(more) > 0 {
		g.Add(false, fmt.Sprintf("+ %d more", len(more)), "", "", tally(status.Count(more, d.Now)))
	}
	return g
}

// parts names what divides the rule into several budgets.
func (d Detail) parts() string {
	if d.Per == "" {
		return ""
	}
	return "a budget for each " + string(d.Per)
}
