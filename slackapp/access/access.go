// Package access decides what a person may do where they ask: ask at all, answer for a budget, show an answer to the whole channel. It goes by
// the ids that Slack sends with a request, by the rules file, and by what Slack says of people, groups and channels, which it is handed. A
// person who may not is refused with a sentence and a next step.
package access

import (
	"context"

	"budgetbot/alerts/rules"
)

// Asker is who asks, and where, in the ids that Slack sends; any of them may be empty.
type Asker struct {
	Workspace            string   // that the request comes from
	Organisations        []string // that Slack names as the request's
	Home                 string   // the person's own workspace or organisation
	User                 string
	Channel, ChannelName string // the name is empty where Slack withholds it
}

// Rights are what a person may do where they ask.
type Rights struct {
	Asker
	Rules    rules.Access
	Team     Team
	People   People
	Channels Channels
}

// Refusal is why a person may not. If it has an error, Slack could not be asked, and nobody knows whether they may.
type Refusal struct {
	Sentence, Next string
	Err            error
}

// People is a consumer contract of Rights. It knows what Slack says of people and groups; webapi.People implements it.
type People interface {
	Who(ctx context.Context, user string) (Person, error)
	InGroup(ctx context.Context, group string) (Members, error)
	// IsExternal reports whether people of other organisations read the channel. A channel that Slack does not show counts as one of ours.
	IsExternal(ctx context.Context, channel string) (bool, error)
	// WasExternal is what IsExternal last found out; it asks nobody.
	WasExternal(channel string) bool
}

// Person is what Slack knows of a person.
type Person struct {
	Home         string // the id of their workspace
	Organisation string // that the workspace belongs to; may be empty
	Stranger     bool   // Slack says that they are not of ours, or does not know them
	Guest        bool
	Hidden       bool // the scope users:read is missing; a guest then counts as a member
}

// Members are the people in a group, unless a missing scope hides them.
type Members struct {
	IDs    []string
	Hidden bool
	Empty  string // why the group is empty: Slack's code or NoMembers; empty if it has members
}

// NoMembers means that Slack knows the group and it has no members.
const NoMembers = "no_members"

// Channels is a consumer contract of Rights. It knows the workspace's channels; webapi.Channels implements it.
type Channels interface {
	// Name returns the name of the channel with this id, without "#"; false where that is not known.
	Name(ctx context.Context, id string) (string, bool)
	// Public returns the name of a channel that everybody in the workspace may know of, given its name or its id; else false.
	Public(ctx context.Context, channel string) (string, bool)
}
