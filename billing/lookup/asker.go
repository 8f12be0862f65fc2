package lookup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// PriorReader is a consumer contract. It models the record that the bot keeps of each month while the month runs.
type PriorReader interface {
	// Prior returns the month's usage as recorded when it counted to the instant at, or to the nearest instant on record. If there is no
	// record, Rows are empty, and WatchingSince is when the bot began to record.
	Prior(ctx context.Context, month billing.Month, at time.Time) (report.Prior, error)
}

// Asker answers Questions from what it reads.
type Asker struct {
	Usage billing.Reader
	// Prior is the record of earlier months; nil if the bot keeps none.
	Prior PriorReader
	// Bills reads costs; nil if costs cannot be read.
	Bills billing.BillReader
	// TeamOf names the team of a service, or returns nothing for a service without a team; it is nil if there are no teams.
	TeamOf func(name, id string) string
	// Teams are the teams with their services, for a list of teams.
	Teams []report.Item
	// Finish reads on what a question had no time for. If it is nil, a question is answered as a whole or not at all.
	Finish func([]billing.ServiceQuery)
}

// Ask reads what the question needs and tabulates it. For a single month it reads the month before as well, to compare the two. If the
// record cannot be read, the answer has no comparison.
func (a Asker) Ask(ctx context.Context, q report.Question, now time.Time) (report.Table, error) {
	q.By = cmp.Or(q.By, report.ByUsageType)
	if (q.By == report.ByTeam || q.Team != "") && a.TeamOf == nil {
		return report.Table{}, report.ErrNoTeams
	}
	if q.Cost {
		return a.askCost(ctx, q, now)
	}
	reading, err := a.readUsage(ctx, q)
	if err != nil {
		return report.Table{}, fmt.Errorf("read usage for %s: %w", q.Months, err)
	}
	data, err := a.ofOneInstant(ctx, q, reading, now, func(reading billing.Reading) (read, error) { return a.usageData(ctx, q, reading, now) })
	if err != nil {
		return report.Table{}, err
	}
	return tabulate(q, data, now)
}

// read is what was read for a question.
type read struct {
	report.Data

	// unread are the months whose services are still being read.
	unread []billing.Month
}

// ofOneInstant adds services to a reading. Services have no date: people read them beside the account's rows. So while Fastly still counts
// the months, the account's rows are read again afterwards; if they moved, services are read once more, beside the new rows.
func (a Asker) ofOneInstant(
	ctx context.Context, q report.Question, reading billing.Reading, now time.Time, add func(billing.Reading) (read, error),
) (read, error) {
	data, err := add(reading)
	if err != nil || !q.ReadsServices() || q.Months.Last.IsSettled(now) {
		return data, err
	}
	if newer, err := a.readUsage(ctx, q); err == nil && billing.Moved(reading.Rows, newer.Rows) {
		if again, err := add(newer); err == nil && len(again.unread) <= len(data.unread) {
			return again, nil
		}
	}
	return data, nil
}

// usageData adds to a reading of usage what the question compares it with, and the services that it asks for.
func (a Asker) usageData(ctx context.Context, q report.Question, reading billing.Reading, now time.Time) (data read, err error) {
	data.Data = report.Data{Rows: reading.Rows, Unread: reading.Unread, Fresh: reading.Fresh}
	data.Fresh.CountedTo = billing.CountedTo(reading.Rows, billing.Newest(reading.Rows, q.Months), q.Wants)
	data.Prior = a.prior(ctx, q, reading.Rows, now)
	if !q.ReadsServices() {
		return data, nil
	}
	data.Services = report.NewServiceTotals(billing.FactorsOf(reading.Rows), nil).About(q, reading.Rows, a.TeamOf).InSameDays(data.Prior, reading.Rows)
	data.unread, err = a.readInTime(ctx, serviceQueries(q, billing.WithNames(reading.Rows, reading.Unread)), data.Services.Add)
	return data, err
}

// prior reads the record of the month before, if the last month is not counted to its end.
func (a Asker) prior(ctx context.Context, q report.Question, rows []billing.Usage, now time.Time) report.Prior {
	counted := billing.CountedTo(rows, q.Months.Last, q.Wants)
	if a.Prior == nil || counted.IsZero() || report.IsFullyCounted(q.Months.Last, counted, now) {
		return report.Prior{}
	}
	against := q.Months.Last.Add(-1)
	if q.IsComparison() {
		against = q.Against.Last
	}
	at := against.Start().Add(counted.Sub(q.Months.Last.Start()))
	prior, err := a.Prior.Prior(ctx, against, at)
	if err != nil {
		return report.Prior{Unreadable: true}
	}
	return prior
}

// refusals are the errors of questions that will not be answered later either.
var refusals = []error{billing.ErrNoEstimate, billing.ErrNoServices, billing.ErrTooWide, report.ErrNoTeams}

// HasRows reports whether the answer to the question would have rows. It does not read all services, and returns true if it cannot know.
func (a Asker) HasRows(ctx context.Context, q report.Question, now time.Time) bool {
	a.Finish = nil
	if q.ReadsServices() && !q.OfSomeServices() {
		q.By = report.ByUsageType
	}
	if a.isUsed(ctx, q) {
		return true
	}
	table, err := a.Ask(ctx, q, now)
	if slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) }) {
		return false
	}
	return err != nil || len(table.Groups) > 0
}

// isUsed reports whether a plain question about the account has a row, without working the answer out: it is asked for each button.
func (a Asker) isUsed(ctx context.Context, q report.Question) bool {
	if q.Cost || q.Show != report.ShowUsage || q.IsComparison() || q.ReadsServices() || q.By == report.ByTeam {
		return false
	}
	reading, err := a.readUsage(ctx, q)
	return err == nil && slices.ContainsFunc(reading.Rows, func(u billing.Usage) bool { return q.AsksFor(u.Month) && q.Wants(u) })
}

// askCost answers a question about cost. It reads usage as well, which shows the product of a charge and each service's part of it.
func (a Asker) askCost(ctx context.Context, q report.Question, now time.Time) (report.Table, error) {
	if a.Bills == nil {
		return report.Table{}, billing.ErrNoEstimate
	}
	reading, err := a.readBills(ctx, q, now)
	if err != nil {
		return report.Table{}, fmt.Errorf("read the bills of %s: %w", q.Months, err)
	}
	usage, err := a.readUsage(ctx, q)
	if err != nil && (q.ReadsServices() || q.Product != "") {
		return report.Table{}, fmt.Errorf("read usage for %s: %w", q.Months, err)
	}
	data, err := a.ofOneInstant(ctx, q, usage, now, func(usage billing.Reading) (read, error) { return a.costData(ctx, q, reading, usage) })
	if err != nil {
		return report.Table{}, err
	}
	return tabulate(q, data, now)
}

// costData adds to bills the products that usage names, and the services that the question asks for.
func (a Asker) costData(ctx context.Context, q report.Question, bills billing.BillReading, usage billing.Reading) (data read, err error) {
	data.Data = report.Data{Rows: usage.Rows, Fresh: bills.Fresh}
	names := billing.WithNames(usage.Rows, usage.Unread)
	for _, bill := range bills.Bills {
		data.Bills = append(data.Bills, bill.WithProducts(names))
	}
	if !q.ReadsServices() {
		return data, nil
	}
	data.Services = report.NewServiceCosts(data.Bills, data.Rows, nil).About(q, usage.Rows, a.TeamOf)
	data.unread, err = a.readInTime(ctx, pricedQueries(q, data.Data, names), data.Services.Add)
	return data, err
}

// pricedQueries lists the queries of a question about cost: service-level usage of the usage types that have a price.
func pricedQueries(q report.Question, data report.Data, names []billing.Usage) []billing.ServiceQuery {
	rates := map[billing.Month]map[billing.Metric]decimal.Decimal{}
	for _, bill := range data.Bills {
		rates[bill.Month] = bill.Rates()
	}
	return slices.DeleteFunc(serviceQueries(q, names), func(query billing.ServiceQuery) bool {
		_, priced := rates[query.Month][query.Metric()]
		return !priced
	})
}

// readUsage reads the usage of the months asked for, and for a single month that of the month before. If the question compares two periods, it skips
// the months between them.
func (a Asker) readUsage(ctx context.Context, q report.Question) (billing.Reading, error) {
	reading, err := a.Usage.Read(ctx, q.Months.ToRead())
	if err != nil || !q.IsComparison() {
		return reading, err //nolint:wrapcheck // the caller does
	}
	earlier, err := a.Usage.Read(ctx, q.Against.ToRead())
	if err != nil {
		return billing.Reading{}, err //nolint:wrapcheck // the caller does
	}
	reading.Rows = slices.Concat(within(q.Against, earlier.Rows), within(q.Months, reading.Rows))
	reading.Unread = slices.Concat(within(q.Against, earlier.Unread), within(q.Months, reading.Unread))
	return reading, nil
}

// within returns the rows of the months.
func within(months billing.Range, rows []billing.Usage) []billing.Usage {
	return slices.DeleteFunc(slices.Clone(rows), func(u billing.Usage) bool { return !months.Contains(u.Month) })
}

// readBills is readUsage for bills.
func (a Asker) readBills(ctx context.Context, q report.Question, now time.Time) (billing.BillReading, error) {
	reading, err := a.Bills.ReadBills(ctx, q.Months.ToRead(), now)
	if err != nil || !q.IsComparison() {
		return reading, err //nolint:wrapcheck // the caller does
	}
	earlier, err := a.Bills.ReadBills(ctx, q.Against, now)
	if err != nil {
		return billing.BillReading{}, err //nolint:wrapcheck // the caller does
	}
	outside := func(months billing.Range) func(billing.Bill) bool {
		return func(bill billing.Bill) bool { return !months.Contains(bill.Month) }
	}
	reading.Bills = slices.Concat(
		slices.DeleteFunc(slices.Clone(earlier.Bills), outside(q.Against)), slices.DeleteFunc(slices.Clone(reading.Bills), outside(q.Months)),
	)
	return reading, nil
}
