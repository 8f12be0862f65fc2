package alerts

import (
	"cmp"
	"maps"
	"strings"

	"go.yaml.in/yaml/v4"

	"budgetbot/billing"
)

// laterKeys are keys of the rules language that this version does not act on, and so does not take.
var laterKeys = []string{"forecast", "change", "new", "vanished", "at_least", "per", "except", "charges", "was", "escalate_after"}

func (l *loader) rule(node *yaml.Node) {
	r := l.defaults
	r.Line, r.Column = node.Line, node.Column
	var budget *yaml.Node
	fields := map[string]field{
		"name":       func(value *yaml.Node) { r.Name = l.ruleName(value) },
		"title":      func(value *yaml.Node) { r.Title = l.text(value, "title") },
		"product":    func(value *yaml.Node) { r.Match.Product = l.text(value, "product") },
		"usage_type": func(value *yaml.Node) { r.Match.UsageType = l.text(value, "usage_type") },
		"region":     func(value *yaml.Node) { r.Match.Region = l.text(value, "region") },
		"service":    func(value *yaml.Node) { r.Match.Service = l.text(value, "service") },
		"budget":     func(value *yaml.Node) { budget = value; r.Budget = l.budget(value) },
	}
	maps.Copy(fields, l.ruleDefaults(&r))
	written := l.mapping(node, "a rule", fields, laterKeys...)
	if node.Kind != yaml.MappingNode {
		return
	}
	l.complete(node, r, written)
	if budget != nil && r.Budget.Kind != "" {
		l.comparable(budget, r)
	}
	l.rules.Rules = append(l.rules.Rules, r)
}

// giveTitles names the rules that have no title by their usage type, where that says all that the rule is about and no other
// rule is called so; else by their own name.
func (l *loader) giveTitles() {
	called := map[string]int{}
	for _, r := range l.rules.Rules {
		called[cmp.Or(r.Title, plainTitle(r.Match))]++
	}
	for i := range l.rules.Rules {
		r := &l.rules.Rules[i]
		if r.Title != "" {
			continue
		}
		r.Title = r.Name
		if title := plainTitle(r.Match); title != "" && called[title] == 1 {
			r.Title = title
		}
	}
}

// plainTitle returns the usage type where the rule covers the whole of it, and nothing else.
func plainTitle(m Match) string {
	if m.Service != "" {
		return ""
	}
	return plainName(m.UsageType)
}

// complete notes what a rule lacks. What was written and refused is not asked for again.
func (l *loader) complete(node *yaml.Node, r Rule, written map[string]bool) {
	called := cmp.Or(r.Name, "without a name")
	if !written["name"] {
		l.note(node, "the rule has no name; add one such as name: na-bandwidth")
	}
	if !written["budget"] {
		l.note(node, "rule %s has no budget; add one such as budget: 500 TB", called)
	}
	if !written["channel"] && !l.defaulted["channel"] {
		l.note(node, "rule %s has no channel; add one to it or to defaults", called)
	}
}

// plainName returns the name where it is exact, and nothing where it is a glob, which would make a poor title.
func plainName(name string) string {
	if strings.Contains(name, "*") {
		return ""
	}
	return name
}

func (l *loader) ruleName(node *yaml.Node) string {
	name := l.text(node, "name")
	if name == "" {
		return ""
	}
	if !slug.MatchString(name) {
		l.note(node, "%s is no rule name: use lower-case letters, digits and -, and put words for people in title", clip(name))
		return ""
	}
	if line, taken := l.lines[name]; taken {
		l.note(node, "two rules are called %s; the first is on line %d", name, line)
		return name
	}
	l.lines[name] = node.Line
	return name
}

func (l *loader) budget(node *yaml.Node) billing.Amount {
	if node.Kind == yaml.MappingNode {
		l.note(node, "a budget that differs by month is not in this version yet; write one amount")
		return billing.Amount{}
	}
	written := l.text(node, "budget")
	if written == "" {
		return billing.Amount{}
	}
	amount, err := billing.ParseAmount(written)
	if err != nil {
		l.note(node, "budget: %s", err)
		return billing.Amount{}
	}
	if amount.Kind == billing.Money {
		l.note(node, "budget: %s is money, and this version counts usage; write an amount such as 500 TB", clip(written))
		return billing.Amount{}
	}
	return amount
}

// comparable notes a budget in a unit that the usage type's own name rules out. What names do not tell is left to Audit.
func (l *loader) comparable(node *yaml.Node, r Rule) {
	typeName := strings.ToLower(r.Match.UsageType)
	bytes, requests := strings.Contains(typeName, "bandwidth"), strings.Contains(typeName, "request")
	if bytes && !requests && r.Budget.Kind == billing.Requests || requests && !bytes && r.Budget.Kind == billing.Bytes {
		l.note(node, "budget: %s is counted in another unit than %s", clip(r.Match.UsageType), r.Budget)
	}
}
