package evaluate

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// Evaluate returns a finding for each budget, in the order of the rules. A rule has one finding, or, if it is per service or team, one for
// each that was used in the month, by name; if those are unknown, it has a
// single finding with the reason. A rule of another kind than RuleBudget has none. Nor has a money budget while the month is over and not
// invoiced: its last estimate stays.
func Evaluate(set []rules.Rule, reading Reading) []Finding {
	e := evaluation{
		Reading: reading, index: NewIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), version: dataVersion(reading.Rows),
		bill: newBill(reading.Bill, reading.names()), totals: map[question][]total{}, forecasts: map[question]forecast.Forecast{},
	}
	findings := make([]Finding, 0, len(set))
	for i := range set {
		rule := &set[i]
		if rule.Kind != rules.RuleBudget || rule.IsMoney() && reading.BillPending {
			continue
		}
		for _, t := range e.totalsOf(questionOf(rule)) {
			findings = append(findings, e.finding(rule, t))
		}
	}
	return findings
}

func (e *evaluation) finding(rule *rules.Rule, t total) Finding {
	f := Finding{
		Rule: rule, BudgetID: alerts.BudgetID{Rule: rule.Name, Instance: t.Name, Month: e.Month}, ServiceID: t.ServiceID,
		Used: t.used, Limit: rule.BudgetOf(e.Month, t.Instance).Value, Estimate: rule.IsEstimate(), Largest: t.largest,
		Version: e.versionFor(rule, t), CountedTo: t.countedTo, ReadAt: e.ReadAt, Unknown: t.unknown, NotBilled: t.notBilled,
	}
	if t.unknown == "" {
		f.Threshold = f.Reached()
		f.Forecast = e.forecast(&f, questionOf(rule))
	}
	return f
}

// forecast forecasts the end of the finding's month. Budgets with the same question share it, except for their own forecast
// errors. What services use or cost is not known by day.
func (e *evaluation) forecast(f *Finding, q question) forecast.Forecast {
	pastErrors := e.ForecastErrors[f.BudgetName()]
	isShared := q.isOfBill() || f.Instance == "" && len(pastErrors) == 0
	if o, known := e.forecasts[q]; known && isShared {
		return o
	}
	position := forecast.Position{Month: e.Month, Used: f.Used, CountedTo: f.CountedTo}
	var o forecast.Forecast
	if q.isOfBill() {
		o = e.likelyCost(q).Forecast(position)
	} else {
		var past forecast.History
		if q.kind != billing.Money && q.selection() == (selection{}) {
			past = e.Archive.History(q.Match, q.kind)
			past.Months = slices.DeleteFunc(past.Months, func(m forecast.MonthUsage) bool { return e.UnreadOf(q.Match, m.Month) != "" })
		}
		past.PastErrors = pastErrors
		o = forecast.OfMonth(past, position)
	}
	if isShared {
		e.forecasts[q] = o
	}
	return o
}

// likelyCost is how the question's part of the bill is likely to end.
func (e *evaluation) likelyCost(q question) forecast.CostForecast {
	var last *billing.Bill
	if before := newBill(e.LastBill, e.Closed); before != nil && before.Currency == e.bill.Currency {
		part := q.partOf(before)
		last = &part
	}
	return forecast.Cost(q.partOf(e.bill), last, e.Archive.ChargeHistory(last))
}

// versionFor is the version of the data that the rule is compared with. Figures of services may change while those of the account stay, so
// that their sum is part of it.
func (e *evaluation) versionFor(rule *rules.Rule, t total) string {
	version := e.version
	switch {
	case !rule.IsMoney() || e.bill == nil:
	case rule.IsOfServices():
		version += "+" + e.bill.version
	default:
		version = e.bill.version
	}
	if rule.IsOfServices() {
		version += "+" + t.used.String()
	}
	return version
}

// evaluation is a reading prepared for many questions. Rules with the same question share totals.
type evaluation struct {
	Reading
	index   *Index
	factors billing.Factors
	version string
	bill    *bill // nil where it is not known
	totals  map[question][]total
	// forecasts are those of budgets without known forecast errors.
	forecasts map[question]forecast.Forecast
}

// question is how much usage there is of something, or what it costs.
type question struct {
	rules.Match
	team     string    // whose services count; empty for any
	per      rules.Per // whether there is a figure for each service or team
	kind     billing.Kind
	currency string
	charges  rules.Charges
}

// questionOf returns the question that the rule asks; rules with the same question share one answer.
func questionOf(rule *rules.Rule) question {
	q := question{Match: rule.Match, per: rule.Per, kind: rule.Budget.Kind, currency: rule.Budget.Currency, charges: rule.Charges}
	if rule.Per != rules.PerTeam && len(rule.Teams) > 0 {
		q.team = rule.Teams[0].Name
	}
	return q
}

// selection is the question's part about services; zero where the account's figures are enough.
func (q question) selection() selection { return selection{q.Service, q.team, q.per} }

// isOfBill reports whether a bill alone answers the question.
func (q question) isOfBill() bool { return q.kind == billing.Money && q.selection() == selection{} }

// total is an answer, with the meanings of the fields of Finding.
type total struct {
	rules.Instance
	used      decimal.Decimal
	largest   []alerts.Part
	countedTo time.Time
	unknown   string
	notBilled bool // the bill has no such charge yet
}

// totalsOf returns the answer: one total, or one for each service or team that was used in the month, by name. If those are unknown, it is
// one total with the reason.
func (e *evaluation) totalsOf(q question) []total {
	totals, known := e.totals[q]
	if !known {
		switch {
		case q.isOfBill():
			totals = []total{e.cost(q)}
		case q.per == "":
			totals = []total{e.usage(q)}
		default:
			totals = e.usageApart(q)
		}
		e.totals[q] = totals
	}
	return totals
}

func (e *evaluation) usage(q question) total {
	rows, unknown := e.covered(q)
	if unknown == "" && q.selection() != (selection{}) {
		rows, unknown = e.ofServices(q, rows)
	}
	if unknown != "" {
		return total{countedTo: e.countedTo(q, rows), unknown: unknown}
	}
	return e.sum(q, rows)
}

// unused is the reason that no service of the question was used.
func (e *evaluation) unused(q question) string {
	return fmt.Sprintf("Fastly lists no usage of %s in %s", q.selection(), e.Month)
}

// countedTo is the instant up to which rows count, or up to which the bill that prices them does.
func (e *evaluation) countedTo(q question, rows []billing.Usage) time.Time {
	if q.kind == billing.Money {
		if e.bill == nil {
			return time.Time{}
		}
		return e.bill.CountedTo()
	}
	return NewestOf(rows)
}

// sum adds rows up in the question's unit. Of services, money is an estimate at the rates of the bill: Fastly bills the account and not its
// services.
func (e *evaluation) sum(q question, rows []billing.Usage) total {
	t, parts := total{countedTo: e.countedTo(q, rows)}, Amounts{}
	for _, row := range rows {
		used, err := e.count(q, row)
		if err != nil {
			t.unknown = err.Error()
			return t
		}
		parts.Add(row.UsageType, used)
	}
	if t.used = parts.Sum(); q.kind == billing.Money {
		t.used = billing.RoundMoney(t.used, e.bill.Currency)
	}
	t.largest = largest(parts)
	return t
}

func (e *evaluation) count(q question, row billing.Usage) (decimal.Decimal, error) {
	if q.kind == billing.Money {
		return row.Quantity.Mul(e.bill.rates[row.Metric()]), nil
	}
	return e.factors.Count(row, q.kind)
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
	} else {
		unknown = manyUnits(rows, rules.RuleBudget)
	}
	switch {
	case unknown != "":
		return rows, unknown
	case len(rows) == 0:
		return rows, fmt.Sprintf("Fastly lists no usage of %s in %s", q.Match.Describe(), e.Month)
	case q.selection() != selection{}:
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

// ofServices turns account rows into the part of the question's services: one row for each metric, since Fastly lists no regions of a
// service. Where the figure of one of the services cannot be read, or none of them was used, it returns why the part is unknown.
func (e *evaluation) ofServices(q question, rows []billing.Usage) (part []billing.Usage, unknown string) {
	for _, row := range MetricsOf(rows) {
		sums := e.Services.sums(row.Metric(), q.selection())
		if why := sums.Unread()[rules.Instance{}]; why != "" {
			return rows, why
		}
		if sum := sums.Of(rules.Instance{}); sum.Valid {
			part = append(part, ofService(row, sum.Decimal))
		}
	}
	if len(part) == 0 {
		return rows, e.unused(q)
	}
	return part, ""
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
func largest(sums Amounts) []alerts.Part {
	if len(sums) < 2 {
		return nil
	}
	return partsOf(report.Foremost(report.Changes(sums, nil), MostParts, func(decimal.Decimal) bool { return true }))
}

// manyUnits is why the rows cannot be added up for a budget or a change, if they are in several units; else empty.
func manyUnits(rows []billing.Usage, of rules.RuleKind) string {
	for _, row := range rows {
		if row.Unit != rows[0].Unit {
			units := []string{row.Unit, rows[0].Unit}
			slices.Sort(units)
			return fmt.Sprintf("it covers usage in %s and in %s, but a %s needs a single unit", units[0], units[1], of)
		}
	}
	return ""
}
