package slackapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/alert"
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
	of map[string]*turn // by person; nobody who has none under way is in it
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

// question is answer for what may ask Fastly: nobody has more than two of those under way.
func (a *App) question(ctx context.Context, q *request, work func(context.Context) result) {
	if ctx.Err() != nil {
		a.finish(ctx, q, a.trouble(q, ctx.Err()))
		return
	}
	if no, allowed := a.mayAsk(ctx, q); !allowed {
		a.finish(ctx, q, no)
		return
	}
	over, err := a.turns.take(ctx, q.user, func() {
		if err := q.reply.Tell(ctx, blocks.Fit(blocks.Waiting(mostUnderWay))); err != nil {
			a.Log.Warn("cannot say that a question waits", append(q.fields(outcomeWaiting), zap.Error(err))...)
		}
	})
	if err != nil {
		a.finish(ctx, q, a.noTurn(q, err))
		return
	}
	defer over()
	a.serve(ctx, q, anybody, func(ctx context.Context) result {
		defer over() // before the person is told, so that their next question waits for nothing
		return work(ctx)
	})
}

// mayAsk decides whether the person may ask here, before their question waits for its turn.
func (a *App) mayAsk(ctx context.Context, q *request) (result, bool) {
	ctx, cancel := context.WithTimeout(ctx, a.Deadline)
	defer cancel()
	settled := a.sayWorking(ctx, q)
	defer settled()
	return a.refused(ctx, q)
}

// anybody is the permission of somebody who was found to have it.
func anybody(context.Context, *request) (result, bool) { return result{}, true }

func (a *App) noTurn(q *request, err error) result {
	switch {
	case errors.Is(err, errManyQuestions):
		return told(blocks.Refusal(fmt.Sprintf("You have %d questions running and %d waiting.", mostUnderWay, mostWaiting),
			"Ask again when one of them is answered."), outcomeRefused)
	case errors.Is(err, errNoTurn):
		return told(blocks.Refusal("Your earlier questions are still running, so I haven't started this one.",
			"Ask again when they are answered."), outcomeRefused)
	}
	return a.trouble(q, err)
}

// MayTakeLong reports whether what a person did may make calls of Fastly. Everything else has workers that those never fill.
func (a *App) MayTakeLong(e socket.Envelope) bool {
	switch {
	case e.Command != nil:
		return a.asksFastly(e.Command.Command, e.Command.Text)
	case e.Kind == socket.KindBlockActions && e.Interaction != nil:
		action, value := pressedOn(e.Interaction)
		return a.pressAsksFastly(action, value)
	}
	return false
}

// MustBeOnce reports whether what a person did may rather be left undone than be done twice: what a channel is shown, and what changes
// something. An answer to one person may come twice.
func (a *App) MustBeOnce(e socket.Envelope) bool {
	switch {
	case e.Kind == socket.KindViewSubmission:
		return true
	case e.Command != nil && e.Command.Command == a.BudgetCommand:
		v, _ := command.VerbOf(command.FirstWord(e.Command.Text))
		return actByVerb[v] != ""
	case e.Kind == socket.KindBlockActions && e.Interaction != nil:
		action, value := pressedOn(e.Interaction)
		kind, _, _ := strings.Cut(action, ":")
		v, _ := command.VerbOf(command.FirstWord(value))
		return kind == actionShare || actOf[kind] != "" || kind == actionRunBudget && actByVerb[v] != ""
	}
	return false
}

func (a *App) asksFastly(slash, text string) bool {
	switch slash {
	case a.UsageCommand:
		return true
	case a.BudgetCommand:
		return command.BudgetAsksFastly(text)
	}
	return false
}

func (a *App) pressAsksFastly(action, value string) bool {
	kind, _, _ := strings.Cut(action, ":")
	switch kind {
	case blocks.ActionRunIt, actionAsk, actionShare, actionExport, alertview.ActionServices:
		return true
	case actionRunBudget:
		return command.BudgetAsksFastly(value)
	}
	return false
}

// pressedOn is the id and the value of the button that was pressed.
func pressedOn(i *slack.InteractionCallback) (action, value string) {
	if actions := i.ActionCallback.BlockActions; len(actions) > 0 && actions[0] != nil {
		return actions[0].ActionID, actions[0].Value
	}
	return "", ""
}

// Unclaimed tells a person that nothing was done, since it is not known whether it was done already.
func (a *App) Unclaimed(ctx context.Context, e socket.Envelope) any {
	const sentence, next = "I can't find out right now whether I've already done this, so I did nothing.", "Check the message, and try again in a minute."
	refused := told(blocks.Refusal(sentence, next), outcomeTrouble)
	switch {
	case e.Kind == socket.KindViewSubmission:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{alertview.ReasonBlock: sentence + " " + next})
	case e.Command != nil:
		a.finish(ctx, commandRequest(a, e.Command), refused)
	case e.Interaction != nil && e.Interaction.ResponseURL != "":
		q := pressRequest(a, e.Interaction)
		q.reply.Replaceable = false // what was pressed on stays, to be pressed again
		a.finish(ctx, q, refused)
	}
	return nil
}
