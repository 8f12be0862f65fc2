package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"budgetbot/billing"
)

// Team is who answers for some services. A service belongs to one team at most: a rules file whose teams overlap is refused.
type Team struct {
	Name     string   // a lower-case slug
	Services []string // names, ids or globs
	Channel  string   // where its own budgets speak, unless the rule says; may be empty
	Owners   []Person
}

// TeamNames are the names of the teams.
func (r *Rules) TeamNames() []string {
	names := make([]string, len(r.Teams))
	for i, team := range r.Teams {
		names[i] = team.Name
	}
	return names
}

// TeamOf returns the name of the team that a service, given by name and id, belongs to; empty if it belongs to none.
func (r *Rules) TeamOf(name, id string) string { return TeamOf(r.Teams, name, id) }

// TeamOf returns the name of the first of the teams that a service, given by name and id, belongs to; empty if there is none.
func TeamOf(teams []Team, name, id string) string {
	for _, team := range teams {
		for _, pattern := range team.Services {
			if (Match{Service: pattern}).CoversService(billing.ServiceUsage{ServiceName: name, ServiceID: id}) {
				return team.Name
			}
		}
	}
	return ""
}

// Person is a person, or a group, that a rules file names under people. In an access list it may be a channel too.
type Person struct {
	Name string `json:"name"` // as in the file, without "#"
	ID   string `json:"id"`   // Slack's: U… or W… for a person, S… for a user group; empty for a channel given by name alone
}

// Groups lists the user groups that the rules give something to, each once, by name.
func (r *Rules) Groups() []Person {
	named := slices.Concat(r.Access.Ask, r.Access.Share)
	for _, rule := range r.Rules {
		named = append(named, rule.Owners...)
		for _, team := range rule.Teams {
			named = append(named, team.Owners...)
		}
	}
	byID := map[string]Person{}
	for _, p := range named {
		if IsGroupID(p.ID) {
			byID[p.ID] = p
		}
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// IsPersonID reports whether the text has the form of Slack's id of a person or of a user group; both can be mentioned.
func IsPersonID(id string) bool { return hasForm(id, "UWS") }

// IsGroupID reports whether the text has the form of Slack's id of a user group.
func IsGroupID(id string) bool { return hasForm(id, "S") }

// IsChannelID reports whether the text has the form of Slack's id of a channel, public or private, or of a direct message.
func IsChannelID(id string) bool { return hasForm(id, "CGD") }

// IsDirectID reports whether the text has the form of Slack's id of a direct message.
func IsDirectID(id string) bool { return hasForm(id, "D") }

// hasForm reports whether the text is one of the letters and six or more capital letters and digits.
func hasForm(id, kinds string) bool {
	return len(id) >= 7 && strings.Contains(kinds, id[:1]) && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
