package digestview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// How many details of a close are written out, and how many teams.
const (
	maxNamedFinals = 3
	maxTeams       = 15
)

// Close is the message with a closed month's figures.
func Close(b alerts.Bulletin, c alerts.Close) blocks.Message {
	heading, text := blocks.Period(billing.One(b.Month))+" Is Closed", blocks.LongMonth(b.Month)+" is closed."
	var finding string
	if c.Final || c.ForecastRecord {
		heading += ": " + overWords(c)
		finding = finalFinding(c)
		text = blocks.Joined(" ", blocks.LongMonth(b.Month)+" is closed: "+strings.ToLower(overWords(c))+".", finding)
	}
	var body []slack.Block
	if len(c.Budgets) > 1 { // the table has what the finding has
		body = append(blocks.Section("final", "*"+heading+"*"), finalGrid(c).Block("budgets")...)
	} else {
		body = blocks.Section("final", "*"+heading+"*", finding)
	}
	if c.ForecastRecord && c.Forecasts > 0 {
		body = append(body, blocks.Section("foretold", forecastLines(c)...)...)
	}
	if s := c.Statement; s != nil {
		body = append(body, blocks.Section("bill", slices.Concat([]string{"*What Fastly Billed*"}, statementLines(*s, false, b.MadeAt), pendingLine(c, s))...)...)
	}
	if b.TopChanges != nil {
		body = append(body, topChanges(b)...)
	}
	if c.Teams != nil {
		body = append(body, blocks.Section("teams", slices.Concat([]string{"*Teams*"}, teamLines(*c.Teams, c.Costs))...)...)
	}
	body = slices.Concat(body, missing(b), blocks.Context("freshness", closeFacts(b, c)...), blocks.Buttons("next", closeActions(b, c)))
	return blocks.Message{Text: text, Blocks: body}
}

// finalFinding names the budgets that went over, worst first; if none did, it names the one that came closest to its limit.
func finalFinding(c alerts.Close) string {
	var sentences []string
	for _, l := range c.Budgets[:min(len(c.Budgets), maxNamedFinals)] {
		if c.Over == 0 {
			closest := ""
			if c.Count > 1 {
				closest = "Closest to its limit: "
			}
			return closest + finalWords(l, c) + "."
		}
		if l.Used.LessThan(l.Limit) {
			break
		}
		sentences = append(sentences, finalWords(l, c)+".")
	}
	return blocks.Joined(" ", sentences...)
}

// overWords counts the budgets that went over, in a heading's words. Those without a figure may have gone over, too.
func overWords(c alerts.Close) string {
	all := c.Count + c.Unknown
	switch {
	case c.Count == 0:
		return "No Budget Has a Figure"
	case c.Unknown > 0 && c.Over == 0:
		return fmt.Sprintf("%d of %s Stayed Within Limit, %s", c.Count, blocks.Counted(all, "Budget"), withoutFigure(c.Unknown))
	case c.Unknown > 0:
		return fmt.Sprintf("%d of %s Went Over, %s", c.Over, blocks.Counted(all, "Budget"), withoutFigure(c.Unknown))
	case c.Over == 0 && c.Count == 1:
		return "Within Budget"
	case c.Over == 0:
		return fmt.Sprintf("All %d Budgets Stayed Within Limit", c.Count)
	}
	return fmt.Sprintf("%d of %s Went Over", c.Over, blocks.Counted(c.Count, "Budget"))
}

func withoutFigure(n int) string {
	return fmt.Sprintf("%d %s No Figure", n, blocks.Plural(n, "Has", "Have"))
}

// finalWords says how a budget ended: "North America Bandwidth ended at 571 TB, 114% (on Nov 10 I forecast 540–610 TB)".
func finalWords(l alerts.FinalLine, c alerts.Close) string {
	words := blocks.Escape(phrase.NameOf(l.BudgetLine)) + " ended at " + blocks.Escape(l.Measure.Format(l.Used)) + ", " + blocks.Escape(phrase.PercentText(l.BudgetLine))
	if c.ForecastRecord && l.ForecastRange != nil {
		words += " (on " + blocks.Day(c.PostedOn) + " I forecast " + blocks.Escape(phrase.Range(l.Measure, l.ForecastRange.Low, l.ForecastRange.High)) + ")"
	}
	return words
}

func finalGrid(c alerts.Close) *blocks.Grid {
	g := &blocks.Grid{}
	header := []string{"Budget", "Ended at", "Limit", "Used"}
	if c.ForecastRecord && c.Forecasts > 0 {
		header = append(header, "Forecast "+blocks.Day(c.PostedOn))
	}
	g.Add(true, header...)
	for _, l := range c.Budgets[:min(len(c.Budgets), phrase.MaxBudgets)] {
		cells := []string{phrase.NameOf(l.BudgetLine), l.Measure.Format(l.Used), l.Measure.Written(l.Limit), phrase.PercentText(l.BudgetLine)}
		if len(header) > len(cells) {
			forecast := ""
			if l.ForecastRange != nil {
				forecast = phrase.Range(l.Measure, l.ForecastRange.Low, l.ForecastRange.High)
			}
			cells = append(cells, forecast)
		}
		g.Add(false, cells...)
	}
	return g
}

// forecastLines say how good the forecasts were, and where they were worst.
func forecastLines(c alerts.Close) []string {
	lines := []string{
		"*Forecasts of " + blocks.Day(c.PostedOn) + "*",
		fmt.Sprintf("%d of %s %s right (the month ended in the range; 4 in 5 is the target).", c.InRange, blocks.Counted(c.Forecasts, "forecast"), blocks.Plural(c.Forecasts, "was", "were")),
	}
	if m := c.Missed; m != nil && m.ForecastRange != nil {
		lines = append(lines, "The farthest off was "+blocks.Escape(phrase.NameOf(m.BudgetLine))+": I forecast "+blocks.Escape(phrase.Range(m.Measure, m.ForecastRange.Low, m.ForecastRange.High))+", and it ended at "+
			blocks.Escape(m.Measure.Format(m.Used))+".")
	}
	return lines
}

// pendingLine counts the budgets that wait for an invoice.
func pendingLine(c alerts.Close, s *alerts.Statement) []string {
	if s.IsIn() || c.Pending == 0 {
		return nil
	}
	return []string{blocks.Counted(c.Pending, "cost budget") + blocks.Plural(c.Pending, " is", " are") + " waiting for it."}
}

// teamLines list each team's usage, the largest first, and its cost.
func teamLines(usage report.Table, costs *report.Table) []string {
	byTeam := map[string][]string{}
	var teams []string
	add := func(name, figure string) {
		if byTeam[name] == nil {
			teams = append(teams, name)
		}
		byTeam[name] = append(byTeam[name], figure)
	}
	for _, g := range usage.Groups[:min(len(usage.Groups), phrase.MaxSums)] {
		for _, r := range g.All() {
			add(r.Name, phrase.Amount(g.Measure, r.Sum))
		}
	}
	if costs != nil {
		for _, g := range costs.Groups {
			for _, r := range g.All() {
				add(r.Name, blocks.Escape(phrase.AboutMoney(g.Measure, r.Sum)))
			}
		}
	}
	if len(teams) == 0 {
		return []string{"Fastly lists no services of any team."}
	}
	used := func(name string) string { return blocks.Name(name) + ": " + strings.Join(byTeam[name], ", ") }
	return blocks.Bullets(blocks.Most(teams, maxTeams, used, blocks.CountedAs("other team")))
}

func closeFacts(b alerts.Bulletin, c alerts.Close) []string {
	facts := []string{
		"Months are UTC; " + phrase.MayCorrect(b.Month),
	}
	if c.Costs != nil {
		facts = append(facts, "team costs are estimates: Fastly bills the account")
	}
	return append(facts, "digest "+blocks.Code(b.Digest))
}

func closeActions(b alerts.Bulletin, c alerts.Close) []blocks.Action {
	var actions []blocks.Action
	if c.CanExport {
		actions = append(actions, blocks.Action{Label: "Export CSV", ID: blocks.ActionExport, Value: b.Month.String()})
	}
	if c.ByTeam {
		actions = append(actions, blocks.Action{Label: "By Team", ID: blocks.ActionAsk + ":team", Value: b.Month.String() + " by team"})
	}
	return append(actions, blocks.Action{Label: "By Type", ID: blocks.ActionAsk + ":type", Value: b.Month.String()})
}

// Invoice reports in the thread of a close the invoice that came later.
func Invoice(s alerts.Statement, now time.Time) blocks.Message {
	lines := statementLines(s, true, now)
	m := blocks.Note(lines...)
	m.Text = lines[0]
	return m
}

// statementLines say what Fastly billed, or that it has not billed yet, beside the last estimate and what was counted. late means that the invoice came
// after the month's close was posted.
func statementLines(s alerts.Statement, late bool, now time.Time) []string {
	month, cost := blocks.LongMonth(s.Month), billing.Cost(s.Currency)
	if !s.IsIn() {
		line := "The invoice for " + month + " isn't in yet. I'll post it in this thread."
		if s.Estimate.Valid {
			line += " Fastly's " + lastEstimate(s, cost, now) + "."
		}
		return []string{line}
	}
	total := "*" + blocks.Escape(cost.Format(s.Total)) + "*"
	first := "The invoice for " + month + " is " + total + " (" + invoiceNames(s) + ")"
	switch same := s.Was.Valid && s.Was.Decimal.Equal(s.Total); {
	case same && len(s.Invoices) == 0:
		first = "No invoice for " + month + " counts now; the total stays at " + total
	case same:
		first = "Fastly issued the invoice for " + month + " again (" + invoiceNames(s) + "); it stays at " + total
	case s.Was.Valid:
		first = "Fastly corrected the invoice for " + month + ": " + total + " (" + invoiceNames(s) + ") instead of " +
			blocks.Escape(cost.Format(s.Was.Decimal))
	case late:
		first = "The invoice for " + month + " is in: " + total + " (" + invoiceNames(s) + ")"
	}
	lines := []string{blocks.Joined(" ", first+againstEstimate(s, cost, now)+".", againstBefore(s), budgetsOfMoney(s))}
	lines = append(lines, blocks.Most(s.Apart, phrase.MaxNamed, apartLine, func(n int) string {
		return "The same goes for " + blocks.Counted(n, "other usage type") + "."
	})...)
	for _, remark := range s.Remarks {
		lines = append(lines, blocks.Escape(remark))
	}
	return lines
}

func invoiceNames(s alerts.Statement) string {
	names := s.Invoices
	switch {
	case len(names) == 0:
		return "no statement counts"
	case len(names) > phrase.MaxNamed:
		return blocks.Counted(len(names), "invoice")
	}
	return blocks.Escape(strings.Join(names, ", "))
}

// lastEstimate is what was known of a month's bill before its invoice.
func lastEstimate(s alerts.Statement, cost billing.Measure, now time.Time) string {
	asOf := ""
	if !s.EstimatedAt.IsZero() {
		asOf = ", as of " + blocks.CountedTo(s.EstimatedAt, now) + ","
	}
	return "last estimate" + asOf + " was " + blocks.Escape(cost.Format(s.Estimate.Decimal))
}

// againstEstimate says how far the invoice is from the last estimate.
func againstEstimate(s alerts.Statement, cost billing.Measure, now time.Time) string {
	if !s.Estimate.Valid || s.Was.Valid {
		return ""
	}
	words := "; the " + lastEstimate(s, cost, now)
	if !s.Estimate.Decimal.IsPositive() {
		return words
	}
	off := s.Total.Sub(s.Estimate.Decimal).Div(s.Estimate.Decimal)
	side := " above it"
	switch {
	case off.Abs().LessThan(decimal.New(5, -4)):
		return words + ", as billed"
	case off.IsNegative():
		side = " below it"
	}
	return words + ", so the bill is " + unsigned(off) + side
}

// againstBefore compares a month's first invoice with that of the month before.
func againstBefore(s alerts.Statement) string {
	if s.Bill == nil || s.Was.Valid || len(s.Bill.Groups) != 1 || !s.Bill.Groups[0].Total.Earlier.Valid {
		return ""
	}
	g := s.Bill.Groups[0]
	before := blocks.LongMonth(s.Month.Add(-1)) + "'s was " + blocks.Escape(g.Measure.Format(g.Total.Earlier.Decimal)) + "."
	return blocks.Joined(" ", phrase.MainChange(*s.Bill), before)
}

// unsigned returns a part as a percentage without its sign: "0.8%".
func unsigned(part decimal.Decimal) string {
	return blocks.Escape(strings.TrimLeft(billing.FormatChange(part), "+−"))
}

// budgetsOfMoney says how the cost budgets ended; only an invoice settles them.
func budgetsOfMoney(s alerts.Statement) string {
	if len(s.Budgets) == 0 {
		return ""
	}
	ended := func(l alerts.BudgetLine) string {
		return blocks.Escape(phrase.NameOf(l)) + " ended at " + blocks.Escape(phrase.PercentText(l)) + " of " + blocks.Escape(l.Measure.Written(l.Limit))
	}
	lower := func(n int) string { return blocks.Counted(n, "other cost budget") + " ended lower" }
	return blocks.And(blocks.Most(s.Budgets, phrase.MaxNamed, ended, lower)) + "."
}

// apartLine reports a usage type that Fastly billed with other units than it counted.
func apartLine(d report.Discrepancy) string {
	name, side := blocks.Name(d.UsageType), " less "
	switch {
	case !d.Counted.Valid:
		return "Fastly billed " + name + ", which isn't in its usage data."
	case !d.Billed.Valid:
		return "Fastly counted " + name + ", which isn't on the invoice."
	case d.Billed.Decimal.GreaterThan(d.Counted.Decimal):
		side = " more "
	}
	return "Fastly billed " + unsigned(d.Part()) + side + name + " than it counted."
}
