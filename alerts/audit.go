package alerts

import (
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
)

// Audit holds the rules against usage that the account really has, and notes what the file alone could not tell: a glob
// over two units, or a budget in a unit that its usage is not counted in. It also returns, as warnings, the rules that
// cover nothing yet, with the nearest name: a product may well begin to be used later.
func Audit(file string, rules *Rules, rows []billing.Usage) (problems, warnings Problems) {
	index, factors := newIndex(rows), billing.FactorsOf(rows)
	catalog := billing.CatalogOf(rows)
	for _, rule := range rules.Rules {
		note := func(list *Problems, format string, args ...any) {
			text := "rule " + rule.Name + ": " + fmt.Sprintf(format, args...)
			*list = append(*list, Problem{file, rule.Line, rule.Column, text})
		}
		covered := index.covered(rule.Match)
		if len(covered) == 0 {
			note(&warnings, "%s", nothingCovered(rule.Match, catalog))
			continue
		}
		if units := unitsOf(covered); len(units) > 1 {
			note(&problems, "it covers %s, and a budget needs one unit", typesByUnit(covered))
			continue
		}
		for _, row := range covered {
			if _, err := factors.Count(row, rule.Budget.Kind); err != nil {
				note(&problems, "%s", err)
				break
			}
		}
	}
	return problems, warnings
}

// typesByUnit names a usage type of each unit: "North America Bandwidth in gb and North America Requests in unit".
func typesByUnit(rows []billing.Usage) string {
	var named []string
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.Unit] {
			seen[row.Unit] = true
			named = append(named, row.UsageType+" in "+row.Unit)
		}
	}
	return strings.Join(named, " and ")
}

// nothingCovered says which of the rule's names the account does not know, with the nearest one that it does.
func nothingCovered(m Match, catalog billing.Catalog) string {
	types := catalog.UsageTypes(plainName(m.Product))
	switch {
	case isUnknown(m.Product, catalog.ProductIDs()):
		return unknownName("product", m.Product, catalog.ProductIDs())
	case isUnknown(m.UsageType, types):
		return unknownName("usage type", m.UsageType, types)
	}
	return fmt.Sprintf("Fastly lists no usage of %s in the last months", m.describe())
}

func isUnknown(pattern string, names []string) bool {
	return pattern != "" && !slices.ContainsFunc(names, func(name string) bool { return Glob(pattern, name) })
}

func unknownName(what, name string, known []string) string {
	if near := billing.Nearest(name, known); len(near) > 0 {
		return fmt.Sprintf("no %s is called %q; did you mean %q?", what, name, near[0])
	}
	return fmt.Sprintf("no %s is called %q in the last months", what, name)
}
