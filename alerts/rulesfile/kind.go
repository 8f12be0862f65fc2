package rulesfile

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// otherKinds are the keys of rules that watch for something else than a budget.
func (l *loader) otherKinds(d *draft) map[string]field {
	return map[string]field{
		"change":   func(value *yaml.Node) { d.Change = l.change(value) },
		"new":      func(value *yaml.Node) { d.Of = l.subjects(value, "new") },
		"vanished": func(value *yaml.Node) { d.Of = l.subjects(value, "vanished") },
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
	return c
}

// subjects reads what may appear or vanish.
func (l *loader) subjects(node *yaml.Node, what string) []rules.Subject {
	words := rules.Texts([]rules.Subject{rules.SubjectProduct, rules.SubjectUsageType, rules.SubjectService})
	var subjects []rules.Subject
	l.list(node, what, func(element *yaml.Node) {
		subject := rules.Subject(l.oneOf(element, "an element of "+what, words...))
		if subject != "" && slices.Contains(subjects, subject) {
			l.note(element, "%s is listed twice", subject)
		}
		subjects = append(subjects, subject)
	})
	if node.Kind == yaml.SequenceNode && len(node.Content) == 0 {
		l.note(node, "%s is empty; list %s", what, rules.OrList(words))
	}
	return subjects
}

// changeFits notes what no change can be told of: the record of days, which it is made of, has the account's usage alone.
func (l *loader) changeFits(d *draft) {
	for _, key := range []string{"service", "team"} {
		if value := d.written[key]; value != nil {
			l.note(value, "%s cannot be used with change: usage of services is not recorded by day", key)
		}
	}
	if d.Change.AtLeast.Kind == billing.Money {
		l.note(d.written["change"], "change compares usage, so at_least must be an amount such as 2 TB or 5 million requests")
	}
}

// searchFits notes what items cannot be searched by.
func (l *loader) searchFits(d *draft) {
	for _, key := range []string{"service", "team"} {
		if value := d.written[key]; value != nil {
			l.note(value, "%s cannot be used with %s: leave it out, or name a product", key, d.Kind)
		}
	}
}
