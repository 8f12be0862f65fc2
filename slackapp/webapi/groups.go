package webapi

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// Members are who belongs to a group, unless that is hidden for want of a scope.
type Members struct {
	IDs    []string
	Hidden bool
	Empty  string // why there is nobody in it: Slack's code or NoMembers; empty where there is somebody
}

// NoMembers is why a group that Slack knows lets nobody in.
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
	code := codeOf(err)
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

// WhyEmpty tells why nobody was in a group when Slack was last asked; it is empty where somebody was.
func (p *People) WhyEmpty(group string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.members[group].value.Empty
}

// GroupTrouble asks Slack why nobody is in a group: it returns NoMembers or Slack's code, and nothing where somebody is.
func GroupTrouble(ctx context.Context, api *slack.Client, group string) (string, error) {
	of, err := membersOf(ctx, api, group)
	return of.Empty, err
}
