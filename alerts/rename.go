package alerts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"budgetbot/billing"
)

// Renames returns the names that rules have now, by those that they had before.
func (r *Rules) Renames() map[string]string {
	names := map[string]string{}
	for _, rule := range r.Rules {
		if rule.Was != "" {
			names[rule.Was] = rule.Name
		}
	}
	return names
}

// Renamed warns of each rule that was never seen while one is gone that it seems to be, for it counts the same or has nearly the
// same name: without was: it begins anew. known are the rules ever seen, and their hashes.
func Renamed(file string, rules *Rules, known map[string]string) Problems {
	gone := maps.Clone(known)
	for _, rule := range rules.Rules {
		delete(gone, rule.Name)
		delete(gone, rule.Was)
	}
	var warnings Problems
	for i := range rules.Rules {
		rule := &rules.Rules[i]
		if _, seen := known[rule.Name]; seen || rule.Was != "" || rule.Kind != RuleBudget { // what is known are budgets
			continue
		}
		if before := rule.likely(gone); before != "" {
			warnings = append(warnings, Problem{file, rule.Line, rule.Column, fmt.Sprintf(
				"rule %s was never seen, and %s is gone: if it is the same, was: %s keeps its state; else it begins anew", rule.Name, before, before)})
		}
	}
	return warnings
}

// likely returns the name that the rule may have had before, of those that are gone; empty where none is likely.
func (r *Rule) likely(gone map[string]string) string {
	names := slices.Sorted(maps.Keys(gone))
	for _, name := range names {
		if countsAlike(r.Hash(billing.Month{}, ""), r.modern(gone[name])) {
			return name
		}
	}
	return cmp.Or(append(billing.Nearest(r.Name, names), "")...)
}
