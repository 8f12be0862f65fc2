package slacksim

import (
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// scheduledPost is a message that waits for its time.
type scheduledPost struct {
	channel string
	message *Message
	at      time.Time
}

func (s *Server) chatSchedule(c *call) (reply, error) {
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
	m.Channel = r.ID
	post := scheduledPost{channel: r.ID, message: m, at: time.Unix(int64(c.args.number("post_at", 0)), 0)}
	if err := s.mayWait(post); err != nil {
		return nil, err
	}
	id := s.newID("Q")
	s.scheduled[id] = post
	s.after(post.at.Sub(s.cfg.Now()), func() { s.postScheduled(id) })
	return reply{"channel": r.ID, "scheduled_message_id": id, "post_at": post.at.Unix(), "message": s.messageJSON(m, true)}, nil
}

func (s *Server) mayWait(post scheduledPost) error {
	now := s.cfg.Now()
	switch {
	case post.at.Unix() == 0:
		return refuse("invalid_time")
	case !post.at.After(now):
		return refuse("time_in_past")
	case post.at.After(now.AddDate(0, 0, 120)):
		return refuse("time_too_far")
	}
	near := 0
	for _, other := range s.scheduled {
		if other.channel == post.channel && other.at.Sub(post.at).Abs() < 5*time.Minute {
			near++
		}
	}
	if near >= 30 {
		return refuse("restricted_too_many")
	}
	return nil
}

func (s *Server) postScheduled(id string) {
	post, waiting := s.scheduled[id]
	delete(s.scheduled, id)
	r, ok := s.room(post.channel)
	// Slack never posts a scheduled message that carries metadata.
	if !waiting || !ok || r.Archived || !r.BotMember || post.message.Metadata != nil {
		return
	}
	post.message.Via = "scheduled"
	s.put(r, post.message)
}

func (s *Server) chatUnschedule(c *call) (reply, error) {
	id := c.args.text("scheduled_message_id")
	post, waiting := s.scheduled[id]
	if !waiting || post.channel != c.args.text("channel") || post.at.Sub(s.cfg.Now()) < time.Minute {
		return nil, refuse("invalid_scheduled_message_id")
	}
	delete(s.scheduled, id)
	return nil, nil
}
