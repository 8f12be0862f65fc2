package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

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

// ofService is a row of the account with the quantity of some of its services in all regions.
func ofService(row billing.Usage, quantity decimal.Decimal) billing.Usage {
	row.Quantity, row.Raw, row.Region = quantity, decimal.NullDecimal{}, ""
	return row
}

// maxInstances is how many services or teams a rule may have budgets for. Each has a state in the ledger, and people do not
// read a longer list.
const maxInstances = 2_000

// usageApart returns what each service or team of the question used, by name.
func (e *evaluation) usageApart(q question) []total {
	rows, unknown := e.covered(q)
	if unknown != "" {
		return []total{{unknown: unknown}}
	}
	used, unread := map[rules.Instance][]billing.Usage{}, map[rules.Instance]string{}
	for _, row := range MetricsOf(rows) {
		sums := e.Services.sums(row.Metric(), q.selection())
		for who, quantity := range sums.All() {
			used[who] = append(used[who], ofService(row, quantity))
		}
		for who, why := range sums.Unread() {
			if _, read := used[who]; !read {
				used[who] = nil // it is a budget all the same, and an unknown one
			}
			unread[who] = why
		}
		if !sums.IsWhole() || len(used) > maxInstances {
			return []total{{unknown: fmt.Sprintf("it matches more than %d %ss, the most one rule can watch; narrow it", maxInstances, q.per)}}
		}
	}
	if len(used) == 0 {
		return []total{{unknown: e.unused(q)}}
	}
	names := NamesApart(maps.Keys(used))
	var totals []total
	for who, rows := range used {
		t := total{countedTo: e.countedTo(q, rows), unknown: unread[who]}
		if t.unknown == "" {
			t = e.sum(q, rows)
			if t.unknown != "" {
				return []total{{unknown: t.unknown}}
			}
		}
		t.Instance = rules.Instance{Name: names[who], ServiceID: who.ServiceID}
		totals = append(totals, t)
	}
	slices.SortFunc(totals, func(a, b total) int { return cmp.Compare(a.Name, b.Name) })
	return totals
}
