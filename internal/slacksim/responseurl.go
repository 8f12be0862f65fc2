package slacksim

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// maxAnswers is how often a response_url may be used.
const maxAnswers = 5

// answerURL is a response_url.
type answerURL struct {
	room *room
	user string
	born time.Time
	uses int
	// origin is the message that was pressed, or the last one made through this address.
	origin     *Message
	invocation *Invocation
}

// answerKeys are the fields that a post to a response_url may have.
var answerKeys = []string{
	"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts", "unfurl_links",
	"unfurl_media", "mrkdwn", "metadata", "parse", "reply_broadcast",
}

// newAnswerURL gives a person's action its response_url. Callers hold the lock.
func (s *Server) newAnswerURL(v *Invocation, r *room, origin *Message) *answerURL {
	key := secret()
	u := &answerURL{room: r, user: v.user, born: s.cfg.Now(), origin: origin, invocation: v}
	s.urls[key] = u
	v.url = "http://" + s.addr + "/respond/" + key
	return u
}

func (s *Server) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	raw, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	spoiled, err := s.carry(w, r, Call{Method: "response_url"}, func() error {
		if readErr != nil {
			return readErr
		}
		return s.respond(r.PathValue("key"), raw)
	})
	switch {
	case spoiled:
	case err != nil:
		s.write(w, &call{}, nil, err)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok")
	}
}

// respond carries out one post to a response_url. Callers hold the lock.
func (s *Server) respond(key string, raw []byte) error {
	u, known := s.urls[key]
	switch {
	case !known:
		return &refusal{code: "invalid_url", status: http.StatusNotFound}
	case s.cfg.Now().Sub(u.born) > s.cfg.ResponseURLLife:
		s.violate("response_url_expired", "a post to a response_url after its time")
		return &refusal{code: "expired_url", status: http.StatusNotFound}
	case u.uses >= maxAnswers:
		s.violate("response_url_used", "a sixth post to a response_url")
		return &refusal{code: "used_url", status: http.StatusNotFound}
	}
	body, err := s.readAnswer(raw)
	if err == nil {
		err = s.give(u, body, "response_url")
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		refused.status = http.StatusBadRequest
		s.violate("response_url_refused", refused.explain())
		return refused
	}
	u.uses++
	return nil
}

// readAnswer decodes a post and notes fields that Slack ignores.
func (s *Server) readAnswer(raw []byte) (args, error) {
	value, err := decode(raw)
	body, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil, refuse("invalid_payload")
	}
	for _, name := range blockkit.SortedKeys(body) {
		if !slices.Contains(answerKeys, name) {
			s.violate("response_url_junk", "an unknown field "+name)
		}
	}
	return body, nil
}

// give shows an answer to the person, or to the channel. Callers hold the lock.
func (s *Server) give(u *answerURL, body args, via string) error {
	if body.flag("delete_original") {
		return s.takeBack(u)
	}
	kind := body.text("response_type")
	if kind != "" && kind != "ephemeral" && kind != "in_channel" {
		return refuse("invalid_response_type")
	}
	m, err := s.composeAnswer(body)
	if err != nil {
		return err
	}
	if u.origin != nil && !u.origin.Deleted && body.flag("replace_original") {
		o := u.origin
		o.Text, o.Blocks, o.Attachments = m.Text, m.Blocks, m.Attachments
		s.edit(o)
		s.answered(u.invocation, o)
		return nil
	}
	if m.ThreadTS, err = u.room.threadOf(body.text("thread_ts")); err != nil {
		return err
	}
	m.Via = via
	if kind != "in_channel" {
		m.EphemeralTo = u.user
	}
	u.origin = s.put(u.room, m)
	s.answered(u.invocation, m)
	return nil
}

func (s *Server) composeAnswer(body args) (*Message, error) {
	m := &Message{User: s.cfg.BotUserID, FromBot: true, Text: cut(body.text("text"))}
	var err error
	if m.Blocks, err = s.readBlocks(body, blockkit.SurfaceResponse); err != nil {
		return nil, err
	}
	if m.Attachments, err = s.readAttachments(body); err != nil {
		return nil, err
	}
	if m.Metadata, err = readMetadata(body); err != nil {
		return nil, err
	}
	if m.Text == "" && m.Blocks == nil && m.Attachments == nil {
		return nil, refuse("no_text")
	}
	return m, nil
}

func (s *Server) takeBack(u *answerURL) error {
	if u.origin == nil || u.origin.Deleted {
		return refuse("message_not_found")
	}
	s.remove(u.room, u.origin)
	s.answered(u.invocation, u.origin)
	return nil
}

// answered counts an answer of the app. Callers hold the lock.
func (s *Server) answered(v *Invocation, m *Message) {
	v.answers = append(v.answers, *m)
	v.changed.wake()
}
