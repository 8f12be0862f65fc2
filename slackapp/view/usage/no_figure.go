package usageview

import (
	"fmt"
	"slices"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// noRowsReason says why Fastly may have no rows.
func noRowsReason(source billing.Origin) string {
	if source == billing.FromInvoices {
		return "This account's usage comes from its invoices, and Fastly has no invoice for that month yet, or no longer keeps it."
	}
	return "It may be too recent or too long ago, or the account has neither usage data nor invoices; " +
		"the bot's operator can check with `budgetbot doctor`."
}

// nothingFound says that there is no figure, why that may be so, and what to do.
func nothingFound(t report.Table, c Context) blocks.Message {
	q := t.Question
	when := whenAsked(q)
	var lines []string
	switch {
	case len(t.LeftOut) > 0:
		lines = []string{
			fmt.Sprintf("*There's no figure for %s in %s,* so I can't tell (it isn't necessarily zero). %s", wanted(q), when, unread(t)),
			"The bot's operator can save Fastly's answer with `budgetbot doctor --save`.",
		}
	case len(t.Missing) == len(t.Months) && hasJustBegun(q, c.Now):
		return monthBegins(t, c)
	case len(t.Missing) == len(t.Months):
		lines = []string{
			fmt.Sprintf("*Fastly has no usage data for %s,* so I can't tell (it isn't necessarily zero).", when),
			noRowsReason(t.Fresh.Source),
		}
	default:
		if !q.Months.Last.IsOver(c.Now) {
			when += " so far"
		}
		lines = []string{fmt.Sprintf("*No usage for %s in %s*; there was other usage then.", wanted(q), when)}
	}
	return withoutTable(t, c, lines)
}

// firstFigures is within how many days of a month Fastly lists its first usage.
const firstFigures = 2

// hasJustBegun reports whether the only month asked about is one that Fastly may not list yet.
func hasJustBegun(q report.Question, now time.Time) bool {
	return q.Months.Len() == 1 && isBeginning(q.Months.Last, now)
}

// isBeginning reports whether Fastly may not list the month yet, since it has just begun.
func isBeginning(month billing.Month, now time.Time) bool {
	return !now.Before(month.Start()) && now.Before(month.Start().AddDate(0, 0, firstFigures))
}

// monthBegins says when the first figures of a month come.
func monthBegins(t report.Table, c Context) blocks.Message {
	month := t.Question.Months.Last
	sentence := begun(month) + "."
	switch {
	case t.Question.Cost && !t.Question.ReadsServices():
		sentence = fmt.Sprintf("*%s has just begun*; Fastly has no estimate of its bill yet.", blocks.LongMonth(month))
	case t.Question.Show == report.ShowForecast:
		sentence = begun(month) + ", and a forecast once " + blocks.Day(month.Start()) + " is complete."
	}
	return withoutTable(t, c, []string{sentence})
}

// begun says when the first figures of a month come, without a full stop.
func begun(month billing.Month) string {
	return fmt.Sprintf("*%s has just begun*; the first figures come on %s", blocks.LongMonth(month), blocks.FirstDays(month, firstFigures))
}

// findingAt is findingOf, but says of a month that has just begun when its first figures come, and not that they are missing.
func findingAt(t report.Table, now time.Time) string {
	last := t.Question.Months.Last
	if !isBeginning(last, now) || !slices.Contains(t.Missing, last) || len(t.Groups) == 0 {
		return findingOf(t)
	}
	t.Missing = slices.DeleteFunc(slices.Clone(t.Missing), func(m billing.Month) bool { return m == last })
	return blocks.Joined(" ", findingOf(t), begun(last)+".")
}

// withoutTable is an answer without figures: the reason, and what can be asked instead.
func withoutTable(t report.Table, c Context, lines []string) blocks.Message {
	for _, text := range c.Offers {
		lines = append(lines, blocks.Code(c.Command+" "+text))
	}
	m := blocks.Note(lines...)
	m.Blocks = slices.Concat(
		m.Blocks, blocks.Context("freshness", phrase.ReadFact(t.Fresh, c.Now)), blocks.Buttons("next", blocks.RunButtons(blocks.ActionRunIt, c.Offers)),
	)
	return m
}

// noBill says that there is no charge to show, and why.
func noBill(t report.Table, c Context) blocks.Message {
	q := t.Question
	when := whenAsked(q)
	var lines []string
	switch {
	case t.IsNothingDue():
		lines = []string{fmt.Sprintf("*Nothing is due for %s.*", when)}
	case notBilled(t) != "":
		lines = []string{notBilled(t)}
	case len(t.Missing) < len(t.Months):
		lines = []string{fmt.Sprintf("*The bill for %s has no charge for %s.*", when, wanted(q))}
	case !isUnread(t, q.Months.Last) && hasJustBegun(q, c.Now):
		return monthBegins(t, c)
	case !isUnread(t, q.Months.Last):
		lines = []string{fmt.Sprintf("*Fastly has no bill for %s.* It isn't necessarily zero.", when), noBillReason(q.Months.Last, c)}
	case len(t.Months) == 1:
		lines = []string{fmt.Sprintf("*I can't tell what %s cost.* It isn't necessarily zero.", when), blocks.Escape(t.Unread[len(t.Unread)-1].Why) + "."}
	default:
		lines = []string{fmt.Sprintf("*I can't tell what %s cost.* It isn't necessarily zero.", when), unbilled(t)}
	}
	for _, remark := range remarksOf(t) {
		lines = append(lines, blocks.Escape(remark))
	}
	return withoutTable(t, c, lines)
}

// noBillReason explains why there is no bill up to the month.
func noBillReason(last billing.Month, c Context) string {
	running := billing.MonthOf(c.Now)
	switch {
	case !last.Before(running):
		return noEstimate + " I'll know the cost once it is invoiced."
	case last == running.Add(-1):
		return "Fastly posts an invoice a few days after the month ends."
	}
	return "Fastly's invoices may start later, or the account may not get any."
}

// noEstimate says that Fastly makes no estimate for this account. Some accounts never have one.
const noEstimate = "Fastly gives no month-to-date estimate for this account (for example, because a parent account is billed)."
