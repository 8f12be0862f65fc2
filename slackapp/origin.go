package slackapp

import (
	"context"
	"slices"
	"strings"

	"budgetbot/slackapp/blocks"
)

// origin is what one statement of Slack's says of where a person belongs.
type origin int

// In this order, so that the greatest of several statements decides: one that says foreign outweighs all others.
const (
	untold origin = iota
	ours
	foreign
)

// home judges the id that Slack gives as a person's own: of their workspace (T…), or of their organisation (E…). Within an
// organisation another workspace may be one of its own or not.
func (t Team) home(id string) origin {
	switch {
	case id == "":
		return untold
	case id == t.ID || id == t.Enterprise:
		return ours
	case t.Enterprise != "" && strings.HasPrefix(id, "T"):
		return untold
	}
	return foreign
}

// organisation judges the id of the organisation that a person or a request belongs to. It tells nothing where the bot belongs to
// none: the workspace decides there.
func (t Team) organisation(id string) origin {
	switch {
	case id == "" || t.Enterprise == "":
		return untold
	case id == t.Enterprise:
		return ours
	}
	return foreign
}

// sender judges where a request comes from. Outside an organisation it has to be the bot's workspace, and then the person is of it
// unless something else says that they are not. In an organisation the workspace and the organisation of a request are those of the
// installation, also where somebody from outside acts in a shared channel, so that they never speak for the person.
func (t Team) sender(team string, organisations ...string) origin {
	if t.Enterprise == "" {
		if team == "" || team != t.ID {
			return foreign
		}
		return ours
	}
	for _, id := range organisations {
		if t.organisation(id) == foreign {
			return foreign
		}
	}
	return untold
}

// belongs decides whether the person is of the bot's own workspace or organisation. Where that is not so, or cannot be told, the
// result is what they are told. The error is that Slack could not be asked about the person, which need not keep them out: the
// request itself may say where they belong.
func (a *App) belongs(ctx context.Context, q *request) (person, *result, error) {
	said := max(a.Team.sender(q.team, q.organisations...), a.Team.home(q.home))
	if q.user == "" || said == foreign {
		return person{}, a.stranger(), nil
	}
	who, err := a.people.who(ctx, q.user)
	switch said = max(said, who.from); {
	case said == ours:
		return who, nil, err
	case said == untold && err != nil:
		no := a.cannotTell(q, err)
		return who, &no, err
	case said == untold && who.hidden:
		no := told(blocks.Refusal("I cannot tell whether you belong to my organisation.",
			"Whoever runs the bot can give it the scope users:read, which lets it tell."), outcomeRefused)
		return who, &no, nil
	}
	return who, a.stranger(), nil
}

func (a *App) stranger() *result {
	where := "workspace"
	if a.Team.Enterprise != "" {
		where = "organisation"
	}
	no := told(blocks.Refusal("I answer people of my own "+where+" only.", ""), outcomeRefused)
	return &no
}

// sameID reports whether two ids are the same one. Two that are missing are not.
func sameID(a, b string) bool { return a != "" && a == b }

// hasID reports whether one of the ids is this one.
func hasID(ids []string, id string) bool { return id != "" && slices.Contains(ids, id) }
