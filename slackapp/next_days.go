package slackapp

import (
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/command/period"
)

// following is a question that a button under an answer asks.
type following struct {
	label, id string
	asked     command.Asked
}

// isOfOne reports whether a breakdown of the question would have a single row.
func isOfOne(q report.Question, by report.Breakdown) bool {
	named := map[report.Breakdown]billing.Names{
		report.ByProduct: q.Product, report.ByUsageType: q.UsageType, report.ByRegion: q.Region, report.ByService: q.Service, report.ByTeam: q.Team,
	}[by]
	return named != "" && !named.AreSeveral() && !strings.Contains(string(named), "*")
}

// nextDays are the questions for the same days in another way, and for the days before and after.
func nextDays(asked command.Asked, teams bool, now period.Now) []following {
	var next []following
	q := asked.Question
	add := func(label string, by report.Breakdown) {
		other := asked
		other.Question.By = by
		other.Question.Top = command.UsualTop(other.Question)
		if by != q.By && !isOfOne(q, by) {
			next = append(next, following{label, string(by), other})
		}
	}
	ofServices, ofParts := q.OfSomeServices(), q.Region != "" || q.Product != "" || q.UsageType != ""
	if q.Days.Len() > 1 && !q.By.IsOfTime() {
		add("By Day", report.ByDay)
	}
	if !ofParts && q.Service == "" {
		add("By Service", report.ByService)
		if teams {
			add("By Team", report.ByTeam)
		}
	}
	if !ofServices && q.UsageType == "" && q.Product == "" {
		add("By Region", report.ByRegion)
	}
	back := q.Days.Len()
	if before := movedDays(asked, -back); !billing.MonthOf(before.Question.Days.First).Before(now.Add(-period.KeptMonths)) {
		next = append(next, following{"Previous Period", "previous", before})
	}
	if after := movedDays(asked, back); after.Question.Days.Last.Before(now.Today) {
		next = append(next, following{"Next Period", "next", after})
	}
	return next
}

// movedDays is the same question of other days.
func movedDays(asked command.Asked, by int) command.Asked {
	q := &asked.Question
	move := func(d billing.Days) billing.Days {
		if d.IsZero() {
			return d
		}
		return billing.Days{First: d.First.AddDate(0, 0, by), Last: d.Last.AddDate(0, 0, by)}
	}
	q.Days, q.AgainstDays = move(q.Days), move(q.AgainstDays)
	q.Months = q.Days.Months()
	if !q.AgainstDays.IsZero() {
		q.Against = q.AgainstDays.Months()
	}
	return asked
}
