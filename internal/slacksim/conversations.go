package slacksim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// historyLimit is the page size of a listing that names none, pageLimit the greatest one.
const (
	historyLimit = 100
	pageLimit    = 1000
)

// canRead checks the scope for reading a channel, which depends on its kind.
func (s *Server) canRead(c *call, r *room, what string) error {
	switch {
	case r.DirectWith != "":
		return s.need(c, "im:"+what)
	case r.Private:
		return s.need(c, "groups:"+what)
	}
	return s.need(c, "channels:"+what)
}

func (s *Server) conversationInfo(c *call) (reply, error) {
	r, err := s.readable(c)
	if err != nil {
		return nil, err
	}
	if err := s.canRead(c, r, "read"); err != nil {
		return nil, err
	}
	return reply{"channel": s.channelJSON(r)}, nil
}

func (s *Server) channelJSON(r *room) map[string]any {
	if r.DirectWith != "" {
		return map[string]any{"id": r.ID, "is_im": true, "user": r.DirectWith, "context_team_id": s.cfg.TeamID}
	}
	return map[string]any{
		"id": r.ID, "name": r.Name, "name_normalized": r.Name, "is_channel": !r.Private, "is_group": r.Private,
		"is_private": r.Private, "is_archived": r.Archived, "is_member": r.BotMember, "is_im": false, "is_mpim": false,
		"context_team_id": s.cfg.TeamID, "is_ext_shared": r.Shared, "is_pending_ext_shared": r.PendingShare, "is_shared": r.Shared,
	}
}

// RenameChannel gives a channel another name, which no other one may have.
func (s *Server) RenameChannel(id, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.channels {
		if r.Name == name && r.ID != id {
			return fmt.Errorf("rename %s: %s is called %s", id, r.ID, name)
		}
	}
	r, ok := s.room(id)
	if !ok {
		return fmt.Errorf("rename %s: no such channel", id)
	}
	r.Name = name
	return nil
}

func (s *Server) conversationList(c *call) (reply, error) {
	kinds := strings.Split(c.args.text("types"), ",")
	public := kinds[0] == "" || slices.Contains(kinds, "public_channel")
	private := slices.Contains(kinds, "private_channel")
	if public {
		if err := s.need(c, "channels:read"); err != nil {
			return nil, err
		}
	}
	if private {
		if err := s.need(c, "groups:read"); err != nil {
			return nil, err
		}
	}
	var listed []map[string]any
	for _, id := range s.order {
		r := s.channels[id]
		hidden := r.DirectWith != "" || (r.Private && !r.BotMember) || (r.Archived && c.args.flag("exclude_archived"))
		if !hidden && ((r.Private && private) || (!r.Private && public)) {
			listed = append(listed, s.channelJSON(r))
		}
	}
	page, next, err := page(c, listed)
	return reply{"channels": page, "next_cursor": next}, err
}

// page cuts a listing at the cursor and the limit of a call.
func page[T any](c *call, all []T) ([]T, string, error) {
	limit := c.args.number("limit", historyLimit)
	if limit < 1 || limit > pageLimit {
		return nil, "", refuse("invalid_limit")
	}
	start := 0
	if cursor := c.args.text("cursor"); cursor != "" {
		digits, ours := strings.CutPrefix(cursor, "next:")
		n, err := strconv.Atoi(digits)
		if !ours || err != nil || n < 0 || n > len(all) {
			return nil, "", refuse("invalid_cursor")
		}
		start = n
	}
	end := min(start+limit, len(all))
	if end == len(all) {
		return slices.Concat([]T{}, all[start:end]), "", nil
	}
	return slices.Concat([]T{}, all[start:end]), "next:" + strconv.Itoa(end), nil
}

// within applies oldest, latest and inclusive.
func within(c *call, ts string) bool {
	oldest, latest := c.args.text("oldest"), c.args.text("latest")
	if c.args.flag("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || newer(ts, oldest)) && (latest == "" || newer(latest, ts))
}

// newer compares two ts, which a client may write with fewer digits than Slack does.
func newer(a, b string) bool { return micros(a) > micros(b) }

func micros(ts string) int64 {
	seconds, fraction, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds+(fraction + "000000")[:6], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (s *Server) readHistory(c *call) (*room, error) {
	r, err := s.readable(c)
	if err != nil {
		return nil, err
	}
	if err := s.canRead(c, r, "history"); err != nil {
		return nil, err
	}
	if !r.BotMember {
		return nil, refuse("not_in_channel")
	}
	return r, nil
}

// isShown reports whether the history has a message by now.
func (s *Server) isShown(m *Message) bool { return s.lag == 0 || time.Since(m.at) >= s.lag }

func (s *Server) conversationHistory(c *call) (reply, error) {
	r, err := s.readHistory(c)
	if err != nil {
		return nil, err
	}
	var found []map[string]any
	for _, m := range slices.Backward(r.messages) {
		if m.EphemeralTo == "" && (m.ThreadTS == "" || m.Broadcast) && within(c, m.TS) && s.isShown(m) {
			found = append(found, s.messageJSON(m, c.args.flag("include_all_metadata")))
		}
	}
	page, next, err := page(c, found)
	return reply{"messages": page, "has_more": next != "", "next_cursor": next}, err
}

func (s *Server) conversationReplies(c *call) (reply, error) {
	r, err := s.readHistory(c)
	if err != nil {
		return nil, err
	}
	root := r.find(c.args.text("ts"))
	if root == nil || root.EphemeralTo != "" {
		return nil, refuse("thread_not_found")
	}
	found := []map[string]any{s.messageJSON(root, c.args.flag("include_all_metadata"))}
	for _, m := range r.replies(root.TS) {
		if within(c, m.TS) && s.isShown(m) {
			found = append(found, s.messageJSON(m, c.args.flag("include_all_metadata")))
		}
	}
	page, next, err := page(c, found)
	return reply{"messages": page, "has_more": next != "", "next_cursor": next}, err
}

func (s *Server) userInfo(c *call) (reply, error) {
	u, ok := s.users[c.args.text("user")]
	if !ok {
		return nil, refuse("user_not_found")
	}
	out := map[string]any{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted, "is_bot": false,
		"is_restricted": u.Guest, "is_ultra_restricted": false, "is_stranger": u.Unmet,
		"profile": map[string]any{"real_name": u.RealName, "display_name": u.Name, "team": u.TeamID},
	}
	if u.EnterpriseID != "" {
		out["enterprise_user"] = map[string]any{
			"id": u.ID, "enterprise_id": u.EnterpriseID, "enterprise_name": u.EnterpriseID, "is_admin": false, "is_owner": false,
			"is_primary_owner": false, "teams": []any{u.TeamID},
		}
	}
	return reply{"user": out}, nil
}

func (s *Server) groupUsers(c *call) (reply, error) {
	g, ok := s.groups[c.args.text("usergroup")]
	if !ok {
		return nil, refuse("no_such_subteam")
	}
	return reply{"users": slices.Concat([]string{}, g.Users)}, nil
}
