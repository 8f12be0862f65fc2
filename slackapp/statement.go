package slackapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/digest"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/command"
)

// Past is a consumer contract of App. It models what is kept of a month for its close; the store keeps it.
type Past interface {
	// LastEstimate returns the newest estimate of the month's bill; nil where none was kept.
	LastEstimate(ctx context.Context, month billing.Month) (*billing.Bill, error)
	// ForecastsOn returns what was foreseen last of every budget of the month by the end of a day.
	ForecastsOn(ctx context.Context, month billing.Month, day time.Time) ([]alerts.ForecastDay, error)
}

const (
	// recalledDay is the day of the month of which a close says what was foreseen then: far enough on to be foreseen, and early
	// enough to have been of use. It had the data of the day before.
	recalledDay = 10
	// mostFileLines bounds the file of final figures, which waits in the queue as a whole.
	mostFileLines = 5_000
)

// composeClose makes what is said of a month that is over. The final figures are what it is about: without them there is no bulletin.
func (a *App) composeClose(ctx context.Context, d rules.Digest, month billing.Month, now time.Time) (*alerts.Bulletin, error) {
	b := &alerts.Bulletin{Digest: d.Name, Month: month, MadeAt: now, Close: &alerts.Close{
		Final: d.Has(rules.SectionFinal), ForecastThreshold: d.Has(rules.SectionForecast), CanExport: a.Uploads, ByTeam: len(a.Rules().Teams) > 0,
	}}
	var unread []error
	if b.Close.Final || b.Close.ForecastThreshold {
		lines, err := a.composeFinal(ctx, b)
		if lines == nil && err != nil {
			return nil, err
		}
		if a.Uploads && b.Close.Final && len(lines) > 0 {
			b.File = finalFile(month, lines)
		}
		unread = append(unread, err)
	}
	if b.Close.Final {
		var err error
		b.Close.Statement, err = a.Statement(ctx, month, now)
		unread = append(unread, a.missing(b, "What Fastly billed", err))
	}
	if d.Has(rules.SectionTopChanges) {
		unread = append(unread, a.composeTopChanges(ctx, b))
	}
	if d.Has(rules.SectionTeams) && b.Close.ByTeam {
		unread = append(unread, a.composeTeams(ctx, b))
	}
	return b, errors.Join(unread...)
}

// composeFinal compares the month with the rules of today, and with what was foreseen. The lines are of every budget.
func (a *App) composeFinal(ctx context.Context, b *alerts.Bulletin) ([]alerts.BudgetLine, error) {
	rules := a.Rules()
	reading, err := check.Read(ctx, a.Fresh, rules.Rules, b.Month, b.MadeAt)
	if err != nil {
		return nil, err
	}
	lines, unknown := digest.FinalLines(evaluate.Evaluate(rules.Rules, reading))
	b.Close.Unknown = unknown
	if reading.BillPending {
		b.Close.Pending = len(moneyRules(rules))
	}
	var forecast []alerts.ForecastDay
	if a.Past != nil {
		b.Close.PostedOn = b.Month.Start().AddDate(0, 0, recalledDay-1)
		if forecast, err = a.Past.ForecastsOn(ctx, b.Month, b.Close.PostedOn.AddDate(0, 0, -1)); err != nil {
			return nil, fmt.Errorf("read what was foreseen: %w", err)
		}
	}
	b.Close.Settle(lines, forecast)
	return lines, reading.Incomplete
}

// composeTeams asks what the teams used and, where the month is invoiced or estimated, what that cost.
func (a *App) composeTeams(ctx context.Context, b *alerts.Bulletin) error {
	q := report.Question{Months: billing.One(b.Month), By: report.ByTeam}
	table, err := a.ask(ctx, command.Asked{Question: q}, b.MadeAt)
	if err != nil {
		return a.missing(b, "What the teams used", err)
	}
	b.Close.Teams = &table
	if b.Close.Statement == nil {
		return nil
	}
	q.Cost = true
	costs, err := a.ask(ctx, command.Asked{Question: q}, b.MadeAt)
	if err != nil {
		return a.missing(b, "What the teams cost", err)
	}
	b.Close.Costs = &costs
	return nil
}

// missing notes for people what could not be read, and returns the error for the log.
func (a *App) missing(b *alerts.Bulletin, what string, err error) error {
	if err == nil {
		return nil
	}
	sentence, _ := explain(err)
	b.Untold = append(b.Untold, what+" is missing. "+sentence)
	return fmt.Errorf("%s: %w", strings.ToLower(what), err)
}

// Statement returns what Fastly billed for a month that is over, beside its last estimate and what usage counts, with the budgets of
// money; nil where the account has no bills.
func (a *App) Statement(ctx context.Context, month billing.Month, now time.Time) (*alerts.Statement, error) {
	if a.Bills == nil {
		return nil, nil
	}
	reading, err := a.Bills.ReadBills(ctx, billing.Range{First: month.Add(-billing.InvoiceLag), Last: month}, now)
	if errors.Is(err, billing.ErrNoEstimate) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the bill of %s: %w", month, err)
	}
	estimate, err := a.lastEstimate(ctx, month)
	if err != nil {
		return nil, err
	}
	var bill *billing.Bill
	for i := range reading.Bills {
		if reading.Bills[i].Month == month {
			bill = &reading.Bills[i]
		}
	}
	if bill != nil && bill.Unknown != "" {
		return nil, fmt.Errorf("read the bill of %s: %w", month, bill.Err())
	}
	if len(reading.Bills) == 0 && estimate == nil {
		return nil, nil
	}
	if estimate == nil && bill != nil && bill.IsEstimate() {
		estimate = bill
	}
	statement := digest.StatementOf(bill, month, estimate)
	if !statement.IsIn() {
		return statement, nil
	}
	return statement, a.explainBill(ctx, statement, *bill, now)
}

func (a *App) lastEstimate(ctx context.Context, month billing.Month) (*billing.Bill, error) {
	if a.Past == nil {
		return nil, nil
	}
	return a.Past.LastEstimate(ctx, month)
}

// explainBill adds what usage counts otherwise, where that is another source, and how the budgets of money ended.
func (a *App) explainBill(ctx context.Context, s *alerts.Statement, bill billing.Bill, now time.Time) error {
	usage, err := a.Usage.Read(ctx, billing.One(s.Month))
	if err != nil {
		return fmt.Errorf("read usage to compare with the bill of %s: %w", s.Month, err)
	}
	if usage.Fresh.Source != billing.FromInvoices {
		s.Compare(report.Difference(usage.Rows, bill))
	}
	ofMoney := moneyRules(a.Rules())
	if len(ofMoney) == 0 {
		return nil
	}
	reading, err := check.Read(ctx, a.Fresh, ofMoney, s.Month, now)
	if err != nil {
		return fmt.Errorf("compare the bill of %s with the budgets: %w", s.Month, err)
	}
	s.Budgets, _ = digest.FinalLines(evaluate.Evaluate(ofMoney, reading))
	return reading.Incomplete
}

func moneyRules(set *rules.Rules) []rules.Rule {
	return slices.DeleteFunc(slices.Clone(set.Rules), func(r rules.Rule) bool { return !r.IsMoney() })
}

// singleUnit names what a measure counts one by one.
func singleUnit(m billing.Measure) string {
	switch {
	case m.Bytes:
		return "bytes"
	case m.Currency != "":
		return m.Currency
	}
	return m.Noun
}

// finalFile is how every budget ended, in exact figures; nil where they are more than a file may hold here.
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
			month.String(), l.Rule, report.PlainCell(l.Instance), report.PlainCell(l.Title), l.Used.String(), l.Limit.String(), percent,
			report.PlainCell(singleUnit(l.Measure)), fmt.Sprint(l.Estimate),
		})
	}
	if err := report.WriteCSV(&text, report.ForSpreadsheets, rows); err != nil {
		return nil // a strings.Builder takes everything
	}
	return &alerts.File{Name: fmt.Sprintf("budgets-%s.csv", month), Content: text.String()}
}
