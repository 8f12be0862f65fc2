package slacksim

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// workspace is what Slack stores. Everything in it is guarded by Server.mu.
type workspace struct {
	channels   map[string]*room
	order      []string
	users      map[string]User
	groups     map[string]UserGroup
	scheduled  map[string]scheduledPost
	files      map[string]*storedFile
	uploads    map[string]*storedFile
	views      map[string]*View
	stacks     map[string][]string
	homes      map[string]*View
	triggers   map[string]*trigger
	urls       map[string]*answerURL
	lag        time.Duration // between a post and its place in the history
	lastTS     int64
	lastNumber int
}

// room is a channel and its messages, oldest first.
type room struct {
	Channel
	messages []*Message
}

// trigger is the permission to open one modal.
type trigger struct {
	user, view string
	born       time.Time
	used       bool
}

func newWorkspace(cfg Config) workspace {
	w := workspace{
		channels: map[string]*room{}, users: map[string]User{}, groups: map[string]UserGroup{},
		scheduled: map[string]scheduledPost{}, files: map[string]*storedFile{}, uploads: map[string]*storedFile{},
		views: map[string]*View{}, stacks: map[string][]string{}, homes: map[string]*View{},
		triggers: map[string]*trigger{}, urls: map[string]*answerURL{},
	}
	for _, c := range cfg.Channels {
		w.channels[c.ID] = &room{Channel: c}
		w.order = append(w.order, c.ID)
	}
	for _, u := range cfg.Users {
		u.TeamID = cmp.Or(u.TeamID, cfg.TeamID)
		if u.TeamID == cfg.TeamID {
			u.EnterpriseID = cmp.Or(u.EnterpriseID, cfg.EnterpriseID)
		}
		w.users[u.ID] = u
	}
	for _, g := range cfg.UserGroups {
		w.groups[g.ID] = g
	}
	return w
}

// stamp gives the next message ts: never the same twice, never backwards.
func (w *workspace) stamp(now time.Time) string {
	w.lastTS = max(w.lastTS+1, now.UnixMicro())
	return fmt.Sprintf("%d.%06d", w.lastTS/1e6, w.lastTS%1e6)
}

// newID gives an id in Slack's style: a letter and eight capitals or digits.
func (w *workspace) newID(prefix string) string {
	w.lastNumber++
	return fmt.Sprintf("%s0%08d", prefix, w.lastNumber)
}

// secret is a value that cannot be guessed.
func secret() string { return rand.Text() }

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// room finds a channel by id.
func (w *workspace) room(id string) (*room, bool) {
	r, ok := w.channels[id]
	return r, ok
}

// roomByName finds a channel by the name people type, with or without #.
func (w *workspace) roomByName(name string) (*room, bool) {
	name = strings.TrimPrefix(name, "#")
	for _, r := range w.channels {
		if r.Name == name && r.DirectWith == "" {
			return r, true
		}
	}
	return nil, false
}

// direct finds or opens the direct message with a person.
func (w *workspace) direct(user string) *room {
	for _, r := range w.channels {
		if r.DirectWith == user {
			return r
		}
	}
	r := &room{Channel: Channel{ID: w.newID("D"), Name: "directmessage", Private: true, BotMember: true, Members: []string{user}, DirectWith: user}}
	w.channels[r.ID] = r
	w.order = append(w.order, r.ID)
	return r
}

// holds reports whether a person is in the channel.
func (r *room) holds(user string) bool {
	return r.Members == nil || slices.Contains(r.Members, user)
}

func (r *room) find(ts string) *Message {
	i, found := slices.BinarySearchFunc(r.messages, ts, func(m *Message, ts string) int { return cmp.Compare(m.TS, ts) })
	if !found {
		return nil
	}
	return r.messages[i]
}

func (r *room) replies(ts string) []*Message {
	var out []*Message
	for _, m := range r.messages {
		if m.ThreadTS == ts && m.TS != ts && m.EphemeralTo == "" && !m.Deleted {
			out = append(out, m)
		}
	}
	return out
}

// Message is a stored message, or an ephemeral one as its only reader saw it.
type Message struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	// ThreadTS is the parent message's ts for a reply, empty otherwise.
	ThreadTS string `json:"thread_ts,omitempty"`
	// Broadcast marks a reply that is shown in the channel too.
	Broadcast bool   `json:"broadcast,omitempty"`
	User      string `json:"user"`
	// FromBot means that the app wrote it.
	FromBot     bool            `json:"from_bot,omitempty"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Files       []string        `json:"files,omitempty"`
	// Edits counts the updates; EditedTS is the time of the last one.
	Edits    int    `json:"edits,omitempty"`
	EditedTS string `json:"edited_ts,omitempty"`
	// EphemeralTo is the only person who sees it.
	EphemeralTo string `json:"ephemeral_to,omitempty"`
	Deleted     bool   `json:"deleted,omitempty"`
	// Via is how it came: api, ack, response_url, file, scheduled or person.
	Via string `json:"via"`

	at time.Time // when it was stored, by the wall's clock
}

// put stores a new message and publishes it. Callers hold the lock.
func (s *Server) put(r *room, m *Message) *Message {
	m.Channel = r.ID
	m.TS, m.at = s.stamp(s.cfg.Now()), time.Now()
	r.messages = append(r.messages, m)
	kind := Posted
	switch {
	case m.EphemeralTo != "":
		kind = Ephemeral
	case m.ThreadTS != "":
		kind = Replied
	}
	s.publish(Event{Kind: kind, Channel: r.ID, User: m.User, Message: new(*m)})
	return m
}

// edit marks a message as changed and publishes it. Callers hold the lock.
func (s *Server) edit(m *Message) {
	m.Edits++
	m.EditedTS = s.stamp(s.cfg.Now())
	s.publish(Event{Kind: Edited, Channel: m.Channel, User: m.User, Message: new(*m)})
}

// remove deletes a message; a parent with replies stays as a tombstone. Callers hold the lock.
func (s *Server) remove(r *room, m *Message) {
	m.Deleted = true
	if len(r.replies(m.TS)) > 0 {
		m.Text, m.Blocks, m.Attachments, m.Metadata = "This message was deleted.", nil, nil, nil
	} else {
		r.messages = slices.DeleteFunc(r.messages, func(o *Message) bool { return o == m })
	}
	s.publish(Event{Kind: Deleted, Channel: m.Channel, User: m.User, Message: new(*m)})
}
