package check

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

const (
	// growTimeout bounds reading which services grew: what a message shows beside its news is not worth a late check.
	growTimeout = 8 * time.Second
	// leftToRecord is how much of a check's time is kept for writing down what it found.
	leftToRecord = 10 * time.Second
	// mostGrown is how many usage types a check reads the services of for that.
	mostGrown = 4
)

// isOfAccount reports whether the finding is about the whole account's usage, which is recorded by day.
func isOfAccount(f *evaluate.Finding) bool {
	return f.Unknown == "" && f.Instance == "" && f.Rule.Budget.Kind != billing.Money && !f.Rule.IsOfServices()
}

// grower reads what services used of some metrics in a month and in the one before.
type grower struct {
	reading  evaluate.Reading
	index    *evaluate.Index
	factors  billing.Factors
	services map[billing.Metric]*grownMetric
}

// grownMetric is what each service, by its id, used of one metric, as billed.
type grownMetric struct {
	row         billing.Usage // one of the account's, for its unit
	now, before *report.Sums[string]
	failed      atomic.Bool
}

// want adds the metrics of the finding's usage to what read reads. It leaves them out if that would be more than mostGrown, or if Fastly
// counts services over more regions than the finding.
func (g *grower) want(f *evaluate.Finding, rows []billing.Usage) {
	metrics := evaluate.MetricsOf(rows)
	if _, split := g.index.SplitByRegion(f.Rule.Match, rows); split || len(g.services)+len(metrics) > mostGrown {
		return
	}
	for _, row := range metrics {
		if g.services[row.Metric()] == nil {
			g.services[row.Metric()] = &grownMetric{
				row: row, now: report.NewSums[string](evaluate.MostServices), before: report.NewSums[string](evaluate.MostServices),
			}
		}
	}
}

// read reads both months of every metric at once.
func (g *grower) read(ctx context.Context, source billing.Source) error {
	ctx, cancel := context.WithDeadline(ctx, deadline(ctx, growTimeout, leftToRecord))
	defer cancel()
	var queries []billing.ServiceQuery
	for metric := range g.services {
		for _, month := range []billing.Month{g.reading.Month, g.reading.Month.Add(-1)} {
			queries = append(queries, billing.ServiceQuery{Month: month, Product: metric.Product, UsageType: metric.UsageType})
		}
	}
	return eachQuery(queries, func(query billing.ServiceQuery) error {
		m := g.services[billing.Metric{Product: query.Product, UsageType: query.UsageType}]
		into := m.now
		if query.Month != g.reading.Month {
			into = m.before
		}
		err := source.ServiceUsage(ctx, query, func(page []billing.ServiceUsage) error { return addServices(into, page) })
		if err == nil && into.Len() == 0 {
			err = alerts.ErrNoUsage
		}
		if err != nil {
			m.failed.Store(true)
		}
		return err
	})
}

// addServices adds a page of services.
func addServices(sums *report.Sums[string], page []billing.ServiceUsage) error {
	for _, usage := range page {
		if usage.Unread != "" {
			return &billing.BodyError{Reason: usage.Unread}
		}
		if !sums.Add(cmp.Or(usage.ServiceID, usage.ServiceName), usage) {
			return evaluate.ErrManyServices
		}
	}
	return nil
}

// servicesAbove is by how many percent the services' sum may exceed the account's figure for the two to be comparable: they are not
// read at the same instant.
const servicesAbove = 5

// byService returns the drivers by service if all services are known and fit the account's figure. The growth itself stays the
// account's; what services do not explain of it is a figure of its own. Only a service's total of the month before is known, so that
// it is scaled by the share that the account had used by then.
func (g *grower) byService(f *evaluate.Finding, drivers alerts.Drivers) alerts.Drivers {
	share, known := g.shareOf(f, drivers)
	if !known {
		return drivers
	}
	now, before, names := evaluate.Amounts{}, evaluate.Amounts{}, map[string]string{}
	for _, row := range evaluate.MetricsOf(g.index.Covered(f.Rule.Match)) {
		m := g.services[row.Metric()]
		if m == nil || m.failed.Load() {
			return drivers
		}
		one := row
		one.Quantity, one.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		units, err := g.factors.Count(one, f.Rule.Budget.Kind)
		if err != nil {
			return drivers
		}
		for id, quantity := range m.before.All() {
			before.Add(id, quantity.Mul(units).Mul(share))
			names[id] = billing.Called(m.before.Name(id), id)
		}
		for id, quantity := range m.now.All() {
			now.Add(id, quantity.Mul(units))
			names[id] = billing.Called(m.now.Name(id), id) // what a service is called now
		}
	}
	if now.Sum().GreaterThan(f.Used.Mul(decimal.New(100+servicesAbove, -2))) {
		return drivers
	}
	grown := evaluate.DriversOf(now, before)
	if len(grown.Parts) == 0 || !drivers.Change.IsPositive() {
		return drivers
	}
	nameParts(grown.Parts, names)
	reported := drivers
	reported.By, reported.Parts, reported.Others, reported.OthersChange = alerts.DriverByService, grown.Parts, grown.Others, grown.OthersChange
	reported.Unexplained = reported.Change.Sub(grown.Change)
	if reported.Unexplained.Abs().LessThan(reported.Change.Mul(decimal.New(1, -2))) {
		reported.Unexplained = decimal.Decimal{}
	}
	return reported
}

// nameParts replaces ids by names, with the id beside a name that another service has too.
func nameParts(parts []alerts.Part, names map[string]string) {
	called := map[string]int{}
	for _, name := range names {
		called[name]++
	}
	for i, part := range parts {
		name := names[part.Name]
		if called[name] > 1 {
			name += " (" + part.Name + ")"
		}
		parts[i].Name = name
	}
}

// shareOf returns the share of the month before that the account had used in the days that the finding is compared with.
func (g *grower) shareOf(f *evaluate.Finding, drivers alerts.Drivers) (share decimal.Decimal, known bool) {
	var whole decimal.Decimal
	for _, row := range g.reading.Closed {
		if row.Month != g.reading.Month.Add(-1) || !f.Rule.Match.Covers(row) {
			continue
		}
		used, err := g.factors.Count(row, f.Rule.Budget.Kind)
		if err != nil {
			return whole, false
		}
		whole = whole.Add(used)
	}
	if !whole.IsPositive() {
		return evaluate.AverageDays(g.reading.Month.Add(-1), g.reading.Month, f.CountedTo), true
	}
	return drivers.Before.Div(whole), true
}
