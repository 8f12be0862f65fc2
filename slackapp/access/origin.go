package access

import (
	"context"
	"strings"
)

// Team is the workspace that the bot belongs to, from auth.test.
type Team struct {
	ID         string // T…
	Enterprise string // E…, where the bot is installed for a whole organisation; else empty
}

// belongs decides whether the person is of the bot's own workspace or organisation. If they are not, or if that cannot
// be found out, they are refused. The error means that Slack could not be asked about the person; that
// need not refuse them, because the request itself may show where they belong.
func (r Rights) belongs(ctx context.Context) (Person, *Refusal, error) {
	stated := max(r.Team.sender(r.Workspace, r.Organisations), r.Team.home(r.Home))
	if r.User == "" || stated == foreign {
		return Person{}, r.Team.stranger(), nil
	}
	who, err := r.People.Who(ctx, r.User)
	switch stated = max(stated, r.Team.person(who)); {
	case stated == ours:
		return who, nil, err
	case stated == untold && err != nil:
		return who, &Refusal{Err: err}, err
	case stated == untold && who.Hidden:
		return who, refused("I can't tell whether you belong to my organization.", "The bot's operator can give it the scope users:read, so it can check."), nil
	}
	return who, r.Team.stranger(), nil
}

func (t Team) stranger() *Refusal {
	where := "workspace"
	if t.Enterprise != "" {
		where = "organization"
	}
	return refused("I only answer people in my own "+where+".", "")
}

func refused(sentence, next string) *Refusal { return &Refusal{Sentence: sentence, Next: next} }

// origin is what one statement of Slack's says of where a person belongs.
type origin int

// In this order, so that the greatest of several statements decides: one that says foreign outweighs all others.
const (
	untold origin = iota
	ours
	foreign
)

// person judges what Slack knows of a person.
func (t Team) person(p Person) origin {
	if p.Stranger {
		return foreign
	}
	return max(t.home(p.Home), t.organisation(p.Organisation))
}

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

// organisation judges the id of the organisation that a person or a request belongs to. It decides nothing if the bot
// belongs to none: then the workspace decides.
func (t Team) organisation(id string) origin {
	switch {
	case id == "" || t.Enterprise == "":
		return untold
	case id == t.Enterprise:
		return ours
	}
	return foreign
}

// sender judges where a request comes from. Outside an organisation it has to be the bot's workspace, and then the
// person belongs to it unless other evidence says that they do not. In an organisation the workspace and the
// organisation of a request are those of the installation, even if a person from outside acts in a shared channel, so
// they prove nothing about the person.
func (t Team) sender(workspace string, organisations []string) origin {
	if t.Enterprise == "" {
		if workspace == "" || workspace != t.ID {
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
