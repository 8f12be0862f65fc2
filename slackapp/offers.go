package slackapp

import (
	"cmp"
	"context"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/command"
)

// mostOffers is how many questions are offered in place of one without figures.
const mostOffers = 2

// offers returns the questions nearest to one without figures whose answers have some.
func (a *usageAnswers) offers(ctx context.Context, q inquiry) []string {
	var texts []string
	seen := map[string]bool{q.Text(): true}
	for _, other := range instead(q.Question, billing.MonthOf(q.now)) {
		next := q
		next.Asked = command.Asked{Question: other}
		text := next.Text()
		if seen[text] || len(texts) == mostOffers {
			continue
		}
		seen[text] = true
		if drawing, err := a.drawn(ctx, next); err == nil && drawing.hasFigures {
			texts = append(texts, text)
		}
	}
	return texts
}

// instead returns the questions that a person may want in place of one without figures, the nearest first.
func instead(q report.Question, now billing.Month) []report.Question {
	var others []report.Question
	add := func(change func(*report.Question)) {
		other := q
		change(&other)
		other.By = cmp.Or(other.By, report.ByUsageType)
		if other.Top == 0 || other.By != q.By || other.Show != q.Show {
			other.Top = command.UsualTop(other)
		}
		others = append(others, other)
	}
	if q.IsOfDays() { // figures of its months come before anything else
		q.Days, q.AgainstDays, q.Against = billing.Days{}, billing.Days{}, billing.Range{}
		if q.By.IsOfTime() {
			q.By = ""
		}
		add(func(*report.Question) {})
	}
	isShown := q.Show == report.ShowForecast || q.Show == report.ShowRates || q.Show == report.ShowChanges
	asUsed := func(q *report.Question) { q.Show = report.ShowUsage }
	if q.Show == report.ShowForecast { // its figures so far come before those of another month
		add(asUsed)
	}
	if q.IsComparison() {
		add(func(q *report.Question) { q.Against = billing.Range{} })
		add(func(q *report.Question) { q.Months, q.Against = q.Against, billing.Range{} })
	}
	if q.By == report.ByTeam || q.Team != "" {
		add(func(q *report.Question) { q.By, q.Team = report.ByService, "" })
	}
	before := func(q *report.Question) {
		q.Months, q.Against = billing.One(q.Months.Last.Add(-1)), billing.Range{}
		q.Monthly = false
	}
	if q.Months.Len() > 1 {
		add(func(q *report.Question) {
			q.Months, q.Against, q.Monthly = billing.One(q.Months.Last), billing.Range{}, false
		})
	}
	if q.Show != report.ShowForecast {
		add(before)
	}
	if isShown {
		add(asUsed)
	}
	add(func(q *report.Question) { before(q); asUsed(q) })
	add(func(q *report.Question) { q.By = report.ByUsageType })
	add(func(q *report.Question) { q.Cost, q.Charges = false, "" })
	for _, cost := range []bool{q.Cost, false} {
		for _, months := range []billing.Range{q.Months, billing.One(q.Months.Last.Add(-1)), billing.One(now), billing.One(now.Add(-1))} {
			add(func(q *report.Question) { *q = report.Question{Months: months, Cost: cost, By: report.ByProduct} })
		}
	}
	return others
}
