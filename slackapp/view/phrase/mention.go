package phrase

import (
	"regexp"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
)

// slackID is the form of Slack's ids of people and groups. Anything else is never put between angle brackets.
var slackID = regexp.MustCompile(`^[UWS][A-Z0-9]{2,}$`)

// channelID is the form of Slack's ids of channels.
var channelID = regexp.MustCompile(`^[CG][A-Z0-9]{6,}$`)

// Mention returns mrkdwn that notifies a person or a group by Slack's id. What is not such an id is shown and pings nobody.
func Mention(id string) string {
	switch {
	case !slackID.MatchString(id):
		return blocks.Escape(id)
	case id[0] == 'S':
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
