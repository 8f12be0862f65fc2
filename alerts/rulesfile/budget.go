package rulesfile

import (
	"strings"

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

// budgetFits notes where the parts of a budget do not go together.
func (l *loader) budgetFits(d *draft) {
	if except := d.written["except"]; except != nil && d.written["per"] == nil {
		l.note(except, "except needs a budget for each service or team; add per: service or per: team")
	}
	if d.Budget.Kind == "" {
		return
	}
	for _, other := range d.amounts {
		if other.Kind != "" && (other.Kind != d.Budget.Kind || other.Currency != d.Budget.Currency) {
			l.note(other.at, "%s: the budget's %s is counted in another unit", other.Amount, d.Budget)
		}
	}
	l.chargesFit(d)
	if len(d.Thresholds) == 0 && d.Forecast == 0 {
		l.note(d.node, "rule %s has neither thresholds nor a forecast, so it would never alert", d.called())
	}
	l.comparable(d.written["budget"], d.Rule)
}

// chargesFit settles which charges count towards a budget of money, and notes where that is not open.
func (l *loader) chargesFit(d *draft) {
	charges, isMoney := d.written["charges"], d.Budget.Kind == billing.Money
	ofServices := d.Match.Service != "" || d.written["team"] != nil || d.Per != ""
	switch {
	case charges != nil && !isMoney:
		l.note(charges, "charges applies to a bill, but the budget is not in money; write one such as 84000 USD")
	case charges != nil && ofServices && d.Charges == rules.ChargesAll:
		l.note(charges, "flat fees belong to the whole account, so a service has only usage charges; leave charges out")
	case isMoney && ofServices:
		d.Charges = rules.ChargesUsage
	case isMoney && charges == nil:
		d.Charges = rules.ChargesAll
	}
}

// comparable notes a budget in a unit that the usage type's own name rules out. What names do not tell is left to Audit.
func (l *loader) comparable(node *yaml.Node, r rules.Rule) {
	typeName := strings.ToLower(r.Match.UsageType)
	bytes, requests := strings.Contains(typeName, "bandwidth"), strings.Contains(typeName, "request")
	if bytes && !requests && r.Budget.Kind == billing.Requests || requests && !bytes && r.Budget.Kind == billing.Bytes {
		l.note(node, "budget: %s is counted in another unit than %s", rules.Clip(r.Match.UsageType), r.Budget)
	}
}
