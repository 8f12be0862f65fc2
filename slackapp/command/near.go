package command

import (
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/command/typed"
)

// split is one way to read words as a product and the rest.
type split struct{ product, rest []typed.Word }

// splits returns every way, the longest product first.
func splits(names []typed.Word) []split {
	if len(names) > maxNameWords {
		return nil
	}
	var all []split
	for n := len(names) - 1; n > 0; n-- {
		all = append(all,
			split{names[:n], names[n:]},
			split{names[len(names)-n:], names[:len(names)-n]})
	}
	return all
}

// nearTypes returns the usage types that the words are near, or else are a part of.
func nearTypes(all []typed.Word, names []string) []string {
	if near := billing.Nearest(typed.Plain(all), names); len(near) > 0 {
		return near
	}
	var having []string
	part := typed.Letters(typed.Plain(all))
	for _, name := range names {
		if len(part) >= 3 && strings.Contains(typed.Letters(name), part) {
			having = append(having, name)
		}
	}
	return having
}

// isNearOne reports whether all the words, or all but a product, are near one name.
func (a Account) isNearOne(names []typed.Word) bool {
	if len(billing.Nearest(typed.Plain(names), a.ProductIDs())) > 0 || len(nearTypes(names, a.UsageTypes(""))) > 0 {
		return true
	}
	hasProduct, hasNear := false, false
	for _, s := range splits(names) {
		product, ok := typed.Pick(typed.Plain(s.product), a.ProductIDs())
		if ok && len(nearTypes(s.rest, a.UsageTypes(product))) > 0 {
			return true
		}
		hasProduct = hasProduct || ok
		hasNear = hasNear || len(billing.Nearest(typed.Plain(s.product), a.ProductIDs())) > 0
	}
	return hasNear && !hasProduct && !slices.ContainsFunc(names, isBetween)
}
