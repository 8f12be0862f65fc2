package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Result is how Slack saw an action end.
type Result string

// The results of an action.
const (
	Acknowledged     Result = "acknowledged"
	OperationTimeout Result = "operation_timeout" // nobody acknowledged in time
	DispatchFailed   Result = "dispatch_failed"   // no connection was open
)

// Outcome is how the app received an action.
type Outcome struct {
	Result Result `json:"result"`
	// After is the time from sending the envelope to its acknowledgement.
	After time.Duration `json:"after_ns"`
	// Resent is how often a command was sent again, because the connection ended before it was acknowledged.
	Resent int `json:"resent,omitempty"`
	// Payload is the payload of the acknowledgement, nil for none.
	Payload json.RawMessage `json:"payload,omitempty"`
	// ViewErrors are a modal's errors by block_id.
	ViewErrors map[string]string `json:"view_errors,omitempty"`
}

// Invocation is one action of a person, or one event, on its way through the app.
type Invocation struct {
	server   *Server
	user     string
	channel  string
	what     string
	url      string
	trigger  string
	dispatch *dispatch
	answered func(*Outcome, any)

	// The rest is guarded by Server.mu.
	changed signal
	outcome *Outcome
	answers []Message
}

// Outcome blocks until the app acknowledged, or Slack gave up waiting.
func (v *Invocation) Outcome(ctx context.Context) (Outcome, error) {
	if err := v.server.await(ctx, &v.changed, func() bool { return v.outcome != nil }); err != nil {
		return Outcome{}, fmt.Errorf("wait for the acknowledgement of %s: %w", v.what, err)
	}
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	return *v.outcome, nil
}

// WaitAnswer blocks until the app answered n times, and gives the nth answer as it was then. Answers are what the app
// showed through the acknowledgement and the response_url; a replacement and a deletion count as answers too.
func (v *Invocation) WaitAnswer(ctx context.Context, n int) (Message, error) {
	if err := v.server.await(ctx, &v.changed, func() bool { return len(v.answers) >= n }); err != nil {
		return Message{}, fmt.Errorf("wait for answer %d to %s: %w", n, v.what, err)
	}
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	return v.answers[n-1], nil
}

// Answers lists what the app answered so far.
func (v *Invocation) Answers() []Message {
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	return slices.Clone(v.answers)
}

// Retries is how often the action was sent again.
func (v *Invocation) Retries() int {
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	return v.dispatch.attempt
}

// ResponseURL is the address that the app may answer to, empty if there is none. It is a secret of the app.
func (v *Invocation) ResponseURL() string { return v.url }

// TriggerID is the permission to open a modal that went with the action, empty if there was none.
func (v *Invocation) TriggerID() string { return v.trigger }
