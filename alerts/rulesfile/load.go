package rulesfile

import (
	"cmp"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
)

// maxRules is how many rules a file may hold.
const maxRules = 20_000

// Load reads a rules file. If anything is wrong the error is Problems, with all of it; file is the name to say in them.
func Load(file string, text []byte) (*rules.Rules, error) {
	l := &loader{
		document: document{file: file},
		rules: &rules.Rules{
			Zone: time.UTC, People: map[string]rules.Person{}, Operators: rules.Operators{StaleAfter: rules.DefaultStaleAfter},
		},
		defaults: rules.Rule{Thresholds: rules.DefaultThresholds, Forecast: rules.DefaultForecast, PingAt: rules.DefaultPingAt},
		lines:    map[string]int{},
		routed:   map[string]bool{},
	}
	if parent := l.parse(text); parent != nil {
		l.file(parent)
	}
	if err := l.problems.AsError(); err != nil {
		return nil, err
	}
	return l.rules, nil
}

type loader struct {
	document
	rules     *rules.Rules
	defaults  rules.Rule
	defaulted map[string]*yaml.Node // what stands under defaults, be it right or wrong
	lines     map[string]int        // where each rule's name was first used
	spikes    *yaml.Node            // what stands under operators as spikes; nil if nothing does
	routed    map[string]bool       // the teams that have a channel, be it right or wrong
}

// file reads the top of the document: first what rules refer to.
func (l *loader) file(parent *yaml.Node) {
	written := l.mapping(parent, "the file", []entry{
		{"time_zone", func(value *yaml.Node) { l.rules.Zone = l.zone(value) }},
		{"fiscal_year_starts", func(value *yaml.Node) { l.rules.YearStarts = l.month(value) }},
		{"working_hours", func(value *yaml.Node) { l.rules.WorkingHours = l.workingHours(value) }},
		{"rules_url", func(value *yaml.Node) { l.rules.URL = l.url(value) }},
		{"operators", l.operators},
		{"people", l.people},
		{"teams", l.teams},
		{"defaults", func(value *yaml.Node) { l.defaulted = l.mapping(value, "defaults", l.ruleDefaults(&l.defaults)) }},
		{"planned", func(value *yaml.Node) { l.rules.Planned = l.planned(value) }},
		{"access", l.access},
		{"digests", l.digests},
		{"rules", l.allRules},
	})
	l.spikesRule()
	if parent.Kind == yaml.MappingNode && written["rules"] == nil {
		l.note(parent, "there are no rules; add a list under rules:")
	}
}

func (l *loader) allRules(rules *yaml.Node) {
	switch n := len(rules.Content); {
	case rules.Kind == yaml.SequenceNode && n == 0:
		l.note(rules, "rules is empty; add at least one rule")
	case rules.Kind == yaml.SequenceNode && n > maxRules:
		l.note(rules, "%d rules; the most is %d", n, maxRules)
	default:
		l.list(rules, "rules", l.rule)
		l.checkRenames()
		l.giveTitles()
	}
}

func (l *loader) access(node *yaml.Node) {
	l.mapping(node, "access", []entry{
		{"ask", func(value *yaml.Node) { l.rules.Access.Ask = l.places(value, "ask") }},
		{"share", func(value *yaml.Node) { l.rules.Access.Share = l.places(value, "share") }},
	})
}

func (l *loader) operators(node *yaml.Node) {
	l.mapping(node, "operators", []entry{
		{"channel", func(value *yaml.Node) { l.rules.Operators.Channel = l.channel(value) }},
		{"stale_after", func(value *yaml.Node) {
			age := l.duration(value, "stale_after", time.Hour, "an hour, such as 36h")
			l.rules.Operators.StaleAfter = cmp.Or(age, rules.DefaultStaleAfter)
		}},
		{"spikes", func(value *yaml.Node) { l.spikes = value }},
	})
}

// spikesRule adds the rule that spikes: on under operators stands for.
func (l *loader) spikesRule() {
	if l.spikes == nil || oneOf(&l.document, l.spikes, "spikes", "on", "off") != "on" {
		return
	}
	if line, taken := l.lines[rules.SpikesRule]; taken {
		l.note(l.spikes, "spikes: on makes a rule called %s, as the rule on line %d is; give that one another name", rules.SpikesRule, line)
	}
	if l.rules.Operators.Channel == "" {
		l.note(l.spikes, "spikes: on needs a channel under operators to post in")
	}
	l.rules.Rules = append(l.rules.Rules, rules.Rule{
		Name: rules.SpikesRule, Title: "Bandwidth", Kind: rules.RuleChange, Match: rules.Match{Product: "cdn_usage", UsageType: "* Bandwidth"},
		Change: rules.DefaultSpike, Channel: l.rules.Operators.Channel, PingAt: rules.DefaultPingAt, Line: l.spikes.Line, Column: l.spikes.Column,
	})
}
