package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Evaluate returns what the reading says of each budget, in the order of the rules. A rule has one finding, or one for each
// service or team that was used in the month, by name, where it has a budget for each; where those cannot be told, it has a
// single one that says why. A rule of another kind than RuleBudget has none.
func Evaluate(rules []Rule, reading Reading) []Finding {
	e := evaluation{
		Reading: reading, index: newIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), version: dataVersion(reading.Rows),
		totals: map[question]total{}, scopes: map[question]scopes{},
	}
	findings := make([]Finding, 0, len(rules))
	for i := range rules {
		rule := &rules[i]
		switch q := questionOf(rule); {
		case rule.Kind != RuleBudget:
		case rule.Per == "":
			findings = append(findings, e.finding(rule, "", e.total(q)))
		default:
			findings = e.addScopes(findings, rule, e.scopesOf(q))
		}
	}
	return findings
}

func (e *evaluation) addScopes(findings []Finding, rule *Rule, s scopes) []Finding {
	if s.unknown != "" {
		return append(findings, e.finding(rule, "", total{unknown: s.unknown}))
	}
	for _, scope := range s.all {
		findings = append(findings, e.finding(rule, scope.name, scope.total))
	}
	return findings
}

func (e *evaluation) finding(rule *Rule, scope string, t total) Finding {
	f := Finding{
		Rule: rule, BudgetID: BudgetID{Rule: rule.Name, Scope: scope, Month: e.Month}, Used: t.used, Largest: t.largest,
		Limit: rule.BudgetFor(e.Month, scope).Value, Version: e.version, CountedTo: t.countedTo, ReadAt: e.ReadAt, Unknown: t.unknown,
	}
	if t.unknown == "" {
		f.Level = f.reached()
	}
	return f
}

// evaluation is a reading made ready for being asked many times. Rules that ask the same are answered from totals and scopes.
type evaluation struct {
	Reading
	index   *index
	factors billing.Factors
	version string
	totals  map[question]total
	scopes  map[question]scopes
}

// question is how much usage there is of something.
type question struct {
	Match
	team string // whose services count; empty for any
	per  Per    // whether services or teams are told apart
	kind billing.Kind
}

func questionOf(rule *Rule) question {
	q := question{Match: rule.Match, per: rule.Per, kind: rule.Budget.Kind}
	if rule.Per != PerTeam && len(rule.Teams) > 0 {
		q.team = rule.Teams[0].Name
	}
	return q
}

// selection is the question's part about services.
func (q question) selection() selection { return selection{q.Service, q.team, q.per} }

// total is the answer, with the meanings of the fields of Finding.
type total struct {
	used      decimal.Decimal
	largest   []Part
	countedTo time.Time
	unknown   string
}

func (e *evaluation) total(q question) total {
	if t, known := e.totals[q]; known {
		return t
	}
	rows := e.index.covered(q.Match)
	t := total{countedTo: newestOf(rows), unknown: e.obstacle(q, rows)}
	if t.unknown == "" && q.selection().isNeeded() {
		if rows = e.ofServices(q, rows); len(rows) == 0 {
			t.unknown = fmt.Sprintf("Fastly lists no usage of %s in %s", q.selection(), e.Month)
		}
	}
	if t.unknown == "" {
		t.add(rows, q.kind, e.factors)
	}
	e.totals[q] = t
	return t
}

func newestOf(rows []billing.Usage) time.Time {
	var newest time.Time
	for _, row := range rows {
		if row.CountedTo.After(newest) {
			newest = row.CountedTo
		}
	}
	return newest
}

// obstacle is why the rows that the question covers cannot be added up, or be told by service where that is asked; empty where
// they can.
func (e *evaluation) obstacle(q question, rows []billing.Usage) string {
	if len(rows) == 0 {
		return fmt.Sprintf("Fastly lists no usage of %s in %s", q.Match.describe(), e.Month)
	}
	if units := unitsOf(rows); len(units) > 1 {
		return fmt.Sprintf("it covers usage in %s and in %s, and a budget needs one unit", units[0], units[1])
	}
	if !q.selection().isNeeded() {
		return ""
	}
	if usageType, split := e.index.splitByRegion(q.Match, rows); split {
		return fmt.Sprintf("Fastly counts %s of a service over all regions, not for %s alone", usageType, q.Region)
	}
	for _, row := range rows {
		if why := e.Services.failure(row.Metric()); why != "" {
			return fmt.Sprintf("the services of %s could not be read: %s", row.UsageType, why)
		}
	}
	return ""
}

func (t *total) add(rows []billing.Usage, kind billing.Kind, factors billing.Factors) {
	parts := map[string]decimal.Decimal{}
	for _, row := range rows {
		used, err := factors.Count(row, kind)
		if err != nil {
			t.unknown = err.Error()
			return
		}
		parts[row.UsageType] = parts[row.UsageType].Add(used)
		t.used = t.used.Add(used)
	}
	t.largest = largest(parts)
}

// ofServices turns account rows into what the services of the question had of them: one row for each metric, since Fastly
// tells no regions of a service.
func (e *evaluation) ofServices(q question, rows []billing.Usage) []billing.Usage {
	var ofServices []billing.Usage
	for _, row := range metricsOf(rows) {
		if sum := e.Services.Sum(row.Metric(), q.selection()); sum.Valid {
			ofServices = append(ofServices, ofService(row, sum.Decimal))
		}
	}
	return ofServices
}

// metricsOf returns one row of each metric.
func metricsOf(rows []billing.Usage) []billing.Usage {
	var first []billing.Usage
	seen := map[billing.Metric]bool{}
	for _, row := range rows {
		if !seen[row.Metric()] {
			seen[row.Metric()] = true
			first = append(first, row)
		}
	}
	return first
}

// ofService is a row of the account with the quantity of some of its services in all regions.
func ofService(row billing.Usage, quantity decimal.Decimal) billing.Usage {
	row.Quantity, row.Raw, row.Region = quantity, decimal.NullDecimal{}, ""
	return row
}

// largest returns the biggest parts, biggest first; nothing where there is but one.
func largest(sums map[string]decimal.Decimal) []Part {
	if len(sums) < 2 {
		return nil
	}
	parts := make([]Part, 0, len(sums))
	for name, used := range sums {
		parts = append(parts, Part{name, used})
	}
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(b.Used.Cmp(a.Used), cmp.Compare(a.Name, b.Name))
	})
	return parts[:min(mostParts, len(parts))]
}

// unitsOf returns the units of the rows, sorted.
func unitsOf(rows []billing.Usage) []string {
	var units []string
	for _, row := range rows {
		if !slices.Contains(units, row.Unit) {
			units = append(units, row.Unit)
		}
	}
	slices.Sort(units)
	return units
}
