package command

import (
	"cmp"
	"fmt"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// Weeks are what runs of days move by, so that the same weekdays are compared.
const (
	week        = 7
	monthOfDays = 4 * week
	yearOfDays  = 52 * week
)

// settleDays decides which days the question asks for, and which it compares them with.
func (r *reading) settleDays() (days, against billing.Days, wrong *problem) {
	days = r.days[0]
	isPair := r.isVersus || len(r.compare) > 0
	switch {
	case len(r.found) > 0:
		return days, against, &problem{
			sentence: "Days are compared with days, and months with months.", at: r.at, fixes: []string{days.String(), r.found[0].String()},
		}
	case len(r.days) > 2:
		return days, against, severalDays(r.days, r.at)
	case len(r.days) == 2 && (isPair || r.yearly || r.monthly):
		return r.daysInOrder(r.days[0], r.days[1])
	case len(r.days) == 2:
		return days, against, severalDays(r.days, r.at)
	case len(r.open) > 0, isPair && !r.yearly && !r.monthly:
		at := r.at
		if len(r.open) > 0 {
			at = append(at, r.open...)
		}
		return days, against, &problem{
			sentence: fmt.Sprintf("Compare %s with which days?", blocks.Days(days)), at: at,
			fixes: []string{days.String() + " " + versus + " " + movedDays(days, -weeksOf(days)).String()},
		}
	case r.yearly:
		return days, movedDays(days, -yearOfDays), nil
	case r.monthly:
		return days, movedDays(days, -max(monthOfDays, weeksOf(days))), nil
	}
	return days, against, nil
}

// daysInOrder puts the later of two runs of days first.
func (r *reading) daysInOrder(a, b billing.Days) (days, against billing.Days, wrong *problem) {
	if a.Last.Before(b.Last) {
		a, b = b, a
	}
	if !b.Last.Before(a.First) {
		wrong = &problem{
			sentence: fmt.Sprintf("%s and %s overlap. Compare days that have none in common.", blocks.Days(a), blocks.Days(b)),
			at:       r.at,
			fixes:    []string{a.String() + " " + versus + " " + movedDays(a, -weeksOf(a)).String(), a.String(), b.String()},
		}
	}
	return a, b, wrong
}

// severalDays is the problem of more than two runs of days, or of two without a word between them.
func severalDays(found []billing.Days, at []typed.Word) *problem {
	a, b := found[0], found[1]
	wrong := &problem{sentence: "I can compare two periods at most.", at: at, fixes: []string{a.String(), b.String()}}
	if len(found) == 2 {
		wrong.sentence = fmt.Sprintf("That's two periods, %s and %s. Pick one, or compare them with `vs`.", blocks.Days(a), blocks.Days(b))
	}
	return wrong
}

func movedDays(d billing.Days, by int) billing.Days {
	return billing.Days{First: d.First.AddDate(0, 0, by), Last: d.Last.AddDate(0, 0, by)}
}

// weeksOf returns the days of the whole weeks that the days need.
func weeksOf(d billing.Days) int { return (d.Len() + week - 1) / week * week }

// usualDays and usualWeeks are what "by day" and "by week" show if the person named no period.
const (
	usualDays  = "last 30 days"
	usualWeeks = "last 12 weeks"
)

// withDays makes days of the months of a question by day or by week.
func (p *parts) withDays(isTyped bool, now period.Now) *problem {
	switch {
	case p.IsOfDays() && p.Show == report.ShowChanges: // every answer about days has a change
		p.Show, p.By = report.ShowUsage, cmp.Or(p.By, report.ByService)
		return nil
	case !p.By.IsOfTime(), p.IsOfDays():
		return nil
	case p.IsComparison():
		months := *p
		months.By = ""
		return &problem{sentence: "By day and by week I compare runs of days, not months.", fixes: []string{months.text()}}
	case !isTyped:
		usual := usualDays
		if p.By == report.ByWeek {
			usual = usualWeeks
		}
		p.Days, _, _ = period.DaysAt(strings.Fields(usual), now)
		p.Months = p.Days.Months()
		return nil
	}
	days, wrong := period.UpToNow(p.Months, now)
	if wrong != nil {
		return ofPeriod(wrong, nil)
	}
	p.Days = days
	return nil
}

// showableByDay corrects a question about days to something that can be shown, and says what was wrong; an empty sentence means that nothing was.
func (p parts) showableByDay() (asked parts, sentence string) {
	months := p
	months.Days, months.AgainstDays = billing.Days{}, billing.Days{}
	if months.By.IsOfTime() {
		months.By = ""
	}
	switch {
	case p.Cost:
		p.Cost = false
		return p, "Fastly bills by month, so days have usage and no cost."
	case p.Show == report.ShowForecast || p.Show == report.ShowRates || p.Show.IsList():
		months.Months.First, months.Against = months.Months.Last, billing.Range{}
		return months, fmt.Sprintf("I can show %s of a month, not of days.", p.Show)
	case p.Monthly:
		p.Monthly = false
		return p, "Days aren't shown by month."
	case p.By == report.ByUsageType || p.By == report.ByProduct:
		p.By = ""
		return p, "Days are shown by day, week, region, service or team: Fastly's statistics don't have usage types."
	case p.Top > 0 && p.By.IsOfTime():
		p.Top = 0
		return p, "Days and weeks are in their order, so `top` is for services, teams and regions."
	}
	return p, ""
}

// byDayOf is showableByDay with the names known.
func (p parts) byDayOf(found named) (asked parts, of named, sentence string) {
	ofServices := found.service != "" || found.team != "" || p.By.IsOfServices()
	switch {
	case ofServices && (found.region != "" || p.By == report.ByRegion):
		found.region = ""
		if p.By == report.ByRegion {
			p.By = ""
		}
		return p, found, "Fastly's statistics have the days of a service or of a region, not both at once."
	case ofServices && (found.usageType != "" || found.product != "" || !p.IsMeasuredDaily() || !report.Question{Measure: found.measure}.IsMeasuredDaily()):
		found.usageType, found.product, found.measure, p.Measure = "", "", "", ""
		return p, found, "Fastly's statistics have the bandwidth and the requests of a service by day, not its usage types."
	}
	return p, found, ""
}
