package slackapp

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts/rules"
)

// groupsEvery is how often the groups of the rules are looked at, so that it is known before somebody asks that one has nobody in it.
const groupsEvery = time.Hour

// members are who belongs to a group, unless that is hidden for want of a scope.
type members struct {
	ids    []string
	hidden bool
	empty  string // why there is nobody in it: Slack's code or NoMembers; empty where there is somebody
}

// NoMembers is why a group that Slack knows lets nobody in.
const NoMembers = "no_members"

// inGroup asks Slack who is in a group, and remembers it.
func (p *people) inGroup(ctx context.Context, group string) (members, error) {
	return remembered(p, p.members, group, func() (members, error) {
		of, err := membersOf(ctx, p.api, group)
		if p.lacksScope(err, "members of groups are unknown") {
			return members{hidden: true}, nil
		}
		if of.empty != "" {
			p.log.Warn("nobody is in the user group", zap.String("group_id", group), zap.String("error_code", of.empty))
		}
		return of, err
	})
}

// membersOf asks Slack who is in a group. A group that Slack refuses to list for a reason that does not pass is gone, and has no
// members.
func membersOf(ctx context.Context, api *slack.Client, group string) (members, error) {
	ctx, cancel := context.WithTimeout(ctx, peopleWithin)
	defer cancel()
	ids, err := api.GetUserGroupMembersContext(ctx, group)
	code := codeOf(err)
	switch {
	case code != "" && code != "missing_scope" && !passes(code):
		return members{empty: code}, nil
	case err != nil:
		return members{}, fmt.Errorf("ask slack about the group: %w", bare(err))
	case len(ids) == 0:
		return members{empty: NoMembers}, nil
	}
	return members{ids: ids}, nil
}

// GroupTrouble asks Slack why nobody is in a group: it returns NoMembers or Slack's code, and nothing where somebody is.
func GroupTrouble(ctx context.Context, api *slack.Client, group string) (string, error) {
	of, err := membersOf(ctx, api, group)
	return of.empty, err
}

// GroupsOf lists the user groups that the rules give something to, each once, by name.
func GroupsOf(set *rules.Rules) []rules.Person {
	byID := map[string]rules.Person{}
	add := func(name, id string) {
		if isGroup(id) {
			byID[id] = rules.Person{Name: name, ID: id}
		}
	}
	for _, p := range slices.Concat(set.Access.Ask, set.Access.Share) {
		add(p.Name, p.ID)
	}
	for _, rule := range set.Rules {
		owners := slices.Clone(rule.Owners)
		for _, team := range rule.Teams {
			owners = append(owners, team.Owners...)
		}
		for _, owner := range owners {
			add(owner.Name, owner.ID)
		}
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b rules.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// EmptyGroup is a group of the rules that nobody is in.
type EmptyGroup struct {
	rules.Person
	Reason string
}

// EmptyGroups returns the groups of the rules in use that had nobody in them when Slack was last asked.
func (a *App) EmptyGroups() []EmptyGroup {
	var empty []EmptyGroup
	for _, group := range GroupsOf(a.Rules()) {
		a.people.mu.Lock()
		reason := a.people.members[group.ID].value.empty
		a.people.mu.Unlock()
		if reason != "" {
			empty = append(empty, EmptyGroup{group, reason})
		}
	}
	return empty
}

// Watch keeps what is known of channels and groups true, until ctx ends.
func (a *App) Watch(ctx context.Context) {
	var watching sync.WaitGroup
	watching.Go(func() { a.Channels.Watch(ctx) })
	a.watchGroups(ctx)
	watching.Wait()
}

// watchGroups looks at the groups of the rules now and every hour, until ctx ends.
func (a *App) watchGroups(ctx context.Context) {
	ticker := time.NewTicker(groupsEvery)
	defer ticker.Stop()
	for {
		for _, group := range GroupsOf(a.Rules()) {
			if _, err := a.people.inGroup(ctx, group.ID); err != nil && ctx.Err() == nil {
				a.Log.Warn("user group cannot be looked at", zap.String("group_id", group.ID), zap.Error(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
