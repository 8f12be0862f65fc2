package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/check"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/deliver"
	"budgetbot/alerts/digest"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/billing/source"
	"budgetbot/internal/ops"
	"budgetbot/internal/store"
	"budgetbot/slackapp"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/webapi"
)

// options are what a build takes beside the environment. The demo sets them; the service runs on the defaults, and on a clock of its own where a test says so.
type options struct {
	log *zap.Logger
	// now is business time: months, freshness, when a check is due. Retries, leases and sockets keep wall time.
	now   func() time.Time
	rules *rules.Rules // instead of the rules file
	// poll is how often the ledger is asked whether a check is due; brokenWait how long a channel that refuses is left alone.
	poll, brokenWait time.Duration
	// settleWait and lookWait are the pauses before the bot looks for a message that Slack did not acknowledge.
	settleWait, lookWait time.Duration
	// patient lets the start wait for a database that is not there yet.
	patient bool
}

// service is the running product and everything that it has open.
type service struct {
	closers
	log         *zap.Logger
	now         func() time.Time // business time
	metrics     *ops.Metrics
	skew        skew
	awaited     awaited
	newestCheck atomic.Pointer[checkEnd] // nil before the first
	opened      atomic.Bool              // the database and the rules are there, which the pages of HTTP ask before they look
	store       *store.Store
	fastly      *fastly.Client
	sources     *sources
	rules       rulesInUse
	deliverer   *deliver.Deliverer
	checker     *check.Checker
	digester    *digest.Digester
	ops         *ops.Server
	line        atomic.Pointer[socket.Line]  // nil until Slack has said who we are
	app         atomic.Pointer[slackapp.App] // likewise
}

// build opens everything, each thing with its closing step, and connects the parts. What was opened is closed again where a later part
// fails.
func build(ctx context.Context, c *config, o options) (_ *service, err error) {
	business := o.now // nil where it is wall time
	if o.now == nil {
		o.now = time.Now
	}
	o.log = cmp.Or(o.log, zap.NewNop())
	s := &service{log: o.log, now: o.now, metrics: ops.NewMetrics(), skew: skew{log: o.log}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.openUsage(c, o); err != nil {
		return nil, err
	}
	if err := s.serveHealth(ctx, c.HTTPAddr); err != nil {
		return nil, err
	}
	api := webapi.NewClient(c.SlackBotToken, c.SlackAPIURL, s.skew.watch("Slack", webapi.WatchErrors(nil, s.countSlackError)))
	config := store.Config{URL: c.DatabaseURL, Log: slogFor(o.log, "store"), Business: business, PostEvery: webapi.PostEvery}
	me, err := s.openBoth(ctx, c, o, api, config)
	if err != nil {
		return nil, err
	}
	o.log.Info("Slack knows the bot", zap.String("workspace", me.name), zap.String("team_id", me.team.ID))
	s.connect(c, o, api, me)
	if err := s.joinRules(ctx); err != nil {
		return nil, err
	}
	if err := s.store.RenameRules(ctx, s.rules.rules.Renames()); err != nil && !errors.Is(err, alerts.ErrOldRules) {
		return nil, err
	}
	return s, nil
}

func (s *service) openUsage(c *config, o options) error {
	client, err := newFastly(c, slogFor(o.log, "fastly"), s.countCall)
	if err != nil {
		return err
	}
	s.fastly, s.sources = client, openSources(c, client, source.CacheConfig{Now: o.now}, o.log.Named("fastly"))
	s.add("what is read from Fastly", s.sources.Close)
	return nil
}

// connect makes what speaks to Slack. Nothing is received before run.
func (s *service) connect(c *config, o options, api *slack.Client, me identity) {
	channels := webapi.NewChannels(api, o.log.Named("slack"))
	rules := func() *rules.Rules { return s.rules.rules }
	notifier := webapi.NewNotifier(api, channels, c.BudgetCommand, o.now, o.log.Named("notifier"))
	notifier.Bot = me.botID
	s.deliverer = &deliver.Deliverer{
		Notifier:   notifier,
		Operators:  func() string { return s.rules.rules.Operators.Channel },
		BrokenWait: o.brokenWait, SettleWait: o.settleWait, LookWait: o.lookWait,
	}
	owner := rand.Text()
	afresh := check.Sources{Usage: s.sources.usage.Afresh(), Bills: s.sources.bills.Afresh()}
	s.checker = check.NewChecker(check.CheckerConfig{
		Source: afresh.Usage, Trial: s.sources.usage.Recent(trialWithin), Bills: afresh.Bills, Ledger: s.store, Record: s.store, Seen: s.store, Traffic: s.fastly,
		Rules: rules, Owner: owner, Every: c.checkEvery, Now: o.now, Poll: o.poll,
		NewID: rand.Text, Log: o.log.Named("checker"), Checked: s.countCheck,
	})
	app := slackapp.New(slackapp.Config{
		Team: me.team, Slack: api, SlackURL: c.SlackAPIURL, Channels: channels, Usage: s.sources.usage, Bills: s.sources.bills,
		Record: slackapp.Record{Snapshots: s.store}, Days: s.store, Afresh: afresh, Past: s.store,
		Budgets: s.store, Desk: &answer.Desk{Ledger: s.store, NewID: rand.Text}, Trials: s.checker,
		Uploads: me.may("files:write"), Rules: rules, RulesTrouble: func() string { return s.rules.trouble },
		UsageCommand: c.UsageCommand, BudgetCommand: c.BudgetCommand, Now: o.now, Answered: s.countAnswer, Log: o.log.Named("app"),
	})
	s.app.Store(app)
	s.digester = digest.NewDigester(digest.DigesterConfig{
		Schedule: s.store, Composer: app, Books: s.store, Bills: afresh.Bills, Rules: rules, Owner: owner, Now: o.now, Poll: s.checker.Poll, Log: o.log.Named("digester"),
	})
	line := socket.Config{
		AppToken: c.SlackAppToken, APIURL: c.SlackAPIURL, Logger: o.log.Named("socket"), DrainTimeout: drainTimeout,
		Busy: slackapp.Busy, Long: app.MayTakeLong, Once: app.MustBeOnce, Observe: s.countSignal,
	}
	if shared, ok := s.store.Envelopes(); ok {
		line.Claims = shared
	}
	s.line.Store(socket.New(line, app))
}

// trialWithin is how old what `/budget try` takes for the figures of now may be.
const trialWithin = time.Minute

// slogFor is the logger for libraries that want the standard library's.
func slogFor(log *zap.Logger, name string) *slog.Logger {
	return slog.New(zapslog.NewHandler(log.Core(), zapslog.WithName(name)))
}

// reportTimeout bounds what the readiness page asks of the database.
const reportTimeout = 2 * time.Second

func (s *service) reportLine() ops.Report {
	line := s.line.Load()
	if line == nil {
		return ops.Report{Reasons: []string{"the service is starting"}}
	}
	if status := line.Status(); !status.Ready() {
		return ops.Report{Reasons: []string{lineTrouble(status)}}
	}
	return ops.Report{}
}

func (s *service) reportStore() ops.Report {
	if !s.isOpen() {
		return ops.Report{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), reportTimeout)
	defer cancel()
	status, err := s.store.CheckStatus(ctx)
	if err != nil {
		return ops.Report{Reasons: []string{"the database does not answer"}}
	}
	var report ops.Report
	if trouble := s.store.FileTrouble(); trouble != "" {
		report.Warnings = append(report.Warnings, trouble)
	}
	if trouble := s.checkTrouble(status); trouble != "" {
		report.Warnings = append(report.Warnings, "the newest check of usage failed: "+trouble)
	}
	if s.cannotWrite() {
		report.Warnings = append(report.Warnings, "the database takes no writes, so that nothing is recorded or posted: see whether its disk is full")
	}
	report.Warnings = append(report.Warnings, s.reportUnknown(ctx)...)
	routes, err := s.store.Routes(ctx)
	if err != nil {
		return ops.Report{Reasons: []string{"the database does not answer"}}
	}
	if unreadable, err := s.store.Unreadable(ctx); err == nil && unreadable > 0 {
		report.Warnings = append(report.Warnings, count(unreadable, "message")+" set aside, since this version cannot read what the database has of them; the log names them")
	}
	for _, route := range routes {
		report.Warnings = append(report.Warnings, routeWarning(route))
	}
	return report
}

func routeWarning(r alerts.RouteTrouble) string {
	if r.Late {
		return fmt.Sprintf("channel %s: %s waiting since %s, the log says why", r.Channel, count(r.Waiting, "message"), r.Since.Format(time.RFC3339))
	}
	return fmt.Sprintf("channel %s cannot be posted to (%s): %s waiting", r.Channel, r.Reason, count(r.Waiting, "message"))
}

// reportGroups names the user groups of the rules that nobody is in.
func (s *service) reportGroups() ops.Report {
	var report ops.Report
	if app := s.app.Load(); app != nil {
		for _, group := range app.EmptyGroups() {
			report.Warnings = append(report.Warnings, emptyGroup(group))
		}
	}
	return report
}

// mostWarnings is how many rules that cover nothing the readiness page names.
const mostWarnings = 20

// reportUnknown names the budgets that had figures and have had none for long.
func (s *service) reportUnknown(ctx context.Context) []string {
	now := s.now()
	episodes, err := s.store.Episodes(ctx, billing.MonthOf(now))
	if err != nil {
		return []string{"which budgets have no figure cannot be read"}
	}
	var warnings []string
	long := decide.LongUnknown(episodes, s.rules.rules.Operators.StaleAfter, now)
	for _, u := range long[:min(len(long), mostWarnings)] {
		warnings = append(warnings, fmt.Sprintf("%s has had no figure since %s: %s", u.Named(), u.Since.UTC().Format(time.RFC3339), u.Why))
	}
	if more := len(long) - mostWarnings; more > 0 {
		warnings = append(warnings, count(more, "more budget")+" without a figure")
	}
	return warnings
}

func (s *service) reportRules() ops.Report {
	var report ops.Report
	if !s.isOpen() {
		return report
	}
	if s.rules.trouble != "" {
		report.Warnings = append(report.Warnings, "running on the last good rules: "+s.rules.trouble)
	}
	if warning := s.oldRules(); warning != "" {
		report.Warnings = append(report.Warnings, warning)
	}
	for _, warning := range s.rules.warnings[:min(len(s.rules.warnings), mostWarnings)] {
		report.Warnings = append(report.Warnings, warning.String())
	}
	return report
}

// oldRules says that the process has started with another rules file than the current one; empty where it has not, or where the
// database does not answer, which reportStore tells.
func (s *service) oldRules() string {
	ctx, cancel := context.WithTimeout(context.Background(), reportTimeout)
	defer cancel()
	current, isOld, err := s.store.CurrentRules(ctx)
	if err != nil || !isOld {
		return ""
	}
	return fmt.Sprintf("another rules file is in use since %s (revision %d): this replica answers people, and makes no checks and digests until it is started with that file, or alone with its own",
		current.Since.UTC().Format("2006-01-02 15:04 UTC"), current.Number)
}
