package alerts

import (
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ServiceTally sums service-level usage for the rules that name a service, page by page, so that no account's list of
// services is ever held. It is for one month.
type ServiceTally struct {
	metrics map[billing.Metric]*serviceSums
}

// serviceSums are the sums of one metric. An exact name is found by a look-up; globs are few and tried one by one.
type serviceSums struct {
	exact map[string]decimal.NullDecimal // not valid until a page has held the name
	globs map[string]decimal.NullDecimal
	// failed is why the sums are not whole, for a person; empty where they are.
	failed string
}

// NewServiceTally returns a tally that is ready for every metric of rows that a rule with a service covers.
func NewServiceTally(rules []Rule, rows []billing.Usage) *ServiceTally {
	tally := &ServiceTally{metrics: map[billing.Metric]*serviceSums{}}
	index := newIndex(rows)
	for _, rule := range rules {
		if rule.Match.Service == "" {
			continue
		}
		for _, row := range index.covered(rule.Match) {
			tally.expect(row.Metric(), rule.Match.Service)
		}
	}
	return tally
}

func (t *ServiceTally) expect(metric billing.Metric, service string) {
	sums := t.metrics[metric]
	if sums == nil {
		sums = &serviceSums{exact: map[string]decimal.NullDecimal{}, globs: map[string]decimal.NullDecimal{}}
		t.metrics[metric] = sums
	}
	if strings.Contains(service, "*") {
		sums.globs[service] = decimal.NullDecimal{}
		return
	}
	sums.exact[service] = decimal.NullDecimal{}
}

// Queries returns what has to be read in the month for the tally to be whole.
func (t *ServiceTally) Queries(month billing.Month) []billing.ServiceQuery {
	queries := make([]billing.ServiceQuery, 0, len(t.metrics))
	for metric := range t.metrics {
		queries = append(queries, billing.ServiceQuery{Month: month, Product: metric.Product, UsageType: metric.UsageType})
	}
	return queries
}

// fail notes that what a query asks for could not be read to its end.
func (t *ServiceTally) fail(query billing.ServiceQuery, why string) {
	t.metrics[billing.Metric{Product: query.Product, UsageType: query.UsageType}].failed = why
}

// failure is why the services of the metric are not known; empty where they are.
func (t *ServiceTally) failure(metric billing.Metric) string {
	if t == nil || t.metrics[metric] == nil {
		return ""
	}
	return t.metrics[metric].failed
}

// Add counts a page of one query. Pages of different queries may be added at once, those of one query in turn.
func (t *ServiceTally) Add(page []billing.ServiceUsage) {
	for _, usage := range page {
		sums := t.metrics[usage.Metric()]
		if sums == nil {
			continue
		}
		addTo(sums.exact, usage.ServiceName, usage.Quantity)
		if usage.ServiceID != usage.ServiceName {
			addTo(sums.exact, usage.ServiceID, usage.Quantity)
		}
		for glob := range sums.globs {
			if (Match{Service: glob}).CoversService(usage) {
				addTo(sums.globs, glob, usage.Quantity)
			}
		}
	}
}

func addTo(sums map[string]decimal.NullDecimal, key string, quantity decimal.Decimal) {
	if sum, wanted := sums[key]; wanted {
		sums[key] = decimal.NewNullDecimal(sum.Decimal.Add(quantity))
	}
}

// Sum returns what the services of the pattern used of the metric, in the unit as billed. It is not valid where Fastly lists
// no such service for the metric.
func (t *ServiceTally) Sum(metric billing.Metric, service string) decimal.NullDecimal {
	if t == nil || t.metrics[metric] == nil {
		return decimal.NullDecimal{}
	}
	if sum, ok := t.metrics[metric].exact[service]; ok {
		return sum
	}
	return t.metrics[metric].globs[service]
}
