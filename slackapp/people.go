package slackapp

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

const (
	peopleFor    = 10 * time.Minute // how long what Slack said of a person or a group is believed
	maxPeople    = 10_000
	peopleWithin = 5 * time.Second
)

// people knows who is a guest and who belongs to which group, as far as optional scopes let it.
type people struct {
	api  *slack.Client
	team Team
	log  *zap.Logger

	mu      sync.Mutex
	guests  map[string]known[bool]
	members map[string]known[members]
	warned  map[string]bool
}

// known is something Slack said, and until when it is believed.
type known[T any] struct {
	value T
	until time.Time
}

func newPeople(api *slack.Client, team Team, log *zap.Logger) *people {
	return &people{
		api: api, team: team, log: log, guests: map[string]known[bool]{}, members: map[string]known[members]{}, warned: map[string]bool{},
	}
}

// isGuest reports whether the person is a guest of the workspace or belongs to another one. Without the scope users:read
// nobody is.
func (p *people) isGuest(ctx context.Context, user string) (bool, error) {
	return remembered(p, p.guests, user, func() (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, peopleWithin)
		defer cancel()
		u, err := p.api.GetUserInfoContext(ctx, user)
		switch {
		case p.lacksScope(err, "guests cannot be told from members"):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("ask slack about the person: %w", bare(err))
		}
		foreign := p.team.Enterprise == "" && u.TeamID != "" && u.TeamID != p.team.ID
		return u.IsRestricted || u.IsUltraRestricted || u.IsStranger || foreign, nil
	})
}

// members are who belongs to a group, unless that is hidden for want of a scope.
type members struct {
	ids    []string
	hidden bool
}

// isMember reports whether the person belongs to the group, and whether that is hidden, as it is without the scope
// usergroups:read.
func (p *people) isMember(ctx context.Context, user, group string) (member, hidden bool, err error) {
	of, err := remembered(p, p.members, group, func() (members, error) {
		ctx, cancel := context.WithTimeout(ctx, peopleWithin)
		defer cancel()
		ids, err := p.api.GetUserGroupMembersContext(ctx, group)
		switch {
		case p.lacksScope(err, "members of groups are unknown"):
			return members{hidden: true}, nil
		case err != nil:
			return members{}, fmt.Errorf("ask slack about the group: %w", bare(err))
		}
		return members{ids: ids}, nil
	})
	return slices.Contains(of.ids, user), of.hidden, err
}

// lacksScope reports whether the error is a missing scope, and says so in the log once.
func (p *people) lacksScope(err error, consequence string) bool {
	if codeOf(err) != "missing_scope" {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.warned[consequence] {
		p.warned[consequence] = true
		p.log.Warn("slack scope missing", zap.String("consequence", consequence))
	}
	return true
}

// remembered returns what is believed under the key, or asks. What could not be found out is not kept.
func remembered[T any](p *people, held map[string]known[T], key string, ask func() (T, error)) (T, error) {
	p.mu.Lock()
	if k, found := held[key]; found && time.Now().Before(k.until) {
		p.mu.Unlock()
		return k.value, nil
	}
	p.mu.Unlock()
	value, err := ask()
	if err != nil {
		return value, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(held) >= maxPeople {
		clear(held)
	}
	held[key] = known[T]{value, time.Now().Add(peopleFor)}
	return value, nil
}
