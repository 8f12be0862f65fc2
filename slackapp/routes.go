package slackapp

import (
	"context"
	"strings"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/budget"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/phrase"
)

// The buttons under an answer. What follows the colon keeps ids apart within a message.
const (
	actionAsk       = blocks.ActionAsk
	actionShare     = "share"
	actionExport    = blocks.ActionExport
	actionRunBudget = blocks.ActionBudget
)

// route is what becomes of a command or of a button. The text is what was typed, or what the button carries: nothing in a button is trusted,
// so that it is read, and the person's right to it checked, as if they had typed it.
type route struct {
	serve func(ctx context.Context, c *conversation, text string)
	// long reports whether it may call Fastly: everything else has workers that those calls never fill. Nil is never.
	long func(text string) bool
	// once reports whether it may rather be left undone than be done twice: what a channel is shown, and what changes something. Nil is never.
	once func(text string) bool
}

// routes are the commands by name, and the buttons by the part of their id before the colon.
type routes struct{ commands, actions map[string]route }

func always(string) bool { return true }

// routesTo makes the routes of every command and button, those of messages from before included.
func routesTo(usages *usageAnswers, budgets *budgetAnswers) routes {
	toUsage := route{serve: usages.serve, long: always}
	toBudget := route{serve: budgets.serve, long: budget.AsksFastly, once: changesBudget}
	r := routes{
		commands: map[string]route{budgets.UsageCommand: toUsage, budgets.BudgetCommand: toBudget},
		actions: map[string]route{
			blocks.ActionRunIt: toUsage, actionAsk: toUsage, actionRunBudget: toBudget,
			actionShare:              {serve: usages.serveShare, long: always, once: always},
			actionExport:             {serve: usages.serveExport, long: always},
			alertview.ActionServices: {serve: budgets.serveServices, long: always},
			alertview.ActionReason:   {serve: budgets.serveReason},
			phrase.ActionWhy:         {serve: budgets.serveWhy},
		},
	}
	for action, act := range actOf {
		r.actions[action] = route{serve: budgets.server(act), once: always}
	}
	return r
}

// of finds the route of what a person did, with what they typed, or what the button carries. It has no serve where there is none.
func (r routes) of(e socket.Envelope) (found route, text string) {
	switch {
	case e.Command != nil:
		found, text = r.commands[e.Command.Command], e.Command.Text
	case e.Kind == socket.KindBlockActions && e.Interaction != nil:
		action, value := pressedOn(e.Interaction)
		kind, _, _ := strings.Cut(action, ":")
		found, text = r.actions[kind], value
	}
	return found, text
}

// MayTakeLong reports whether what a person did may make calls of Fastly.
func (a *App) MayTakeLong(e socket.Envelope) bool {
	r, text := a.routes.of(e)
	return r.long != nil && r.long(text)
}

// MustBeOnce reports whether what a person did may rather be left undone than be done twice. An answer to one person may come twice.
func (a *App) MustBeOnce(e socket.Envelope) bool {
	if e.Kind == socket.KindViewSubmission {
		return true
	}
	r, text := a.routes.of(e)
	return r.once != nil && r.once(text)
}

// changesBudget reports whether the text of a budget command changes something.
func changesBudget(text string) bool {
	verb, _ := budget.VerbOf(budget.FirstWord(text))
	return actByVerb[verb] != ""
}
