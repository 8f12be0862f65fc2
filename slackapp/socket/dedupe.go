package socket

import (
	"context"
	"sync"
	"time"

	"github.com/slack-go/slack/slackevents"
)

// Claims is a consumer contract. It models the memory of what was already taken in hand, by this process alone or, where
// replicas share a database, by any of them.
type Claims interface {
	// Claim takes all keys for the caller and reports true, or reports false when any of them is already taken. A key is
	// free again some time after it was claimed, at the earliest ten minutes. An error means that it is not known.
	Claim(ctx context.Context, now time.Time, keys []string) (bool, error)
	// Forget frees keys at once.
	Forget(ctx context.Context, keys []string) error
}

const (
	// claimLife outlasts Slack's last redelivery, which comes about five minutes after the first delivery.
	claimLife = 10 * time.Minute
	// claimLimit bounds the memory of a process to a few megabytes.
	claimLimit = 20_000
)

var _ Claims = (*Memory)(nil)

// Memory is the Claims of a single process. It holds a bounded number of keys; the oldest are forgotten first.
type Memory struct {
	mu    sync.Mutex
	limit int
	since map[string]time.Time
	order []claim // oldest first; the life of all keys is the same, so this is also the order in which they end
}

// claim is one key as it was taken.
type claim struct {
	key string
	at  time.Time
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{limit: claimLimit, since: map[string]time.Time{}}
}

// Claim implements Claims. It never returns an error.
func (m *Memory) Claim(_ context.Context, now time.Time, keys []string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(now)
	for _, key := range keys {
		if _, taken := m.since[key]; taken {
			return false, nil
		}
	}
	for _, key := range keys {
		m.since[key] = now
		m.order = append(m.order, claim{key, now})
	}
	return true, nil
}

// Forget implements Claims. It never returns an error.
func (m *Memory) Forget(_ context.Context, keys []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		delete(m.since, key)
	}
	return nil
}

// expire drops the keys whose life is over, and the oldest of those beyond the limit.
func (m *Memory) expire(now time.Time) {
	for len(m.order) > 0 && (len(m.order) > m.limit || now.Sub(m.order[0].at) >= claimLife) {
		oldest := m.order[0]
		m.order = m.order[1:]
		// A key that was forgotten and claimed again has a later entry of its own.
		if at, taken := m.since[oldest.key]; taken && at.Equal(oldest.at) {
			delete(m.since, oldest.key)
		}
	}
}

// keys names what makes an envelope the same as another one. The options of an external select have none: asking twice
// is harmless, and each asking needs its answer.
func (e Envelope) keys() []string {
	if e.Kind == KindBlockSuggestion {
		return nil
	}
	keys := []string{"envelope:" + e.ID}
	switch {
	case e.Command != nil && e.Command.TriggerID != "":
		keys = append(keys, "trigger:"+e.Command.TriggerID)
	case e.Event != nil:
		if callback, ok := e.Event.Data.(*slackevents.EventsAPICallbackEvent); ok && callback.EventID != "" {
			keys = append(keys, "event:"+callback.EventID)
		}
	case e.Interaction != nil:
		keys = append(keys, e.interactionKeys()...)
	}
	return keys
}

// interactionKeys names what a person did, beside the envelope that told of it.
func (e Envelope) interactionKeys() []string {
	i := e.Interaction
	switch e.Kind {
	case KindBlockActions:
		var keys []string
		for _, action := range i.ActionCallback.BlockActions {
			if action != nil && action.ActionTs != "" {
				keys = append(keys, "action:"+i.User.ID+":"+action.ActionTs+":"+action.ActionID)
			}
		}
		return keys
	case KindViewSubmission:
		return []string{"submitted:" + i.View.ID + ":" + i.View.Hash}
	case KindViewClosed:
		return []string{"closed:" + i.View.ID + ":" + i.View.Hash}
	}
	if i.TriggerID != "" {
		return []string{"trigger:" + i.TriggerID}
	}
	return nil
}
