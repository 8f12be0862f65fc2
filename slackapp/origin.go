package slackapp

import (
	"context"
	"slices"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/webapi"
)

// belongs decides whether the person is of the bot's own workspace or organisation. If they are not, or if that cannot
// be found out, the result is the reply to them. The error means that Slack could not be asked about the person; that
// need not refuse them, because the request itself may show where they belong.
func (a *access) belongs(ctx context.Context, c *conversation) (webapi.Person, *result, error) {
	said := max(a.team.Sender(c.team, c.organisations...), a.team.Home(c.home))
	if c.user == "" || said == webapi.Foreign {
		return webapi.Person{}, a.stranger(), nil
	}
	who, err := a.people.Who(ctx, c.user)
	switch said = max(said, who.From); {
	case said == webapi.Ours:
		return who, nil, err
	case said == webapi.Untold && err != nil:
		no := c.cannotTell(err)
		return who, &no, err
	case said == webapi.Untold && who.Hidden:
		no := told(blocks.Refusal("I can't tell whether you belong to my organisation.",
			"The bot's operator can give it the scope users:read, so it can check."), outcomeRefused)
		return who, &no, nil
	}
	return who, a.stranger(), nil
}

func (a *access) stranger() *result {
	where := "workspace"
	if a.team.Enterprise != "" {
		where = "organisation"
	}
	no := told(blocks.Refusal("I only answer people in my own "+where+".", ""), outcomeRefused)
	return &no
}

// sameID reports whether two ids are the same one. Two that are missing are not.
func sameID(a, b string) bool { return a != "" && a == b }

// hasID reports whether one of the ids is this one.
func hasID(ids []string, id string) bool { return id != "" && slices.Contains(ids, id) }
