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
	Bill *billing.Bill   // the newest; nil where there is none, or it is not known
}

// Audit compares the rules with what the account really has, and notes mistakes that the file alone does not show: a glob over two units,
// a budget in a unit that its usage is not counted in, or in a currency that Fastly does not bill in. As warnings it also returns
// the rules that cover nothing yet, with the nearest name: the account may well begin to use a product later.
func Audit(file string, set *rules.Rules, account Account) (problems, warnings rules.Problems) {
	a := auditor{
		index: NewIndex(account.Rows), factors: billing.FactorsOf(account.Rows), catalog: billing.CatalogOf(account.Rows),
		bill: newBill(account.Bill, account.Rows),
	}
	for i := range set.Rules {
		rule := &set.Rules[i]
		noted := a.audit(rule)
		if noted.text == "" {
			continue
		}
		problem := rule.Problem(file, ": "+noted.text, noted.keys...)
		if noted.isWarning {
			warnings = append(warnings, problem)
		} else {
			problems = append(problems, problem)
		}
	}
	return problems, warnings
}

// remark is what an audit notes about a rule; its text is empty if there is nothing to note. It is about the value of the first of its keys
// that the rule has, or about the rule as a whole.
type remark struct {
	text      string
	keys      []string
	isWarning bool
}

// namesWritten are the keys that name what a rule covers, the narrowest first.
var namesWritten = []string{"usage_type", "product", "region"}

// amountsWritten are the keys under which a rule has its amount.
var amountsWritten = []string{"budget", "change"}

type auditor struct {
	index   *Index
	factors billing.Factors
	catalog billing.Catalog
	bill    *bill
}

// audit returns what is wrong with the rule, or what to warn of.
func (a *auditor) audit(rule *rules.Rule) remark {
	kind := rule.Budget.Kind
	switch {
	case rule.Kind == rules.RuleNew || rule.Kind == rules.RuleVanished: // what they look for may well not be there
		return remark{}
	case rule.Kind == rules.RuleChange:
		kind = rule.Change.AtLeast.Kind
	case rule.IsMoney():
		return a.auditCost(rule)
	}
	covered := a.index.Covered(rule.Match)
	if len(covered) == 0 {
		return nothingCovered(rule.Match, a.catalog)
	}
	if why := manyUnits(covered, rule.Kind); why != "" {
		return remark{text: why, keys: namesWritten}
	}
	for _, row := range covered {
		if _, err := a.factors.Count(row, kind); err != nil {
			return remark{text: err.Error(), keys: amountsWritten}
		}
	}
	return remark{}
}

// auditCost compares a money budget with the bill. It warns of a name that neither the bill nor usage has; without a bill
// the name may be one of the bill's own.
func (a *auditor) auditCost(rule *rules.Rule) remark {
	currency := rule.Budget.Currency
	if a.bill != nil && a.bill.Currency != "" && a.bill.Currency != currency {
		return remark{text: fmt.Sprintf("its budget is in %s, but Fastly bills in %s", currency, a.bill.Currency), keys: amountsWritten}
	}
	e := evaluation{bill: a.bill}
	if a.bill == nil || e.cost(questionOf(rule)).unknown == "" || len(a.index.Covered(rule.Match)) > 0 {
		return remark{}
	}
	return nothingCovered(rule.Match, a.catalog)
}

// nothingCovered warns of the rule's name that the account does not know, with the nearest one that it does.
func nothingCovered(m rules.Match, catalog billing.Catalog) remark {
	for _, written := range []struct {
		what, key, pattern string
		known              []string
	}{
		{"product", "product", m.Product, catalog.ProductIDs()},
		{"usage type", "usage_type", m.UsageType, catalog.UsageTypes(rules.PlainName(m.Product))},
	} {
		if slices.ContainsFunc(written.known, func(name string) bool { return rules.Glob(written.pattern, name) }) || written.pattern == "" {
			continue
		}
		text := fmt.Sprintf("Fastly has listed no %s %q in recent months", written.what, written.pattern)
		if near := billing.Nearest(written.pattern, written.known); len(near) > 0 {
			text = fmt.Sprintf("there is no %s %q; did you mean %q?", written.what, written.pattern, near[0])
		}
		return remark{text: text, keys: []string{written.key}, isWarning: true}
	}
	return remark{text: fmt.Sprintf("Fastly has listed no usage of %s in recent months", m.Describe()), isWarning: true}
}
