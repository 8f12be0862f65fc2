package slackapp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/slackapp/blocks"
)

// What one person may ask of Fastly at a time. A person who asks more waits, so that others find Fastly free.
const (
	mostUnderWay = 2
	mostWaiting  = 4
	turnWithin   = time.Minute // that a question waits for its turn
)

// turns lets each person have so many questions under way. It may be used by many goroutines.
type turns struct {
	mu sync.Mutex
	of map[string]*turn // by person; only those with a request under way
}

// turn is the questions of one person.
type turn struct {
	underWay chan struct{} // has a place for each; those that wait for one get it in their order
	asked    int           // how many are under way or wait
}

// take returns when the person may have another question under way, or when ctx ends, and what to call when that one is over. Where the
// question has to wait, wait is called first. A question that gets no turn is refused.
func (t *turns) take(ctx context.Context, person string, wait func()) (over func(), no *result) {
	one := t.enter(person)
	if one == nil {
		return nil, refused(fmt.Sprintf("You have %d questions running and %d waiting.", mostUnderWay, mostWaiting), "Ask again when one of them is answered.")
	}
	over = sync.OnceFunc(func() {
		<-one.underWay
		t.leave(person)
	})
	select {
	case one.underWay <- struct{}{}:
		return over, nil
	default:
	}
	wait()
	select {
	case one.underWay <- struct{}{}:
		return over, nil
	case <-time.After(turnWithin):
		no = refused("Your earlier questions are still running, so I haven't started this one.", "Ask again when they are answered.")
	case <-ctx.Done():
	}
	t.leave(person)
	return func() {}, no
}

// enter counts a question of the person; it returns nil where too many wait.
func (t *turns) enter(person string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.of[person]
	switch {
	case one == nil:
		one = &turn{underWay: make(chan struct{}, mostUnderWay)}
		if t.of == nil {
			t.of = map[string]*turn{}
		}
		t.of[person] = one
	case one.asked == mostUnderWay+mostWaiting:
		return nil
	}
	one.asked++
	return one
}

// leave ends a question of the person.
func (t *turns) leave(person string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.of[person]
	one.asked--
	if one.asked == 0 {
		delete(t.of, person)
	}
}

// question is serve for requests that may ask Fastly: each person may have two of those under way.
func (c *conversation) question(ctx context.Context, may permission, work func(context.Context) result) {
	if ctx.Err() != nil {
		c.finish(ctx, c.trouble(ctx.Err()))
		return
	}
	if no := c.refusal(ctx, may); no != nil {
		c.finish(ctx, *no)
		return
	}
	over, no := c.turns.take(ctx, c.User, func() {
		waiting := fmt.Sprintf("You have %d questions running. This one starts when one of them is answered.", mostUnderWay)
		if err := c.reply.Tell(ctx, blocks.Fit(blocks.Note(waiting))); err != nil {
			c.Log.Warn("cannot say that a question waits", append(c.fields(outcomeWaiting), zap.Error(err))...)
		}
	})
	if no != nil {
		c.finish(ctx, *no)
		return
	}
	defer over()
	c.serve(ctx, anybody, func(ctx context.Context) result {
		defer over() // before the reply, so that the person's next question does not wait
		return work(ctx)
	})
}

// refusal is the reply to a person who may not ask, which is found out before their question waits for its turn; otherwise it is nil.
func (c *conversation) refusal(ctx context.Context, may permission) *result {
	ctx, cancel := context.WithTimeout(ctx, c.Deadline)
	defer cancel()
	settled := c.sayWorking(ctx)
	defer settled()
	return may(ctx)
}

// anybody is the permission for a person who has been checked already.
func anybody(context.Context) *result { return nil }
