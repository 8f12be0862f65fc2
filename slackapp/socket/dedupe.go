package socket

import (
	"context"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
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
	since *lru.Cache[string, time.Time]
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	since, _ := lru.New[string, time.Time](claimLimit) // it refuses a limit below one
	return &Memory{since: since}
}

// Claim implements Claims. It never returns an error.
func (m *Memory) Claim(_ context.Context, now time.Time, keys []string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if at, known := m.since.Peek(key); known && now.Sub(at) < claimLife {
			return false, nil
		}
	}
	for _, key := range keys {
		m.since.Add(key, now)
	}
	return true, nil
}

// Forget implements Claims. It never returns an error.
func (m *Memory) Forget(_ context.Context, keys []string) error {
	for _, key := range keys {
		m.since.Remove(key)
	}
	return nil
}

// keys names what makes an envelope the same as another one. The options of an external select have none: asking twice
// is harmless, and each asking needs its answer.
func (e Envelope) keys() []string {
	if e.Kind == KindBlockSuggestion {
		return nil
	}
	keys := []string{"envelope:" + e.ID}
	add := func(id string, key ...string) {
		if id != "" {
			keys = append(keys, strings.Join(key, ":"))
		}
	}
	i := e.Interaction
	switch e.Kind {
	case KindCommand:
		add(e.Command.TriggerID, "trigger", e.Command.TriggerID)
	case KindEvent:
		if callback, ok := e.Event.Data.(*slackevents.EventsAPICallbackEvent); ok {
			add(callback.EventID, "event", callback.EventID)
		}
	case KindBlockActions:
		for _, action := range i.ActionCallback.BlockActions {
			if action != nil {
				add(action.ActionTs, "action", i.User.ID, action.ActionTs, action.ActionID)
			}
		}
	case KindViewSubmission:
		add(i.View.ID, "submitted", i.View.ID, i.View.Hash)
	case KindViewClosed:
		add(i.View.ID, "closed", i.View.ID, i.View.Hash)
	default:
		add(i.TriggerID, "trigger", i.TriggerID)
	}
	return keys
}
