package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// totalsOf returns the answer, as findings of no rule yet: one, or one for each service or team that was used in the month, by name. If those
// are unknown, it is one with the reason.
func (e *evaluation) totalsOf(q question) []Finding {
	totals, known := e.totals[q]
	if !known {
		if q.isOfBill() {
			totals = []Finding{e.cost(q)}
		} else {
			totals = e.usage(q)
		}
		e.totals[q] = totals
	}
	return totals
}

// sum adds rows up in the question's unit. Of services, money is an estimate at the rates of the bill: Fastly bills the account and not its
// services.
func (e *evaluation) sum(q question, rows []billing.Usage) Finding {
	t, parts := Finding{CountedTo: NewestOf(rows)}, Amounts{}
	for _, row := range rows {
		used, err := e.count(q, row)
		if err != nil {
			return Finding{Unknown: err.Error()}
		}
		parts.Add(row.UsageType, used)
	}
	if t.Used = parts.Sum(); q.kind == billing.Money {
		t.Used, t.CountedTo = billing.RoundMoney(t.Used, e.bill.Currency), e.bill.CountedTo()
	}
	t.Largest = largest(parts)
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
	if unknown = e.UnreadOf(q.Match, e.Month); unknown != "" {
		return nil, unknown
	}
	rows = e.index.Covered(q.Match)
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

// ofService is a row of the account with the quantity of some of its services in all regions.
func ofService(row billing.Usage, quantity decimal.Decimal) billing.Usage {
	row.Quantity, row.Raw, row.Region = quantity, decimal.NullDecimal{}, ""
	return row
}

// maxInstances is how many services or teams a rule may have budgets for. Each has a state in the ledger, and people do not
// read a longer list.
const maxInstances = 2_000

// usage returns what the account used, or its services, by name: together, or for each service or team.
func (e *evaluation) usage(q question) []Finding {
	rows, unknown := e.covered(q)
	if unknown != "" {
		return []Finding{{Unknown: unknown}}
	}
	used, unread := map[rules.Instance][]billing.Usage{{}: rows}, map[rules.Instance]string{}
	if q.selection() != (selection{}) {
		if used, unread, unknown = e.ofServices(q, rows); unknown != "" {
			return []Finding{{Unknown: unknown}}
		}
	}
	names := NamesApart(maps.Keys(used))
	var totals []Finding
	for who, rows := range used {
		t := Finding{Unknown: unread[who]}
		if t.Unknown == "" {
			if t = e.sum(q, rows); t.Unknown != "" {
				return []Finding{t}
			}
		}
		t.Instance, t.ServiceID = names[who], who.ServiceID
		totals = append(totals, t)
	}
	slices.SortFunc(totals, func(a, b Finding) int { return cmp.Compare(a.Instance, b.Instance) })
	return totals
}

// ServiceRows returns what counts for a finding of services of the rows' usage types, as billed.
func (r *Reading) ServiceRows(f *Finding, rows []billing.Usage) []billing.Usage {
	var of []billing.Usage
	for _, row := range MetricsOf(rows) {
		for who, quantity := range r.Services.sums(row.Metric(), questionOf(f.Rule).selection()).All() {
			if who.ServiceID == f.ServiceID && (who.ServiceID != "" || who.Name == f.BudgetID.Instance) {
				of = append(of, ofService(row, quantity))
			}
		}
	}
	return of
}

// ofServices turns account rows into the parts of the question's services, each one row for each metric, since Fastly lists no regions of a
// service. unread is why the part of a service cannot be read, unknown why all of them are unknown.
func (e *evaluation) ofServices(q question, rows []billing.Usage) (used map[rules.Instance][]billing.Usage, unread map[rules.Instance]string, unknown string) {
	used, unread = map[rules.Instance][]billing.Usage{}, map[rules.Instance]string{}
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
			return nil, nil, fmt.Sprintf("it matches more than %d %ss, the most one rule can watch; narrow it", maxInstances, q.per)
		}
	}
	if len(used) == 0 {
		return nil, nil, fmt.Sprintf("Fastly lists no usage of %s in %s", q.selection(), e.Month)
	}
	return used, unread, ""
}
