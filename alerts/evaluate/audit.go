package evaluate

import (
	"fmt"
	"slices"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Account is what is known of an account when rules are compared with it.
type Account struct {
	Rows []billing.Usage // of the last months
	Bill *billing.Bill   // the newest; nil if there is none, or it is not known
}

// Audit compares the rules with what the account really has, and notes mistakes that the file alone does not show: a glob over two units,
// a budget in a unit that its usage is not counted in, or in a currency that Fastly does not bill in. As warnings it also returns
// the rules that cover nothing yet, with the nearest name: the account may well begin to use a product later.
func Audit(file string, set *rules.Rules, account Account) (problems, warnings rules.Problems) {
	a := auditor{
		evaluation: newEvaluation(Reading{Rows: account.Rows, Bill: account.Bill}), file: file, catalog: billing.CatalogOf(account.Rows),
	}
	for i := range set.Rules {
		a.audit(&set.Rules[i])
	}
	return a.problems, a.warnings
}

type auditor struct {
	*evaluation
	file               string
	catalog            billing.Catalog
	problems, warnings rules.Problems
}

// refuse notes a problem with the value of the first of the keys that the rule has.
func (a *auditor) refuse(rule *rules.Rule, why string, keys ...string) {
	a.problems = append(a.problems, rule.Problem(a.file, ": "+why, keys...))
}

// audit notes what is wrong with the rule, or what to warn of.
func (a *auditor) audit(rule *rules.Rule) {
	kind := rule.Budget.Kind
	switch {
	case rule.Kind == rules.RuleNew || rule.Kind == rules.RuleVanished: // what they look for may well not be there
		return
	case rule.Kind == rules.RuleChange:
		kind = rule.Change.AtLeast.Kind
	case rule.IsMoney():
		a.auditCost(rule)
		return
	}
	covered := a.index.Covered(rule.Match)
	if len(covered) == 0 {
		a.warnUncovered(rule)
		return
	}
	if why := manyUnits(covered, rule.Kind); why != "" {
		a.refuse(rule, why, "usage_type", "product", "region")
		return
	}
	for _, row := range covered {
		if _, err := a.factors.Count(row, kind); err != nil {
			a.refuse(rule, err.Error(), "budget", "change")
			return
		}
	}
	if !rule.IsDaily() {
		return
	}
	if s := dayScope(rule, a.index); s.unknown != "" && s.ofServices() { // the account's usage is compared by what the bot reads itself
		a.refuse(rule, s.unknown, "usage_type", "product", "region", "change")
	}
}

// auditCost compares a money budget with the bill. It warns of a name that neither the bill nor usage has; without a bill
// the name may be one of the bill's own.
func (a *auditor) auditCost(rule *rules.Rule) {
	currency := rule.Budget.Currency
	switch {
	case a.bill == nil:
	case a.bill.Currency != "" && a.bill.Currency != currency:
		a.refuse(rule, fmt.Sprintf("its budget is in %s, but Fastly bills in %s", currency, a.bill.Currency), "budget")
	case a.cost(questionOf(rule)).Unknown != "" && len(a.index.Covered(rule.Match)) == 0:
		a.warnUncovered(rule)
	}
}

// warnUncovered warns of the rule's name that the account does not know, with the nearest one that it does.
func (a *auditor) warnUncovered(rule *rules.Rule) {
	m, key := rule.Match, ""
	text := fmt.Sprintf("Fastly has listed no usage of %s in recent months", m.Describe())
	for _, written := range []struct {
		what, key, pattern string
		known              []string
	}{
		{"usage type", "usage_type", m.UsageType, a.catalog.UsageTypes(rules.PlainName(m.Product))},
		{"product", "product", m.Product, a.catalog.ProductIDs()},
	} {
		if written.pattern == "" || slices.ContainsFunc(written.known, func(name string) bool { return billing.Glob(written.pattern, name) }) {
			continue
		}
		key, text = written.key, fmt.Sprintf("Fastly has listed no %s %q in recent months", written.what, written.pattern)
		if near := billing.Nearest(written.pattern, written.known); len(near) > 0 {
			text = fmt.Sprintf("there is no %s %q; did you mean %q?", written.what, written.pattern, near[0])
		}
	}
	a.warnings = append(a.warnings, rule.Problem(a.file, ": "+text, key))
}
