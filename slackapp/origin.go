package slackapp

import (
	"context"
	"slices"

	"budgetbot/slackapp/webapi"
)

// belongs decides whether the person is of the bot's own workspace or organisation. If they are not, or if that cannot
// be found out, the result is the reply to them. The error means that Slack could not be asked about the person; that
// need not refuse them, because the request itself may show where they belong.
func (a *access) belongs(ctx context.Context, c *conversation) (webapi.Person, *result, error) {
	stated := max(a.Team.Sender(c.team, c.organisations...), a.Team.Home(c.home))
	if c.user == "" || stated == webapi.Foreign {
		return webapi.Person{}, a.stranger(), nil
	}
	who, err := a.people.Who(ctx, c.user)
	switch stated = max(stated, who.From); {
	case stated == webapi.Ours:
		return who, nil, err
	case stated == webapi.Untold && err != nil:
		return who, c.cannotTell(err), err
	case stated == webapi.Untold && who.Hidden:
		return who, refused("I can't tell whether you belong to my organisation.", "The bot's operator can give it the scope users:read, so it can check."), nil
	}
	return who, a.stranger(), nil
}

func (a *access) stranger() *result {
	where := "workspace"
	if a.Team.Enterprise != "" {
		where = "organisation"
	}
	return refused("I only answer people in my own "+where+".", "")
}

// sameID reports whether two ids are the same one. Two that are missing are not.
func sameID(a, b string) bool { return a != "" && a == b }

// hasID reports whether one of the ids is this one.
func hasID(ids []string, id string) bool { return id != "" && slices.Contains(ids, id) }
