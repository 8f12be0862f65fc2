package slackapp

import (
	"context"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/command/period"
)

// nextActions are the buttons under an answer, but for Share. No button leads to an answer without figures.
func (a *usageAnswers) nextActions(ctx context.Context, q inquiry, names []string, text string) []blocks.Action {
	var actions []blocks.Action
	now := period.NowAt(q.now, a.Rules().YearStarts)
	if q.Question.IsOfDays() {
		for _, f := range nextDays(q.Asked, len(a.Rules().Teams) > 0, now) {
			actions = append(actions, blocks.Action{Label: f.label, ID: actionAsk + ":" + f.id, Value: f.asked.TextWith(names)})
		}
		return a.withExport(actions, text)
	}
	for _, f := range nextQuestions(q.Asked, !a.isOfFees(ctx, q), len(a.Rules().Teams) > 0, now) {
		if f.isSameBy(q.Question) || a.hasRows(ctx, q, f.asked.Question) {
			actions = append(actions, blocks.Action{Label: f.label, ID: actionAsk + ":" + f.id, Value: f.asked.TextWith(names)})
		}
	}
	return a.withExport(actions, text)
}

// withExport adds the button for a file, where the bot may send one.
func (a *usageAnswers) withExport(actions []blocks.Action, text string) []blocks.Action {
	if a.Uploads {
		actions = append(actions, blocks.Action{Label: "Export CSV", ID: actionExport, Value: text})
	}
	return actions
}

// isSameBy reports whether the question is only broken down otherwise than the one that is answered, so that it has rows too.
func (f following) isSameBy(q report.Question) bool {
	q.By, q.Top = f.asked.Question.By, f.asked.Question.Top
	return f.asked.Question == q && q.Show != report.ShowChanges // which only some breakdowns may have
}

// hasRows reports whether the answer to another question would have rows. It does not read all services, and returns true if it cannot know.
func (a *usageAnswers) hasRows(ctx context.Context, q inquiry, other report.Question) bool {
	if other.IsOfDays() {
		q.Question = other
		found, err := a.days(ctx, q)
		return err != nil && !isRefusal(err) || found.hasFigures
	}
	if other.Show != report.ShowRates {
		return a.asker(q).HasRows(ctx, other, q.now)
	}
	q.Question = other
	found, err := a.rates(ctx, q)
	return err != nil && !isRefusal(err) || found.hasFigures
}

// isOfFees reports whether the question is about costs that are no usage, and so of no service, team or region.
func (a *usageAnswers) isOfFees(ctx context.Context, q inquiry) bool {
	of := q.Question
	if !of.Cost || of.IsWhole() || of.OfSomeServices() {
		return false
	}
	of.By, of.Show = report.ByUsageType, report.ShowUsage
	table, err := a.asker(q).Ask(ctx, of, q.now)
	isOfUsage := func(m report.Makeup) bool { return !m.Usage.IsZero() }
	return err == nil && !slices.ContainsFunc(table.Makeup, isOfUsage)
}

// nextQuestions are the questions for the same names in another way.
func nextQuestions(asked command.Asked, parts, teams bool, now period.Now) []following {
	switch show := asked.Question.Show; {
	case show.IsList():
		used := asked
		used.Question.Show, used.Question.By = report.ShowUsage, show.Rows()
		used.Question.Top = command.UsualTop(used.Question)
		return []following{{"Show Usage", "shown", used}}
	case show != report.ShowUsage && show != report.ShowChanges:
		return nextShown(asked, parts)
	}
	next := otherBreakdowns(asked, parts, teams)
	months := asked.Question.Months
	if before := moved(asked, period.Before(months, now), now.Month); !before.Question.First().Before(period.Oldest) {
		next = append(next, following{"Previous Period", "previous", before})
	}
	if after := moved(asked, period.After(months, now), now.Month); !after.Question.Months.First.After(now.Month) {
		next = append(next, following{"Next Period", "next", after})
	}
	return next
}

// otherBreakdowns are the same question by something else, where it has several rows. It has parts if it is about usage or what usage cost.
func otherBreakdowns(asked command.Asked, parts, teams bool) []following {
	var others []following
	for _, other := range []struct {
		label string
		by    report.Breakdown
	}{{"By Service", report.ByService}, {"By Team", report.ByTeam}, {"By Type", report.ByUsageType}, {"By Region", report.ByRegion}} {
		isOfParts := other.by != report.ByUsageType
		if isOfParts && !parts || other.by == asked.Question.By || other.by == report.ByTeam && !teams || isOfOne(asked.Question, other.by) {
			continue
		}
		next := asked
		next.Question.By = other.by
		next.Question.Top = command.UsualTop(next.Question)
		others = append(others, following{other.label, string(other.by), next})
	}
	return others
}

// moved is the same question of other months, up to this month. Of two periods the earlier one moves as far as the later one.
func moved(asked command.Asked, to billing.Range, now billing.Month) command.Asked {
	q := &asked.Question
	if q.IsComparison() {
		q.Against = period.Moved(q.Against, to.First.Since(q.Months.First))
	}
	q.Months = to
	if to.Last.After(now) {
		q.Months.Last = now
	}
	return asked
}

// nextShown are the questions behind a forecast or rates: the same by something else, and the usage or cost of it.
func nextShown(asked command.Asked, parts bool) []following {
	var others []following
	add := func(label, id string, change func(*report.Question)) {
		next := asked
		change(&next.Question)
		if next.Question != asked.Question {
			others = append(others, following{label, id, next})
		}
	}
	if asked.Question.Show == report.ShowRates {
		add("Cost", "shown", func(q *report.Question) { q.Show, q.Cost = report.ShowUsage, true })
		return others
	}
	others = otherBreakdowns(asked, parts, false)
	if asked.Question.Cost {
		add("Usage Forecast", "usage", func(q *report.Question) { q.Cost = false })
		add("Cost So Far", "shown", func(q *report.Question) { q.Show = report.ShowUsage })
	} else {
		add("Cost Forecast", "cost", func(q *report.Question) { q.Cost = true })
		add("Usage So Far", "shown", func(q *report.Question) { q.Show = report.ShowUsage })
	}
	return others
}

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
