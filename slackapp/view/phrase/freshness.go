package phrase

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// MonthFact says whether the months can still change.
func MonthFact(t report.Table, now time.Time) string {
	newest := t.Question.Months.Last
	switch {
	case slices.Contains(t.Missing, newest):
		return "Months are UTC"
	case !newest.IsOver(now) && t.Fresh.CountedTo.IsZero():
		return "Months are UTC; Fastly didn't say how much of " + blocks.LongMonth(newest) + " this covers"
	case !newest.IsOver(now):
		return blocks.LongMonth(newest) + " has data to " + blocks.LastDay(t.Fresh.CountedTo) + " (UTC)"
	case now.Before(newest.End().Add(billing.RestatedFor)):
		return "Months are UTC and closed; Fastly may still correct " + blocks.LongMonth(newest)
	}
	return "Months are UTC and closed"
}

// ReadFact says when Fastly was asked, and that it was long ago where that is so.
func ReadFact(f billing.Freshness, now time.Time) string {
	switch {
	case f.ReadAt.IsZero():
		return ""
	case f.Stale != "":
		reason := strings.TrimRight(blocks.Prose(f.Stale), ". ")
		return fmt.Sprintf("*%s; these figures are from %s (%s old)*", reason, blocks.Clock(f.ReadAt, now), blocks.Age(now.Sub(f.ReadAt)))
	}
	where := "Fastly"
	if f.Source == billing.FromInvoices {
		where = "Fastly's invoices"
	}
	return "read from " + where + " " + blocks.Clock(f.ReadAt, now)
}
