package rulesfile

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
)

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

// ownName reads the name of a rule or a digest, which no other may have; lines has where each name was first used.
func (l *loader) ownName(node *yaml.Node, of string, lines map[string]int) string {
	name := l.slug(node, "name", of)
	if name == "" {
		return ""
	}
	if line, taken := lines[name]; taken {
		l.note(node, "two %ss are called %s; the first is on line %d", of, name, line)
		return name
	}
	lines[name] = node.Line
	return name
}

// places reads the channels and people of an access list.
func (l *loader) places(node *yaml.Node, what string) []rules.Person {
	var places []rules.Person
	l.list(node, what, func(element *yaml.Node) {
		written := l.text(element, "a name in "+what)
		name := strings.TrimPrefix(written, "#")
		person, known := l.rules.People[name]
		switch {
		case written == "":
		case known:
			places = append(places, person)
		case rules.IsPersonID(name) || rules.IsChannelID(name):
			places = append(places, rules.Person{Name: name, ID: name})
		case channelName.MatchString(name):
			places = append(places, rules.Person{Name: name})
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
