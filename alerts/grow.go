package alerts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/billing"
)

const (
	// growTimeout bounds reading which services grew: what a message says beside its news is not worth a late check.
	growTimeout = 8 * time.Second
	// leftToRecord is how much of a check's time is kept for writing down what it found.
	leftToRecord = 10 * time.Second
	// mostServices is how many services of a usage type are held side by side for it. Of an account that has more, usage types are
	// told.
	mostServices = 10_000
	// mostGrown is of how many usage types a check reads the services for that.
	mostGrown = 4
)

// speaks reports whether a message that shows all of the one budget is said or edited.
func (d *Decision) speaks() bool {
	return d.Speak == DeliverRoot || d.Speak == DeliverRise || d.Speak == DeliverRefresh || d.Reason == ReasonUnanswered && d.Speak == DeliverNote
}

// explain adds to the findings of a plan that are about to be spoken of what grew. Where Fastly tells it by service in time it is
// services, else usage types or regions.
func (c *Checker) explain(ctx context.Context, from billing.Source, rates *rateBook, findings []Finding, plan Plan, reading Reading) {
	g := grower{reading: reading, index: newIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), services: map[billing.Metric]*grownMetric{}}
	var spoken []*Finding
	for i := range plan.Decisions {
		if i >= len(findings) || !plan.Decisions[i].speaks() || !findings[i].isOfAccount() {
			continue
		}
		f := &findings[i]
		rows := g.index.covered(f.Rule.Match)
		grown, known := reading.Archive.Drivers(f.Rule.Match, f.Rule.Budget.Kind, rows, f.CountedTo)
		if f.Drivers = nil; known {
			f.Drivers = &grown
			spoken = append(spoken, f)
			g.want(f, rows)
		}
		f.NoHistory = !known
		if f.Outlook.End.GreaterThan(f.Limit) && !reading.Month.IsOver(reading.ReadAt) {
			f.Above = rates.read(ctx, c.Bills, &reading, c.Log).above(f, rows, g.factors)
		}
	}
	if err := g.read(ctx, from); err != nil {
		c.Log.Debug("what grew is not told by service", zap.Error(err))
	}
	for _, f := range spoken {
		g.tell(f)
	}
}

// isOfAccount reports whether the finding is of the whole account's usage, of which days are recorded.
func (f *Finding) isOfAccount() bool {
	return f.Unknown == "" && f.Scope == "" && f.Rule.Budget.Kind != billing.Money && !questionOf(f.Rule).selection().isNeeded()
}

// grower reads what services used of some metrics in a month and in the one before.
type grower struct {
	reading  Reading
	index    *index
	factors  billing.Factors
	services map[billing.Metric]*grownMetric
}

// grownMetric is what each service used of one metric, as billed.
type grownMetric struct {
	row         billing.Usage // one of the account's, for its unit
	now, before grownServices
	failed      bool
}

// grownServices are by their ids what services used, and what they are called: two may have one name.
type grownServices struct {
	used  amounts
	names map[string]string
}

func newGrownServices() grownServices { return grownServices{amounts{}, map[string]string{}} }

// want notes that the services of the finding's usage are to be read, unless that is more than a check reads for it, or Fastly
// counts them over more regions than the finding.
func (g *grower) want(f *Finding, rows []billing.Usage) {
	metrics := metricsOf(rows)
	if _, split := g.index.splitByRegion(f.Rule.Match, rows); split || len(g.services)+len(metrics) > mostGrown {
		return
	}
	for _, row := range metrics {
		if g.services[row.Metric()] == nil {
			g.services[row.Metric()] = &grownMetric{row: row, now: newGrownServices(), before: newGrownServices()}
		}
	}
}

// read reads both months of every metric at once. The error is that of one which failed.
func (g *grower) read(ctx context.Context, source billing.Source) error {
	until := time.Now().Add(growTimeout)
	if check, ok := ctx.Deadline(); ok {
		until = billing.Earlier(until, check.Add(-leftToRecord))
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	var reads sync.WaitGroup
	var mu sync.Mutex
	var failure error
	for metric, m := range g.services {
		for month, into := range map[billing.Month]grownServices{g.reading.Month: m.now, g.reading.Month.Add(-1): m.before} {
			query := billing.ServiceQuery{Month: month, Product: metric.Product, UsageType: metric.UsageType}
			reads.Go(func() {
				err := source.ServiceUsage(ctx, query, into.take)
				if err == nil && len(into.used) == 0 {
					err = ErrNoUsage
				}
				if err != nil {
					mu.Lock()
					defer mu.Unlock()
					m.failed = true
					failure = fmt.Errorf("read services of %s for %s: %w", metric.UsageType, month, err)
				}
			})
		}
	}
	reads.Wait()
	return failure
}

var errManyServices = errors.New("more services than are held side by side")

// take adds a page of services.
func (s grownServices) take(page []billing.ServiceUsage) error {
	for _, usage := range page {
		if usage.Unread != "" {
			return &billing.BodyError{Reason: usage.Unread}
		}
		id := cmp.Or(usage.ServiceID, usage.ServiceName)
		s.used.add(id, usage.Quantity)
		s.names[id] = billing.Called(usage.ServiceName, usage.ServiceID)
	}
	if len(s.used) > mostServices {
		return errManyServices
	}
	return nil
}

// servicesAbove is by how many percent what services used may exceed the account's figure, for them to be held against it: the two are not read
// at one instant.
const servicesAbove = 5

// tell puts services into the finding's growth, where all of them are known and fit the account's figure. The growth itself stays the account's;
// what services do not explain of it is told apart. What they used of the month before is known as a whole only, so that of each the share
// counts that the account had used of it by then.
func (g *grower) tell(f *Finding) {
	share, known := g.shareOf(f)
	if !known {
		return
	}
	now, before, names := amounts{}, amounts{}, map[string]string{}
	for _, row := range metricsOf(g.index.covered(f.Rule.Match)) {
		m := g.services[row.Metric()]
		if m == nil || m.failed {
			return
		}
		one := row
		one.Quantity, one.Raw = decimal.New(1, 0), decimal.NullDecimal{}
		units, err := g.factors.Count(one, f.Rule.Budget.Kind)
		if err != nil {
			return
		}
		for id, quantity := range m.now.used {
			now.add(id, quantity.Mul(units))
		}
		for id, quantity := range m.before.used {
			before.add(id, quantity.Mul(units).Mul(share))
		}
		maps.Copy(names, m.before.names)
		maps.Copy(names, m.now.names) // what a service is called now
	}
	if now.sum().GreaterThan(f.Used.Mul(decimal.New(100+servicesAbove, -2))) {
		return
	}
	grown := driversOf(now, before)
	if len(grown.Parts) == 0 || !f.Drivers.Change.IsPositive() {
		return
	}
	nameParts(grown.Parts, names)
	told := *f.Drivers
	told.By, told.Parts, told.Others, told.OthersChange = DriverByService, grown.Parts, grown.Others, grown.OthersChange
	told.Unexplained = told.Change.Sub(grown.Change)
	if told.Unexplained.Abs().LessThan(told.Change.Mul(decimal.New(1, -2))) {
		told.Unexplained = decimal.Decimal{}
	}
	f.Drivers = &told
}

// nameParts gives parts that are known by their ids their names, with the id beside a name that another service has too.
func nameParts(parts []Part, names map[string]string) {
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

// shareOf returns which share of the month before the account had used in the days that the finding is held against.
func (g *grower) shareOf(f *Finding) (share decimal.Decimal, known bool) {
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
		return averageDays(g.reading.Month.Add(-1), g.reading.Month, f.CountedTo), true
	}
	return f.Drivers.Before.Div(whole), true
}

// hasDrivers reports whether some of the plan's messages would say what grew.
func (p *Plan) hasDrivers() bool {
	return slices.ContainsFunc(p.Decisions, func(d Decision) bool { return d.speaks() })
}
