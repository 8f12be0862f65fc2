package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/lookup"
	"budgetbot/billing/report"
)

// shownTopChanges is how many usage types of one measure a digest names.
const shownTopChanges = 3

// Composer makes the values of digests: the budget states, what changed, and what a month came to.
type Composer struct {
	Rules func() *rules.Rules
	// Records are what is remembered of budgets.
	Records status.Records
	// Asker answers the questions of a digest as it answers people.
	Asker lookup.Asker
	// Days is what a bill is forecast from; nil if nothing is recorded.
	Days status.DailyRecord
	// Fresh is what the close of a month is read from, and Past what was kept of it.
	Fresh check.Sources
	Past  Past
	// Uploads means that the bot may upload files, so that the final figures come as CSV too.
	Uploads bool
	// Explain returns a sentence for people about why something could not be read.
	Explain func(error) string
}

// Compose makes a digest from the same answers that people get. If Fastly cannot be read it returns the bulletin without that part beside
// the error; without the bot's own records it returns none.
func (c *Composer) Compose(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error) {
	if d.AtClose() {
		return c.composeClose(ctx, d, billing.MonthOf(due).Add(-1), now)
	}
	b := &alerts.Bulletin{Digest: d.Name, Month: billing.MonthOf(now), MadeAt: now}
	if d.Has(rules.SectionBudgets) {
		checked, err := c.newestCheck(ctx, now)
		if err == nil {
			c, b.Month = c.reading(checked), checked.month
			err = c.composeBudgets(ctx, b)
		}
		if err != nil {
			return nil, err
		}
	}
	bills, err := c.readBills(ctx, b)
	unread := c.missing(b, "What the month costs", err)
	c.composeCost(ctx, b, bills)
	c.agree(b)
	if d.Has(rules.SectionTopChanges) {
		unread = errors.Join(unread, c.composeTopChanges(ctx, b, bills))
	}
	return b, unread
}

// lateAfter is how late a check may be before a digest waits for it: a service that starts in the morning knows only the
// evening's figures.
const lateAfter = 15 * time.Minute

// isLate reports whether a digest should wait for a check: the last one failed, or one is due and has not ended.
func isLate(status alerts.CheckStatus, now time.Time) bool {
	if status.FailedAt.After(status.SucceededAt) {
		return true
	}
	return !status.NextAt.IsZero() && now.Sub(status.NextAt) > max(lateAfter, status.NextAt.Sub(status.SucceededAt))
}

// checkedUsage reads usage, and has one month as the newest check read it: what a digest says has changed is of the instant of its budgets.
type checkedUsage struct {
	billing.Reader
	month  billing.Month
	rows   []billing.Usage
	readAt time.Time
}

// newestCheck returns what the newest check read of the month. In a month's first days, while Fastly lists nothing of it yet, that is the month
// before. It has no rows where no check read any.
func (c *Composer) newestCheck(ctx context.Context, now time.Time) (checkedUsage, error) {
	running := billing.MonthOf(now)
	for _, month := range []billing.Month{running, running.Add(-1)} {
		rows, readAt, found, err := c.Past.LatestUsage(ctx, month)
		if err != nil {
			return checkedUsage{}, fmt.Errorf("read what was checked of %s: %w", month, err)
		}
		if found && !month.IsSettled(now) {
			return checkedUsage{c.Asker.Usage, month, rows, readAt}, nil
		}
	}
	return checkedUsage{month: running}, nil
}

// reading returns a Composer that reads the month as it was checked.
func (c *Composer) reading(checked checkedUsage) *Composer {
	at := *c
	if len(checked.rows) > 0 {
		at.Asker.Usage = checked
	}
	return &at
}

// Read is Reader.Read.
func (u checkedUsage) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	if months.Last != u.month {
		return u.Reader.Read(ctx, months) //nolint:wrapcheck // it stands in for the reader
	}
	fresh := billing.Freshness{ReadAt: u.readAt}
	rows := u.rows
	if months.First.Before(u.month) {
		before, err := u.Reader.Read(ctx, billing.Range{First: months.First, Last: u.month.Add(-1)})
		if err != nil {
			return before, err //nolint:wrapcheck // it stands in for the reader
		}
		fresh.Source, rows = before.Fresh.Source, slices.Concat(before.Rows, before.Unread, rows)
	}
	return billing.NewReading(rows, fresh, months), nil
}

// snapshot returns how the budgets stand, or how they ended if the month is over.
func (c *Composer) snapshot(ctx context.Context, b *alerts.Bulletin) (*status.Snapshot, error) {
	if !b.Month.IsOver(b.MadeAt) {
		return status.Read(ctx, c.Records, c.Rules(), b.MadeAt)
	}
	checks, err := c.Records.CheckStatus(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the status of the checks: %w", err)
	}
	snapshot, err := status.ReadEnded(ctx, c.Records, c.Rules(), b.Month, b.MadeAt, c.Fresh.Evaluate)
	if err != nil {
		return nil, err
	}
	snapshot.Checks = checks
	return snapshot, nil
}

func (c *Composer) composeBudgets(ctx context.Context, b *alerts.Bulletin) error {
	snapshot, err := c.snapshot(ctx, b)
	if err != nil {
		return err
	}
	incidents, err := c.Past.Incidents(ctx, b.Month)
	if err != nil {
		return fmt.Errorf("read the incidents: %w", err)
	}
	b.Checked, b.CheckFailure = snapshot.Checks.SucceededAt, snapshot.Checks.Trouble()
	// A check that could not read the bill has not failed, but the next one may have figures for money budgets.
	b.IsLate = isLate(snapshot.Checks, b.MadeAt) || alerts.UnreadBill(incidents) != "" || snapshot.Unread != nil
	b.Budgets, err = snapshot.Budgets(ctx, c.Rules().Rules)
	return err
}

// composeTopChanges compares the month per day with the same days of the one before, or whole months if it is over.
func (c *Composer) composeTopChanges(ctx context.Context, b *alerts.Bulletin, bills status.Bills) error {
	table, err := c.ask(ctx, b, report.Question{By: report.ByUsageType}, "What changed")
	if err != nil {
		return err
	}
	topChanges := table.TopChanges(shownTopChanges)
	reading, err := c.Asker.Usage.Read(ctx, billing.One(b.Month).ToRead()) // which the question has just read
	if err == nil {
		topChanges, b.Worth = price(*table, topChanges, reading.Rows, bills.Last)
	}
	b.TopChanges = &topChanges
	return nil
}

// ask answers a question about the bulletin's month, or notes for people that the answer is missing.
func (c *Composer) ask(ctx context.Context, b *alerts.Bulletin, q report.Question, what string) (*report.Table, error) {
	asker := c.Asker
	if rules := c.Rules(); len(rules.Teams) > 0 {
		asker.TeamOf = rules.TeamOf
	}
	q.Months = billing.One(b.Month)
	table, err := asker.Ask(ctx, q, b.MadeAt)
	if err != nil {
		return nil, c.missing(b, what, err)
	}
	return &table, nil
}

// missing notes for people what could not be read, and returns the error for the log.
func (c *Composer) missing(b *alerts.Bulletin, what string, err error) error {
	if err == nil {
		return nil
	}
	b.Missing = append(b.Missing, what+" is missing. "+c.Explain(err))
	return fmt.Errorf("%s: %w", strings.ToLower(what), err)
}

// Past is a consumer contract of Composer. It models what is kept of a month; the store keeps it.
type Past interface {
	// LastEstimate returns the newest estimate of the month's bill; nil if none was kept.
	LastEstimate(ctx context.Context, month billing.Month) (*billing.Bill, error)
	// LatestUsage returns the month's rows as the newest check read them, and when. It reports false if no check read any.
	LatestUsage(ctx context.Context, month billing.Month) (rows []billing.Usage, readAt time.Time, found bool, err error)
	// ForecastsOn returns the last forecast of each budget of the month up to the end of a day.
	ForecastsOn(ctx context.Context, month billing.Month, day time.Time) ([]alerts.ForecastDay, error)
	// Incidents returns those of the month and after it, and those of no month.
	Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error)
}

const (
	// recalledDay is the day of the month whose forecast a close compares with the end: late enough to have a forecast, and early
	// enough for it to have been useful. It had the data of the day before.
	recalledDay = 10
	// mostFileLines bounds the file of final figures, which waits in the queue as a whole.
	mostFileLines = 5_000
)

// composeClose makes the bulletin of a month that is over. Without the final figures, which it is about, there is none.
func (c *Composer) composeClose(ctx context.Context, d rules.Digest, month billing.Month, now time.Time) (*alerts.Bulletin, error) {
	b := &alerts.Bulletin{Digest: d.Name, Month: month, MadeAt: now, Close: &alerts.Close{
		Final: d.Has(rules.SectionFinal), ForecastRecord: d.Has(rules.SectionForecast), CanExport: c.Uploads, ByTeam: len(c.Rules().Teams) > 0,
	}}
	var unread []error
	if b.Close.Final || b.Close.ForecastRecord {
		lines, err := c.composeFinal(ctx, b)
		if lines == nil && err != nil {
			return nil, err
		}
		if c.Uploads && b.Close.Final && len(lines) > 0 {
			b.File = finalFile(month, lines)
		}
		unread = append(unread, err)
	}
	if b.Close.Final {
		var err error
		b.Close.Statement, err = c.Statement(ctx, month, now)
		unread = append(unread, c.missing(b, "What Fastly billed", err))
	}
	if d.Has(rules.SectionTopChanges) {
		bills, _ := c.readBills(ctx, b) // the statement says why there are none
		unread = append(unread, c.composeTopChanges(ctx, b, bills))
	}
	if d.Has(rules.SectionTeams) && b.Close.ByTeam {
		unread = append(unread, c.composeTeams(ctx, b))
	}
	return b, errors.Join(unread...)
}

// composeFinal compares the month with the rules of today, and with the forecast. The lines are of every budget.
func (c *Composer) composeFinal(ctx context.Context, b *alerts.Bulletin) ([]alerts.BudgetLine, error) {
	rules := c.Rules()
	reading, err := check.Read(ctx, c.Fresh, rules.Rules, b.Month, b.MadeAt)
	if err != nil {
		return nil, err
	}
	lines, unknown := finalLines(evaluate.Evaluate(rules.Rules, reading))
	b.Close.Unknown = unknown
	if reading.BillPending {
		b.Close.Pending = len(moneyRules(rules))
	}
	b.Close.PostedOn = b.Month.Start().AddDate(0, 0, recalledDay-1)
	forecasts, err := c.Past.ForecastsOn(ctx, b.Month, b.Close.PostedOn.AddDate(0, 0, -1))
	if err != nil {
		return nil, fmt.Errorf("read what was forecast: %w", err)
	}
	b.Close.Settle(lines, forecasts)
	return lines, reading.Incomplete
}

// finalLines returns how the budgets of the findings ended, worst first, and how many ended without a known figure.
func finalLines(findings []evaluate.Finding) (lines []alerts.BudgetLine, unknown int) {
	for i := range findings {
		f := &findings[i]
		if f.Unknown != "" {
			unknown++
			continue
		}
		lines = append(lines, alerts.BudgetLine{
			BudgetID: f.BudgetID, Title: f.Rule.Title, Threshold: f.Threshold, Used: f.Used, Limit: f.Limit, Measure: f.Rule.Measure(),
			Estimate: f.Estimate, CountedTo: f.CountedTo, ReadAt: f.ReadAt,
		})
	}
	alerts.WorstFirst(lines)
	return lines, unknown
}

// composeTeams asks what the teams used and, if the month is invoiced or estimated, what that cost.
func (c *Composer) composeTeams(ctx context.Context, b *alerts.Bulletin) error {
	var err error
	b.Close.Teams, err = c.ask(ctx, b, report.Question{By: report.ByTeam}, "What the teams used")
	if err != nil || b.Close.Statement == nil {
		return err
	}
	b.Close.Costs, err = c.ask(ctx, b, report.Question{By: report.ByTeam, Cost: true}, "What the teams cost")
	return err
}

func moneyRules(set *rules.Rules) []rules.Rule {
	return slices.DeleteFunc(slices.Clone(set.Rules), func(r rules.Rule) bool { return !r.IsMoney() })
}

// finalFile lists how every budget ended, in exact figures; nil if there are more than mostFileLines.
func finalFile(month billing.Month, lines []alerts.BudgetLine) *alerts.File {
	if len(lines) > mostFileLines {
		return nil
	}
	var text strings.Builder
	rows := [][]string{{"month", "rule", "scope", "title", "used", "limit", "percent", "unit", "estimate"}}
	for _, l := range lines {
		percent := ""
		if l.Limit.IsPositive() {
			percent = l.Used.Shift(2).DivRound(l.Limit, 2).String()
		}
		rows = append(rows, []string{
			month.String(), l.Rule, csvfile.PlainCell(l.Instance), csvfile.PlainCell(l.Title), l.Used.String(), l.Limit.String(), percent,
			csvfile.PlainCell(status.SingleUnit(l.Measure)), fmt.Sprint(l.Estimate),
		})
	}
	if err := csvfile.Write(&text, csvfile.ForSpreadsheets, rows); err != nil {
		return nil // a strings.Builder takes everything
	}
	return &alerts.File{Name: fmt.Sprintf("budgets-%s.csv", month), Content: text.String()}
}
