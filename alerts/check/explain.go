package check

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

// explain adds to some of the plan's findings what grew, and what their likely end costs. What grew is services if Fastly lists them in
// time, else usage types or regions.
func (r *reader) explain(ctx context.Context, plan *decide.Plan, reading evaluate.Reading, wanted func(i int) bool) {
	g := grower{
		reading: reading, index: evaluate.NewIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows),
		services: map[billing.ServiceQuery]*ledger.Sums[string]{},
	}
	var grown []*evaluate.Finding
	for i := range plan.Findings {
		f := &plan.Findings[i]
		if _, done := plan.Explained[f.BudgetID]; done || !wanted(i) || f.Rule.Budget.Kind == billing.Money || f.Unknown != "" {
			continue
		}
		rows, e := g.index.Covered(f.Rule.Match), alerts.Explanation{}
		switch drivers, known := reading.Archive.Drivers(f.Rule.Match, f.Rule.Budget.Kind, rows, f.CountedTo); {
		case f.Rule.IsOfServices(): // only the whole account's usage is recorded by day
			rows = reading.ServiceRows(f, rows)
		case known:
			e.Drivers = &drivers
			grown = append(grown, f)
			g.want(f, rows)
		default:
			e.NoHistory = true
		}
		if endOf(f).GreaterThan(f.Limit) && !reading.Month.IsOver(reading.ReadAt) {
			e.Above = r.rates.read(ctx, r.Bills, &reading, r.Log).above(f, rows, g.factors)
		}
		plan.Explained[f.BudgetID] = e
	}
	if err := g.read(ctx, r.usage); err != nil {
		r.Log.Debug("growth by service left out", zap.Error(err))
	}
	for _, f := range grown {
		drivers := plan.Explained[f.BudgetID].Drivers
		*drivers = g.byService(f, *drivers)
	}
}

const (
	// growTimeout bounds reading which services grew: what a message shows beside its news is not worth a late check.
	growTimeout = 8 * time.Second
	// leftToRecord is how much of a check's time is kept for writing down what it found.
	leftToRecord = 10 * time.Second
	// mostGrown is how many usage types a check reads the services of for that, each for two months, and mostServices how many services of one
	// are compared. For an account with more, the message breaks growth down by usage type.
	mostGrown    = 4
	mostServices = 10_000
)

// grower reads what services used of some metrics in a month and in the one before.
type grower struct {
	reading  evaluate.Reading
	index    *evaluate.Index
	factors  billing.Factors
	services map[billing.ServiceQuery]*ledger.Sums[string] // by the services' ids
}

// want adds the metrics of the finding's usage to what read reads. It leaves them out if that would be more than mostGrown, or if Fastly
// counts services over more regions than the finding.
func (g *grower) want(f *evaluate.Finding, rows []billing.Usage) {
	metrics := evaluate.MetricsOf(rows)
	if _, split := g.index.SplitByRegion(f.Rule.Match, rows); split || len(g.services)+2*len(metrics) > 2*mostGrown {
		return
	}
	for _, row := range metrics {
		for _, month := range []billing.Month{g.reading.Month, g.reading.Month.Add(-1)} {
			g.services[row.Metric().In(month)] = ledger.NewSums[string](mostServices)
		}
	}
}

// errMoved is why services do not explain the growth: they may count further than the figures of the check.
var errMoved = errors.New("Fastly counted on meanwhile")

// read reads both months of every metric at once. It keeps none of them if the account's rows moved after the check had read them.
func (g *grower) read(ctx context.Context, source billing.Source) error {
	if len(g.services) == 0 {
		return nil
	}
	ctx, cancel := context.WithDeadline(ctx, deadline(ctx, growTimeout, leftToRecord))
	defer cancel()
	err := eachQuery(slices.Collect(maps.Keys(g.services)), func(query billing.ServiceQuery) error {
		sums := g.services[query]
		err := source.ServiceUsage(ctx, query, func(page []billing.ServiceUsage) error { return addServices(sums, page) })
		if err != nil {
			sums.SetAside("", err.Error())
		}
		return err
	})
	if _, moved := movedSince(ctx, source, &g.reading); moved {
		g.services, err = nil, errMoved
	}
	return err
}

// addServices adds a page of services.
func addServices(sums *ledger.Sums[string], page []billing.ServiceUsage) error {
	for _, usage := range page {
		if usage.Unread != "" {
			return &billing.BodyError{Reason: usage.Unread}
		}
		if !sums.Add(cmp.Or(usage.ServiceID, usage.ServiceName), usage) {
			return errTooManyServices
		}
	}
	return nil
}

// isRead reports whether the sums are those of all services.
func isRead(sums *ledger.Sums[string]) bool {
	return sums != nil && len(sums.Unread()) == 0 && sums.Len() > 0
}

// servicesAbove is by how many percent the services' sum may exceed the account's figure for the two to be comparable: Fastly does not
// promise that the account is the sum of its services.
const servicesAbove = 5

// byService returns the drivers by service if all services are known and fit the account's figure. The growth itself stays the
// account's; what services do not explain of it is a figure of its own. Only a service's total of the month before is known, so that
// it is scaled by the share that the account had used by then.
func (g *grower) byService(f *evaluate.Finding, drivers alerts.Drivers) alerts.Drivers {
	monthBefore := g.reading.Month.Add(-1)
	share := g.shareBy(f, drivers, monthBefore)
	now, before, names := evaluate.Amounts{}, evaluate.Amounts{}, map[string]rules.Instance{}
	for _, row := range evaluate.MetricsOf(g.index.Covered(f.Rule.Match)) {
		sumsNow, sumsBefore := g.services[row.Metric().In(g.reading.Month)], g.services[row.Metric().In(monthBefore)]
		if !isRead(sumsNow) || !isRead(sumsBefore) {
			return drivers
		}
		one := row
		one.Quantity, one.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		units, err := g.factors.Count(one, f.Rule.Budget.Kind)
		if err != nil {
			return drivers
		}
		for id, quantity := range sumsBefore.All() {
			before.Add(id, quantity.Mul(units).Mul(share))
			names[id] = rules.Instance{Name: sumsBefore.Name(id), ServiceID: id}
		}
		for id, quantity := range sumsNow.All() {
			now.Add(id, quantity.Mul(units))
			names[id] = rules.Instance{Name: sumsNow.Name(id), ServiceID: id} // what a service is called now
		}
	}
	if now.Sum().GreaterThan(f.Used.Mul(decimal.New(100+servicesAbove, -2))) {
		return drivers
	}
	grown := evaluate.DriversOf(now, before)
	if len(grown.Parts) == 0 || !drivers.Change.IsPositive() {
		return drivers
	}
	called := evaluate.NamesApart(maps.Values(names))
	for i, part := range grown.Parts {
		grown.Parts[i].Name = called[names[part.Name]]
	}
	reported := drivers
	reported.Parts, reported.Others, reported.OthersChange = grown.Parts, grown.Others, grown.OthersChange
	reported.Unexplained = reported.Change.Sub(grown.Change)
	if reported.Unexplained.Abs().LessThan(reported.Change.Mul(decimal.New(1, -2))) {
		reported.Unexplained = decimal.Decimal{}
	}
	return reported
}

// shareBy returns the share of the month before that the account had used in the days that the finding is compared with.
func (g *grower) shareBy(f *evaluate.Finding, drivers alerts.Drivers, monthBefore billing.Month) decimal.Decimal {
	for _, whole := range g.reading.Archive.History(f.Rule.Match, f.Rule.Budget.Kind).Months {
		if whole.Month == monthBefore && whole.Used.IsPositive() {
			return drivers.Before.Div(whole.Used)
		}
	}
	return evaluate.AverageDays(monthBefore, g.reading.Month, f.CountedTo)
}

// ratesTimeout bounds reading them.
const ratesTimeout = 5 * time.Second

// rateBook remembers what usage costs, for a day.
type rateBook struct {
	day      time.Time
	month    billing.Month
	currency string
	rates    map[billing.Metric]decimal.Decimal // of one billed unit more, by usage type
}

// read returns the rates of the newest bill of the two months before; none if there is no bill.
func (b *rateBook) read(ctx context.Context, bills billing.BillSource, reading *evaluate.Reading, log *zap.Logger) *rateBook {
	month, now := reading.Month, reading.ReadAt
	if day := billing.DayOf(now); bills != nil && !b.day.Equal(day) {
		ctx, cancel := context.WithTimeout(ctx, ratesTimeout)
		defer cancel()
		invoiced, err := bills.Bills(ctx, billing.Range{First: month.Add(-2), Last: month.Add(-1)})
		*b = rateBook{day: day}
		if err != nil {
			log.Debug("cost above the budget left out", zap.Error(err))
		} else if bill := billing.NewestKnown(invoiced); bill != nil {
			b.month, b.currency, b.rates = bill.Month, bill.Currency, bill.WithProducts(slices.Concat(reading.Rows, reading.Closed)).MarginalRates()
		}
	}
	return b
}

// endOf is where the month of a budget is expected to end: without a forecast, where it is already.
func endOf(f *evaluate.Finding) decimal.Decimal {
	if f.Forecast.IsKnown() {
		return f.Forecast.End
	}
	return f.Used
}

// above returns the cost of the expected usage above the limit. It is nil if the month is not expected to end there, or if a
// usage type has no rate.
func (b *rateBook) above(f *evaluate.Finding, rows []billing.Usage, factors billing.Factors) *alerts.Above {
	excess := endOf(f).Sub(f.Limit)
	amount, known := b.cost(excess, rows, func(row billing.Usage) (decimal.Decimal, error) { return factors.Count(row, f.Rule.Budget.Kind) })
	if !known {
		return nil
	}
	return &alerts.Above{Amount: amount, Currency: b.currency, Rates: b.month, Excess: excess, Types: len(evaluate.MetricsOf(rows))}
}

// cost returns what more of the rows' usage costs, in the shares that they have. It reports false if it is not more, or if a usage type has no rate.
func (b *rateBook) cost(more decimal.Decimal, rows []billing.Usage, count func(billing.Usage) (decimal.Decimal, error)) (amount decimal.Decimal, known bool) {
	var cost, used decimal.Decimal
	for _, row := range rows {
		rate, known := b.rates[row.Metric()]
		counted, err := count(row)
		if !known || err != nil {
			return amount, false
		}
		cost, used = cost.Add(row.Quantity.Mul(rate)), used.Add(counted)
	}
	if !more.IsPositive() || !used.IsPositive() || !cost.IsPositive() {
		return amount, false
	}
	return more.Mul(cost).Div(used), true
}
