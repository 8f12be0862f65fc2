package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Evaluate returns a finding for each budget, in the order of the rules. A rule has one finding, or, if it is per service or team, one for
// each that was used in the month, by name; if those are unknown, it has a
// single finding with the reason. A rule of another kind than RuleBudget has none. Nor has a money budget while the month is over and not
// invoiced: its last estimate stays.
func Evaluate(set []rules.Rule, reading Reading) []Finding {
	e := evaluation{
		Reading: reading, index: NewIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), version: dataVersion(reading.Rows),
		bill: newBill(reading.Bill, reading.names()), totals: map[question]total{}, instances: map[question]instances{}, forecasts: map[question]forecast.Forecast{},
	}
	findings := make([]Finding, 0, len(set))
	for i := range set {
		rule := &set[i]
		switch q := QuestionOf(rule); {
		case rule.Kind != rules.RuleBudget, rule.IsMoney() && reading.BillPending:
		case rule.Per == "":
			findings = append(findings, e.finding(rule, rules.Instance{}, e.total(q)))
		default:
			findings = e.addInstances(findings, rule, e.instancesOf(q))
		}
	}
	return findings
}

func (e *evaluation) addInstances(findings []Finding, rule *rules.Rule, s instances) []Finding {
	if s.unknown != "" {
		return append(findings, e.finding(rule, rules.Instance{}, total{unknown: s.unknown}))
	}
	for _, instance := range s.all {
		findings = append(findings, e.finding(rule, rules.Instance{Instance: instance.name, ServiceID: instance.id}, instance.total))
	}
	return findings
}

func (e *evaluation) finding(rule *rules.Rule, of rules.Instance, t total) Finding {
	f := Finding{
		Rule: rule, BudgetID: alerts.BudgetID{Rule: rule.Name, Instance: of.Instance, Month: e.Month}, ServiceID: of.ServiceID, Used: t.used, Largest: t.largest,
		Limit: rule.BudgetOf(e.Month, of).Value, Version: e.versionFor(rule, t), Estimate: IsEstimate(rule), CountedTo: t.countedTo,
		ReadAt: e.ReadAt, Unknown: t.unknown, NotBilled: t.notBilled,
	}
	if t.unknown == "" {
		f.Threshold = f.Reached()
		f.Forecast = e.forecast(&f, QuestionOf(rule))
	}
	return f
}

// forecast forecasts the end of the finding's month. Budgets with the same question share it, except for their own forecast
// errors. What services use or cost is not known by day.
func (e *evaluation) forecast(f *Finding, q question) forecast.Forecast {
	if q.kind == billing.Money && !q.Selection().IsNeeded() {
		return e.costForecast(f, q)
	}
	pastErrors := e.ForecastErrors[f.BudgetName()]
	if o, known := e.forecasts[q]; known && f.Instance == "" && len(pastErrors) == 0 {
		return o
	}
	var past forecast.History
	if q.kind != billing.Money && !q.Selection().IsNeeded() {
		past = e.Archive.History(q.Match, q.kind)
		past.Months = slices.DeleteFunc(past.Months, func(m forecast.MonthUsage) bool { return e.UnreadOf(q.Match, m.Month) != "" })
	}
	past.PastErrors = pastErrors
	o := forecast.OfMonth(past, forecast.Position{Month: e.Month, Used: f.Used, CountedTo: f.CountedTo})
	if f.Instance == "" && len(pastErrors) == 0 {
		e.forecasts[q] = o
	}
	return o
}

// costForecast forecasts the end of the question's part of the bill.
func (e *evaluation) costForecast(f *Finding, q question) forecast.Forecast {
	if o, known := e.forecasts[q]; known {
		return o
	}
	estimate := q.partOf(e.bill)
	var last *billing.Bill
	if before := newBill(e.LastBill, e.Closed); before != nil && before.Currency == e.bill.Currency {
		part := q.partOf(before)
		last = &part
	}
	o := forecast.Cost(estimate, last, e.Archive.ChargeHistory(last)).Forecast(forecast.Position{Month: e.Month, Used: f.Used, CountedTo: f.CountedTo})
	e.forecasts[q] = o
	return o
}

// versionFor is the version of the data that the rule is compared with. Figures of services may change while those of the account stay, so
// that their sum is part of it.
func (e *evaluation) versionFor(rule *rules.Rule, t total) string {
	isOfServices := QuestionOf(rule).Selection().IsNeeded()
	version := e.version
	switch {
	case !rule.IsMoney() || e.bill == nil:
	case isOfServices:
		version += "+" + e.bill.version
	default:
		version = e.bill.version
	}
	if isOfServices {
		version += "+" + t.used.String()
	}
	return version
}

// evaluation is a reading prepared for many questions. Rules with the same question share totals and instances.
type evaluation struct {
	Reading
	index     *Index
	factors   billing.Factors
	version   string
	bill      *bill // nil where it is not known
	totals    map[question]total
	instances map[question]instances
	// forecasts are those of budgets without known forecast errors.
	forecasts map[question]forecast.Forecast
}

// question is how much usage there is of something.
type question struct {
	rules.Match
	team string    // whose services count; empty for any
	per  rules.Per // whether there is a figure for each service or team
	kind billing.Kind
	money
}

// QuestionOf returns the question that the rule asks of usage; rules with the same question share one answer.
func QuestionOf(rule *rules.Rule) question {
	q := question{Match: rule.Match, per: rule.Per, kind: rule.Budget.Kind, money: money{rule.Budget.Currency, rule.Charges}}
	if rule.Per != rules.PerTeam && len(rule.Teams) > 0 {
		q.team = rule.Teams[0].Name
	}
	return q
}

// Selection is the question's part about services.
func (q question) Selection() selection { return selection{q.Service, q.team, q.per} }

// total is the answer, with the meanings of the fields of Finding.
type total struct {
	used      decimal.Decimal
	largest   []alerts.Part
	countedTo time.Time
	unknown   string
	notBilled bool // the bill has no such charge yet
}

func (e *evaluation) total(q question) total {
	t, known := e.totals[q]
	if !known {
		if q.kind == billing.Money && !q.Selection().IsNeeded() {
			t = e.cost(q)
		} else {
			t = e.usage(q)
		}
		e.totals[q] = t
	}
	return t
}

func (e *evaluation) usage(q question) total {
	rows, unknown := e.covered(q)
	if unknown == "" && q.Selection().IsNeeded() {
		if unknown = e.unreadServices(q, rows); unknown == "" {
			rows = e.ofServices(q, rows)
		}
		if unknown == "" && len(rows) == 0 {
			unknown = e.unused(q)
		}
	}
	if unknown != "" {
		return total{countedTo: e.countedTo(q, rows), unknown: unknown}
	}
	return e.sum(q, rows)
}

// unused is the reason that no service of the question was used.
func (e *evaluation) unused(q question) string {
	return fmt.Sprintf("Fastly lists no usage of %s in %s", q.Selection(), e.Month)
}

// countedTo is the instant up to which rows count, or up to which the bill that prices them does.
func (e *evaluation) countedTo(q question, rows []billing.Usage) time.Time {
	if q.kind == billing.Money {
		if e.bill == nil {
			return time.Time{}
		}
		return e.bill.countedTo
	}
	return NewestOf(rows)
}

// sum adds rows up in the question's unit.
func (e *evaluation) sum(q question, rows []billing.Usage) total {
	t := total{countedTo: e.countedTo(q, rows)}
	if q.kind == billing.Money {
		t.addCost(rows, e.bill)
	} else {
		t.add(rows, q.kind, e.factors)
	}
	return t
}

// NewestOf returns how far the newest of the rows is counted.
func NewestOf(rows []billing.Usage) time.Time {
	var newest time.Time
	for _, row := range rows {
		if row.CountedTo.After(newest) {
			newest = row.CountedTo
		}
	}
	return newest
}

// covered returns the account's rows that the question covers, or why they cannot be added up, or broken down by service where
// the question asks for that.
func (e *evaluation) covered(q question) (rows []billing.Usage, unknown string) {
	rows = e.index.Covered(q.Match)
	if unknown = e.UnreadOf(q.Match, e.Month); unknown != "" {
		return rows, unknown
	}
	if q.kind == billing.Money {
		if unknown = e.billObstacle(q.currency); unknown == "" {
			rows, unknown = e.priced(q, rows)
		}
	} else if units := unitsOf(rows); len(units) > 1 {
		unknown = fmt.Sprintf("it covers usage in %s and in %s, but a budget needs a single unit", units[0], units[1])
	}
	switch {
	case unknown != "":
		return rows, unknown
	case len(rows) == 0:
		return rows, fmt.Sprintf("Fastly lists no usage of %s in %s", q.Match.Describe(), e.Month)
	case q.Selection().IsNeeded():
		return rows, e.servicesObstacle(q, rows)
	}
	return rows, ""
}

// servicesObstacle is why the rows cannot be broken down by service; else empty.
func (e *evaluation) servicesObstacle(q question, rows []billing.Usage) string {
	if usageType, split := e.index.SplitByRegion(q.Match, rows); split {
		return fmt.Sprintf("Fastly counts %s of a service across all regions, not for %s alone", usageType, q.Region)
	}
	for _, row := range rows {
		if why := e.Services.Failure(row.Metric()); why != "" {
			return fmt.Sprintf("the services of %s can't be read: %s", row.UsageType, why)
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

// ofServices turns account rows into the part of the question's services: one row for each metric, since Fastly
// lists no regions of a service.
func (e *evaluation) ofServices(q question, rows []billing.Usage) []billing.Usage {
	var ofServices []billing.Usage
	for _, row := range MetricsOf(rows) {
		if sum := e.Services.Sum(row.Metric(), q.Selection()); sum.Valid {
			ofServices = append(ofServices, ofService(row, sum.Decimal))
		}
	}
	return ofServices
}

// unreadServices is why the usage of the question's services is unknown, if the figure of one of them cannot be read; else
// empty.
func (e *evaluation) unreadServices(q question, rows []billing.Usage) string {
	for _, row := range MetricsOf(rows) {
		if why := e.Services.unreadOf(row.Metric(), q.Selection())[service{}]; why != "" {
			return why
		}
	}
	return ""
}

// MetricsOf returns one row of each metric.
func MetricsOf(rows []billing.Usage) []billing.Usage {
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

// largest returns the biggest parts, biggest first; none if there is only one.
func largest(sums map[string]decimal.Decimal) []alerts.Part {
	if len(sums) < 2 {
		return nil
	}
	parts := make([]alerts.Part, 0, len(sums))
	for name, used := range sums {
		parts = append(parts, alerts.Part{Name: name, Used: used})
	}
	slices.SortFunc(parts, func(a, b alerts.Part) int { return cmp.Or(b.Used.Cmp(a.Used), cmp.Compare(a.Name, b.Name)) })
	return parts[:min(MostParts, len(parts))]
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

// IsEstimate reports whether the budget's figures are estimates: what services used at the rates of the account's bill, since Fastly
// bills no single service. They leave out flat fees and credits.
func IsEstimate(r *rules.Rule) bool { return r.IsMoney() && QuestionOf(r).Selection().IsNeeded() }
