package socket

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/segmentio/encoding/json"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/socketmode"
)

// run opens the connection and reads it until it ends or ctx is done. It has to greet in time.
func (c *connection) run(ctx context.Context) {
	defer close(c.ended)
	c.late = time.AfterFunc(helloWithin, func() { c.end(errNoHello) })
	defer c.late.Stop()
	var err error
	if c.ws, err = c.line.dial(ctx); err == nil {
		err = c.converse(ctx)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	c.cause = err
	c.end(err)
}

// converse reads the connection until it ends. When ctx is done it takes leave, and still reads what is on its way.
func (c *connection) converse(ctx context.Context) error {
	over := make(chan struct{})
	var leaving sync.WaitGroup
	leaving.Go(func() {
		select {
		case <-ctx.Done():
			c.greeted.Store(false)
			c.leave(context.Cause(ctx), over)
		case <-over:
		}
	})
	err := c.read()
	close(over)
	leaving.Wait()
	_ = c.ws.Close() // it has said goodbye, or is broken
	return err
}

// leave sends Slack a close frame once everything that came by the connection is acknowledged, at the latest when settle is over. Until
// Slack answers with its own, which ends the reading, envelopes that it had sent before still arrive. They cannot be acknowledged by
// this connection any more, since a close frame is the last frame that may be sent.
func (c *connection) leave(cause error, over <-chan struct{}) {
	if !errors.Is(cause, errWriteFailed) {
		c.settle(over)
	}
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if c.ws.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(ackWithin)) == nil {
		select {
		case <-over:
		case <-time.After(farewellWithin):
		}
	}
	_ = c.ws.Close() // ends the reading where Slack did not
}

// settle waits until everything that came by the connection is acknowledged, but not for long.
func (c *connection) settle(over <-chan struct{}) {
	deadline := time.After(settleWithin)
	poll := time.NewTicker(settleWithin / 20)
	defer poll.Stop()
	for c.pending.Load() > 0 {
		select {
		case <-poll.C:
		case <-deadline:
			return
		case <-over:
			return
		}
	}
}

// junkLimit is how many frames in a row may be no JSON before the connection is given up.
const junkLimit = 10

// read takes one frame after the other until the connection ends or is silent for too long.
func (c *connection) read() error {
	c.ws.SetReadLimit(readLimit)
	c.ws.SetPingHandler(c.pong)
	for junk := 0; junk < junkLimit; {
		c.alive()
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("%w: %w", errClosed, err)
		}
		isJSON := true
		c.line.safely(func() { isJSON = c.take(raw) })
		junk++
		if isJSON {
			junk = 0
		}
	}
	return fmt.Errorf("%w: %d frames in a row were no JSON", errClosed, junkLimit)
}

// alive notes a sign of life. Where this fails, reading does too.
func (c *connection) alive() {
	_ = c.ws.SetReadDeadline(c.line.open.due(c, time.Now()))
}

// pong answers a ping. Where this fails, reading does too.
func (c *connection) pong(ping string) error {
	_ = c.ws.WriteControl(websocket.PongMessage, []byte(ping), time.Now().Add(ackWithin))
	c.alive()
	return nil
}

// take deals with what a frame says of the connection and passes the rest on. It reports false for one that is no JSON.
func (c *connection) take(raw []byte) bool {
	var frame socketmode.Request
	if err := json.Unmarshal(raw, &frame); err != nil {
		c.line.misread(c, frame, err)
		_, broken := errors.AsType[*json.SyntaxError](err)
		return !broken
	}
	switch frame.Type {
	case socketmode.RequestTypeHello:
		c.hello(frame)
	case socketmode.RequestTypeDisconnect:
		c.end(disconnected(frame.Reason))
	default:
		c.line.receive(c, frame)
	}
	return true
}
