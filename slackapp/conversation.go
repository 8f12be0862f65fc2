package slackapp

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/webapi"
)

// outcome is how a request ended, for the log. The set is closed.
type outcome string

const (
	outcomeAnswered outcome = "answered"
	outcomeHelped   outcome = "helped"
	outcomeMistake  outcome = "mistake"
	outcomeRefused  outcome = "refused"
	outcomeTrouble  outcome = "trouble"
	outcomeShared   outcome = "shared"
	outcomeDecided  outcome = "decided"
	outcomeUnmoved  outcome = "unmoved" // a press that changed nothing
	outcomeExported outcome = "exported"
	outcomeUnknown  outcome = "unknown"

	outcomeUndelivered outcome = "undelivered"
	outcomeWaiting     outcome = "waiting" // not the end yet
)

// result is the reply to a person, and how their request ended.
type result struct {
	message blocks.Fitted
	outcome outcome
	public  *blocks.Fitted // what the whole channel sees; nil posts nothing
}

func told(m blocks.Message, how outcome) result { return result{message: blocks.Fit(m), outcome: how} }

// host is what all conversations share.
type host struct {
	usageCommand, budgetCommand string
	api                         *slack.Client
	slackURL                    string
	responses                   *http.Client
	patience, deadline          time.Duration
	answered                    func(Answered)
	log                         *zap.Logger
	turns                       turns
	shared                      recent
}

func newHost(c Config) *host {
	return &host{
		usageCommand: c.UsageCommand, budgetCommand: c.BudgetCommand, api: c.Slack, slackURL: c.SlackURL, responses: c.Responses,
		patience: c.Patience, deadline: c.Deadline, answered: c.Answered, log: c.Log,
	}
}

// conversation is one request and the way back to the person who made it.
type conversation struct {
	*host
	request
	reply *webapi.Reply
}

// permission decides whether a person may do something. If they may not, the result is the reply to them.
type permission func(ctx context.Context, c *conversation) (result, bool)

// serve does the work within the deadline, if the person has the permission, and replies with the result. If the work
// takes a while, it first replies once that it is under way.
func (c *conversation) serve(ctx context.Context, may permission, work func(context.Context) result) {
	if ctx.Err() != nil {
		c.finish(ctx, c.trouble(ctx.Err()))
		return
	}
	working, cancel := context.WithTimeout(ctx, c.deadline)
	defer cancel()
	settled := c.sayWorking(ctx)
	defer settled()
	done, allowed := may(working, c)
	if allowed {
		done = work(working)
	}
	settled()
	c.finish(ctx, done)
}

// sayWorking replies after a while that the question is being worked on, unless the function it returns was called
// before. That function may be called twice, and waits until a message under way is sent.
func (c *conversation) sayWorking(ctx context.Context) func() {
	said := make(chan struct{})
	patience := time.AfterFunc(c.patience, func() {
		defer close(said)
		if ctx.Err() != nil {
			return
		}
		if err := c.reply.Tell(ctx, blocks.Fit(blocks.Working())); err != nil {
			c.log.Warn("cannot say that it takes a while", append(c.fields(outcomeTrouble), zap.Error(err))...)
		}
	})
	return sync.OnceFunc(func() {
		if !patience.Stop() {
			<-said
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
		c.log.Error("answer not delivered", append(c.fields(done.outcome), zap.Error(err))...)
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
	c.log.Info("request answered", c.fields(how)...)
	c.note(how)
}

// answeredUnless is the answer that a message is, unless the bot's own records could not be read for it.
func (c *conversation) answeredUnless(m blocks.Message, err error) result {
	if err != nil {
		return c.unread(err)
	}
	return told(m, outcomeAnswered)
}

// Answered describes one request that has ended. Both texts are of closed sets, so that they can label a metric.
type Answered struct {
	What    string // usage, budget, press or other
	Outcome string
	Took    time.Duration
}

func (c *conversation) note(how outcome) {
	if c.answered == nil {
		return
	}
	what := "other"
	switch {
	case c.action != "":
		what = "press"
	case c.command == c.usageCommand:
		what = "usage"
	case c.command == c.budgetCommand:
		what = "budget"
	}
	c.answered(Answered{what, string(how), time.Since(c.began)})
}

// publish shows the channel what was shared. A button that was pressed twice in haste shares once.
func (c *conversation) publish(ctx context.Context, m blocks.Fitted) error {
	key := c.channel + " " + c.messageTS + " " + c.user
	if !c.shared.first(key, c.began) {
		return nil
	}
	err := c.reply.Publish(ctx, m)
	if err != nil {
		c.shared.forget(key)
	}
	return err
}

const recentFor = 10 * time.Minute

// recent remembers presses, so that a button pressed twice in haste acts once.
type recent struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// first reports whether the key is met for the first time in ten minutes.
func (r *recent) first(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]time.Time{}
	}
	for k, at := range r.seen {
		if now.Sub(at) > recentFor {
			delete(r.seen, k)
		}
	}
	_, met := r.seen[key]
	r.seen[key] = now
	return !met
}

// forget makes the key's next press the first one.
func (r *recent) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, key)
}
