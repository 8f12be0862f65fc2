package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Reading is one month's usage as one check read it.
type Reading struct {
	Month billing.Month
	Rows  []billing.Usage
	// Services are what the rules that name a service need; nil where none does.
	Services *ServiceTally
	ReadAt   time.Time
}

// Finding is what a reading says of one budget.
type Finding struct {
	Rule *Rule
	BudgetID
	Used      decimal.Decimal // in the budget's single units; meaningless where Unknown is set
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
	index := newIndex(reading.Rows)
	factors := billing.FactorsOf(reading.Rows)
	version := dataVersion(reading.Rows)
	findings := make([]Finding, len(rules))
	for i := range rules {
		rule := &rules[i]
		f := &findings[i]
		*f = Finding{
			Rule: rule, BudgetID: BudgetID{Rule: rule.Name, Month: reading.Month}, Version: version, ReadAt: reading.ReadAt,
		}
		rows := index.covered(rule.Match)
		for _, row := range rows {
			if row.CountedTo.After(f.CountedTo) {
				f.CountedTo = row.CountedTo
			}
		}
		f.Unknown = f.add(rows, factors, reading.Services)
		if f.Unknown == "" {
			f.Level = rule.reached(f.Used)
		}
	}
	return findings
}

// add sums the rows, or what the rule's services had of them. It returns why that cannot be done.
func (f *Finding) add(rows []billing.Usage, factors billing.Factors, services *ServiceTally) string {
	match := f.Rule.Match
	if len(rows) == 0 {
		return fmt.Sprintf("Fastly lists no usage of %s in %s", cmp.Or(match.String(), "any product"), f.Month)
	}
	if units := unitsOf(rows); len(units) > 1 {
		return fmt.Sprintf("it covers usage in %s and in %s, and a budget needs one unit", units[0], units[1])
	}
	if match.Service != "" {
		if rows = ofServices(rows, services, match.Service); len(rows) == 0 {
			return fmt.Sprintf("Fastly lists no usage of a service %s in %s", match.Service, f.Month)
		}
	}
	parts := map[string]decimal.Decimal{}
	for _, row := range rows {
		used, err := factors.Count(row, f.Rule.Budget.Kind)
		if err != nil {
			return err.Error()
		}
		parts[row.UsageType] = parts[row.UsageType].Add(used)
		f.Used = f.Used.Add(used)
	}
	f.Largest = largest(parts)
	return ""
}

// ofServices turns account rows into what the services of the pattern had of them: one row for each metric, since the API
// knows no regions below it.
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

func unitsOf(rows []billing.Usage) []string {
	var units []string
	for _, row := range rows {
		if !slices.Contains(units, row.Unit) {
			units = append(units, row.Unit)
		}
	}
	return units
}

// reached returns the highest threshold that used is at or above.
func (r *Rule) reached(used decimal.Decimal) Level {
	for _, threshold := range slices.Backward(r.Thresholds) {
		if used.GreaterThanOrEqual(r.at(threshold)) {
			return threshold
		}
	}
	return 0
}

// at returns how much usage the level is.
func (r *Rule) at(level Level) decimal.Decimal {
	return r.Budget.Value.Mul(decimal.New(int64(level), -2))
}

// dataVersion tells two states of the data apart: when Fastly last touched them, and what they are.
func dataVersion(rows []billing.Usage) string {
	lines := make([]string, len(rows))
	var newest time.Time
	for i, row := range rows {
		lines[i] = fmt.Sprintf("%s|%s|%s|%s|%s", row.Product, row.UsageType, row.Region, row.Unit, row.Quantity)
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
