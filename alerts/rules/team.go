package rules

import (
	"budgetbot/billing"
)

// Team is who answers for some services. A service belongs to one team at most: a rules file whose teams overlap is refused.
type Team struct {
	Name     string   // a lower-case slug
	Services []string // names, ids or globs
	Channel  string   // where its own budgets speak, unless the rule says; may be empty
	Owners   []Person
}

// TeamOf returns the name of the team that a service, given by name and id, belongs to; empty where it belongs to none.
func (r *Rules) TeamOf(name, id string) string { return TeamOf(r.Teams, name, id) }

// TeamOf returns the name of the first of the teams that a service, given by name and id, belongs to; empty where there is none.
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
