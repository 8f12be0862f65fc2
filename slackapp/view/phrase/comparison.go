package phrase

import (
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// ComparisonFact states what changes are measured against, or why there are none.
func ComparisonFact(t report.Table) string {
	v := t.Versus
	switch {
	case v == nil || v.Days == 0 && !v.Unknown:
		return ""
	case !v.Unknown:
		return "compared with " + blocks.FirstDays(v.Against, v.Days)
	case v.Why == report.GapUnread:
		return "not compared with " + blocks.LongMonth(v.Against) + ": one of Fastly's rows can't be read"
	case v.Why == report.GapUndated && t.Fresh.CountedTo.IsZero():
		return "so it is not compared with " + blocks.LongMonth(v.Against)
	case v.Why == report.GapUndated:
		return "too early to compare with " + blocks.LongMonth(v.Against)
	}
	return "can't compare with " + blocks.FirstDays(v.Against, v.Days) + ": " + gapReason(t)
}

// gapReason says why the same days of the month before are not known.
func gapReason(t report.Table) string {
	v := t.Versus
	switch {
	case v.Why == report.GapUnreadable:
		return "my own record of it can't be read"
	case v.Why == report.GapServices:
		return "no daily history by service"
	case v.WatchingSince.IsZero():
		return "I've only just started watching"
	case v.WatchingSince.Before(v.Against.Start().AddDate(0, 0, v.Days)):
		return "I didn't read Fastly on its last day"
	}
	return "I started watching on " + blocks.Day(v.WatchingSince)
}
