package rulesfile

import (
	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// subjects are what may appear or vanish.
var subjects = []rules.Subject{rules.SubjectProduct, rules.SubjectUsageType, rules.SubjectService}

// otherKinds are the keys of rules that watch for something else than a budget.
func (l *loader) otherKinds(d *draft) map[string]field {
	return map[string]field{
		"change":   func(value *yaml.Node) { d.Change = l.change(value) },
		"new":      func(value *yaml.Node) { d.Of = someOf(&l.document, value, "new", subjects) },
		"vanished": func(value *yaml.Node) { d.Of = someOf(&l.document, value, "vanished", subjects) },
		"at_least": func(value *yaml.Node) { d.AtLeast = l.threshold(value, "at_least") },
	}
}

func (l *loader) change(node *yaml.Node) rules.Change {
	var c rules.Change
	written := l.mapping(node, "change", map[string]field{
		"over":     func(value *yaml.Node) { c.Over = l.threshold(value, "over") },
		"at_least": func(value *yaml.Node) { c.AtLeast = l.amount(value, "at_least") },
	})
	if node.Kind == yaml.MappingNode && (written["over"] == nil || written["at_least"] == nil) {
		l.note(node, "change needs both over, such as 30%%, and at_least, such as 2 TB, so that a large change of a tiny amount does not alert")
	}
	if c.AtLeast.Kind == billing.Money {
		l.note(node, "change compares usage, so at_least must be an amount such as 2 TB or 5 million requests")
	}
	return c
}
