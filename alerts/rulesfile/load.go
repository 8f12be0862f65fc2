package rulesfile

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
)

// maxRules is how many rules a file may hold.
const maxRules = 20_000

// Load reads a rules file. Where anything is wrong the error is Problems, with all of it; file is the name to say in them.
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
	routed    map[string]bool       // the teams that have a channel, be it right or wrong
}

// file reads the top of the document. What rules refer to is read first, wherever it stands.
func (l *loader) file(parent *yaml.Node) {
	inTurn := []struct {
		key  string
		read field
	}{
		{"people", l.people}, {"teams", l.teams}, {"defaults", l.readDefaults}, {"access", l.access}, {"digests", l.digests},
	}
	fields := map[string]field{
		"operators": l.operators, "rules": func(*yaml.Node) {},
		"time_zone":     func(value *yaml.Node) { l.rules.Zone = l.zone(value) },
		"working_hours": func(value *yaml.Node) { l.rules.WorkingHours = l.workingHours(value) },
		"rules_url":     func(value *yaml.Node) { l.rules.URL = l.url(value) },
	}
	for _, part := range inTurn {
		fields[part.key] = func(*yaml.Node) {}
	}
	written := l.mapping(parent, "the file", fields)
	if parent.Kind != yaml.MappingNode {
		return
	}
	for _, part := range inTurn {
		if value := written[part.key]; value != nil {
			part.read(value)
		}
	}
	l.allRules(parent, written["rules"])
}

func (l *loader) allRules(parent, rules *yaml.Node) {
	if rules == nil {
		l.note(parent, "there are no rules; add a list under rules:")
		return
	}
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

func (l *loader) readDefaults(node *yaml.Node) {
	l.defaulted = l.mapping(node, "defaults", l.ruleDefaults(&l.defaults))
}

func (l *loader) access(node *yaml.Node) {
	l.mapping(node, "access", map[string]field{
		"ask":   func(value *yaml.Node) { l.rules.Access.Ask = l.places(value, "ask") },
		"share": func(value *yaml.Node) { l.rules.Access.Share = l.places(value, "share") },
	})
}

func (l *loader) operators(node *yaml.Node) {
	l.mapping(node, "operators", map[string]field{
		"channel": func(value *yaml.Node) { l.rules.Operators.Channel = l.channel(value) },
		"stale_after": func(value *yaml.Node) {
			age := l.duration(value, "stale_after", time.Hour, "an hour, such as 36h")
			l.rules.Operators.StaleAfter = cmp.Or(age, rules.DefaultStaleAfter)
		},
	})
}

var (
	channelName = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$`)
	slug        = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
)

// slug reads the name of a rule, team or digest.
func (l *loader) slug(node *yaml.Node, what, of string) string {
	name := l.text(node, what)
	if name == "" || slug.MatchString(name) {
		return name
	}
	l.note(node, "%s is not a valid %s name: use lower-case letters, digits and -", rules.Clip(name), of)
	return ""
}

func (l *loader) people(node *yaml.Node) {
	l.pairs(node, "people", func(_ string, key, value *yaml.Node) {
		name := l.text(resolve(key), "a name under people")
		id := l.text(value, "the id of "+rules.Clip(name))
		if id != "" && !rules.IsPersonID(id) {
			l.note(value, "%s is not the id of a Slack user (U…) or group (S…); copy it from their profile", rules.Clip(id))
		}
		l.rules.People[name] = rules.Person{Name: name, ID: id}
	})
}

// places reads the channels and people of an access list.
func (l *loader) places(node *yaml.Node, what string) []rules.Place {
	var places []rules.Place
	l.list(node, what, func(element *yaml.Node) {
		written := l.text(element, "a name in "+what)
		name := strings.TrimPrefix(written, "#")
		person, known := l.rules.People[name]
		switch {
		case written == "":
		case known:
			places = append(places, rules.Place{Name: name, ID: person.ID})
		case rules.IsPersonID(name) || rules.IsChannelID(name):
			places = append(places, rules.Place{Name: name, ID: name})
		case channelName.MatchString(name):
			places = append(places, rules.Place{Name: name})
		default:
			l.note(element, "%s is neither a channel nor a name under people", rules.Clip(written))
		}
	})
	return places
}

// channel reads a channel's name or id; "#cdn-budget" and cdn-budget are the same.
func (l *loader) channel(node *yaml.Node) string {
	written := l.text(node, "channel")
	name := strings.TrimPrefix(written, "#")
	switch {
	case written == "":
		return ""
	case rules.IsChannelID(name) || channelName.MatchString(name):
		return name
	}
	l.note(node, "%s is not a valid channel name: use lower-case letters, digits, - and _", rules.Clip(written))
	return ""
}

// ruleDefaults are the keys that stand in a rule and under defaults alike.
func (l *loader) ruleDefaults(r *rules.Rule) map[string]field {
	return map[string]field{
		"channel":    func(value *yaml.Node) { r.Channel = l.channel(value) },
		"owners":     func(value *yaml.Node) { r.Owners = l.owners(value) },
		"ping_at":    func(value *yaml.Node) { r.PingAt = cmp.Or(l.threshold(value, "ping_at"), r.PingAt) },
		"thresholds": func(value *yaml.Node) { r.Thresholds = l.thresholds(value) },
		"forecast":   func(value *yaml.Node) { r.Forecast = l.forecast(value) },
		"escalate_after": func(value *yaml.Node) {
			r.EscalateAfter = l.duration(value, "escalate_after", time.Minute, "a minute, such as 4h")
		},
	}
}

func (l *loader) owners(node *yaml.Node) []rules.Person {
	var owners []rules.Person
	l.list(node, "owners", func(element *yaml.Node) {
		name := l.text(element, "a name in owners")
		person, known := l.rules.People[name]
		switch {
		case name == "":
		case known:
			owners = append(owners, person)
		case rules.IsPersonID(name):
			owners = append(owners, rules.Person{Name: name, ID: name})
		default:
			people := slices.Collect(maps.Keys(l.rules.People))
			l.note(element, "there is nobody called %s under people; %s", rules.Clip(name), nearest(name, people, "add their Slack id there"))
		}
	})
	return owners
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
