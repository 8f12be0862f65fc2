package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ServiceTotals adds up the pages of service-level usage, or its cost, per month, measure, and service or team. Several goroutines may call its methods
// at once.
type ServiceTotals struct {
	count  func(billing.ServiceUsage) (counted, bool)
	teamOf func(name, id string) string
	// wants chooses services; nil wants all of them.
	wants func(billing.ServiceUsage) bool
	// rowOf returns the row in which a service counts; nil if rows are services or teams.
	rowOf func(billing.ServiceUsage) RowKey
	// recorded is the part of a month's usage that the record has, by metric; empty if there is no record.
	recorded map[billing.ServiceQuery]decimal.Decimal

	mu     sync.Mutex
	groups *ledgers
	unread map[billing.ServiceUsage]bool // without figures, and without the rows that they belong to
}

// counted is a row of service-level usage in single and in billed units.
type counted struct {
	single, billed decimal.Decimal
	unit           string
	measure        billing.Measure
}

// NewServiceTotals returns empty totals of usage. The factors turn billed units into single ones, which service-level usage does not have. If teamOf is
// nil, rows are services; else they are the teams that it names.
func NewServiceTotals(factors billing.Factors, teamOf func(name, id string) string) *ServiceTotals {
	return &ServiceTotals{groups: newLedgers(billing.MaxServices, 0), teamOf: teamOf, count: func(u billing.ServiceUsage) (counted, bool) {
		single, measure := factors.SingleOfService(u)
		return counted{single, u.Quantity, u.Unit, measure}, true
	}}
}

// About narrows the totals to the services of the question, and adds them up by its breakdown. Call it before Add; it returns the same totals. rows are
// the account's usage, which tells the region of a usage type. teamOf names the team of a service, or returns nothing; it may be nil if the
// question is neither by team nor about one.
func (t *ServiceTotals) About(q Question, rows []billing.Usage, teamOf func(name, id string) string) *ServiceTotals {
	if q.By == ByTeam {
		t.teamOf = teamOf
	}
	if q.OfSomeServices() {
		t.wants = func(u billing.ServiceUsage) bool {
			return (q.Service.Match(u.ServiceName) || q.Service.Match(u.ServiceID)) &&
				(q.Team == "" || q.Team.Have(teamOf(u.ServiceName, u.ServiceID)))
		}
	}
	if !q.By.IsOfServices() {
		regions := map[billing.Metric]string{}
		for _, u := range rows {
			regions[u.Metric()] = u.Region
		}
		t.rowOf = func(u billing.ServiceUsage) RowKey { return q.keyOf(u.Metric(), regions[u.Metric()]) }
	}
	return t
}

// partPlaces is how many decimals the part of a month has.
const partPlaces = 12

// InSameDays estimates what services used in the first days of a month that ended, which nobody records: of each metric, the same part of their month
// as the account in its record. Call it before Add; it returns the same totals.
func (t *ServiceTotals) InSameDays(prior Prior, rows []billing.Usage) *ServiceTotals {
	factors := billing.FactorsOf(slices.Concat(rows, prior.Rows))
	singles := func(usage []billing.Usage) map[billing.ServiceQuery]decimal.Decimal {
		of := map[billing.ServiceQuery]decimal.Decimal{}
		for _, u := range usage {
			single, _ := factors.Single(u)
			of[u.Metric().In(u.Month)] = of[u.Metric().In(u.Month)].Add(single)
		}
		return of
	}
	whole := singles(rows)
	t.recorded = singles(prior.Rows)
	for query, part := range t.recorded {
		if all := whole[query]; all.IsPositive() {
			t.recorded[query] = part.DivRound(all, partPlaces)
		} else {
			delete(t.recorded, query)
		}
	}
	return t
}

// noTeam is the row of the services that belong to no team.
const noTeam = "No Team"

// Add adds a page. It returns an error if there are more services than an answer may hold.
func (t *ServiceTotals) Add(page []billing.ServiceUsage) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range page {
		c, ok := t.count(u)
		switch {
		case !ok, t.wants != nil && !t.wants(u):
			continue
		case u.Unread != "":
			t.setAside(u)
			continue
		}
		key, name := t.keyOf(u)
		l := t.groups.row(c.measure, key)
		if l == nil {
			return fmt.Errorf("more than %d services: %w", billing.MaxServices, billing.ErrTooWide)
		}
		l.Name = name
		l.Add(u.Month, c.single, c.billed, c.unit)
		l.AddBlocks(c.single, c.billed)
		if part, known := t.recorded[billing.ServiceQuery{Month: u.Month, Product: u.Product, UsageType: u.UsageType}]; known {
			l.AddRecorded(c.single.Mul(part))
		}
	}
	return nil
}

// Forget drops what was added of these months.
func (t *ServiceTotals) Forget(months []billing.Month) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.groups.of {
		for _, l := range m.sums.Lines() {
			for _, month := range months {
				l.Drop(month)
			}
		}
	}
	maps.DeleteFunc(t.unread, func(u billing.ServiceUsage, _ bool) bool { return slices.Contains(months, u.Month) })
}

// keyOf returns the row in which a service counts, and the row's name.
func (t *ServiceTotals) keyOf(u billing.ServiceUsage) (key RowKey, name string) {
	if t.rowOf != nil {
		key = t.rowOf(u)
		return key, key.name
	}
	if t.teamOf == nil {
		return RowKey{id: u.ServiceID}, u.ServiceName
	}
	name = cmp.Or(t.teamOf(u.ServiceName, u.ServiceID), noTeam)
	return RowKey{name: name}, name
}

// maxUnreadServices bounds how many services that could not be read are remembered.
const maxUnreadServices = 10_000

// setAside remembers a service that could not be read. Beyond maxUnreadServices it remembers one more, without a name.
func (t *ServiceTotals) setAside(u billing.ServiceUsage) {
	if t.unread == nil {
		t.unread = map[billing.ServiceUsage]bool{}
	}
	if len(t.unread) >= maxUnreadServices {
		u.ServiceID, u.ServiceName = "", ""
	}
	u.Quantity = decimal.Decimal{}
	t.unread[u] = true
}
