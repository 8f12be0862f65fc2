package slackapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

var (
	errManyQuestions = errors.New("too many questions of one person wait")
	errNoTurn        = errors.New("the questions before it took too long")
)

// turns lets each person have so many questions under way. It may be used by many goroutines.
type turns struct {
	mu sync.Mutex
	of map[string]*turn // by person; only those with a request under way
}

// turn is the questions of one person: how many are under way, and those that wait, the first to go on first.
type turn struct {
	underWay int
	waiting  []chan struct{}
}

// take returns when the person may have another question under way, and what to call when that one is over. Where the question has to
// wait, wait is called first.
func (t *turns) take(ctx context.Context, person string, wait func()) (over func(), err error) {
	next, err := t.board(person)
	if err != nil {
		return nil, err
	}
	over = sync.OnceFunc(func() { t.over(person) })
	if next == nil {
		return over, nil
	}
	wait()
	late := time.NewTimer(turnWithin)
	defer late.Stop()
	select {
	case <-next:
		return over, nil
	case <-late.C:
		err = errNoTurn
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.give(person, next)
	return nil, err
}

// board returns nil where the person may go on, or what to wait for.
func (t *turns) board(person string) (chan struct{}, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string]*turn{}
	}
	if t.of[person] == nil {
		t.of[person] = &turn{}
	}
	one := t.of[person]
	switch {
	case one.underWay < mostUnderWay:
		one.underWay++
		return nil, nil
	case len(one.waiting) >= mostWaiting:
		return nil, errManyQuestions
	}
	next := make(chan struct{})
	one.waiting = append(one.waiting, next)
	return next, nil
}

// give ends a wait. Where it has just been that question's turn, the turn goes to the one after it.
func (t *turns) give(person string, next chan struct{}) {
	t.mu.Lock()
	one := t.of[person]
	at := slices.Index(one.waiting, next)
	if at >= 0 {
		one.waiting = slices.Delete(one.waiting, at, at+1)
	}
	t.mu.Unlock()
	if at < 0 {
		t.over(person)
	}
}

// over ends a question that was under way.
func (t *turns) over(person string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.of[person]
	if len(one.waiting) > 0 {
		close(one.waiting[0])
		one.waiting = one.waiting[1:]
		return
	}
	if one.underWay--; one.underWay == 0 {
		delete(t.of, person)
	}
}

// question is serve for requests that may ask Fastly: each person may have two of those under way.
func (c *conversation) question(ctx context.Context, may permission, work func(context.Context) result) {
	if ctx.Err() != nil {
		c.finish(ctx, c.trouble(ctx.Err()))
		return
	}
	if no, allowed := c.isAllowed(ctx, may); !allowed {
		c.finish(ctx, no)
		return
	}
	over, err := c.turns.take(ctx, c.user, func() {
		if err := c.reply.Tell(ctx, blocks.Fit(blocks.Waiting(mostUnderWay))); err != nil {
			c.log.Warn("cannot say that a question waits", append(c.fields(outcomeWaiting), zap.Error(err))...)
		}
	})
	if err != nil {
		c.finish(ctx, c.noTurn(err))
		return
	}
	defer over()
	c.serve(ctx, anybody, func(ctx context.Context) result {
		defer over() // before the reply, so that the person's next question does not wait
		return work(ctx)
	})
}

// isAllowed decides whether the person may ask, before their question waits for its turn.
func (c *conversation) isAllowed(ctx context.Context, may permission) (result, bool) {
	ctx, cancel := context.WithTimeout(ctx, c.deadline)
	defer cancel()
	settled := c.sayWorking(ctx)
	defer settled()
	return may(ctx, c)
}

// anybody is the permission for a person who has been checked already.
func anybody(context.Context, *conversation) (result, bool) { return result{}, true }

func (c *conversation) noTurn(err error) result {
	switch {
	case errors.Is(err, errManyQuestions):
		return told(blocks.Refusal(fmt.Sprintf("You have %d questions running and %d waiting.", mostUnderWay, mostWaiting),
			"Ask again when one of them is answered."), outcomeRefused)
	case errors.Is(err, errNoTurn):
		return told(blocks.Refusal("Your earlier questions are still running, so I haven't started this one.",
			"Ask again when they are answered."), outcomeRefused)
	}
	return c.trouble(err)
}
