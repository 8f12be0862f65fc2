package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/check"
	"budgetbot/alerts/deliver"
	"budgetbot/alerts/digest"
	"budgetbot/alerts/rules"
	"budgetbot/billing/daily"
	"budgetbot/billing/lookup"
	"budgetbot/internal/ops"
	"budgetbot/internal/store"
	"budgetbot/slackapp"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/webapi"
)

// Options are what a build takes beside the environment. The demo sets them; the service runs on the defaults, and on a clock of its own where a test says so.
type Options struct {
	Log *zap.Logger
	// Now is business time: months, freshness, when a check is due. Retries, leases and sockets keep wall time.
	Now   func() time.Time
	Rules *rules.Rules // instead of the rules file
	// Poll is how often the ledger is asked whether a check is due; BrokenWait how long a channel that refuses is left alone.
	Poll, BrokenWait time.Duration
	// Days is how often it is looked whether days are to be read; 0 means every minute.
	Days time.Duration
	// DayMonths is how many months of days are read; 0 means all that are kept.
	DayMonths int
	// SettleWait and LookWait are the pauses before the bot looks for a message that Slack did not acknowledge.
	SettleWait, LookWait time.Duration
	// Network is what the service dials and listens on.
	Network Network
	// Patient lets the start wait for a database that is not there yet, or not any more.
	Patient bool
}

// Service is the running product and everything that it has open.
type Service struct {
	log         *zap.Logger
	now         func() time.Time // business time
	metrics     *ops.Metrics
	skew        skew
	awaited     awaited
	newestCheck atomic.Pointer[checkEnd] // nil before the first
	patient     bool                     // Options.Patient
	opened      atomic.Bool              // the database and the rules are there, which the pages of HTTP ask before they look
	Store       *store.Store
	Sources     *sources
	rules       rulesInUse
	deliverer   *deliver.Deliverer
	Checker     *check.Checker
	digester    *digest.Digester
	keeper      *daily.Keeper
	daysPoll    time.Duration // Options.Days
	Ops         *ops.Server
	line        atomic.Pointer[socket.Line]  // nil until Slack has named the bot
	app         atomic.Pointer[slackapp.App] // likewise
}

// Build opens every part, and connects them. If a later part fails, those already open are closed.
func Build(ctx context.Context, c *Config, o Options) (_ *Service, err error) {
	business := o.Now // nil where it is wall time
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Log = cmp.Or(o.Log, zap.NewNop())
	s := &Service{log: o.Log, now: o.Now, metrics: ops.NewMetrics(), skew: skew{log: o.Log}, patient: o.Patient, daysPoll: o.Days}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.Sources, err = openSources(c, o, s.countCall); err != nil {
		return nil, err
	}
	if err := s.serveHealth(ctx, o.Network, c.HTTPAddr); err != nil {
		return nil, err
	}
	api := webapi.NewClient(c.SlackBotToken, c.SlackAPIURL, webapi.Watch(o.Network.transport(), s.countSlackCall))
	config := store.Config{URL: c.DatabaseURL, Log: o.Log.Named("store"), Business: business, PostEvery: webapi.PostEvery}
	me, err := s.openBoth(ctx, c, o, api, config)
	if err != nil {
		return nil, err
	}
	o.Log.Info("Slack knows the bot", zap.String("workspace", me.Name), zap.String("team_id", me.team.ID))
	s.connect(c, o, api, me)
	if err := s.reach(ctx, func() error { return s.joinRules(ctx) }); err != nil {
		return nil, err
	}
	err = s.reach(ctx, func() error { return s.Store.RenameRules(ctx, s.rules.rules.Renames()) })
	if err != nil && !errors.Is(err, alerts.ErrOldRules) {
		return nil, err
	}
	s.awaited.set("database", "")
	return s, nil
}

// Close closes what Build has opened, whatever has ended, and reads under way before the database that keeps them. It is called once.
//
//nolint:contextcheck // a context of its own bounds it
func (s *Service) Close() error {
	var database, health error
	if s.Sources != nil {
		s.Sources.Close()
	}
	if s.Store != nil {
		s.opened.Store(false)
		database = s.Store.Close()
	}
	if s.Ops != nil {
		health = s.Ops.Close()
	}
	return errors.Join(database, health)
}

// connect makes what calls Slack. Nothing is received before run.
func (s *Service) connect(c *Config, o Options, api *slack.Client, me Identity) {
	channels := webapi.NewChannels(api, o.Log.Named("slack"))
	rules := func() *rules.Rules { return s.rules.rules }
	local := func() time.Time { return s.Local(o.Now()) }
	s.deliverer = &deliver.Deliverer{
		Notifier:   &webapi.Notifier{API: api, Channels: channels, Command: c.BudgetCommand, Now: local, Log: o.Log.Named("notifier"), Bot: me.botID},
		Operators:  func() string { return s.rules.rules.Operators.Channel },
		BrokenWait: o.BrokenWait, SettleWait: o.SettleWait, LookWait: o.LookWait,
	}
	owner := rand.Text()
	fresh := check.Sources{Usage: s.Sources.Usage.Fresh(), Bills: s.Sources.Bills.Fresh()}
	s.keeper = s.newKeeper(owner, o.DayMonths)
	s.Checker = check.NewChecker(check.CheckerConfig{
		Source: fresh.Usage, Trial: s.Sources.Usage.Recent(trialWithin), Bills: fresh.Bills, Ledger: s.Store,
		Traffic: daily.Traffic{Kept: store.Days{Store: s.Store}, Fastly: s.Sources.Fastly}, Days: store.Days{Store: s.Store},
		Rules: rules, Owner: owner, Every: c.CheckEvery, Now: o.Now, Poll: o.Poll,
		NewID: rand.Text, Log: o.Log.Named("checker"), Checked: s.CountCheck,
	})
	uploads := me.May("files:write")
	composer := &digest.Composer{
		Rules: rules, Records: s.Store, Asker: lookup.Asker{Usage: s.Sources.Usage, Prior: s.Store, Bills: s.Sources.Bills}, Days: store.Days{Store: s.Store}, Fresh: fresh, Past: s.Store,
		Uploads: uploads, Explain: slackapp.Explain,
	}
	app := slackapp.New(slackapp.Config{
		Team: me.team, Slack: api, SlackURL: c.SlackAPIURL, Channels: channels, Usage: s.Sources.Usage, FinishServices: s.Sources.Usage.Finish, Bills: s.Sources.Bills,
		Record: s.Store, Days: store.Days{Store: s.Store}, Traffic: store.Days{Store: s.Store}, Digests: composer,
		Budgets: s.Store, AnswerService: &answer.Service{Ledger: s.Store, NewID: rand.Text}, Trials: s.Checker,
		Ended:   check.Sources{Usage: s.Sources.Usage.Recent(endedWithin), Bills: fresh.Bills},
		Uploads: uploads, Rules: rules, RulesTrouble: func() string { return s.rules.trouble },
		UsageCommand: c.UsageCommand, BudgetCommand: c.BudgetCommand, Now: local, Responses: webapi.NewReplyClient(o.Network.Dial), Answered: s.countAnswer, Log: o.Log.Named("app"),
	})
	s.app.Store(app)
	s.digester = &digest.Digester{
		Schedule: s.Store, Composer: composer, Books: s.Store, Bills: fresh.Bills, Rules: rules, Owner: owner, Now: o.Now, Poll: s.Checker.Poll, Log: o.Log.Named("digester"),
	}
	line := socket.Config{
		AppToken: c.SlackAppToken, APIURL: c.SlackAPIURL, Dial: o.Network.Dial,
		Logger: o.Log.Named("socket"), DrainTimeout: drainTimeout,
		Busy: slackapp.Busy, Long: app.MayTakeLong, Once: app.MustBeOnce, Observe: s.countSignal,
	}
	if shared, ok := s.Store.Envelopes(); ok {
		line.Claims = shared
	}
	s.line.Store(socket.New(line, app))
}

// trialWithin is how old what `/budget try` takes for the figures of now may be.
const trialWithin = time.Minute

// endedWithin is how old what `/budget october` takes for the figures of a month that is over may be: they hardly change.
const endedWithin = time.Hour

// Version is set by the linker for a release.
var Version = "dev"
