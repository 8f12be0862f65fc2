package access

import (
	"context"
	"errors"
	"slices"

	"budgetbot/alerts/rules"
)

// Membership is what a list of people and groups says of a person.
type Membership struct {
	In     bool
	Hidden bool // Slack does not show the members of one of the groups
	empty  int  // how many of the groups have no members
}

// Among reports whether the person is one of the people, or in one of the groups. The error is of the groups that Slack could not be asked about.
func (r Rights) Among(ctx context.Context, people []rules.Person) (Membership, error) {
	if r.isNamed(people) {
		return Membership{In: true}, nil
	}
	return r.inOneOf(ctx, people)
}

// isNamed reports whether one of the people is the person.
func (r Rights) isNamed(people []rules.Person) bool {
	return slices.ContainsFunc(people, func(p rules.Person) bool { return sameID(p.ID, r.User) })
}

// inOneOf asks about every group until the person is found in one.
func (r Rights) inOneOf(ctx context.Context, groups []rules.Person) (Membership, error) {
	var found Membership
	var errs []error
	for _, group := range groups {
		if !rules.IsGroupID(group.ID) {
			continue
		}
		of, err := r.People.InGroup(ctx, group.ID)
		switch {
		case err != nil:
			errs = append(errs, err)
		case r.User != "" && slices.Contains(of.IDs, r.User):
			found.In = true
			return found, nil
		case of.Hidden:
			found.Hidden = true
		case of.Empty != "":
			found.empty++
		}
	}
	return found, errors.Join(errs...)
}

// namesChannel reports whether one of the places is the channel.
func (r Rights) namesChannel(ctx context.Context, places []rules.Person) bool {
	if slices.ContainsFunc(places, func(p rules.Person) bool { return sameID(p.ID, r.Channel) }) {
		return true
	}
	byName := func(p rules.Person) bool { return p.ID == "" }
	if !slices.ContainsFunc(places, byName) {
		return false
	}
	name := r.NameOfChannel(ctx)
	return name != "" && slices.ContainsFunc(places, func(p rules.Person) bool { return byName(p) && p.Name == name })
}

// NameOfChannel is the name that Slack sent along, or the one that the directory has for a channel whose name it withholds.
func (r Rights) NameOfChannel(ctx context.Context) string {
	if r.ChannelName != "" || rules.IsDirectID(r.Channel) {
		return r.ChannelName
	}
	name, _ := r.Channels.Name(ctx, r.Channel)
	return name
}

// sameID reports whether two ids are the same one. Two that are missing are not.
func sameID(a, b string) bool { return a != "" && a == b }
