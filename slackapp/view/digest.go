package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Status is the state as a digest carries it through the queue.
func (s BudgetState) Status() alerts.BudgetStatus {
	return alerts.BudgetStatus{Line: s.Line, Known: s.Known, Unknown: s.Unknown, Stale: s.Stale, Since: s.Since, Count: s.Count, Each: s.Each, Others: s.Others}
}

func statesOf(budgets []alerts.BudgetStatus) []BudgetState {
	states := make([]BudgetState, len(budgets))
	for i, b := range budgets {
		states[i] = BudgetState{
			Line: b.Line, Known: b.Known, Unknown: b.Unknown, Stale: b.Stale, Since: b.Since, Count: b.Count, Each: b.Each, Others: b.Others,
		}
	}
	return states
}

// digestMessage says at a time of the calendar how the budgets stand and what changed. Where nothing asks for attention a line says
// so, in place of a table.
func digestMessage(b alerts.Bulletin) Message {
	var texts []string
	var blocks []slack.Block
	o := Overview{Month: b.Month, Now: b.MadeAt, Lines: statesOf(b.Budgets), Checked: b.Checked, CheckFailure: b.CheckFailure}
	if len(o.Lines) > 0 {
		lines := worstFirst(o.Lines, o.Now)
		finding := tally(lines, o.Now) + "."
		calm := o.isCalm(lines)
		if calm {
			finding = "No budget is over, or near it: " + finding
		}
		texts = append(texts, longMonth(b.Month)+" budgets: "+finding)
		blocks = append(blocks, section("tally", "*"+longMonth(b.Month)+" Budgets"+o.dayOf(lines)+"*", finding+o.pace(lines)))
		if !calm {
			blocks = append(blocks, o.grid(lines).block("budgets"))
		}
	}
	if b.Movers != nil {
		finding := moversFinding(*b.Movers)
		texts = append(texts, unmarked(finding))
		blocks = append(blocks, section("moved", slices.Concat([]string{"*What Changed Most*", finding}, moversLines(*b.Movers))...))
	}
	for i, sentence := range b.Untold {
		texts = append(texts, prose(sentence))
		blocks = append(blocks, section(fmt.Sprintf("untold_%d", i), prose(sentence)))
	}
	if len(blocks) == 0 {
		return note("No budgets are set: the rules file has no rule.")
	}
	blocks = append(blocks, context("freshness", digestFacts(b, o)...)...)
	return Message{Text: strings.Join(texts, " "), Blocks: blocks}
}

// Preview is what a digest would say now, for one person, and when it is due next.
func Preview(d alerts.Delivery, due, now time.Time) Message {
	m := Alert(d, AlertContext{Now: now})
	text := "This is what digest " + code(d.Message.Bulletin.Digest) + " would say in " + channelName(d.Channel) + " now. It is due " + clock(due, now) +
		", and only you see this."
	return Message{Text: text, Blocks: append([]slack.Block{section("preview", text)}, m.Blocks...)}
}

// isCalm reports whether no budget asks for attention.
func (o Overview) isCalm(lines []BudgetState) bool {
	return !slices.ContainsFunc(lines, func(s BudgetState) bool {
		v := s.verdict(o.Now)
		isLikely := s.Line.Prospect != nil && s.Line.Prospect.Likely
		return isLikely || v != verdictAhead && v != verdictOnCourse
	})
}

// moversFinding says how much the measure that changed most did, and who made it, or why nobody can tell.
func moversFinding(t report.Table) string {
	switch change := biggestChange(t); {
	case t.Versus == nil || t.Versus.Unknown:
		return "There is nothing to compare with yet."
	case len(t.Groups) == 0:
		month, against := sides(*t.Versus)
		return "Per day, no usage type moved by 1% of its measure: " + month + " is level with " + against + "."
	default:
		return change
	}
}

// moversLines names the rows: a message holds one table, and that is of the budgets.
func moversLines(t report.Table) []string {
	var lines []string
	for _, g := range t.Groups {
		for _, r := range g.Rows {
			line := "• " + Escape(Clip(nameCell(r.Name), maxCell)) + " *" + billing.FormatChange(r.Change.Decimal) + "* per day"
			if now := last(r); now.Valid {
				line += ", to " + Escape(g.Measure.Format(now.Decimal))
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// digestFacts is what stands in small type under a digest.
func digestFacts(b alerts.Bulletin, o Overview) []string {
	var facts []string
	if fact := dataFact(o.Lines); fact != "" {
		facts = append(facts, fact)
	}
	if len(o.Lines) > 0 {
		facts = append(facts, checkFact(o.Checked, o.NextCheck, o.CheckFailure, o.Now))
	}
	if t := b.Movers; t != nil {
		if len(facts) == 0 {
			facts = append(facts, monthFact(*t, b.MadeAt))
		}
		facts = append(facts, comparisonFact(*t), readFact(t.Fresh, UsageContext{Now: b.MadeAt}))
	}
	return append(facts, "digest "+code(b.Digest))
}
