package rulesfile

import (
	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// writtenAmount is an amount and where it stands.
type writtenAmount struct {
	billing.Amount
	at *yaml.Node
}

// budget reads one amount, or a default and the months that differ.
func (l *loader) budget(node *yaml.Node, d *draft) {
	if node.Kind != yaml.MappingNode {
		d.Budget = l.amount(node, "budget")
		return
	}
	hasDefault := false
	d.Months = map[billing.Month]billing.Amount{}
	l.pairs(node, "budget", func(name string, key, value *yaml.Node) {
		if name == "default" {
			hasDefault, d.Budget = true, l.amount(value, "budget")
			return
		}
		month, err := billing.ParseMonth(name)
		if err != nil {
			l.note(key, "%s under budget must be default or a month such as 2026-12", rules.Clip(name))
			return
		}
		d.Months[month] = l.amountLike(value, "the budget of "+name, d)
	})
	if !hasDefault {
		l.note(node, "a budget by month needs a default for the other months")
	}
}

func (l *loader) except(node *yaml.Node, d *draft) {
	d.Except, d.excepted = map[string]billing.Amount{}, map[string]*yaml.Node{}
	l.pairs(node, "except", func(_ string, key, value *yaml.Node) {
		name := l.text(resolve(key), "a name under except")
		d.Except[name], d.excepted[name] = l.amountLike(value, "the budget of "+rules.Clip(name), d), key
	})
}

// amountLike reads an amount that has to be of one kind with the budget's default.
func (l *loader) amountLike(node *yaml.Node, what string, d *draft) billing.Amount {
	amount := l.amount(node, what)
	d.amounts = append(d.amounts, writtenAmount{amount, node})
	return amount
}

func (l *loader) amount(node *yaml.Node, what string) billing.Amount {
	written := l.text(node, what)
	if written == "" {
		return billing.Amount{}
	}
	amount, err := billing.ParseAmount(written)
	if err != nil {
		l.note(node, "%s: %s", what, err)
		return billing.Amount{}
	}
	if doubt := billing.DoubtfulAmount(written); doubt != "" {
		l.rules.Doubts = append(l.rules.Doubts, rules.Problem{File: l.document.file, Line: node.Line, Column: node.Column, Text: what + ": " + doubt})
	}
	return amount
}
