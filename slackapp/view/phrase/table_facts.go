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

// ComparisonFact says why there are no changes, or how the earlier figures were worked out. The table's heads name their period.
func ComparisonFact(t report.Table) string {
	v := t.Versus
	switch {
	case v == nil:
		return ""
	case !v.Unknown:
		return blocks.Joined("; ", LengthFact(*v), servicesFact(t))
	}
	_, against := Sides(*v)
	whole := blocks.LongMonth(v.Against)
	if v.Span != (billing.Range{}) {
		whole = against
	}
	switch {
	case v.Why == report.GapUnread:
		return "not compared with " + whole + ": one of Fastly's rows can't be read"
	case v.Why == report.GapUndated && t.Fresh.CountedTo.IsZero():
		return "not compared with " + whole + ": I don't know which days these are"
	case v.Why == report.GapUndated:
		return "too early to compare with " + whole
	}
	return "can't compare with " + against + ": " + gapReason(t)
}

// servicesFact says how the first days of a month were worked out for services, since nobody records their days.
func servicesFact(t report.Table) string {
	v := t.Versus
	if !t.Question.ReadsServices() || v.AgainstUntil.IsZero() || !v.AgainstUntil.Before(v.Against.End()) {
		return ""
	}
	_, against := Sides(*v)
	return against + " is worked out for each service from its " + blocks.LongMonth(v.Against) + " and the account's record"
}

// gapReason says why the same days of the month before are not known.
func gapReason(t report.Table) string {
	v := t.Versus
	switch {
	case v.Why == report.GapUnreadable:
		return "my own record of it can't be read"
	case v.WatchingSince.IsZero():
		return "I've only just started watching"
	case v.WatchingSince.Before(v.Against.Start().AddDate(0, 0, v.Days)):
		return "I didn't read Fastly on its last day"
	}
	return "I started watching on " + blocks.Day(v.WatchingSince)
}

// MonthFact says whether the months can still change.
func MonthFact(t report.Table, now time.Time) string {
	newest := t.Question.Months.Last
	switch {
	case slices.Contains(t.Missing, newest):
		return "Months are UTC"
	case !newest.IsOver(now) && t.Fresh.CountedTo.IsZero():
		return "Months are UTC; Fastly didn't say how much of " + blocks.LongMonth(newest) + " this covers"
	case !newest.IsOver(now):
		return blocks.LongMonth(newest) + " has data to " + blocks.CountedTo(t.Fresh.CountedTo, now)
	}
	return ClosedFact(newest, now)
}

// ClosedFact says of a month that is over whether Fastly may still change its figures.
func ClosedFact(m billing.Month, now time.Time) string {
	if now.Before(m.End().Add(billing.RestatedFor)) {
		return "Months are UTC and closed; " + MayCorrect(m)
	}
	return "Months are UTC and closed"
}

// MayCorrect says until when Fastly may change the figures of a month that is over.
func MayCorrect(m billing.Month) string {
	return "Fastly may still correct " + blocks.LongMonth(m) + " until " + blocks.Day(m.End().Add(billing.RestatedFor))
}

// ReadFact says when Fastly was asked, and that it was long ago if that is so.
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
