package slacksim

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// dispatch is one thing that the app must get, however often it is delivered.
type dispatch struct {
	kind    string
	accepts bool
	payload map[string]any
	started time.Time
	// attempt counts the retries so far.
	attempt    int
	done       bool
	last       *delivery
	invocation *Invocation
}

// delivery is one envelope on one connection.
type delivery struct {
	id       string
	of       *dispatch
	conn     *connection
	sent     time.Time
	acked    bool
	timedOut bool
}

// keptDeliveries bounds how long acknowledged envelopes are remembered to recognize a second acknowledgement.
const keptDeliveries = 5 * time.Minute

// maxCommandRetries bounds how often an un-acknowledged command is sent again to a new connection.
const maxCommandRetries = 3

// deliver sends an envelope to one open connection, chosen at random; it reports false when there is none. Callers
// hold the lock.
func (s *Server) deliver(d *dispatch, reason string) bool {
	if len(s.conns) == 0 {
		return false
	}
	s.deliverTo(s.conns[rand.IntN(len(s.conns))], d, reason)
	return true
}

func (s *Server) deliverTo(c *connection, d *dispatch, reason string) {
	v := &delivery{id: uuid(), of: d, conn: c, sent: time.Now()}
	d.last = v
	s.deliveries[v.id] = v
	frame := map[string]any{"envelope_id": v.id, "type": d.kind, "accepts_response_payload": d.accepts, "payload": d.payload}
	if reason != "" {
		frame["retry_attempt"], frame["retry_reason"] = d.attempt, reason
	} else if d.kind == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = 0, ""
	}
	if s.cfg.Noise {
		s.send(c, map[string]any{"type": "x_unknown", "payload": map[string]any{"id": secret()}})
	}
	s.send(c, s.noisy(frame))
	c.sent++
	s.after(s.cfg.AckLimit, func() { s.expire(v) })
	s.after(max(keptDeliveries, 2*s.cfg.AckLimit), func() { delete(s.deliveries, v.id) })
}

// expire is what happens when an envelope was not acknowledged in time. Callers hold the lock.
func (s *Server) expire(v *delivery) {
	if v.acked || v.of.done {
		return
	}
	v.timedOut = true
	if v.of.kind == "events_api" {
		s.retryEvent(v.of)
		return
	}
	if v.of.invocation.outcome == nil {
		s.finish(v.of.invocation, Outcome{Result: OperationTimeout, After: time.Since(v.of.started)})
	}
}

// retryEvent plans the next delivery of an event, or gives it up.
func (s *Server) retryEvent(d *dispatch) {
	if d.attempt >= len(s.cfg.Redelivery) {
		d.done = true
		s.finish(d.invocation, Outcome{Result: OperationTimeout, After: time.Since(d.started)})
		return
	}
	wait := s.cfg.scaled(s.cfg.Redelivery[d.attempt])
	d.attempt++
	s.after(wait, func() {
		if !s.deliver(d, "timeout") {
			s.after(s.cfg.AckLimit, func() { s.retryEvent(d) })
		}
	})
}

// resend gives a new connection the commands whose connection ended before they were acknowledged. Callers hold the
// lock.
func (s *Server) resend(c *connection) {
	s.pending = slices.DeleteFunc(s.pending, func(d *dispatch) bool { return d.attempt >= maxCommandRetries })
	for _, d := range s.pending {
		if !slices.Contains(s.conns, d.last.conn) {
			d.attempt++
			s.deliverTo(c, d, "timeout")
		}
	}
}

// acknowledge takes an acknowledgement, and records what Slack would not accept. Callers hold the lock.
func (s *Server) acknowledge(c *connection, raw []byte) {
	value, err := decode(raw)
	frame, ok := value.(map[string]any)
	id, named := frame["envelope_id"].(string)
	if err != nil || !ok || !named {
		s.violate("frame_unknown", "a frame that is no acknowledgement")
		return
	}
	for _, key := range blockkit.SortedKeys(frame) {
		if key != "envelope_id" && key != "payload" {
			s.violate("ack_unknown_field", "an acknowledgement with the field "+key)
		}
	}
	v, known := s.deliveries[id]
	switch {
	case !known:
		s.violate("ack_unknown", "an acknowledgement of an envelope that was not sent")
	case v.conn != c:
		// An app whose connection has ended can do no better. It is judged later, since the close frame may still be on its way.
		s.after(s.cfg.AckLimit, func() {
			if slices.Contains(s.conns, v.conn) && !v.conn.halfOpen {
				s.violate("ack_elsewhere", "an acknowledgement on another connection than the envelope's, which is open")
			}
		})
	case v.acked:
		s.violate("ack_twice", "a second acknowledgement of one envelope")
	default:
		s.accept(v, frame["payload"])
	}
}

// accept takes the first acknowledgement of a delivery. Callers hold the lock.
func (s *Server) accept(v *delivery, payload any) {
	v.acked = true
	v.conn.acked++
	d := v.of
	d.done = true
	s.pending = slices.DeleteFunc(s.pending, func(o *dispatch) bool { return o == d })
	took := time.Since(v.sent)
	if v.timedOut {
		s.violate("ack_late", "an acknowledgement after "+took.Round(time.Millisecond).String())
		return
	}
	// Slack's own SDK sends an empty object for no payload.
	if object, ok := payload.(map[string]any); ok && len(object) == 0 {
		payload = nil
	}
	if payload != nil && !d.accepts {
		s.violate("ack_payload", "a payload in the acknowledgement of "+d.kind+", which accepts none")
		payload = nil
	}
	if d.invocation.outcome != nil {
		return
	}
	out := Outcome{Result: Acknowledged, After: took}
	if d.kind == "slash_commands" {
		out.Resent = d.attempt
	}
	if payload != nil {
		out.Payload = json.RawMessage(blockkit.Encode(payload))
	}
	if d.invocation.answered != nil {
		d.invocation.answered(&out, payload)
	}
	s.finish(d.invocation, out)
}

// issue sends something of a person to the app. Callers hold the lock.
func (s *Server) issue(kind string, accepts bool, payload map[string]any, v *Invocation) {
	d := &dispatch{kind: kind, accepts: accepts, payload: payload, started: time.Now(), invocation: v}
	v.dispatch = d
	s.publish(Event{Kind: Asked, Channel: v.channel, User: v.user, Detail: v.what})
	delivered := s.deliver(d, "")
	switch {
	case kind == "events_api" && !delivered:
		s.after(s.cfg.AckLimit, func() { s.retryEvent(d) })
	case !delivered:
		d.done = true
		s.finish(v, Outcome{Result: DispatchFailed})
	case kind == "slash_commands":
		s.pending = append(s.pending, d)
	}
}

// finish settles how an invocation was received. Callers hold the lock.
func (s *Server) finish(v *Invocation, out Outcome) {
	v.outcome = &out
	kind, detail := Acked, v.what
	if out.Result != Acknowledged {
		kind, detail = Unanswered, string(out.Result)+": "+v.what
	}
	s.publish(Event{Kind: kind, Channel: v.channel, User: v.user, Detail: detail})
	v.changed.wake()
}
