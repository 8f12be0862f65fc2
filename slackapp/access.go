package slackapp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"budgetbot/alerts"
	"budgetbot/slackapp/view"
)

// Who may ask is decided in this order:
//
//  1. Nobody from another workspace.
//  2. Whoever access.ask names as a person, or as a member of a group, everywhere.
//  3. No guest. Without the optional scope users:read nobody can tell who is one; a guest then counts as a member, and
//     Slack itself keeps them to the channels that they are in.
//  4. Everybody in a channel that access.ask names, or everywhere where access.ask is left out.

// refused decides whether the person may ask where they did. Where they may not, or where that cannot be told, the result is
// what they are told.
func (a *App) refused(ctx context.Context, q *request) (result, bool) {
	if !a.isOurs(q) {
		return told(view.Refusal("I answer people of my own workspace only.", ""), outcomeRefused), false
	}
	ask := a.Rules().Access.Ask
	listed, err := a.namesPerson(ctx, q, ask)
	switch {
	case err != nil:
		return a.cannotTell(q, err), false
	case listed:
		return result{}, true
	}
	guest, err := a.people.isGuest(ctx, q.user)
	switch {
	case err != nil:
		return a.cannotTell(q, err), false
	case guest:
		return told(guestRefusal(), outcomeRefused), false
	case len(ask) == 0 || a.namesChannel(ctx, q, ask):
		return result{}, true
	}
	return told(elsewhere(ask), outcomeRefused), false
}

// mayAnswer decides whether the person may answer for a budget: its owners, wherever they are, and where it has none, whoever may
// ask. That goes for everybody too where an owner is a group of which nobody can tell who belongs to it.
func (a *App) mayAnswer(ctx context.Context, q *request, owners []alerts.Person) (result, bool) {
	if !a.isOurs(q) {
		return a.refused(ctx, q)
	}
	owns, hidden, err := a.owns(ctx, q.user, owners)
	switch {
	case err != nil:
		return a.cannotTell(q, err), false
	case owns:
		return result{}, true
	case len(owners) > 0 && !hidden:
		return told(notOwner(owners), outcomeRefused), false
	}
	return a.refused(ctx, q)
}

// owns reports whether the person is one of the owners, or may be one, since the members of a group are hidden.
func (a *App) owns(ctx context.Context, user string, owners []alerts.Person) (owns, hidden bool, err error) {
	for _, owner := range owners {
		if owner.ID == user {
			return true, false, nil
		}
		if !strings.HasPrefix(owner.ID, "S") {
			continue
		}
		member, unknown, err := a.people.isMember(ctx, user, owner.ID)
		if member || err != nil {
			return member, false, err
		}
		hidden = hidden || unknown
	}
	return false, hidden, nil
}

func notOwner(owners []alerts.Person) view.Message {
	names := make([]string, len(owners))
	for i, owner := range owners {
		names[i] = owner.Name
	}
	return view.Refusal(fmt.Sprintf("Only the owners answer for this budget: %s.", list(names)),
		"The bot's rules file names them.")
}

// isOurs reports whether the request comes from the bot's own workspace or organisation.
func (a *App) isOurs(q *request) bool {
	if a.Team.Enterprise != "" && q.enterprise == a.Team.Enterprise {
		return true
	}
	return q.team == a.Team.ID && (q.homeTeam == "" || q.homeTeam == a.Team.ID)
}

// mayShare reports whether an answer may be shown to the whole channel. A missing list leaves it to whoever may ask.
func (a *App) mayShare(ctx context.Context, q *request) bool {
	share := a.Rules().Access.Share
	if len(share) == 0 || a.namesChannel(ctx, q, share) {
		return true
	}
	named, err := a.namesPerson(ctx, q, share)
	return err == nil && named
}

// namesChannel reports whether one of the places is the request's channel.
func (a *App) namesChannel(ctx context.Context, q *request, places []alerts.Place) bool {
	if slices.ContainsFunc(places, func(p alerts.Place) bool { return p.ID == q.channel }) {
		return true
	}
	byName := func(p alerts.Place) bool { return p.ID == "" }
	if !slices.ContainsFunc(places, byName) {
		return false
	}
	name := a.channelName(ctx, q)
	return name != "" && slices.ContainsFunc(places, func(p alerts.Place) bool { return byName(p) && p.Name == name })
}

// channelName is the name that Slack sent along, or the one that the directory has for a channel whose name it withholds.
func (a *App) channelName(ctx context.Context, q *request) string {
	if q.channelName != "" || len(q.channel) > 0 && q.channel[0] == 'D' {
		return q.channelName
	}
	name, _ := a.Channels.Name(ctx, q.channel)
	return name
}

// namesPerson reports whether one of the places is the person, or a group that they belong to.
func (a *App) namesPerson(ctx context.Context, q *request, places []alerts.Place) (bool, error) {
	for _, p := range places {
		if p.ID == q.user {
			return true, nil
		}
	}
	for _, p := range places {
		if len(p.ID) == 0 || p.ID[0] != 'S' {
			continue
		}
		member, _, err := a.people.isMember(ctx, q.user, p.ID) // whom nobody can tell does not belong
		if member || err != nil {
			return member, err
		}
	}
	return false, nil
}

// elsewhere says where the person may ask.
func elsewhere(ask []alerts.Place) view.Message {
	var channels []string
	for _, p := range ask {
		switch {
		case p.ID == "":
			channels = append(channels, "#"+p.Name)
		case channelID.MatchString(p.ID):
			channels = append(channels, p.Name)
		}
	}
	if len(channels) == 0 {
		return view.Refusal("Usage is shown to a few people only.", "To be one of them, ask whoever keeps the bot's rules file.")
	}
	return view.Refusal(fmt.Sprintf("Usage is shown in %s only.", list(channels)),
		"Ask there, or ask whoever keeps the bot's rules file to add this channel.")
}

func guestRefusal() view.Message {
	return view.Refusal("Usage is for full members of this workspace, and you are a guest in it.",
		"A member can ask for you and share the answer.")
}
