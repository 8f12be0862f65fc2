package slackapp

import (
	"context"
	"io"
	"strings"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/monthend"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/byday"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/forecast"
	"budgetbot/billing/lookup"
	"budgetbot/billing/rates"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view/usage"
)

// mostWide is how many questions by service or team, of all people, are added up at a time.
const mostWide = 8

// inquiry is a question under way, and the moment that it is answered at.
type inquiry struct {
	command.Asked
	reader billing.Reader
	now    time.Time
}

// drawing is a question that has been worked out, for a message or a file.
type drawing struct {
	// hasFigures is set where there is something to break down or to share.
	hasFigures bool
	message    func(usageview.Context) blocks.Message
	csv        func(io.Writer, csvfile.Form) error
}

// drawn works out what the question asks to be shown.
func (a *usageAnswers) drawn(ctx context.Context, q inquiry) (drawing, error) {
	if q.Question.IsOfDays() {
		return a.days(ctx, q)
	}
	if q.Question.Show == report.ShowForecast && !q.Question.Months.Last.IsOver(q.now) {
		return a.forecast(ctx, q)
	}
	if q.Question.Show == report.ShowRates {
		return a.rates(ctx, q)
	}
	if q.Question.Show.IsList() {
		return a.list(ctx, q)
	}
	table, err := a.ask(ctx, q)
	if err != nil {
		return drawing{}, err
	}
	likely, lead := a.likely(ctx, q.Question, q.now), ""
	if q.Question.Show == report.ShowForecast {
		lead = usageview.NoLongerForecast(q.Question.Months.Last)
	}
	return drawing{
		hasFigures: len(table.Groups) > 0,
		message: func(c usageview.Context) blocks.Message {
			c.Likely, c.Lead = likely, lead
			return usageview.Usage(table, c)
		},
		csv: table.WriteCSV,
	}, nil
}

// days works out what was used on some days.
func (a *usageAnswers) days(ctx context.Context, q inquiry) (drawing, error) {
	table, err := byday.Asker{Days: a.Traffic, Usage: q.reader, Record: a.Days, TeamOf: a.teamOf()}.Ask(ctx, q.Question)
	if err != nil {
		return drawing{}, err
	}
	return drawing{table.HasFigures(), func(c usageview.Context) blocks.Message { return usageview.Days(table, c) }, table.WriteCSV}, nil
}

// list reads what there is.
func (a *usageAnswers) list(ctx context.Context, q inquiry) (drawing, error) {
	asker := a.asker(q)
	for _, team := range a.Rules().Teams {
		asker.Teams = append(asker.Teams, report.Item{Name: team.Name, With: strings.Join(team.Services, ", ")})
	}
	found, err := asker.List(ctx, q.Question)
	if err != nil {
		return drawing{}, err
	}
	return drawing{len(found.Items) > 0, func(c usageview.Context) blocks.Message { return usageview.List(found, c) }, found.WriteCSV}, nil
}

// rates works out what units cost.
func (a *usageAnswers) rates(ctx context.Context, q inquiry) (drawing, error) {
	found, err := rates.Asker{Usage: q.reader, Bills: a.Bills}.Ask(ctx, q.Question, q.now)
	if err != nil {
		return drawing{}, err
	}
	return drawing{len(found.Rates) > 0, func(c usageview.Context) blocks.Message { return usageview.Rates(found, c) }, found.WriteCSV}, nil
}

// forecast works out how the month is likely to end. A record that cannot be read makes that rougher.
func (a *usageAnswers) forecast(ctx context.Context, q inquiry) (drawing, error) {
	leave, err := a.enter(ctx, q.Question)
	if err != nil {
		return drawing{}, err
	}
	defer leave()
	asker := monthend.Asker{Usage: q.reader, Bills: a.Bills, Record: a.Days, Rules: a.Rules().Rules, Planned: a.Rules().Planned, TeamOf: a.teamOf()}
	f, err := asker.Ask(ctx, q.Question, q.now)
	if f == nil {
		return drawing{}, err
	}
	if err != nil {
		a.Log.Warn("the forecast is rougher than it could be", zap.Error(err))
	}
	return drawing{usageview.HasForecast(*f, q.now), func(c usageview.Context) blocks.Message { return usageview.Forecast(*f, c) }, f.WriteCSV}, nil
}

// ask reads and tabulates.
func (a *usageAnswers) ask(ctx context.Context, q inquiry) (report.Table, error) {
	leave, err := a.enter(ctx, q.Question)
	if err != nil {
		return report.Table{}, err
	}
	defer leave()
	return a.asker(q).Ask(ctx, q.Question, q.now)
}

func (a *usageAnswers) asker(q inquiry) lookup.Asker {
	return lookup.Asker{Usage: q.reader, Prior: a.Record, Bills: a.Bills, TeamOf: a.teamOf(), Finish: a.FinishServices}
}

// enter waits until the question may be added up: few wide ones are at a time. The function that it returns ends that.
func (a *usageAnswers) enter(ctx context.Context, q report.Question) (leave func(), err error) {
	if !q.ReadsServices() {
		return func() {}, nil
	}
	return a.enterWide(ctx)
}

// enterWide is enter for what reads services.
func (a *usageAnswers) enterWide(ctx context.Context) (leave func(), err error) {
	select {
	case a.wide <- struct{}{}:
		return func() { <-a.wide }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// teamOf is lookup.Asker's.
func (a *usageAnswers) teamOf() func(name, id string) string {
	if set := a.Rules(); len(set.Teams) > 0 {
		return set.TeamOf
	}
	return nil
}

// likely returns how the bill of the running month is likely to end, where the question is about the whole of it; else, and where
// that cannot be known, nil. The bills have just been read, so that this finds them in the cache.
func (a *usageAnswers) likely(ctx context.Context, q report.Question, now time.Time) *forecast.CostForecast {
	month := q.Months.Last
	if !q.Cost || !q.IsWhole() || month != billing.MonthOf(now) || q.Months.Len() > 1 || a.Bills == nil {
		return nil
	}
	likely, err := status.LikelyBill(ctx, a.Bills, a.Days, month, now, a.Rules().Planned)
	if err != nil {
		a.Log.Warn("the bill is not forecast as well as it could be", zap.Error(err))
	}
	return likely
}
