package slacksim

import (
	"context"
	"net/http"
	"slices"
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// Snapshot is the whole state of the workspace that people and pages may see. It holds no secret.
type Snapshot struct {
	At          time.Time      `json:"at"`
	Team        string         `json:"team"`
	Bot         string         `json:"bot"`
	Events      int            `json:"events"`
	Channels    []ChannelLog   `json:"channels"`
	Users       []User         `json:"users"`
	Views       []View         `json:"views"`
	Connections []Connection   `json:"connections"`
	Violations  []Violation    `json:"violations"`
	Calls       map[string]int `json:"calls"`
}

// ChannelLog is a channel with its messages, oldest first.
type ChannelLog struct {
	Channel
	Messages []Message `json:"messages"`
}

// Snapshot copies the state, ready for encoding/json; GET /sim/state serves the same.
func (s *Server) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Snapshot{
		At: s.cfg.Now(), Team: s.cfg.TeamName, Bot: s.cfg.BotName, Events: s.seq, Connections: s.connections(),
		Violations: slices.Concat([]Violation{}, s.violations), Calls: map[string]int{}, Users: []User{}, Views: []View{},
	}
	for _, id := range s.order {
		out.Channels = append(out.Channels, ChannelLog{Channel: s.channels[id].Channel, Messages: s.messages(id)})
	}
	for _, id := range blockkit.SortedKeys(s.users) {
		out.Users = append(out.Users, s.users[id])
	}
	for _, id := range blockkit.SortedKeys(s.views) {
		out.Views = append(out.Views, s.shown(s.views[id]))
	}
	for method, n := range s.callCount {
		out.Calls[method] = n
	}
	return out
}

func (s *Server) serveState(w http.ResponseWriter, _ *http.Request) {
	raw := blockkit.Encode(s.Snapshot())
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(raw)
}

// Messages lists the messages of a channel, threads and ephemeral ones included, oldest first. A person's id lists
// their direct message with the bot.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.channels {
		if r.DirectWith == channel && channel != "" {
			return s.messages(r.ID)
		}
	}
	return s.messages(channel)
}

func (s *Server) messages(channel string) []Message {
	out := []Message{}
	if r, ok := s.room(channel); ok {
		for _, m := range r.messages {
			out = append(out, *m)
		}
	}
	return out
}

// WaitMessage blocks until a channel holds a message that matches, and gives the first such one. match must not call
// the Server.
func (s *Server) WaitMessage(ctx context.Context, channel string, match func(Message) bool) (Message, error) {
	var found Message
	err := s.await(ctx, &s.alive, func() bool {
		r, ok := s.room(channel)
		if !ok {
			return false
		}
		i := slices.IndexFunc(r.messages, func(m *Message) bool { return match(*m) })
		if i >= 0 {
			found = *r.messages[i]
		}
		return i >= 0
	})
	return found, err
}
