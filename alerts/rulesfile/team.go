package rulesfile

import (
	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
)

// maxTeamServices is how many patterns all teams together may have: each is compared with every other.
const maxTeamServices = 2_000

// teamService is a pattern of a team's services and where it stands.
type teamService struct {
	team, pattern string
	at            *yaml.Node
}

func (l *loader) teams(node *yaml.Node) {
	var services []teamService
	l.pairs(node, "teams", func(_ string, key, value *yaml.Node) {
		team := rules.Team{Name: l.slug(resolve(key), "a name under teams", "team")}
		written := l.mapping(value, "team "+rules.Clip(team.Name), []entry{
			{"services", func(value *yaml.Node) {
				l.list(value, "services", func(element *yaml.Node) {
					if pattern := l.text(element, "a name in services"); pattern != "" {
						team.Services = append(team.Services, pattern)
						services = append(services, teamService{team.Name, pattern, element})
					}
				})
			}},
			{"channel", func(value *yaml.Node) { team.Channel = l.channel(value) }},
			{"owners", func(value *yaml.Node) { team.Owners = l.owners(value) }},
		})
		if at := written["services"]; value.Kind == yaml.MappingNode && (at == nil || at.Kind == yaml.SequenceNode && len(at.Content) == 0) {
			l.note(key, "team %s has no services; add a list such as services: [www-shop, \"shop-*\"]", rules.Clip(team.Name))
		}
		l.routed[team.Name] = written["channel"] != nil
		l.rules.Teams = append(l.rules.Teams, team)
	})
	if len(services) > maxTeamServices {
		l.note(node, "%d services under teams; the most is %d", len(services), maxTeamServices)
		return
	}
	l.overlaps(services)
}

// overlaps notes each pattern that may match a service of a team before it.
func (l *loader) overlaps(services []teamService) {
	for i, later := range services {
		for _, earlier := range services[:i] {
			if earlier.team != later.team && rules.GlobsOverlap(earlier.pattern, later.pattern) {
				l.note(later.at, "%s of team %s and %s of team %s may be the same service; a service belongs to one team",
					rules.Clip(earlier.pattern), earlier.team, rules.Clip(later.pattern), later.team)
				break
			}
		}
	}
}

// oneTeam reads the name of a team, and returns that team; none if the problem has been noted.
func (l *loader) oneTeam(node *yaml.Node) []rules.Team {
	name := l.text(node, "team")
	if name == "" {
		return nil
	}
	return l.teamCalled(node, name)
}

// teamCalled returns the team of that name alone, and notes that there is none.
func (l *loader) teamCalled(at *yaml.Node, name string) []rules.Team {
	var names []string
	for i, team := range l.rules.Teams {
		if team.Name == name {
			return l.rules.Teams[i : i+1]
		}
		names = append(names, team.Name)
	}
	l.note(at, "there is no team called %s; %s", rules.Clip(name), nearest(name, names, "add it under teams"))
	return nil
}

// perTeam gives a rule with a budget for each team the teams, and checks its exceptions against them.
func (l *loader) perTeam(d *draft) {
	if d.Per != rules.PerTeam {
		return
	}
	switch {
	case d.written["team"] != nil:
		l.note(d.written["per"], "per: team makes a budget for each team, but the rule names one team; remove one of the two")
		return
	case len(l.rules.Teams) == 0:
		l.note(d.written["per"], "per: team needs teams; add them under teams:")
		return
	}
	d.Teams = l.rules.Teams
	for name, at := range d.excepted {
		l.teamCalled(at, name)
	}
}

// route settles where the rule posts and who owns it: its own keys come first, then its team's, then the defaults.
func (d *draft) route() {
	teams := make([]rules.Team, len(d.Teams))
	for i, team := range d.Teams {
		if d.written["channel"] != nil || team.Channel == "" {
			team.Channel = d.Channel
		}
		if d.written["owners"] != nil || len(team.Owners) == 0 {
			team.Owners = d.Owners
		}
		teams[i] = team
	}
	if len(teams) == 0 {
		return
	}
	d.Teams = teams
	if d.Per != rules.PerTeam {
		d.Channel, d.Owners = teams[0].Channel, teams[0].Owners
	}
}
