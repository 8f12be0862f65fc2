package slacksim

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Slash is a slash command as a person types it.
type Slash struct {
	User, Channel string
	// Command begins with a slash. Text is sent to the app as it is.
	Command, Text string
	// TeamID replaces the person's workspace, for a command from elsewhere.
	TeamID string
	// Fields are added to the payload, or replace what it holds.
	Fields map[string]any
}

// Command types a slash command. It returns at once; the Invocation has what became of it. The error means that Slack
// itself would not have taken the command: an unknown person, channel or command.
func (s *Server) Command(ctx context.Context, c Slash) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, r, err := s.personIn(ctx, c.User, c.Channel)
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(c.Command, "/") || len(c.Command) > 32:
		return nil, fmt.Errorf("type %q: not a slash command", c.Command)
	case !slices.Contains(s.scopes, "commands"):
		return nil, fmt.Errorf("type %s: the app has no commands scope, so Slack does not know the command", c.Command)
	case s.cfg.Commands != nil && !slices.Contains(s.cfg.Commands, c.Command):
		return nil, fmt.Errorf("type %s: not a command of the app", c.Command)
	}
	v := s.invocation(u, r, strings.TrimSpace(c.Command+" "+c.Text))
	answers := s.newAnswerURL(v, r, nil)
	v.trigger = s.newTrigger(u.ID, "")
	v.answered = func(_ *Outcome, payload any) { s.showAck(answers, payload) }
	name := r.Name
	if r.Private && r.DirectWith == "" {
		name = "privategroup"
	}
	payload := map[string]any{
		"token": verificationToken, "team_id": cmp.Or(c.TeamID, u.TeamID), "team_domain": s.cfg.TeamDomain,
		"channel_id": r.ID, "channel_name": name, "user_id": u.ID, "user_name": u.Name, "command": c.Command, "text": c.Text,
		"api_app_id": s.cfg.AppID, "is_enterprise_install": "false", "response_url": v.url, "trigger_id": v.trigger,
	}
	if s.cfg.EnterpriseID != "" {
		payload["enterprise_id"], payload["enterprise_name"] = s.cfg.EnterpriseID, s.cfg.TeamName
	}
	maps.Copy(payload, c.Fields)
	s.issue("slash_commands", true, payload, v)
	return v, nil
}

// verificationToken is the deprecated token field of payloads.
const verificationToken = "deprecated"

// showAck shows the message in the acknowledgement of a command.
func (s *Server) showAck(u *answerURL, payload any) {
	object, ok := payload.(map[string]any)
	if text, plain := payload.(string); plain {
		object, ok = map[string]any{"text": text}, true
	}
	if payload == nil {
		return
	}
	if !ok {
		s.violate("ack_payload_invalid", "the answer to a command is no message")
		return
	}
	if err := s.give(u, object, "ack"); err != nil {
		s.violate("ack_payload_invalid", err.Error())
	}
}

// Say lets a person write a message, in a thread when threadTS is set.
func (s *Server) Say(ctx context.Context, user, channel, text, threadTS string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, r, err := s.personIn(ctx, user, channel)
	if err != nil {
		return Message{}, err
	}
	if threadTS, err = r.threadOf(threadTS); err != nil {
		return Message{}, fmt.Errorf("reply in %s: %w", channel, err)
	}
	return *s.put(r, &Message{User: u.ID, Text: text, ThreadTS: threadTS, Via: "person"}), nil
}

// personIn finds a person and a channel that they are in; the channel "@" is their direct message with the bot.
func (s *Server) personIn(ctx context.Context, user, channel string) (User, *room, error) {
	u, err := s.person(ctx, user)
	if err != nil {
		return User{}, nil, err
	}
	if channel == "@" {
		return u, s.direct(u.ID), nil
	}
	r, ok := s.room(channel)
	if !ok || !r.holds(user) {
		return User{}, nil, fmt.Errorf("act in %q: %s sees no such channel", channel, user)
	}
	return u, r, nil
}

// person finds somebody who can act.
func (s *Server) person(ctx context.Context, user string) (User, error) {
	if err := ctx.Err(); err != nil {
		return User{}, err
	}
	if s.closed {
		return User{}, ErrClosed
	}
	u, ok := s.users[user]
	if !ok || u.Deleted {
		return User{}, fmt.Errorf("act as %q: no such person", user)
	}
	return u, nil
}

func (s *Server) invocation(u User, r *room, what string) *Invocation {
	v := &Invocation{server: s, user: u.ID, what: what}
	if r != nil {
		v.channel = r.ID
	}
	return v
}

// newTrigger gives a person's action its trigger_id; view is the modal it happened in.
func (s *Server) newTrigger(user, view string) string {
	id := fmt.Sprintf("%d.%s", s.cfg.Now().UnixMilli(), secret())
	s.triggers[id] = &trigger{user: user, view: view, born: s.cfg.Now()}
	return id
}

// Shortcut is a global or a message shortcut.
type Shortcut struct {
	User, CallbackID string
	// Channel and TS name the message of a message shortcut; empty for a global one.
	Channel, TS string
}

// Shortcut runs a shortcut of the app.
func (s *Server) Shortcut(ctx context.Context, c Shortcut) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.person(ctx, c.User)
	if err != nil {
		return nil, err
	}
	v := s.invocation(u, nil, "shortcut "+c.CallbackID)
	v.trigger = s.newTrigger(u.ID, "")
	payload := s.interaction("shortcut", u, v)
	payload["callback_id"], payload["action_ts"] = c.CallbackID, s.stamp(s.cfg.Now())
	if c.Channel != "" {
		if err := s.onMessage(ctx, c, v, payload); err != nil {
			return nil, err
		}
	}
	s.issue("interactive", false, payload, v)
	return v, nil
}

// onMessage makes a shortcut one of a message.
func (s *Server) onMessage(ctx context.Context, c Shortcut, v *Invocation, payload map[string]any) error {
	_, r, err := s.personIn(ctx, c.User, c.Channel)
	if err != nil {
		return err
	}
	m := r.find(c.TS)
	if m == nil || m.EphemeralTo != "" || m.Deleted {
		return fmt.Errorf("run the shortcut %s: no message %s in %s", c.CallbackID, c.TS, c.Channel)
	}
	v.channel = r.ID
	s.newAnswerURL(v, r, nil)
	payload["type"], payload["message_ts"], payload["response_url"] = "message_action", m.TS, v.url
	payload["channel"], payload["message"] = map[string]any{"id": r.ID, "name": r.Name}, s.messageJSON(m, true)
	return nil
}

// interaction is what the payloads of all interactions have in common. In an organisation a person's team_id is that of their
// organisation, and enterprise and team are those of the installation, not of the person who acted.
func (s *Server) interaction(kind string, u User, v *Invocation) map[string]any {
	payload := map[string]any{
		"type": kind, "token": verificationToken, "api_app_id": s.cfg.AppID, "trigger_id": v.trigger,
		"team": map[string]any{"id": s.cfg.TeamID, "domain": s.cfg.TeamDomain}, "enterprise": nil, "is_enterprise_install": false,
		"user": map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": cmp.Or(u.EnterpriseID, u.TeamID)},
	}
	if s.cfg.EnterpriseID != "" {
		payload["enterprise"] = map[string]any{"id": s.cfg.EnterpriseID, "name": s.cfg.TeamName}
		payload["team"] = map[string]any{
			"id": s.cfg.TeamID, "domain": s.cfg.TeamDomain, "enterprise_id": s.cfg.EnterpriseID, "enterprise_name": s.cfg.TeamName,
		}
	}
	return payload
}

// Happen sends the app an event (the inner object, with its type) through the Events API, with Slack's retries.
func (s *Server) Happen(ctx context.Context, event map[string]any) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.happen(event), nil
}

func (s *Server) happen(event map[string]any) *Invocation {
	kind, _ := event["type"].(string)
	user, _ := event["user"].(string)
	v := &Invocation{server: s, user: user, what: "event " + kind}
	s.issue("events_api", false, map[string]any{
		"token": verificationToken, "team_id": s.cfg.TeamID, "api_app_id": s.cfg.AppID, "type": "event_callback", "event": event,
		"event_id": s.newID("Ev"), "event_time": s.cfg.Now().Unix(), "is_ext_shared_channel": false,
		"authorizations": []any{map[string]any{
			"enterprise_id": nil, "team_id": s.cfg.TeamID, "user_id": s.cfg.BotUserID, "is_bot": true, "is_enterprise_install": false,
		}},
	}, v)
	return v
}
