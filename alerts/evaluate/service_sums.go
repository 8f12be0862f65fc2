package evaluate

import (
	"cmp"
	"fmt"
	"slices"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

// ServiceTally sums service-level usage for the rules that name services, page by page, so that an account's list of
// services is never in memory: only maxInstances of them for each way in which rules split services. It is for one month.
type ServiceTally struct {
	metrics map[billing.Metric]*serviceSums
	teams   []rules.Team // those that the rules name
}

// serviceSums are the sums of one metric. A selection of one name is found by a look-up; others are few and tried one by one.
type serviceSums struct {
	sums   map[selection]*ledger.Sums[rules.Instance] // of at most maxInstances services or teams each, or all together under the empty name
	others []selection                                // those that are not of one name
	teams  bool                                       // whether a selection asks for a service's team
	// failed is why the sums are incomplete, for a person; else empty.
	failed string
	// unit is that of the account's figure.
	unit string
}

// NewServiceTally returns a tally that is ready for every metric of the reading that a rule needs by service: for a budget of money
// those that the bill has a rate for.
func NewServiceTally(set []rules.Rule, reading Reading) *ServiceTally {
	tally := &ServiceTally{metrics: map[billing.Metric]*serviceSums{}}
	e := newEvaluation(reading)
	for i := range set {
		rule := &set[i]
		q := questionOf(rule)
		if rule.Kind != rules.RuleBudget || !rule.IsOfServices() {
			continue
		}
		for _, team := range rule.Teams {
			if !slices.ContainsFunc(tally.teams, func(known rules.Team) bool { return known.Name == team.Name }) {
				tally.teams = append(tally.teams, team)
			}
		}
		rows := e.index.Covered(rule.Match)
		if rule.IsMoney() {
			if e.bill == nil {
				continue
			}
			rows, _ = e.priced(q, rows)
		}
		for _, row := range rows {
			tally.expect(row, q.selection())
		}
	}
	return tally
}

func (t *ServiceTally) expect(row billing.Usage, s selection) {
	of := t.metrics[row.Metric()]
	if of == nil {
		of = &serviceSums{sums: map[selection]*ledger.Sums[rules.Instance]{}, unit: row.Unit}
		t.metrics[row.Metric()] = of
	}
	if of.sums[s] != nil {
		return
	}
	of.sums[s] = ledger.NewSums[rules.Instance](maxInstances)
	if !s.isName() {
		of.others = append(of.others, s)
		of.teams = of.teams || s.team != "" || s.per == rules.PerTeam
	}
}

// Queries returns the queries that fill the tally for the month.
func (t *ServiceTally) Queries(month billing.Month) []billing.ServiceQuery {
	queries := make([]billing.ServiceQuery, 0, len(t.metrics))
	for metric := range t.metrics {
		queries = append(queries, metric.In(month))
	}
	return queries
}

// Fail notes that a query could not be read to its end.
func (t *ServiceTally) Fail(query billing.ServiceQuery, why string) {
	t.metrics[query.Metric()].failed = why
}

// Failure is why the services of the metric are unknown; else empty.
func (t *ServiceTally) Failure(metric billing.Metric) string {
	if t == nil || t.metrics[metric] == nil {
		return ""
	}
	return t.metrics[metric].failed
}

// Unread returns the usage types whose services could not be read, sorted.
func (t *ServiceTally) Unread() []string {
	var failed []string
	for metric, sums := range t.metrics {
		if sums.failed != "" {
			failed = append(failed, metric.UsageType)
		}
	}
	slices.Sort(failed)
	return slices.Compact(failed)
}

// Add counts a page of one query. Pages of different queries may be added at once, those of one query in turn.
func (t *ServiceTally) Add(page []billing.ServiceUsage) {
	for _, usage := range page {
		of := t.metrics[usage.Metric()]
		if of == nil || of.refuses(usage) {
			continue
		}
		team := ""
		if of.teams {
			team = rules.TeamOf(t.teams, usage.ServiceName, usage.ServiceID)
		}
		for _, s := range of.selections(usage) {
			if who, counts := s.of(usage, team); counts {
				add(of.sums[s], who, usage, s.per == "")
			}
		}
	}
}

// selections returns those that the usage may count for.
func (of *serviceSums) selections(usage billing.ServiceUsage) []selection {
	all := of.others
	for _, name := range slices.Compact([]string{usage.ServiceName, usage.ServiceID}) {
		if s := (selection{service: name}); s.isName() && of.sums[s] != nil {
			all = append(slices.Clip(all), s)
		}
	}
	return all
}

// refuses notes why the metric cannot be broken down by service, if the row may be of any service, or has another unit
// than the account's figure.
func (of *serviceSums) refuses(usage billing.ServiceUsage) bool {
	switch {
	case usage.ServiceID == "" && usage.Unread != "":
		of.failed = cmp.Or(of.failed, usage.Unread)
	case usage.Unit == billing.UnitGB && of.unit == billing.UnitPlain, usage.Unit == billing.UnitPlain && of.unit == billing.UnitGB:
		of.failed = cmp.Or(of.failed, fmt.Sprintf("Fastly counts them in %s, and the account in %s", usage.Unit, of.unit))
	default:
		return false
	}
	return true
}

// add adds the usage, or notes that it cannot be read. A service that is listed without any usage has no sum of its own, unless evenZero is
// set.
func add(sums *ledger.Sums[rules.Instance], who rules.Instance, usage billing.ServiceUsage, evenZero bool) {
	switch {
	case usage.Unread != "":
		sums.SetAside(who, usage.Unread)
	case evenZero || !usage.Quantity.IsZero() || sums.Of(who).Valid:
		sums.Add(who, usage)
	}
}

// sums returns what the services of the selection used of the metric, as billed; it is empty if no rule asks for that.
func (t *ServiceTally) sums(metric billing.Metric, s selection) *ledger.Sums[rules.Instance] {
	if t != nil && t.metrics[metric] != nil && t.metrics[metric].sums[s] != nil {
		return t.metrics[metric].sums[s]
	}
	return ledger.NewSums[rules.Instance](0)
}
