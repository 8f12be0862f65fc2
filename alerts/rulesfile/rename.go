package rulesfile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Renamed warns of each rule that was never seen while one is gone that it seems to be, for it counts the same or has nearly the
// same name: without was: it begins again. known are the rules ever seen, and their hashes.
func Renamed(file string, set *rules.Rules, known map[string]string) rules.Problems {
	gone := maps.Clone(known)
	for _, rule := range set.Rules {
		delete(gone, rule.Name)
		delete(gone, rule.Was)
	}
	var warnings rules.Problems
	for i := range set.Rules {
		rule := &set.Rules[i]
		if _, seen := known[rule.Name]; seen || rule.Was != "" || rule.Kind != rules.RuleBudget { // what is known are budgets
			continue
		}
		if before := likely(rule, gone); before != "" {
			text := fmt.Sprintf(" is new and %s is gone: if it is the same rule, add was: %s to keep its state; otherwise it starts over", before, before)
			warnings = append(warnings, rule.Problem(file, text))
		}
	}
	return warnings
}

// likely returns the name that the rule may have had before, of those that are gone; empty if none is likely.
func likely(r *rules.Rule, gone map[string]string) string {
	names := slices.Sorted(maps.Keys(gone))
	for _, name := range names {
		if rules.CountsAlike(r.Hash(billing.Month{}, rules.Instance{}), r.Modern(gone[name])) {
			return name
		}
	}
	return cmp.Or(append(billing.Nearest(r.Name, names), "")...)
}
