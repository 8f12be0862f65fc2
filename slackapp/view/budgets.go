package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// Overview is everything that /budget tells: the budgets of a channel, or all of them.
type Overview struct {
	Month billing.Month
	Now   time.Time
	Lines []BudgetState
	// Watches are the rules that are no budgets.
	Watches []Watch
	// Checked is when usage was last read and compared; zero before the first time. NextCheck is when it will be again.
	Checked, NextCheck time.Time
	// CheckFailure is why the newest check did not succeed, for a person; empty where it did.
	CheckFailure string
	// Routes are the channels that cannot be posted to.
	Routes []alerts.RouteTrouble
	// RulesTrouble is what is wrong with the rules file while older rules are in use, for a person; else empty.
	RulesTrouble string
	// Others is how many rules belong to other channels and are not in Lines.
	Others int
	// Command is the slash command's name, such as "/budget".
	Command string
	Actions []Action
}

// maxBudgets is how many budgets have a line of their own.
const maxBudgets = 20

// Budgets returns the overview, worst first: percent used, limit and state of each budget, and whether the checks run.
func Budgets(o Overview) Message {
	if len(o.Lines) == 0 && len(o.Watches) == 0 {
		return o.empty()
	}
	if len(o.Lines) == 0 {
		return o.watchesOnly()
	}
	lines := worstFirst(o.Lines, o.Now)
	counts := tally(lines, o.Now) + "."
	heading := longMonth(o.Month) + " Budgets"
	blocks := []slack.Block{
		section("tally", "*"+heading+o.dayOf(lines)+"*", counts+o.pace(lines)),
		o.grid(lines).block("budgets"),
	}
	blocks = append(blocks, o.watchBlocks()...)
	blocks = append(blocks, o.small(lines)...)
	blocks = append(blocks, buttons("next", o.Actions)...)
	return Message{Text: longMonth(o.Month) + " budgets: " + counts, Blocks: blocks}
}

func (o Overview) empty() Message {
	text := "No budgets are set: the rules file has no rule."
	if o.Others > 0 {
		text = "No budget belongs to this channel. For the other " + counted(o.Others, "rule") + ": " + code(o.Command+" all")
	}
	m := note(text)
	m.Blocks = append(m.Blocks, o.small(nil)...)
	m.Blocks = append(m.Blocks, buttons("next", o.Actions)...)
	return m
}

// tally counts budgets by how they stand: "1 over, 8 on course".
func tally(states []BudgetState, now time.Time) string {
	words := []string{"over", "likely over", "past a level", "without a current figure", "may end over", "ahead of an even pace", "on course"}
	counts := make([]int, len(words))
	for _, s := range states {
		counts[s.verdict(now)]++
	}
	var parts []string
	for v, word := range words {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], word))
		}
	}
	return strings.Join(parts, ", ")
}

// newest returns the furthest line to which any budget counts, of usage or of money; false where none says.
func newest(states []BudgetState, ofMoney bool) (alerts.BudgetLine, bool) {
	var line alerts.BudgetLine
	for _, s := range states {
		if s.Known && alerts.IsMoney(s.Line) == ofMoney && s.Line.CountedTo.After(line.CountedTo) {
			line = s.Line
		}
	}
	return line, !line.CountedTo.IsZero()
}

// newestInstant is up to when any usage counts, or the bill where no budget is of usage; zero where none says.
func newestInstant(states []BudgetState) time.Time {
	line, ok := newest(states, false)
	if !ok {
		line, _ = newest(states, true)
	}
	return line.CountedTo
}

// dataFact says up to when usage counts, and the bill: "Data to Nov 21, 24:00 UTC; bill as of Nov 22, 06:00 UTC".
func dataFact(states []BudgetState) string {
	var facts []string
	for _, ofMoney := range []bool{false, true} {
		if line, ok := newest(states, ofMoney); ok {
			facts = append(facts, dataTo(line))
		}
	}
	if len(facts) > 1 {
		facts[1] = strings.ToLower(facts[1][:1]) + facts[1][1:]
	}
	return strings.Join(facts, "; ")
}

func (o Overview) dayOf(lines []BudgetState) string {
	e, ok := elapsedIn(o.Month, newestInstant(lines))
	if !ok || e.days == 0 || e.days == e.of {
		return ""
	}
	return fmt.Sprintf(", Day %d of %d", e.days, e.of)
}

func (o Overview) pace(lines []BudgetState) string {
	e, ok := elapsedIn(o.Month, newestInstant(lines))
	if !ok || e.share >= 1 {
		return ""
	}
	return fmt.Sprintf(" An even pace is %.0f%%.", 100*e.share)
}

func (o Overview) grid(lines []BudgetState) *grid {
	t := newBudgetTable(slices.ContainsFunc(lines, func(s BudgetState) bool { return s.Line.Prospect != nil }))
	for _, s := range lines[:min(len(lines), maxBudgets)] {
		t.row(false, s.name(), s.used(), s.limit(), endRange(s.Line), s.cell(o.Now))
	}
	if more := lines[min(len(lines), maxBudgets):]; len(more) > 0 {
		t.row(false, fmt.Sprintf("+ %d more", len(more)), "", "", "", tally(more, o.Now))
	}
	return t.grid
}

// budgetTable lists budgets, with a column for the likely end where one of them has one.
type budgetTable struct {
	*grid
	foreseen bool
}

func newBudgetTable(foreseen bool) budgetTable {
	t := budgetTable{&grid{left: []bool{true, false, false, !foreseen, true}}, foreseen}
	t.row(true, "Budget", "Used", "Limit", "Likely End", "State")
	return t
}

func (t budgetTable) row(strong bool, name, used, limit, likely, state string) {
	if t.foreseen {
		t.add(strong, name, used, limit, likely, state)
		return
	}
	t.add(strong, name, used, limit, state)
}

// small returns what stands in small type: how fresh it all is, and what is broken.
func (o Overview) small(lines []BudgetState) []slack.Block {
	blocks := context("freshness", dataFact(lines), checkFact(o.Checked, o.NextCheck, o.CheckFailure, o.Now), "months are UTC", o.others(lines))
	var troubles []string
	for _, r := range o.Routes[:min(len(o.Routes), maxRoutes)] {
		troubles = append(troubles, routeSentence(r))
	}
	if more := len(o.Routes) - maxRoutes; more > 0 {
		troubles = append(troubles, counted(more, "other channel")+" cannot be posted to either.")
	}
	if o.RulesTrouble != "" {
		troubles = append(troubles, "The rules file has a mistake, so the last good rules are in use: "+prose(Clip(o.RulesTrouble, maxTrouble)))
	}
	if len(troubles) > 0 {
		blocks = append(blocks, context("operators", "*For operators:* "+strings.Join(troubles, " "))...)
	}
	return blocks
}

// How many broken routes are told one by one, and how long the trouble with the rules may be.
const (
	maxRoutes  = 5
	maxTrouble = 300
)

func (o Overview) others(lines []BudgetState) string {
	if o.Others == 0 || len(lines) == 0 {
		return ""
	}
	return counted(o.Others, "rule") + " of other channels: " + code(o.Command+" all")
}

// checkFact says that the checks run, or why they do not.
func checkFact(checked, next time.Time, failure string, now time.Time) string {
	verb := "checked "
	if failure != "" {
		verb = "last good check "
	}
	var parts []string
	switch {
	case checked.IsZero():
		parts = append(parts, "not checked yet")
	case now.Sub(checked) < time.Minute:
		parts = append(parts, verb+"just now")
	default:
		parts = append(parts, verb+age(now.Sub(checked))+" ago")
	}
	if next.After(now) {
		parts = append(parts, "next in "+age(next.Sub(now)))
	}
	if failure != "" {
		parts = append(parts, "*the newest check did not succeed: "+strings.TrimRight(prose(failure), ".")+"*")
	}
	return strings.Join(parts, ", ")
}
