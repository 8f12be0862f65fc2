package phrase

import (
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// ComparisonFact says what changes are measured against, or why there are none.
func ComparisonFact(t report.Table) string {
	v := t.Versus
	switch {
	case v == nil || v.Days == 0 && !v.Unknown:
		return ""
	case !v.Unknown:
		return "compared with " + blocks.FirstDays(v.Against, v.Days)
	case v.Why == report.GapUnread:
		return "not compared with " + blocks.LongMonth(v.Against) + ": a row of Fastly's cannot be read"
	case v.Why == report.GapUndated && t.Fresh.CountedTo.IsZero():
		return "so it is not compared with " + blocks.LongMonth(v.Against)
	case v.Why == report.GapUndated:
		return "too early to compare with " + blocks.LongMonth(v.Against)
	}
	return "no figure for " + blocks.FirstDays(v.Against, v.Days) + ": " + gapReason(t)
}

// gapReason says why the same days of the month before are not known.
func gapReason(t report.Table) string {
	v := t.Versus
	switch {
	case v.Why == report.GapUnreadable:
		return "my own record of it could not be read"
	case v.Why == report.GapServices:
		return "I keep no record of single services"
	case v.WatchingSince.IsZero():
		return "I have only begun to watch"
	case v.WatchingSince.Before(v.Against.Start().AddDate(0, 0, v.Days)):
		return "I did not look at Fastly on its last day"
	}
	return "I began watching on " + blocks.Day(v.WatchingSince)
}
