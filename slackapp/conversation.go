package slackapp

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/access"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/webapi"
)

// host is what all conversations share.
type host struct {
	*Config
	people *webapi.People
	turns  turns
	shared sync.Map // presses of Share that were carried out of late
}

// conversation is one request and the way back to the person who made it.
type conversation struct {
	*host
	request
	reply *webapi.Reply
}

// permission decides whether a person may do something. If they may not, or if that cannot be found out, the result is the reply to
// them; otherwise it is nil.
type permission func(ctx context.Context) *result

// access is what the person may do where they ask, by the rules in use.
func (c *conversation) access() access.Rights {
	return access.Rights{Asker: c.Asker, Rules: c.Rules().Access, Team: c.Team, People: c.people, Channels: c.Channels}
}

// mayAsk is the permission to ask where the person did.
func (c *conversation) mayAsk(ctx context.Context) *result { return c.denied(c.access().MayAsk(ctx)) }

// mayAnswer is the permission to answer for a budget with these owners.
func (c *conversation) mayAnswer(ctx context.Context, owners []rules.Person) *result {
	return c.denied(c.access().MayAnswer(ctx, owners))
}

// denied is the reply to a person who may not; nil for one who may.
func (c *conversation) denied(no *access.Refusal) *result {
	switch {
	case no == nil:
		return nil
	case no.Err != nil:
		return new(c.cannotTell(no.Err))
	}
	return refused(no.Sentence, no.Next)
}

// serve does the work within the deadline, if the person has the permission, and replies with the result. If the work
// takes a while, it first replies once that it is under way.
func (c *conversation) serve(ctx context.Context, may permission, work func(context.Context) result) {
	if ctx.Err() != nil {
		c.finish(ctx, c.trouble(ctx.Err()))
		return
	}
	working, cancel := context.WithTimeout(ctx, c.Deadline)
	defer cancel()
	settled := c.sayWorking(ctx)
	defer settled()
	done := may(working)
	if done == nil {
		done = new(work(working))
	}
	settled()
	c.finish(ctx, *done)
}

// sayWorking replies after a while that the question is being worked on, unless the function it returns was called
// before. That function may be called twice, and waits until a message under way is sent.
func (c *conversation) sayWorking(ctx context.Context) func() {
	sent := make(chan struct{})
	patience := time.AfterFunc(c.Patience, func() {
		defer close(sent)
		if ctx.Err() != nil {
			return
		}
		if err := c.reply.Tell(ctx, blocks.Fit(blocks.Working())); err != nil {
			c.Log.Warn("cannot say that it takes a while", append(c.fields(outcomeTrouble), zap.Error(err))...)
		}
	})
	return sync.OnceFunc(func() {
		if !patience.Stop() {
			<-sent
		}
	})
}

// lastWords bounds the reply to a person whose request was given up.
const lastWords = time.Second

// finish sends the result to the person and the channel, and logs it. The person gets it even if ctx has ended, since
// the reply then is that their request was given up.
func (c *conversation) finish(ctx context.Context, done result) {
	if ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		ctx = last
	}
	if err := c.reply.Tell(ctx, done.message); err != nil {
		c.Log.Error("answer not delivered", append(c.fields(done.outcome), zap.Error(err))...)
		c.note(outcomeUndelivered)
		return
	}
	if done.public != nil {
		if err := c.publish(ctx, *done.public); err != nil {
			c.finish(ctx, c.trouble(err))
			return
		}
	}
	c.end(done.outcome)
}

// end notes in the log and in the metrics how it ended.
func (c *conversation) end(how outcome) {
	c.Log.Info("request answered", c.fields(how)...)
	c.note(how)
}

// Answered describes one request that has ended. Both texts are of closed sets, so that they can label a metric.
type Answered struct {
	What    string // usage, budget, press or other
	Outcome string
	Took    time.Duration
}

func (c *conversation) note(how outcome) {
	what := "other"
	switch {
	case c.action != "":
		what = "press"
	case c.command == c.UsageCommand:
		what = "usage"
	case c.command == c.BudgetCommand:
		what = "budget"
	}
	c.Answered(Answered{what, string(how), time.Since(c.began)})
}

// publish shows the channel what was shared. A button that was pressed twice in haste shares once.
func (c *conversation) publish(ctx context.Context, m blocks.Fitted) error {
	key := c.Channel + " " + c.messageTS + " " + c.User
	if _, again := c.shared.LoadOrStore(key, true); again {
		return nil
	}
	err := c.reply.Publish(ctx, m)
	if err != nil {
		c.shared.Delete(key)
		return err
	}
	time.AfterFunc(sharedFor, func() { c.shared.Delete(key) })
	return nil
}

// sharedFor is how long a press of Share is remembered.
const sharedFor = 10 * time.Minute
