package slackapp

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/webapi"
)

// Budgets is a consumer contract of App. It models what is remembered of budgets and of the checks; the store keeps it.
type Budgets interface {
	// BudgetStates returns every budget's standing in the month.
	BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error)
	// Alerts returns the levels that a budget has reached, said or passed over.
	Alerts(ctx context.Context, id alerts.BudgetID) ([]alerts.Alert, error)
	// LatestForecasts returns what was foreseen last of every budget of the month.
	LatestForecasts(ctx context.Context, month billing.Month) ([]alerts.ForecastDay, error)
	// Incidents returns what lasts for a while, of the month and those after it.
	Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error)
	// CheckStatus returns when checks last succeeded and failed.
	CheckStatus(ctx context.Context) (alerts.CheckStatus, error)
	// Routes returns the channels that cannot be posted to.
	Routes(ctx context.Context) ([]alerts.RouteTrouble, error)
	// Audit returns what people did about a budget, the newest first, at most so many entries.
	Audit(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.AuditEntry, error)
	// DeliveriesAbout returns what was or is to be said of a budget alone, the newest first, at most so many.
	DeliveriesAbout(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.Delivery, error)
}

// AnswerService is a consumer contract of App. It applies what people answer; answer.Service implements it.
type AnswerService interface {
	// Apply carries out a press and returns the standing after it. The error is an *alerts.Refusal where it changed nothing.
	Apply(ctx context.Context, id alerts.BudgetID, p alerts.Press, now time.Time) (alerts.BudgetState, error)
}

// Trials is a consumer contract of App. It makes a check without recording it; check.Checker implements it.
type Trials interface {
	// Try says what a check would make of one budget of the rule now, and touches nothing.
	Try(ctx context.Context, rule rules.Rule, id alerts.BudgetID, now time.Time) (check.Trial, error)
}

// Config is what an App needs. All fields but the last group are required.
type Config struct {
	Team     webapi.Team
	Slack    *slack.Client
	Channels *webapi.Channels
	Usage    billing.Reader
	// Record is the bot's own record of months while they ran; nil where none is kept.
	Record report.PriorReader
	// Days is the same record day by day, for forecasts; nil where none is kept.
	Days status.DailyRecord
	// Bills is where costs are read; nil where they cannot be.
	Bills billing.BillReader
	Digests       Digests
	Budgets       Budgets
	AnswerService AnswerService
	Trials        Trials
	// Rules returns the rules in use. Access is read from them at every question.
	Rules func() *rules.Rules

	// RulesTrouble says what is wrong with the rules file while older rules are in use; nil, or an empty text, is nothing.
	RulesTrouble func() string
	// Uploads tells that the bot may upload files: an answer can then be had as CSV.
	Uploads bool
	// UsageCommand and BudgetCommand are the slash commands' names; /usage and /budget where empty.
	UsageCommand, BudgetCommand string
	// Now is business time; time.Now where nil.
	Now func() time.Time
	// SlackURL is the address of the Web API; Slack's own where empty. Answers go to response URLs of its host or of slack.com alone.
	SlackURL string
	// Responses posts to response URLs; nil means a client of the app's own.
	Responses *http.Client
	// Patience is how long a question may take before the person is told that it is being worked on; 2 s where 0.
	Patience time.Duration
	// Deadline is how long a question may take at all; 25 s where 0.
	Deadline time.Duration
	// Answered is told of every request that has come to its end, by many goroutines; nil tells nobody.
	Answered func(Answered)
	Log      *zap.Logger
}

func (c Config) withDefaults() Config {
	c.UsageCommand = cmp.Or(c.UsageCommand, "/usage")
	c.BudgetCommand = cmp.Or(c.BudgetCommand, "/budget")
	c.Patience = cmp.Or(c.Patience, 2*time.Second)
	c.Deadline = cmp.Or(c.Deadline, 25*time.Second)
	c.Log = cmp.Or(c.Log, zap.NewNop())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Responses == nil {
		c.Responses = webapi.NewReplyClient()
	}
	if c.RulesTrouble == nil {
		c.RulesTrouble = func() string { return "" }
	}
	return c
}

// App answers what people type and press. It may be used by many goroutines.
type App struct {
	Config
	people *webapi.People
	shared recent
	names  lastNames
	turns  turns
	// wide holds a place for each question by service or team under way: their sums are what takes memory.
	wide chan struct{}
}

// mostWide is how many questions by service or team, of all people, are added up at a time.
const mostWide = 8

var _ socket.Handler = (*App)(nil)

// New returns an App that is ready to handle envelopes.
func New(config Config) *App {
	config = config.withDefaults()
	return &App{Config: config, people: webapi.NewPeople(config.Slack, config.Team, config.Log), wide: make(chan struct{}, mostWide)}
}

// Handle answers a slash command or a press of a button. Everything else that Slack may send is noted in the log.
func (a *App) Handle(ctx context.Context, e socket.Envelope) {
	switch {
	case e.Command != nil:
		a.command(ctx, commandRequest(a, e.Command))
	case e.Kind == socket.KindBlockActions && e.Interaction != nil:
		a.press(ctx, pressRequest(a, e.Interaction))
	case e.Interaction != nil && e.Interaction.ResponseURL != "":
		a.finish(ctx, pressRequest(a, e.Interaction), told(unknownPress(a.UsageCommand), outcomeUnknown))
	default:
		a.Log.Info("envelope ignored", zap.String("kind", string(e.Kind)), zap.String("envelope_id", e.ID))
	}
}

// Answer takes what was entered into a modal. What it returns is shown in the modal; nothing closes it.
func (a *App) Answer(ctx context.Context, e socket.Envelope) (any, error) {
	if i := e.Interaction; i != nil && e.Kind == socket.KindViewSubmission && i.View.CallbackID == alertview.ReasonModal {
		return a.explained(ctx, i), nil
	}
	a.Log.Info("envelope ignored", zap.String("kind", string(e.Kind)), zap.String("envelope_id", e.ID))
	return nil, nil
}

// Panicked tells the person that their question failed, and how an operator finds out why.
func (a *App) Panicked(ctx context.Context, e socket.Envelope, reference string) {
	switch {
	case e.Command != nil:
		a.finish(ctx, commandRequest(a, e.Command), told(broken(reference), outcomeTrouble))
	case e.Interaction != nil && e.Interaction.ResponseURL != "":
		a.finish(ctx, pressRequest(a, e.Interaction), told(broken(reference), outcomeTrouble))
	}
}

// Busy is the acknowledgement of a command that cannot be taken now.
func Busy(socket.Envelope) any {
	m := blocks.Fit(blocks.Busy())
	return map[string]any{"response_type": slack.ResponseTypeEphemeral, "text": m.Text, "blocks": m.Blocks}
}
