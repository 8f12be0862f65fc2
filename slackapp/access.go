package slackapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/webapi"
)

// Who may ask is decided in this order, so that a person who is let in without asking Slack about a group waits for no group:
//
//  1. A person from another workspace, or from outside the organisation, may not.
//  2. A person whom access.ask names, everywhere, guests too.
//  3. A person who is not a guest, in a channel that access.ask names, or everywhere where access.ask is left out. Without the optional scope
//     users:read it is unknown who is a guest; a guest then counts as a member, and Slack itself keeps them to the channels that
//     they are in.
//  4. A member of a group that access.ask names, everywhere, guests too.
//
// If Slack could not be asked about the one condition that might let a person in, they are asked to try again.

// mayAsk is the permission to ask where the person did.
func (c *conversation) mayAsk(ctx context.Context) *result {
	who, no, errPerson := c.belongs(ctx)
	if no != nil {
		return no
	}
	ask := c.Rules().Access.Ask
	if namesPerson(c.user, ask) || errPerson == nil && !who.Guest && (len(ask) == 0 || c.namesChannel(ctx, ask)) {
		return nil
	}
	found, errGroups := c.inOneOf(ctx, groupsOf(ask))
	switch err := errors.Join(errPerson, errGroups); {
	case found.in:
		return nil
	case err != nil:
		return c.cannotTell(err)
	case who.Guest:
		return refused("Only full members of this workspace can see usage, and you're a guest.", "A member can ask for you and share the answer.")
	}
	return c.elsewhere(ctx, ask)
}

// mayAnswer decides whether the person may answer for a budget: one of its owners, anywhere, or, for a budget without
// owners, anyone who may ask. Anyone who may ask may also answer if Slack hides the members of a group that owns the
// budget, or if every owner is an empty group.
func (c *conversation) mayAnswer(ctx context.Context, owners []rules.Person) *result {
	if _, no, _ := c.belongs(ctx); no != nil {
		return no
	}
	owns, open, err := c.owns(ctx, owners)
	switch {
	case owns:
		return nil
	case err != nil:
		return c.cannotTell(err)
	case open:
		return c.mayAsk(ctx)
	}
	names := namesOf(owners, func(p rules.Person) string { return p.Name })
	return refused(fmt.Sprintf("Only this budget's owners can answer it: %s.", blocks.List(names)), "The bot's rules file lists them.")
}

// owns reports whether the person is one of the owners, and whether the budget is open to everyone who may ask because
// Slack hides the owners or there are none.
func (c *conversation) owns(ctx context.Context, owners []rules.Person) (owns, open bool, err error) {
	if namesPerson(c.user, owners) {
		return true, false, nil
	}
	found, err := c.inOneOf(ctx, groupsOf(owners))
	if found.in {
		return true, false, nil
	}
	return false, found.hidden || found.empty == len(owners), err
}

// membership is what groups say of a person.
type membership struct {
	in, hidden bool // hidden: Slack does not show the members of one of the groups
	empty      int  // how many of the groups have no members
}

// inOneOf asks about every group until the person is found in one. The error is of those that Slack could not be asked about.
func (c *conversation) inOneOf(ctx context.Context, groups []string) (membership, error) {
	var found membership
	var errs []error
	for _, group := range groups {
		of, err := c.people.InGroup(ctx, group)
		switch {
		case err != nil:
			errs = append(errs, err)
		case c.user != "" && slices.Contains(of.IDs, c.user):
			found.in = true
			return found, nil
		case of.Hidden:
			found.hidden = true
		case of.Empty != "":
			found.empty++
		}
	}
	return found, errors.Join(errs...)
}

func groupsOf(people []rules.Person) []string {
	var groups []string
	for _, p := range people {
		if rules.IsGroupID(p.ID) {
			groups = append(groups, p.ID)
		}
	}
	return groups
}

// namesPerson reports whether one of the people is the user.
func namesPerson(user string, people []rules.Person) bool {
	return slices.ContainsFunc(people, func(p rules.Person) bool { return sameID(p.ID, user) })
}

// mayShare reports whether the rules let an answer be shown to the whole channel. A missing list leaves it to everybody who may ask.
func (c *conversation) mayShare(ctx context.Context) bool {
	share := c.Rules().Access.Share
	if len(share) == 0 || namesPerson(c.user, share) || c.namesChannel(ctx, share) {
		return true
	}
	found, _ := c.inOneOf(ctx, groupsOf(share)) // a person whose membership is unknown does not belong
	return found.in
}

// offersShare reports whether the person is offered to share an answer. Slack is not asked who else reads the channel before they
// want to.
func (c *conversation) offersShare(ctx context.Context) bool {
	if !c.mayShare(ctx) {
		return false
	}
	return !c.people.WasExternal(c.channel) || c.namesChannel(ctx, c.Rules().Access.Share)
}

// mayPublish is the permission to show an answer to the whole channel. People of other organisations can read a Slack Connect
// channel, so access.share has to name it.
func (c *conversation) mayPublish(ctx context.Context) *result {
	if !c.mayShare(ctx) {
		return refused("Answers can't be shared in this channel.", "The bot's rules file says where they can.")
	}
	if c.namesChannel(ctx, c.Rules().Access.Share) {
		return nil
	}
	switch external, err := c.people.IsExternal(ctx, c.channel); {
	case err != nil:
		return c.cannotTell(err)
	case external:
		return refused("People from other organisations are in this channel, so I don't share answers here.",
			"The bot's operator can allow it by adding the channel to `access: share:` in the rules file.")
	}
	return nil
}

// namesChannel reports whether one of the places is the request's channel.
func (c *conversation) namesChannel(ctx context.Context, places []rules.Person) bool {
	if slices.ContainsFunc(places, func(p rules.Person) bool { return sameID(p.ID, c.channel) }) {
		return true
	}
	byName := func(p rules.Person) bool { return p.ID == "" }
	if !slices.ContainsFunc(places, byName) {
		return false
	}
	name := c.nameOfChannel(ctx)
	return name != "" && slices.ContainsFunc(places, func(p rules.Person) bool { return byName(p) && p.Name == name })
}

// nameOfChannel is the name that Slack sent along, or the one that the directory has for a channel whose name it withholds.
func (c *conversation) nameOfChannel(ctx context.Context) string {
	if c.channelName != "" || rules.IsDirectID(c.channel) {
		return c.channelName
	}
	name, _ := c.Channels.Name(ctx, c.channel)
	return name
}

// elsewhere says where the person may ask. Private channels are not named: not everybody may know that they exist.
func (c *conversation) elsewhere(ctx context.Context, ask []rules.Person) *result {
	var channels []string
	private := false
	for _, p := range ask {
		if p.ID != "" && !rules.IsChannelID(p.ID) {
			continue
		}
		if name, public := c.Channels.Public(ctx, cmp.Or(p.ID, p.Name)); public {
			channels = append(channels, "#"+name)
		} else {
			private = true
		}
	}
	switch {
	case len(channels) > 0:
		return refused(fmt.Sprintf("Usage is shown in %s only.", blocks.List(channels)),
			"Ask there, or ask the bot's operator to add this channel to the rules file.")
	case private:
		return refused("Usage is not shown in this channel.", "The bot's operator can add it to the rules file, or tell you where to ask.")
	}
	return refused("Usage is shown to a few people only.", "To be one of them, ask the bot's operator.")
}

// belongs decides whether the person is of the bot's own workspace or organisation. If they are not, or if that cannot
// be found out, the result is the reply to them. The error means that Slack could not be asked about the person; that
// need not refuse them, because the request itself may show where they belong.
func (c *conversation) belongs(ctx context.Context) (webapi.Person, *result, error) {
	stated := max(c.Team.Sender(c.team, c.organisations...), c.Team.Home(c.home))
	if c.user == "" || stated == webapi.Foreign {
		return webapi.Person{}, c.stranger(), nil
	}
	who, err := c.people.Who(ctx, c.user)
	switch stated = max(stated, who.From); {
	case stated == webapi.Ours:
		return who, nil, err
	case stated == webapi.Untold && err != nil:
		return who, c.cannotTell(err), err
	case stated == webapi.Untold && who.Hidden:
		return who, refused("I can't tell whether you belong to my organisation.", "The bot's operator can give it the scope users:read, so it can check."), nil
	}
	return who, c.stranger(), nil
}

func (c *conversation) stranger() *result {
	where := "workspace"
	if c.Team.Enterprise != "" {
		where = "organisation"
	}
	return refused("I only answer people in my own "+where+".", "")
}

// sameID reports whether two ids are the same one. Two that are missing are not.
func sameID(a, b string) bool { return a != "" && a == b }

func namesOf[T any](all []T, name func(T) string) []string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
	}
	return names
}
