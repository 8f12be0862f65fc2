package slackapp

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/rules"
)

// groupsEvery is how often the bot reads the groups of the rules, so that an empty one is known before a person asks.
const groupsEvery = time.Hour

// GroupsOf lists the user groups that the rules give something to, each once, by name.
func GroupsOf(set *rules.Rules) []rules.Person {
	named := slices.Concat(set.Access.Ask, set.Access.Share)
	for _, rule := range set.Rules {
		named = append(named, rule.Owners...)
		for _, team := range rule.Teams {
			named = append(named, team.Owners...)
		}
	}
	byID := map[string]rules.Person{}
	for _, p := range named {
		if rules.IsGroupID(p.ID) {
			byID[p.ID] = p
		}
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b rules.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// EmptyGroup is a group of the rules without members.
type EmptyGroup struct {
	rules.Person
	Reason string
}

// EmptyGroups returns the groups of the rules in use that had no members when Slack was last asked.
func (a *App) EmptyGroups() []EmptyGroup {
	var empty []EmptyGroup
	for _, group := range GroupsOf(a.host.Rules()) {
		if reason := a.host.people.WhyEmpty(group.ID); reason != "" {
			empty = append(empty, EmptyGroup{group, reason})
		}
	}
	return empty
}

// Watch keeps what is known of channels and groups true, until ctx ends.
func (a *App) Watch(ctx context.Context) {
	var watching sync.WaitGroup
	watching.Go(func() { a.host.Channels.Watch(ctx) })
	a.watchGroups(ctx)
	watching.Wait()
}

// watchGroups looks at the groups of the rules now and every hour, until ctx ends.
func (a *App) watchGroups(ctx context.Context) {
	ticker := time.NewTicker(groupsEvery)
	defer ticker.Stop()
	for {
		for _, group := range GroupsOf(a.host.Rules()) {
			if _, err := a.host.people.InGroup(ctx, group.ID); err != nil && ctx.Err() == nil {
				a.host.Log.Warn("cannot read the user group", zap.String("group_id", group.ID), zap.Error(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
