package report

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ServiceTotals adds up service-level usage, or what it costs, page by page, per month and measure, and per service or team.
// Its methods may be called from several goroutines at once.
type ServiceTotals struct {
	count  func(billing.ServiceUsage) (counted, bool)
	teamOf func(name, id string) string
	// wants chooses services; nil wants all of them.
	wants func(billing.ServiceUsage) bool
	// rowOf is the row of a service where rows are neither services nor teams.
	rowOf func(billing.ServiceUsage) RowKey
	// recorded is which part of a month the record has of each metric; empty where there is none.
	recorded map[billing.ServiceQuery]decimal.Decimal

	mu     sync.Mutex
	groups *ledgers
	unread map[billing.ServiceUsage]bool // without figures, and without the rows that they belong to
}

// counted is a row of service-level usage as it is added up.
type counted struct {
	single, billed decimal.Decimal
	unit           string
	measure        billing.Measure
}

// NewServiceTotals returns empty totals of usage. The factors turn billed units into single ones, since service-level usage
// does not carry the latter. Rows are teams where teamOf names who answers for a service, and services where it is nil.
func NewServiceTotals(factors billing.Factors, teamOf func(name, id string) string) *ServiceTotals {
	return &ServiceTotals{groups: newLedgers(billing.MaxServices), teamOf: teamOf, count: func(u billing.ServiceUsage) (counted, bool) {
		single, measure := factors.SingleOfService(u)
		return counted{single, u.Quantity, u.Unit, measure}, true
	}}
}

// About narrows the totals to the services of the question, and sums them by what it asks for; it returns the same totals, and comes before the
// first page. rows are the account's usage, and show the region of a usage type. teamOf names the team of a service, empty for none; it may be
// nil where the question is neither by team nor about one.
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

// partPlaces is after how many decimals the part of a month is rounded.
const partPlaces = 12

// InSameDays takes the account's record of the first days of a month that ended; it returns the same totals, and comes before the first page.
// Nobody records the days of services: each is taken to have used the same part of its month in them as the account did, for each metric.
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

// Add adds a page. It is an error if there are more services than an answer may hold.
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

// keyOf returns the row that a service counts in, and the row's name.
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

// setAside remembers a service that could not be read. Past the bound one more stands for any.
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
