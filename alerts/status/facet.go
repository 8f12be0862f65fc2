package status

import (
	"slices"
	"strings"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// Facet is what a list of budgets has a line for: a rule of any kind, or one of the budgets of a rule that has several.
type Facet struct {
	Channels, Teams []string
	Owners          []rules.Person
	Instance        string
}

// FacetOfRule is the facet of a whole rule.
func FacetOfRule(rule *rules.Rule) Facet {
	f := Facet{Channels: rule.Channels(), Owners: slices.Clone(rule.Owners)}
	for _, team := range rule.Teams {
		f.Teams = append(f.Teams, team.Name)
		if rule.Per == rules.PerTeam {
			f.Owners = append(f.Owners, team.Owners...)
		}
	}
	return f
}

// FacetOf is the facet of one of a rule's budgets.
func FacetOf(set *rules.Rules, rule *rules.Rule, s alerts.BudgetStatus) Facet {
	f := FacetOfRule(rule)
	name := rule.Match.Service
	if s.Line.Instance != "" {
		f = Facet{Channels: []string{s.Channel}, Owners: s.Line.Owners, Teams: f.Teams, Instance: s.Line.Instance}
		name = rules.Instance{Name: s.Line.Instance, ServiceID: s.ServiceID}.ServiceName()
	}
	if rule.Per == rules.PerTeam && s.Line.Instance != "" {
		f.Teams = []string{s.Line.Instance}
	} else if name != "" {
		f.Teams = append(f.Teams, teamsOf(set, name, s.ServiceID)...)
	}
	return f
}

// teamsOf returns the teams of a service, given by name, id, or a pattern that the rule and the team both have.
func teamsOf(set *rules.Rules, name, id string) []string {
	for _, team := range set.Teams {
		if slices.Contains(team.Services, name) {
			return []string{team.Name}
		}
	}
	if strings.Contains(name, "*") {
		return nil
	}
	return []string{set.TeamOf(name, id)}
}
