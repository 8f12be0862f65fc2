package slackapp

import (
	"context"
	"strings"
	"sync"
	"time"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/usage"
)

// press answers a button. Its value is a text as a person may type it, and is read, and the person's right to ask checked,
// as if they had: nothing in a button is trusted.
func (a *App) press(ctx context.Context, q *request) {
	action, _, _ := strings.Cut(q.action, ":")
	switch action {
	case blocks.ActionRunIt, actionAsk:
		a.askUsage(ctx, q, q.value)
	case actionRunBudget:
		a.askBudget(ctx, q, q.value)
	case actionExport:
		q.reply.Replaceable = false // the answer that was exported stays
		a.question(ctx, q, func(ctx context.Context) result { return a.export(ctx, q) })
	case alertview.ActionAcknowledge, alertview.ActionUnacknowledge, alertview.ActionMute, alertview.ActionUnmute:
		a.decide(ctx, q, actOf[action])
	case alertview.ActionReason:
		a.askReason(ctx, q)
	case alertview.ActionServices:
		a.question(ctx, q, func(ctx context.Context) result { return a.byService(ctx, q) })
	case phrase.ActionWhy:
		a.answer(ctx, q, func(ctx context.Context) result { return a.why(ctx, q) })
	case actionShare:
		a.question(ctx, q, func(ctx context.Context) result { return a.share(ctx, q) })
	default:
		a.answer(ctx, q, func(context.Context) result { return told(unknownPress(a.UsageCommand), outcomeUnknown) })
	}
}

// share asks the question anew, shows the answer to the channel, and leaves the person with theirs, which cannot be shared
// again.
func (a *App) share(ctx context.Context, q *request) result {
	if no := a.refusedShare(ctx, q); no != nil {
		return *no
	}
	now := a.Now()
	asked, done, ok := a.understand(ctx, q, q.value, now)
	switch {
	case !ok:
		return done
	case asked.Help:
		return told(unknownPress(a.UsageCommand), outcomeUnknown)
	}
	table, err := a.ask(ctx, asked, now)
	if err != nil {
		return a.trouble(q, err)
	}
	names := asked.Names()
	text := asked.TextWith(names)
	c := usageview.Context{Now: now, Command: a.UsageCommand, Asked: text, AskedBy: q.user, Likely: a.likely(ctx, asked.Question, now)}
	public := blocks.Fit(usageview.Usage(table, c))
	c.AskedBy, c.Private, c.Actions = "", true, append(nextQuestions(asked, names, a.hasTeams()), a.exportButton(text)...)
	return result{message: blocks.Fit(usageview.Usage(table, c)), outcome: outcomeShared, public: &public}
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
