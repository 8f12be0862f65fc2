package slackapp

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
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

// result is what a person is told, and how their request ended.
type result struct {
	message blocks.Fitted
	outcome outcome
	public  *blocks.Fitted // what the whole channel is shown; nil is nothing
}

func told(m blocks.Message, how outcome) result { return result{message: blocks.Fit(m), outcome: how} }

// command answers a slash command.
func (a *App) command(ctx context.Context, q *request) {
	switch q.command {
	case a.UsageCommand:
		a.askUsage(ctx, q, q.text)
	case a.BudgetCommand:
		a.askBudget(ctx, q, q.text)
	default:
		a.answer(ctx, q, func(context.Context) result { return told(a.unknownCommand(), outcomeUnknown) })
	}
}

// askUsage answers a question of usage.
func (a *App) askUsage(ctx context.Context, q *request, text string) {
	a.question(ctx, q, func(ctx context.Context) result { return a.usage(ctx, q, text) })
}

// askBudget answers the budget command. The bot's own records are enough for most of it.
func (a *App) askBudget(ctx context.Context, q *request, text string) {
	work := func(ctx context.Context) result { return a.budget(ctx, q, text) }
	if command.BudgetAsksFastly(text) {
		a.question(ctx, q, work)
		return
	}
	a.answer(ctx, q, work)
}

// answer does the work for a person who may ask here, within the deadline, and tells them what came of it. Where that takes
// a while they are told so once.
func (a *App) answer(ctx context.Context, q *request, work func(context.Context) result) {
	a.serve(ctx, q, a.refused, work)
}

// permission decides whether a person may do something. Where they may not, the result is what they are told.
type permission func(ctx context.Context, q *request) (result, bool)

// serve is answer for people of whom something else decides whether they may.
func (a *App) serve(ctx context.Context, q *request, may permission, work func(context.Context) result) {
	if ctx.Err() != nil {
		a.finish(ctx, q, a.trouble(q, ctx.Err()))
		return
	}
	working, cancel := context.WithTimeout(ctx, a.Deadline)
	defer cancel()
	settled := a.sayWorking(ctx, q)
	defer settled()
	done, allowed := may(working, q)
	if allowed {
		done = work(working)
	}
	settled()
	a.finish(ctx, q, done)
}

// sayWorking tells the person after a while that their question is being worked on, unless the function it returns was
// called before. That function may be called twice, and waits for the message to be on its way.
func (a *App) sayWorking(ctx context.Context, q *request) func() {
	said := make(chan struct{})
	patience := time.AfterFunc(a.Patience, func() {
		defer close(said)
		if ctx.Err() != nil {
			return
		}
		if err := q.reply.Tell(ctx, blocks.Fit(blocks.Working())); err != nil {
			a.Log.Warn("cannot say that it takes a while", append(q.fields(outcomeTrouble), zap.Error(err))...)
		}
	})
	return sync.OnceFunc(func() {
		if !patience.Stop() {
			<-said
		}
	})
}

// lastWords bounds how long telling a person may take, once the work for them had to be given up.
const lastWords = time.Second

// finish tells the person, the channel and the log how it ended. The person is told even where ctx has ended: that their
// work was given up is what they wait to hear then.
func (a *App) finish(ctx context.Context, q *request, done result) {
	if ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		ctx = last
	}
	if err := q.reply.Tell(ctx, done.message); err != nil {
		a.Log.Error("answer not delivered", append(q.fields(done.outcome), zap.Error(err))...)
		a.note(q, outcomeUndelivered)
		return
	}
	if done.public != nil {
		if err := a.publish(ctx, q, *done.public); err != nil {
			a.finish(ctx, q, a.trouble(q, err))
			return
		}
	}
	a.Log.Info("request answered", q.fields(done.outcome)...)
	a.note(q, done.outcome)
}

// Answered tells of one request that has come to its end. Both texts are of closed sets, so that they can label a metric.
type Answered struct {
	What    string // usage, budget, press or other
	Outcome string
	Took    time.Duration
}

func (a *App) note(q *request, how outcome) {
	if a.Answered == nil {
		return
	}
	what := "other"
	switch {
	case q.action != "":
		what = "press"
	case q.command == a.UsageCommand:
		what = "usage"
	case q.command == a.BudgetCommand:
		what = "budget"
	}
	a.Answered(Answered{what, string(how), time.Since(q.began)})
}

// publish shows the channel what was shared. A button that was pressed twice in haste shares once.
func (a *App) publish(ctx context.Context, q *request, m blocks.Fitted) error {
	key := q.channel + " " + q.messageTS + " " + q.user
	if !a.shared.first(key, q.began) {
		return nil
	}
	err := q.reply.Publish(ctx, m)
	if err != nil {
		a.shared.forget(key)
	}
	return err
}
