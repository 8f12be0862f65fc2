package webapi

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

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
	return remembered(p, p.members, group, func() (Members, error) {
		of, err := membersOf(ctx, p.api, group)
		if p.lacksScope(err, "members of groups are unknown") {
			return Members{Hidden: true}, nil
		}
		if of.Empty != "" {
			p.log.Warn("nobody is in the user group", zap.String("group_id", group), zap.String("error_code", of.Empty))
		}
		return of, err
	})
}

// membersOf asks Slack who is in a group. A group that Slack refuses to list for a reason that does not pass is gone, and has no
// members.
func membersOf(ctx context.Context, api *slack.Client, group string) (Members, error) {
	ctx, cancel := context.WithTimeout(ctx, peopleWithin)
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
func (p *People) WhyEmpty(group string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.members[group].value.Empty
}

// GroupTrouble asks Slack why a group is empty: it returns NoMembers or Slack's code, and an empty text if it has
// members.
func GroupTrouble(ctx context.Context, api *slack.Client, group string) (string, error) {
	of, err := membersOf(ctx, api, group)
	return of.Empty, err
}
