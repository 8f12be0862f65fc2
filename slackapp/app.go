package slackapp

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/monthend"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/lookup"
	"budgetbot/slackapp/access"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/webapi"
)

// Budgets is a consumer contract of App. It models what is recorded of budgets, of other rules and of routes; the store keeps it.
type Budgets interface {
	status.Records
	// Incidents returns what lasts for a while, of the month and those after it.
	Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error)
	// Routes returns the channels that cannot be posted to.
	Routes(ctx context.Context) ([]alerts.RouteTrouble, error)
	// Audit returns what people did about the budget, the newest first, at most so many entries.
	Audit(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.AuditEntry, error)
	// DeliveriesAbout returns what was or is to be posted about the budget alone, the newest first, at most so many.
	DeliveriesAbout(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.Delivery, error)
}

// Config is what an App needs. All fields but the last group are required.
type Config struct {
	Team     access.Team
	Slack    *slack.Client
	Channels *webapi.Channels
	Usage    billing.Reader
	// FinishServices reads on what a question had no time for; nil where nothing is read on.
	FinishServices func([]billing.ServiceQuery)
	// Record is the bot's own record of months while they ran; nil where none is kept.
	Record lookup.PriorReader
	// Days is the same record day by day, for forecasts; nil where none is kept.
	Days monthend.Record
	// Traffic is what Fastly's statistics have of each day; nil where that is not kept.
	Traffic daily.Reader
	// Bills is where costs are read; nil where they cannot be.
	Bills         billing.BillReader
	Digests       Digests
	Budgets       Budgets
	AnswerService AnswerService
	Trials        Trials
	// Ended reads what is not recorded of how budgets ended a month.
	Ended check.Sources
	// Rules returns the rules in use. Access is read from them at every question.
	Rules func() *rules.Rules
	// RulesTrouble describes what is wrong with the rules file while older rules are in use; an empty text means that the file is fine.
	RulesTrouble func() string
	// UsageCommand and BudgetCommand are the slash commands' names.
	UsageCommand, BudgetCommand string
	// Now is business time.
	Now func() time.Time
	// Answered is called by many goroutines for every request that has ended.
	Answered func(Answered)
	Log      *zap.Logger
	// Responses posts to response URLs.
	Responses *http.Client

	// Uploads means that the bot may upload files, so answers are offered as CSV.
	Uploads bool
	// SlackURL is the address of the Web API; Slack's own where empty. Answers go to response URLs of its host or of slack.com alone.
	SlackURL string
	// Patience is how long a question may take before the person sees that it is being worked on; 0 means 2 s.
	Patience time.Duration
	// Deadline is how long a question may take at all; 25 s where 0.
	Deadline time.Duration
}

// App routes what people type and press to the handler that answers it. It may be used by many goroutines.
type App struct {
	host    *host
	routes  routes
	budgets *budgetAnswers
}

var _ socket.Handler = (*App)(nil)

// New returns an App that is ready to handle envelopes.
func New(config Config) *App {
	config.Patience = cmp.Or(config.Patience, 2*time.Second)
	config.Deadline = cmp.Or(config.Deadline, 25*time.Second)
	c := &config
	usage := &usageAnswers{Config: c, wide: make(chan struct{}, mostWide)}
	budgets := &budgetAnswers{Config: c, usage: usage}
	host := &host{Config: c, people: webapi.NewPeople(c.Slack, c.Log)}
	return &App{host: host, budgets: budgets, routes: routesTo(usage, budgets)}
}

// Handle answers a slash command or a press of a button. Everything else that Slack may send is noted in the log.
func (a *App) Handle(ctx context.Context, e socket.Envelope) {
	c := a.conversation(e)
	if c == nil {
		a.host.Log.Info("envelope ignored", zap.String("kind", string(e.Kind)), zap.String("envelope_id", e.ID))
		return
	}
	if r, text := a.routes.of(e); r.serve != nil {
		r.serve(ctx, c, text)
		return
	}
	unknown := unknownPress(a.host.UsageCommand)
	if e.Command != nil {
		unknown = blocks.Refusal("I don't know that command.", fmt.Sprintf("I know `%s` and `%s`.", a.host.UsageCommand, a.host.BudgetCommand))
	}
	c.serve(ctx, c.mayAsk, func(context.Context) result { return reply(unknown, outcomeUnknown) })
}

// conversation is with the person who typed or pressed; nil if the envelope has no person or no way to reply to them.
func (a *App) conversation(e socket.Envelope) *conversation {
	switch {
	case e.Command != nil:
		return a.host.ofCommand(e.Command)
	case e.Interaction != nil && (e.Kind == socket.KindBlockActions || e.Interaction.ResponseURL != ""):
		return a.host.ofPress(e.Interaction)
	}
	return nil
}

// Answer takes what was entered into a modal. What it returns is shown in the modal; nothing closes it.
func (a *App) Answer(ctx context.Context, e socket.Envelope) (any, error) {
	if i := e.Interaction; i != nil && e.Kind == socket.KindViewSubmission && i.View.CallbackID == alertview.ReasonModal {
		return a.budgets.explained(ctx, a.host.ofPress(i), i.View), nil
	}
	a.host.Log.Info("envelope ignored", zap.String("kind", string(e.Kind)), zap.String("envelope_id", e.ID))
	return nil, nil
}

// Panicked reports to the person that their question failed, and how an operator finds out why.
func (a *App) Panicked(ctx context.Context, e socket.Envelope, reference string) {
	if c := a.conversation(e); c != nil && c.reply.URL != "" {
		sentence, next := explain(alerts.ErrRecords)
		c.finish(ctx, reply(blocks.Trouble(sentence, next, reference), outcomeTrouble))
	}
}

// Unclaimed explains to the person that nothing was done, because the bot could not find out whether it was done
// already.
func (a *App) Unclaimed(ctx context.Context, e socket.Envelope) any {
	const sentence, next = "I can't find out right now whether I've already done this, so I did nothing.", "Check the message, and try again in a minute."
	if e.Kind == socket.KindViewSubmission {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{alertview.ReasonBlock: sentence + " " + next})
	}
	if c := a.conversation(e); c != nil && c.reply.URL != "" {
		c.reply.Replaceable = false // what was pressed on stays, to be pressed again
		c.finish(ctx, reply(blocks.Refusal(sentence, next), outcomeTrouble))
	}
	return nil
}

// EmptyGroups returns the groups of the rules in use that had no members when Slack was last asked.
func (a *App) EmptyGroups() []webapi.EmptyGroup {
	return a.host.people.EmptyGroups(a.host.Rules().Groups())
}

// Watch keeps what is known of channels and groups true, until ctx ends.
func (a *App) Watch(ctx context.Context) {
	var watching sync.WaitGroup
	watching.Go(func() { a.host.Channels.Watch(ctx) })
	a.host.people.Watch(ctx, a.host.Rules)
	watching.Wait()
}

// Busy is the acknowledgement of a command that cannot be taken now.
func Busy(socket.Envelope) any {
	m := blocks.Fit(blocks.Busy())
	return map[string]any{"response_type": slack.ResponseTypeEphemeral, "text": m.Text, "blocks": m.Blocks}
}
