package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"budgetbot/internal/slacksim/blockkit"
)

const (
	maxUpdateText = 4_000
)

func (s *Server) authTest(_ *call) (reply, error) {
	out := reply{
		"url": "https://" + s.cfg.TeamDomain + ".slack.com/", "team": s.cfg.TeamName, "user": s.cfg.BotName,
		"team_id": s.cfg.TeamID, "user_id": s.cfg.BotUserID, "bot_id": s.cfg.BotID, "is_enterprise_install": false,
	}
	if s.cfg.EnterpriseID != "" {
		out["enterprise_id"] = s.cfg.EnterpriseID
	}
	return out, nil
}

func (s *Server) chatPost(c *call) (reply, error) {
	r, err := s.writable(c)
	if err != nil {
		return nil, err
	}
	m, err := s.compose(c, blockkit.SurfaceMessage)
	if err != nil {
		return nil, err
	}
	if m.ThreadTS, err = r.threadOf(c.args.text("thread_ts")); err != nil {
		return nil, err
	}
	if m.ThreadTS != "" && r.Threadless {
		return nil, refuse("restricted_action_non_threadable_channel")
	}
	m.Broadcast = m.ThreadTS != "" && c.args.flag("reply_broadcast")
	m.Via = "api"
	s.put(r, m)
	return reply{"channel": r.ID, "ts": m.TS, "message": s.messageJSON(m, true)}, nil
}

func (s *Server) chatPostEphemeral(c *call) (reply, error) {
	r, err := s.writable(c)
	if err != nil {
		return nil, err
	}
	user, known := s.users[c.args.text("user")]
	switch {
	case !known || user.Deleted || !r.holds(user.ID):
		return nil, refuse("user_not_in_channel")
	case !r.BotMember:
		return nil, refuse("not_in_channel")
	}
	m, err := s.compose(c, blockkit.SurfaceMessage)
	if err != nil {
		return nil, err
	}
	if m.ThreadTS, err = r.threadOf(c.args.text("thread_ts")); err != nil {
		return nil, err
	}
	m.Via, m.EphemeralTo = "api", user.ID
	s.put(r, m)
	return reply{"message_ts": m.TS}, nil
}

func (s *Server) chatUpdate(c *call) (reply, error) {
	r, m, err := s.own(c, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(c.args.text("text")) > maxUpdateText {
		return nil, refuse("msg_too_long")
	}
	next, err := s.compose(c, blockkit.SurfaceMessage)
	if err != nil {
		return nil, err
	}
	m.Text, m.Blocks, m.Attachments = next.Text, next.Blocks, next.Attachments
	if c.args.has("metadata") {
		m.Metadata = next.Metadata
	}
	s.edit(m)
	return reply{"channel": r.ID, "ts": m.TS, "text": m.Text, "message": s.messageJSON(m, true)}, nil
}

func (s *Server) chatDelete(c *call) (reply, error) {
	r, m, err := s.own(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	s.remove(r, m)
	return reply{"channel": r.ID, "ts": m.TS}, nil
}

func (s *Server) chatPermalink(c *call) (reply, error) {
	r, err := s.readable(c)
	if err != nil {
		return nil, err
	}
	m := r.find(c.args.text("message_ts"))
	if m == nil || m.EphemeralTo != "" || m.Deleted {
		return nil, refuse("message_not_found")
	}
	return reply{"channel": r.ID, "permalink": s.permalink(m)}, nil
}

func (s *Server) permalink(m *Message) string {
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", s.cfg.TeamDomain, m.Channel, strings.ReplaceAll(m.TS, ".", ""))
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + m.Channel
	}
	return link
}

// writable finds the channel of a call and refuses what the bot may not post to. A person's id opens a direct message.
func (s *Server) writable(c *call) (*room, error) {
	name := c.args.text("channel")
	if name == "" {
		return nil, refuse("channel_not_found")
	}
	r, ok := s.room(name)
	if !ok {
		r, ok = s.roomByName(name)
	}
	if _, person := s.users[name]; !ok && person {
		r, ok = s.direct(name), true
	}
	switch {
	case !ok, r.Private && !r.BotMember:
		return nil, refuse("channel_not_found")
	case r.Archived:
		return nil, refuse("is_archived")
	case !r.BotMember && s.need(c, "chat:write.public") != nil:
		return nil, refuse("not_in_channel")
	}
	return r, nil
}

// readable finds the channel of a call by its id, which the bot can see.
func (s *Server) readable(c *call) (*room, error) {
	r, ok := s.room(c.args.text("channel"))
	if !ok || (r.Private && !r.BotMember) {
		return nil, refuse("channel_not_found")
	}
	return r, nil
}

// own finds the message of a call, which the bot must have written and everybody must see.
func (s *Server) own(c *call, denied string) (*room, *Message, error) {
	r, err := s.readable(c)
	if err != nil {
		return nil, nil, err
	}
	if r.Archived {
		return nil, nil, refuse("is_archived")
	}
	m := r.find(c.args.text("ts"))
	switch {
	case m == nil, m.EphemeralTo != "", m.Deleted:
		return nil, nil, refuse("message_not_found")
	case !m.FromBot:
		return nil, nil, refuse(denied)
	}
	return r, m, nil
}

// threadOf checks that a reply names a parent message, never another reply.
func (r *room) threadOf(ts string) (string, error) {
	if ts == "" {
		return "", nil
	}
	root := r.find(ts)
	switch {
	case root == nil, root.EphemeralTo != "":
		return "", refuse("thread_not_found")
	case root.ThreadTS != "":
		return "", refuse("cannot_reply_to_message")
	}
	return ts, nil
}

// cut shortens a text that is longer than a message may be, as Slack does without a word.
func cut(text string) string {
	if runes := []rune(text); len(runes) > blockkit.MaxText {
		return string(runes[:blockkit.MaxText])
	}
	return text
}

// compose reads and checks the content of a message.
func (s *Server) compose(c *call, on blockkit.Surface) (*Message, error) {
	m := &Message{User: s.cfg.BotUserID, FromBot: true, Text: cut(c.args.text("text"))}
	var err error
	if m.Blocks, err = s.readBlocks(c.args, on); err != nil {
		return nil, err
	}
	if m.Attachments, err = s.readAttachments(c.args); err != nil {
		return nil, err
	}
	if m.Metadata, err = readMetadata(c.args); err != nil {
		return nil, err
	}
	if strings.TrimSpace(m.Text) == "" && m.Blocks == nil && m.Attachments == nil {
		return nil, refuse("no_text")
	}
	return m, nil
}

// readAttachments checks the legacy frame around blocks.
func (s *Server) readAttachments(a args) (json.RawMessage, error) {
	value, present, err := a.nested("attachments")
	if !present {
		return nil, nil
	}
	list, ok := value.([]any)
	switch {
	case err != nil || !ok:
		return nil, refuse("invalid_attachments")
	case len(list) == 0:
		return nil, nil
	case len(list) > 100:
		return nil, refuse("too_many_attachments")
	}
	for i, one := range list {
		object, ok := one.(map[string]any)
		if !ok {
			return nil, refuse("invalid_attachments")
		}
		if blocks, has := object["blocks"]; has {
			if err := s.checkBlocks(fmt.Sprintf("/attachments/%d/blocks", i), blocks, blockkit.SurfaceMessage); err != nil {
				return nil, err
			}
		}
	}
	return blockkit.Encode(list), nil
}

// readMetadata checks the shape of a message's metadata.
func readMetadata(a args) (json.RawMessage, error) {
	value, present, err := a.nested("metadata")
	if !present {
		return nil, nil
	}
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil, refuse("invalid_metadata_format")
	}
	// Clients send an empty value for no metadata.
	if kind, _ := object["event_type"].(string); kind == "" && object["event_payload"] == nil {
		return nil, nil
	}
	var c blockkit.Check
	c.Apply(blockkit.MetadataRule(), "/metadata", object)
	if len(c.Problems) > 0 {
		return nil, &refusal{code: "invalid_metadata_schema", messages: c.Problems}
	}
	return blockkit.Encode(object), nil
}

// messageJSON is a message as the Web API and interactions show it.
func (s *Server) messageJSON(m *Message, metadata bool) map[string]any {
	out := map[string]any{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text, "team": s.cfg.TeamID}
	if m.FromBot {
		out["bot_id"], out["app_id"] = s.cfg.BotID, s.cfg.AppID
		out["bot_profile"] = map[string]any{"id": s.cfg.BotID, "app_id": s.cfg.AppID, "name": s.cfg.BotName, "team_id": s.cfg.TeamID}
	}
	for key, raw := range map[string]json.RawMessage{"blocks": m.Blocks, "attachments": m.Attachments} {
		if raw != nil {
			out[key] = raw
		}
	}
	if metadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if len(m.Files) > 0 {
		out["files"] = s.filesJSON(m.Files)
	}
	if m.EditedTS != "" {
		out["edited"] = map[string]any{"user": m.User, "ts": m.EditedTS}
	}
	s.describeThread(m, out)
	return out
}

func (s *Server) describeThread(m *Message, out map[string]any) {
	switch {
	case m.Deleted:
		out["subtype"], out["user"] = "tombstone", "USLACKBOT"
	case m.Broadcast:
		out["subtype"] = "thread_broadcast"
	}
	if replies := s.channels[m.Channel].replies(m.TS); len(replies) > 0 {
		out["thread_ts"], out["reply_count"], out["latest_reply"] = m.TS, len(replies), replies[len(replies)-1].TS
	}
}
