package digestview

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Digest is posted on a schedule and says how the budgets stand and what changed.
func Digest(b alerts.Bulletin, budgets phrase.Part) blocks.Message {
	cost := costLine(b)
	texts, body := []string{cost, budgets.Text}, slices.Concat(blocks.Section("cost", cost), budgets.Blocks)
	if b.TopChanges != nil {
		texts = append(texts, topChangesFinding(b))
		body = append(body, topChanges(b)...)
	}
	for _, sentence := range b.Missing {
		texts = append(texts, blocks.Prose(sentence))
	}
	body = append(body, missing(b)...)
	if len(body) == 0 {
		return blocks.Note("There are no budgets: the rules file has no rules.")
	}
	body = append(body, blocks.Context("freshness", footer(b, budgets.Facts)...)...)
	return blocks.Message{Text: blocks.Joined(" ", texts...), Blocks: body}
}

// topChanges states what changed most, and lists it; a message can have one table, and the budgets use it. Without a comparison there
// are no changes to list.
func topChanges(b alerts.Bulletin) []slack.Block {
	t := *b.TopChanges
	lines := []string{"*What Changed Most*", topChangesFinding(b)}
	if t.Versus != nil && !t.Versus.Unknown {
		lines = append(lines, changeLines(b)...)
	}
	if t.Fresh.Stale != "" {
		lines = append(lines, blocks.Capital(phrase.ReadFact(t.Fresh, b.MadeAt))+".")
	}
	return blocks.Section("moved", lines...)
}

// changeLines list the usage types that changed: those that cost most first, then those without a rate.
func changeLines(b alerts.Bulletin) []string {
	var priced, others []string
	if b.Worth != nil {
		priced = make([]string, len(b.Worth.Rows))
	}
	for _, g := range b.TopChanges.Groups {
		for _, r := range g.Rows {
			line := "• " + blocks.Name(r.Name) + " *" + billing.FormatChange(r.Change.Decimal) + "* per day"
			if now := r.Last(); now.Valid {
				line += ", to " + blocks.Escape(g.Measure.Format(now.Decimal))
			}
			if i := worthAt(b.Worth, r); i >= 0 {
				priced[i] = line + ", about " + signed(b.Worth, b.Worth.Rows[i].Amount)
			} else {
				others = append(others, line)
			}
		}
	}
	return slices.Concat(slices.DeleteFunc(priced, func(line string) bool { return line == "" }), others)
}

// worthAt returns the index of the row's amount, or -1 if it has none.
func worthAt(w *alerts.Worth, r report.Row) int {
	if w == nil {
		return -1
	}
	return slices.IndexFunc(w.Rows, func(n alerts.WorthOfRow) bool { return n.Product == r.Product && n.UsageType == r.Name })
}

// signed returns an amount with its sign, to three figures: it is an estimate.
func signed(w *alerts.Worth, amount decimal.Decimal) string {
	return phrase.Signed(billing.Cost(w.Currency), phrase.ThreeFigures(amount))
}

// costLine is what the month costs so far, and how it is likely to end, beside what the month before came to: "November so far $70,412, likely
// $83,107 ($82,400–83,900); October $81,967." Of a month that is over it is what that came to: "November about $84,500, not invoiced yet; …".
func costLine(b alerts.Bulletin) string {
	c := b.Cost
	if c == nil {
		return ""
	}
	cost := billing.Cost(c.Currency)
	whole := func(d decimal.Decimal) string { return "*" + blocks.Escape(cost.Format(d.Round(0))) + "*" }
	came := func(m billing.Month, d decimal.Decimal) string {
		if m == c.NotInvoiced {
			return blocks.LongMonth(m) + " about " + whole(phrase.ThreeFigures(d)) + ", not invoiced yet"
		}
		return blocks.LongMonth(m) + " " + whole(d)
	}
	line := blocks.LongMonth(b.Month) + " so far " + whole(c.SoFar)
	if b.Month.IsOver(b.MadeAt) {
		line = came(b.Month, c.SoFar)
	}
	if p := c.Likely; p != nil {
		line += ", likely " + whole(p.End) + " (" + blocks.Escape(phrase.MoneyRange(cost, p.Low, p.High)) + ")"
		if len(p.Planned) > 0 {
			line += ", including " + phrase.Planned(p.Planned)
		}
	}
	if c.Before.Valid {
		line += "; " + came(c.BeforeMonth, c.Before.Decimal)
	}
	return line + "."
}

// missing says what could not be read for a digest.
func missing(b alerts.Bulletin) []slack.Block {
	var body []slack.Block
	for i, sentence := range b.Missing {
		body = append(body, blocks.Section(fmt.Sprintf("untold_%d", i), blocks.Prose(sentence))...)
	}
	return body
}

// topChangesFinding states what the changes cost, else how much the first measure changed, and who made it, or why that is unknown.
func topChangesFinding(b alerts.Bulletin) string {
	t := *b.TopChanges
	switch change := phrase.MainChange(t); {
	case t.Versus == nil:
		return "There's nothing to compare with yet."
	case t.Versus.Unknown && t.Fresh.CountedTo.IsZero():
		return "Fastly didn't say how much of " + blocks.LongMonth(t.Versus.Month) + " its figures cover, so they aren't compared with " + blocks.LongMonth(t.Versus.Against) + "."
	case t.Versus.Unknown:
		return blocks.Capital(phrase.ComparisonFact(t)) + "."
	case len(t.Groups) == 0 && b.Worth != nil:
		return wholeWorth(*b.Worth, *t.Versus) + ". No usage type moved it by as much as 1%."
	case len(t.Groups) == 0:
		_, against := phrase.Sides(*t.Versus)
		return "No usage type moved its measure by as much as 1%, per day, against " + against + "."
	case b.Worth != nil && len(b.Worth.Rows) > 0:
		return worthFinding(*b.Worth, *t.Versus)
	default:
		return change
	}
}

// worthFinding states what the changes cost together, and which usage type made most of that.
func worthFinding(w alerts.Worth, v report.Comparison) string {
	first := w.Rows[0]
	if w.Whole.Abs().LessThan(first.Amount.Abs().Mul(levelBelow)) {
		w.Whole = decimal.Decimal{}
		return wholeWorth(w, v) + "."
	}
	noun := "rise"
	if w.Whole.IsNegative() {
		noun = "fall"
	}
	finding := wholeWorth(w, v)
	if part := first.Amount.Div(w.Whole); part.IsPositive() && part.LessThan(decimal.New(1, 0)) {
		finding += "; " + blocks.Escape(first.UsageType) + " made " + blocks.Escape(billing.FormatShare(part)) + " of that " + noun
	}
	return finding + "."
}

// wholeWorth states what the changes cost together, without a full stop.
func wholeWorth(w alerts.Worth, v report.Comparison) string {
	month, against := phrase.Sides(v)
	rates := ", at the rates of " + blocks.LongMonth(w.Rates) + "'s last tiers"
	sides := " more than for "
	switch {
	case w.Whole.IsZero():
		return "Usage for " + month + " cost about as much as for " + against + rates
	case w.Whole.IsNegative():
		sides = " less than for "
	}
	amount := blocks.Escape(billing.Cost(w.Currency).Format(phrase.ThreeFigures(w.Whole.Abs())))
	return "Usage for " + month + " cost *about " + amount + sides + against + "*" + rates
}

// levelBelow is the part of the largest change below which all changes together count as none.
var levelBelow = decimal.New(5, -2)

// footer is what stands in small type under a digest; facts are those of the budgets.
func footer(b alerts.Bulletin, facts []string) []string {
	if b.TopChanges != nil && len(facts) == 0 {
		facts = append(facts, phrase.MonthFact(*b.TopChanges, b.MadeAt))
	}
	return append(facts, "digest "+blocks.Code(b.Digest))
}
