package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Reading is one month's usage as one check read it.
type Reading struct {
	Month billing.Month
	Rows  []billing.Usage
	// Closed are the rows of the months before, as Fastly has them now.
	Closed []billing.Usage
	// Archive is what forecasts are made of; nil where nothing is known.
	Archive *Archive
	// Services are what the rules that name a service need; nil where none does.
	Services *ServiceTally
	ReadAt   time.Time
	// Incomplete is why some of Services could not be read; the budgets that need those are unknown.
	Incomplete error
}

// Finding is what a reading says of one budget.
type Finding struct {
	Rule *Rule
	BudgetID
	Used      decimal.Decimal // in the budget's single units; meaningless where Unknown is set
	Limit     decimal.Decimal // likewise: what levels are shares of, in this month and scope
	Level     Level           // the highest threshold reached; 0 for none
	Largest   []Part          // of the usage types that make up Used, where there are several
	Version   string          // the data version: last_updated_at and a hash of the figures
	CountedTo time.Time       // the newest instant that a row of the budget counts to
	ReadAt    time.Time
	// Unknown is why Used cannot be told, for a person; empty where it can.
	Unknown string
}

// mostParts is how many parts of a total are named.
const mostParts = 3

// Evaluate returns a finding for every rule, in the order of the rules.
func Evaluate(rules []Rule, reading Reading) []Finding {
	e := evaluation{
		Reading: reading, index: newIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), totals: map[question]total{},
	}
	version := dataVersion(reading.Rows)
	findings := make([]Finding, len(rules))
	for i := range rules {
		rule := &rules[i]
		t := e.total(question{rule.Match, rule.Budget.Kind})
		findings[i] = Finding{
			Rule: rule, BudgetID: BudgetID{Rule: rule.Name, Month: reading.Month}, Used: t.used, Largest: t.largest,
			Limit: rule.BudgetFor(reading.Month, "").Value, Version: version, CountedTo: t.countedTo, ReadAt: reading.ReadAt, Unknown: t.unknown,
		}
		if t.unknown == "" {
			findings[i].Level = findings[i].reached()
		}
	}
	return findings
}

// evaluation is a reading made ready for being asked many times. Rules that ask the same are answered from totals.
type evaluation struct {
	Reading
	index   *index
	factors billing.Factors
	totals  map[question]total
}

// question is how much usage there is of something.
type question struct {
	Match
	kind billing.Kind
}

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
	var t total
	for _, row := range rows {
		if row.CountedTo.After(t.countedTo) {
			t.countedTo = row.CountedTo
		}
	}
	if rows, t.unknown = e.addends(q.Match, rows); t.unknown == "" {
		t.add(rows, q.kind, e.factors)
	}
	e.totals[q] = t
	return t
}

// addends returns the rows that are to be added up, those of the services in place of the account's where the match names
// a service, or why they cannot be.
func (e *evaluation) addends(m Match, rows []billing.Usage) (of []billing.Usage, unknown string) {
	if len(rows) == 0 {
		return nil, fmt.Sprintf("Fastly lists no usage of %s in %s", m.describe(), e.Month)
	}
	if units := unitsOf(rows); len(units) > 1 {
		return nil, fmt.Sprintf("it covers usage in %s and in %s, and a budget needs one unit", units[0], units[1])
	}
	if m.Service == "" {
		return rows, ""
	}
	if usageType, split := e.index.splitByRegion(m, rows); split {
		return nil, fmt.Sprintf("Fastly counts %s of a service over all regions, not for %s alone", usageType, m.Region)
	}
	for _, row := range rows {
		if why := e.Services.failure(row.Metric()); why != "" {
			return nil, fmt.Sprintf("the services of %s could not be read: %s", row.UsageType, why)
		}
	}
	if rows = ofServices(rows, e.Services, m.Service); len(rows) == 0 {
		return nil, fmt.Sprintf("Fastly lists no usage of a service %s in %s", m.Service, e.Month)
	}
	return rows, ""
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

// ofServices turns account rows into what the services of the pattern had of them: one row for each metric, since Fastly
// tells no regions of a service.
func ofServices(rows []billing.Usage, services *ServiceTally, pattern string) []billing.Usage {
	var ofServices []billing.Usage
	seen := map[billing.Metric]bool{}
	for _, row := range rows {
		sum := services.Sum(row.Metric(), pattern)
		if seen[row.Metric()] || !sum.Valid {
			continue
		}
		seen[row.Metric()] = true
		row.Quantity, row.Raw, row.Region = sum.Decimal, decimal.NullDecimal{}, ""
		ofServices = append(ofServices, row)
	}
	return ofServices
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

// reached returns the highest threshold that usage is at or above.
func (f *Finding) reached() Level {
	for _, threshold := range slices.Backward(f.Rule.Thresholds) {
		if f.Used.GreaterThanOrEqual(f.at(threshold)) {
			return threshold
		}
	}
	return 0
}

// at returns how much usage the level is.
func (f *Finding) at(level Level) decimal.Decimal { return f.Limit.Mul(decimal.New(int64(level), -2)) }

// hash is the rule's for the budget.
func (f *Finding) hash() string { return f.Rule.Hash(f.Month, f.Scope) }

// route is where the budget speaks.
func (f *Finding) route() Route { return f.Rule.Route(f.Scope) }

// dataVersion tells two states of the data apart: when Fastly last touched them, and what they are.
func dataVersion(rows []billing.Usage) string {
	lines := make([]string, len(rows))
	var newest time.Time
	for i, row := range rows {
		raw := "-"
		if row.Raw.Valid {
			raw = row.Raw.Decimal.String()
		}
		lines[i] = strings.Join([]string{row.Product, row.UsageType, row.Region, row.Unit, row.Quantity.String(), raw}, "|")
		if row.CountedTo.After(newest) {
			newest = row.CountedTo
		}
	}
	slices.Sort(lines)
	hash := sha256.New()
	for _, line := range lines {
		hash.Write([]byte(line + "\n"))
	}
	return newest.UTC().Format("2006-01-02T15:04Z") + "-" + hex.EncodeToString(hash.Sum(nil)[:6])
}
