package phrase

import (
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
)

// Mention returns mrkdwn that notifies a person or a group by Slack's id. Any other text is shown without notifying
// anyone.
func Mention(id string) string {
	switch {
	case !rules.IsPersonID(id): // never between angle brackets
		return blocks.Escape(id)
	case rules.IsGroupID(id):
		return "<!subteam^" + id + ">"
	}
	return "<@" + id + ">"
}

// Owners lists people: mentioned where ping is set, else by the names that the rules file has for them.
func Owners(people []rules.Person, ping bool) string {
	var parts []string
	for _, p := range people {
		if ping {
			parts = append(parts, Mention(p.ID))
		} else {
			parts = append(parts, blocks.Escape(p.Name))
		}
	}
	return blocks.And(parts)
}
