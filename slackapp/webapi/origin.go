package webapi

import (
	"strings"
)

// Team is the workspace that the bot belongs to, from auth.test.
type Team struct {
	ID         string // T…
	Enterprise string // E…, where the bot is installed for a whole organisation; else empty
}

// Origin is what one statement of Slack's says of where a person belongs.
type Origin int

// In this order, so that the greatest of several statements decides: one that says foreign outweighs all others.
const (
	Untold Origin = iota
	Ours
	Foreign
)

// Home judges the id that Slack gives as a person's own: of their workspace (T…), or of their organisation (E…). Within an
// organisation another workspace may be one of its own or not.
func (t Team) Home(id string) Origin {
	switch {
	case id == "":
		return Untold
	case id == t.ID || id == t.Enterprise:
		return Ours
	case t.Enterprise != "" && strings.HasPrefix(id, "T"):
		return Untold
	}
	return Foreign
}

// organisation judges the id of the organisation that a person or a request belongs to. It decides nothing if the bot
// belongs to none: then the workspace decides.
func (t Team) organisation(id string) Origin {
	switch {
	case id == "" || t.Enterprise == "":
		return Untold
	case id == t.Enterprise:
		return Ours
	}
	return Foreign
}

// Sender judges where a request comes from. Outside an organisation it has to be the bot's workspace, and then the
// person belongs to it unless other evidence says that they do not. In an organisation the workspace and the
// organisation of a request are those of the installation, even if a person from outside acts in a shared channel, so
// they prove nothing about the person.
func (t Team) Sender(team string, organisations ...string) Origin {
	if t.Enterprise == "" {
		if team == "" || team != t.ID {
			return Foreign
		}
		return Ours
	}
	for _, id := range organisations {
		if t.organisation(id) == Foreign {
			return Foreign
		}
	}
	return Untold
}
