package webapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"
)

const (
	peopleFor    = 10 * time.Minute // how long what Slack said of a person or a group is believed
	maxPeople    = 10_000
	peopleWithin = 5 * time.Second
)

// People knows who belongs where, who is a guest, who is in which group, and which channels outsiders read, as far as
// the token's scopes allow.
type People struct {
	api  *slack.Client
	team Team
	log  *zap.Logger

	persons answers[Person]
	members answers[Members]
	rooms   answers[bool] // whether people of other organisations are in a channel
	warned  sync.Map      // consequences of missing scopes that were logged
}

// NewPeople returns People who belong to a team, or not. It asks Slack nothing yet.
func NewPeople(api *slack.Client, team Team, log *zap.Logger) *People {
	return &People{api: api, team: team, log: log}
}

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

// Person is what Slack knows of a person.
type Person struct {
	From   Origin
	Guest  bool
	Hidden bool // the scope users:read is missing; a guest then counts as a member
}

// Who asks Slack about a person. A person whom Slack does not know, or does not show, does not belong to us.
func (p *People) Who(ctx context.Context, user string) (Person, error) {
	return p.persons.get(user, func() (Person, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), peopleWithin)
		defer cancel()
		u, err := p.api.GetUserInfoContext(ctx, user)
		switch {
		case p.lacksScope(err, "cannot tell guests from members"):
			return Person{Hidden: true}, nil
		case CodeOf(err) == "user_not_found", CodeOf(err) == "user_not_visible":
			return Person{From: Foreign}, nil
		case err != nil:
			return Person{}, fmt.Errorf("ask slack about the person: %w", Bare(err))
		}
		from := max(p.team.Home(u.TeamID), p.team.organisation(u.Enterprise.EnterpriseID))
		if u.IsStranger {
			from = Foreign
		}
		return Person{From: from, Guest: u.IsRestricted || u.IsUltraRestricted}, nil
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

// Members are the people in a group, unless a missing scope hides them.
type Members struct {
	IDs    []string
	Hidden bool
	Empty  string // why the group is empty: Slack's code or NoMembers; empty if it has members
}

// NoMembers means that Slack knows the group and it has no members.
const NoMembers = "no_members"

// InGroup asks Slack who is in a group, and remembers it.
func (p *People) InGroup(ctx context.Context, group string) (Members, error) {
	return p.members.get(group, func() (Members, error) {
		of, err := MembersOf(ctx, p.api, group)
		if p.lacksScope(err, "members of groups are unknown") {
			return Members{Hidden: true}, nil
		}
		if of.Empty != "" {
			p.log.Warn("nobody is in the user group", zap.String("group_id", group), zap.String("error_code", of.Empty))
		}
		return of, err
	})
}

// MembersOf asks Slack who is in a group. A group that Slack refuses to list for a reason that does not pass is gone, and has no
// members.
func MembersOf(ctx context.Context, api *slack.Client, group string) (Members, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), peopleWithin)
	defer cancel()
	ids, err := api.GetUserGroupMembersContext(ctx, group)
	code := CodeOf(err)
	switch {
	case code != "" && code != "missing_scope" && !passes(code):
		return Members{Empty: code}, nil
	case err != nil:
		return Members{}, fmt.Errorf("ask slack about the group: %w", Bare(err))
	case len(ids) == 0:
		return Members{Empty: NoMembers}, nil
	}
	return Members{IDs: ids}, nil
}

// WhyEmpty returns why a group was empty when Slack was last asked; empty if it had members.
func (p *People) WhyEmpty(group string) string { return p.members.last(group).Empty }
