package rulesfile

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// draft is a rule that is being read.
type draft struct {
	rules.Rule
	node    *yaml.Node
	written map[string]*yaml.Node // the values by their keys, be they right or wrong
	// amounts are the limits that the budget's default is not, to be compared with it.
	amounts  []writtenAmount
	excepted map[string]*yaml.Node // the names under except
}

// called is how a problem names the rule.
func (d *draft) called() string { return cmp.Or(d.Name, "without a name") }

func (l *loader) rule(node *yaml.Node) {
	d := &draft{Rule: l.defaults, node: node}
	d.Line, d.Column = node.Line, node.Column
	entries := []entry{
		{"name", func(value *yaml.Node) { d.Name = l.ownName(value, "rule", l.lines) }},
		{"was", func(value *yaml.Node) { d.Was = l.slug(value, "was", "rule") }},
		{"title", func(value *yaml.Node) { d.Title = l.text(value, "title") }},
		{"product", func(value *yaml.Node) { d.Match.Product = l.text(value, "product") }},
		{"usage_type", func(value *yaml.Node) { d.Match.UsageType = l.text(value, "usage_type") }},
		{"region", func(value *yaml.Node) { d.Match.Region = l.text(value, "region") }},
		{"service", func(value *yaml.Node) { d.Match.Service = l.text(value, "service") }},
		{"team", func(value *yaml.Node) { d.Teams = l.oneTeam(value) }},
		{"budget", func(value *yaml.Node) { l.budget(value, d) }},
		{"except", func(value *yaml.Node) { l.except(value, d) }},
		{"per", func(value *yaml.Node) { d.Per = oneOf(&l.document, value, "per", rules.PerService, rules.PerTeam) }},
		{"charges", func(value *yaml.Node) {
			d.Charges = oneOf(&l.document, value, "charges", rules.ChargesAll, rules.ChargesUsage)
		}},
		{"change", func(value *yaml.Node) { d.Change = l.change(value) }},
		{"new", func(value *yaml.Node) { d.Of = someOf(&l.document, value, "new", subjects) }},
		{"vanished", func(value *yaml.Node) { d.Of = someOf(&l.document, value, "vanished", subjects) }},
		{"at_least", func(value *yaml.Node) { d.AtLeast = l.threshold(value, "at_least") }},
		{"planned", func(value *yaml.Node) { d.Planned = l.planned(value) }},
	}
	d.written = l.mapping(node, "a rule", append(entries, l.ruleDefaults(&d.Rule)...))
	if node.Kind != yaml.MappingNode {
		return
	}
	if d.written["name"] == nil {
		l.note(node, "the rule has no name; add one such as name: na-bandwidth")
	}
	d.At = map[string]rules.Location{}
	for key, value := range d.written {
		d.At[key] = rules.Location{Line: value.Line, Column: value.Column}
	}
	l.kind(d)
	l.perTeam(d)
	l.hasChannel(d)
	if own := d.Planned; len(own) == 0 {
		d.Planned = l.rules.Planned
	} else {
		d.Planned = slices.Concat(l.rules.Planned, own)
	}
	d.route()
	l.rules.Rules = append(l.rules.Rules, d.Rule)
}

// hasChannel notes a rule that has no channel. It does not report a channel that was written and refused a second time.
func (l *loader) hasChannel(d *draft) {
	if d.written["channel"] != nil || l.defaulted["channel"] != nil {
		return
	}
	if d.written["team"] == nil && d.Per != rules.PerTeam {
		l.note(d.node, "rule %s has no channel; add one to it or to defaults", d.called())
	}
	for _, team := range d.Teams {
		if !l.routed[team.Name] {
			l.note(d.node, "rule %s has no channel for team %s; add one to it, to the team or to defaults", d.called(), team.Name)
		}
	}
}

// ruleKinds are the keys that make a rule what it is, and the kinds that they make it.
var ruleKinds = []rules.RuleKind{rules.RuleBudget, rules.RuleChange, rules.RuleNew, rules.RuleVanished}

// kind settles what the rule watches for, and notes keys that belong to another kind of rule.
func (l *loader) kind(d *draft) {
	var kinds []string
	for _, kind := range ruleKinds {
		if d.written[string(kind)] != nil {
			kinds, d.Kind = append(kinds, string(kind)), kind
		}
	}
	switch {
	case len(kinds) == 0:
		l.note(d.node, "rule %s has no budget; add one such as budget: 500 TB", d.called())
		return
	case len(kinds) > 1:
		l.note(d.node, "rule %s has %s; a rule can have only one of these, so split it into %d rules", d.called(), billing.List(kinds, " and "), len(kinds))
		return
	}
	for _, key := range []string{"charges", "except", "thresholds", "forecast", "planned"} {
		l.onlyWith(d, key, rules.RuleBudget)
	}
	l.ofServices(d)
	l.onlyWith(d, "at_least", rules.RuleNew, rules.RuleVanished)
	if d.Kind == rules.RuleBudget {
		l.budgetFits(d)
	}
}

// onlyWith notes a key that the rule has although it belongs to rules of other kinds.
func (l *loader) onlyWith(d *draft, key string, kinds ...rules.RuleKind) {
	if value := d.written[key]; value != nil && !slices.Contains(kinds, d.Kind) {
		l.note(value, "%s needs a rule with %s, but this one has %s", key, rules.OrList(rules.Texts(kinds)), d.Kind)
	}
}

// ofServices notes keys about services of a rule that cannot have them: budgets can, and changes per day as far as there is one for each team.
func (l *loader) ofServices(d *draft) {
	for _, key := range []string{"service", "team", "per"} {
		switch value := d.written[key]; {
		case d.Kind == rules.RuleChange && d.Change.Daily && value != nil && key == "per" && d.Per == rules.PerService:
			l.note(value, "a change per day can have per: team, but not per: service; name a service, such as service: www-shop")
		case d.Kind == rules.RuleChange && d.Change.Daily:
		case d.Kind == rules.RuleChange && value != nil:
			l.note(value, "%s needs a rule with budget, or with change: {per: day, …}", key)
		default:
			l.onlyWith(d, key, rules.RuleBudget)
		}
	}
}

// giveTitles names the rules that have no title by their usage type, if that says all that the rule is about and no other
// rule is called so; else by their own name.
func (l *loader) giveTitles() {
	called := map[string]int{}
	for _, r := range l.rules.Rules {
		called[cmp.Or(r.Title, r.PlainTitle())]++
	}
	for i := range l.rules.Rules {
		r := &l.rules.Rules[i]
		if r.Title != "" {
			continue
		}
		r.Title = r.Name
		if title := r.PlainTitle(); title != "" && called[title] == 1 {
			r.Title = title
		}
	}
}

// checkRenames notes names that were given up and are still in use, or that two rules claim.
func (l *loader) checkRenames() {
	claimed := map[string]int{}
	for _, r := range l.rules.Rules {
		if r.Was == "" {
			continue
		}
		at := yaml.Node{Line: r.At["was"].Line, Column: r.At["was"].Column}
		if line, inUse := l.lines[r.Was]; inUse {
			l.note(&at, "was: %s is still the name of the rule on line %d", r.Was, line)
		}
		if line, twice := claimed[r.Was]; twice {
			l.note(&at, "two rules have was: %s; the first is on line %d", r.Was, line)
			continue
		}
		claimed[r.Was] = at.Line
	}
}

// subjects are what may appear or vanish.
var subjects = []rules.Subject{rules.SubjectProduct, rules.SubjectUsageType, rules.SubjectService}

// period is what a change is of: a day, or the days of a month so far.
type period string

const (
	perDay   period = "day"
	perMonth period = "month"
)

func (l *loader) change(node *yaml.Node) rules.Change {
	var c rules.Change
	written := l.mapping(node, "change", []entry{
		{"per", func(value *yaml.Node) { c.Daily = oneOf(&l.document, value, "per", perDay, perMonth) == perDay }},
		{"over", func(value *yaml.Node) { c.Over = l.threshold(value, "over") }},
		{"at_least", func(value *yaml.Node) { c.AtLeast = l.amount(value, "at_least") }},
	})
	if node.Kind == yaml.MappingNode && (written["over"] == nil || written["at_least"] == nil) {
		l.note(node, "change needs both over, such as 30%%, and at_least, such as 2 TB, so that a large change of a tiny amount does not alert")
	}
	if c.AtLeast.Kind == billing.Money {
		l.note(node, "change compares usage, so at_least must be an amount such as 2 TB or 5 million requests")
	}
	return c
}

// ruleDefaults are the keys that stand in a rule and under defaults alike.
func (l *loader) ruleDefaults(r *rules.Rule) []entry {
	return []entry{
		{"channel", func(value *yaml.Node) { r.Channel = l.channel(value) }},
		{"owners", func(value *yaml.Node) { r.Owners = l.owners(value) }},
		{"ping_at", func(value *yaml.Node) { r.PingAt = cmp.Or(l.threshold(value, "ping_at"), r.PingAt) }},
		{"thresholds", func(value *yaml.Node) { r.Thresholds = l.thresholds(value) }},
		{"forecast", func(value *yaml.Node) { r.Forecast = l.forecast(value) }},
		{"escalate_after", func(value *yaml.Node) {
			r.EscalateAfter = l.duration(value, "escalate_after", time.Minute, "a minute, such as 4h")
		}},
	}
}

func (l *loader) thresholds(node *yaml.Node) []rules.Threshold {
	thresholds := []rules.Threshold{}
	l.list(node, "thresholds", func(element *yaml.Node) {
		threshold := l.threshold(element, "a threshold")
		switch {
		case threshold == 0:
			return
		case len(thresholds) > 0 && threshold <= thresholds[len(thresholds)-1]:
			l.note(element, "threshold %s comes after %s; write them in rising order, each once", threshold, thresholds[len(thresholds)-1])
		}
		thresholds = append(thresholds, threshold)
	})
	return thresholds
}

// forecast reads the threshold above which a likely end is posted, or that none is.
func (l *loader) forecast(node *yaml.Node) rules.Threshold {
	if node.Kind == yaml.ScalarNode && (node.Value == "false" || node.Value == "none") {
		return 0
	}
	return l.threshold(node, "forecast")
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
