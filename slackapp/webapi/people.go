package webapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/access"
)

const (
	peopleFor    = 10 * time.Minute // how long what Slack said of a person or a group is believed
	maxPeople    = 10_000
	peopleWithin = 5 * time.Second
	groupsEvery  = time.Hour // between two looks at the groups of the rules, so that an empty one is known before a person asks
)

// People knows what Slack says of people: where they belong, who is a guest, who is in which group, and which channels outsiders read, as far as
// the token's scopes allow.
type People struct {
	api *slack.Client
	log *zap.Logger

	persons answers[access.Person]
	members answers[access.Members]
	rooms   answers[bool] // whether people of other organisations are in a channel
	warned  sync.Map      // consequences of missing scopes that were logged
}

// NewPeople returns People of whom nothing is known yet.
func NewPeople(api *slack.Client, log *zap.Logger) *People { return &People{api: api, log: log} }

// answers are what Slack said, by the id that it was asked about.
type answers[T any] struct {
	mu     sync.Mutex
	held   map[string]known[T]
	asking singleflight.Group // several who ask about one id at once share a call, which outlives the one who began it
}

// known is something Slack said, and until when it is believed.
type known[T any] struct {
	value T
	until time.Time
}

// get returns what is believed of an id, or asks. What could not be found out is not kept.
func (a *answers[T]) get(id string, ask func() (T, error)) (T, error) {
	a.mu.Lock()
	believed := a.held[id]
	a.mu.Unlock()
	if time.Now().Before(believed.until) {
		return believed.value, nil
	}
	answer, err, _ := a.asking.Do(id, func() (any, error) { return ask() })
	value, _ := answer.(T)
	if err != nil {
		return value, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.held == nil || len(a.held) >= maxPeople {
		a.held = map[string]known[T]{}
	}
	a.held[id] = known[T]{value, time.Now().Add(peopleFor)}
	return value, nil
}

// last returns what Slack said of an id when it was last asked.
func (a *answers[T]) last(id string) T {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held[id].value
}

// Who asks Slack about a person. A person whom Slack does not know, or does not show, does not belong to us.
func (p *People) Who(ctx context.Context, user string) (access.Person, error) {
	return p.persons.get(user, func() (access.Person, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), peopleWithin)
		defer cancel()
		u, err := p.api.GetUserInfoContext(ctx, user)
		switch {
		case p.lacksScope(err, "cannot tell guests from members"):
			return access.Person{Hidden: true}, nil
		case CodeOf(err) == "user_not_found", CodeOf(err) == "user_not_visible":
			return access.Person{Stranger: true}, nil
		case err != nil:
			return access.Person{}, fmt.Errorf("ask slack about the person: %w", Bare(err))
		}
		return access.Person{
			Home: u.TeamID, Organisation: u.Enterprise.EnterpriseID, Stranger: u.IsStranger, Guest: u.IsRestricted || u.IsUltraRestricted,
		}, nil
	})
}

// IsExternal reports whether people of other organisations are in the channel, or invited to it. If Slack does not show
// the bot the channel, because a scope or an invitation is missing, that is unknown, and the channel counts as one of
// ours.
func (p *People) IsExternal(ctx context.Context, channel string) (bool, error) {
	return p.rooms.get(channel, func() (bool, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), peopleWithin)
		defer cancel()
		c, err := p.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		switch code := CodeOf(err); {
		case p.lacksScope(err, "cannot tell which channels are shared with other organisations"), code == "channel_not_found":
			return false, nil
		case err != nil:
			return false, fmt.Errorf("ask slack about the channel: %w", Bare(err))
		}
		return c.IsExtShared || c.IsPendingExtShared, nil
	})
}

// WasExternal reports whether people of other organisations were in the channel when Slack was last asked.
func (p *People) WasExternal(channel string) bool { return p.rooms.last(channel) }

// lacksScope reports whether the error is a missing scope, and logs that once.
func (p *People) lacksScope(err error, consequence string) bool {
	if CodeOf(err) != "missing_scope" {
		return false
	}
	if _, again := p.warned.LoadOrStore(consequence, true); !again {
		p.log.Warn("slack scope missing", zap.String("consequence", consequence))
	}
	return true
}

// InGroup asks Slack who is in a group, and remembers it.
func (p *People) InGroup(ctx context.Context, group string) (access.Members, error) {
	return p.members.get(group, func() (access.Members, error) {
		of, err := MembersOf(ctx, p.api, group)
		if p.lacksScope(err, "members of groups are unknown") {
			return access.Members{Hidden: true}, nil
		}
		if of.Empty != "" {
			p.log.Warn("nobody is in the user group", zap.String("group_id", group), zap.String("error_code", of.Empty))
		}
		return of, err
	})
}

// MembersOf asks Slack who is in a group. A group that Slack refuses to list for a reason that does not pass is gone, and has no
// members.
func MembersOf(ctx context.Context, api *slack.Client, group string) (access.Members, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), peopleWithin)
	defer cancel()
	ids, err := api.GetUserGroupMembersContext(ctx, group)
	code := CodeOf(err)
	switch {
	case code != "" && code != "missing_scope" && !passes(code):
		return access.Members{Empty: code}, nil
	case err != nil:
		return access.Members{}, fmt.Errorf("ask slack about the group: %w", Bare(err))
	case len(ids) == 0:
		return access.Members{Empty: access.NoMembers}, nil
	}
	return access.Members{IDs: ids}, nil
}

// EmptyGroup is a group of the rules without members.
type EmptyGroup struct {
	rules.Person
	Reason string // as in access.Members
}

// EmptyGroups returns those of the groups that had no members when Slack was last asked.
func (p *People) EmptyGroups(groups []rules.Person) []EmptyGroup {
	var empty []EmptyGroup
	for _, group := range groups {
		if reason := p.members.last(group.ID).Empty; reason != "" {
			empty = append(empty, EmptyGroup{group, reason})
		}
	}
	return empty
}

// Watch looks at the groups of the rules now and every hour, until ctx ends.
func (p *People) Watch(ctx context.Context, inUse func() *rules.Rules) {
	ticker := time.NewTicker(groupsEvery)
	defer ticker.Stop()
	for {
		for _, group := range inUse().Groups() {
			if _, err := p.InGroup(ctx, group.ID); err != nil && ctx.Err() == nil {
				p.log.Warn("cannot read the user group", zap.String("group_id", group.ID), zap.Error(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
