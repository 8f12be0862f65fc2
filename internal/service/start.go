package service

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"budgetbot/internal/ops"
	"budgetbot/internal/store"
	"budgetbot/internal/store/engine"
)

// A start opens HTTP first, so that an operator sees what it waits for, and then everything else side by side: Slack, the
// database, and what Fastly says of the rules. None of them waits for another that is slow.

// awaited is what a start still waits for, by the name of it.
type awaited struct {
	mu      sync.Mutex
	reasons map[string]string
}

// set says why something is not there yet; an empty reason says that it is.
func (a *awaited) set(what, reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reasons == nil {
		a.reasons = map[string]string{}
	}
	if a.reasons[what] = reason; reason == "" {
		delete(a.reasons, what)
	}
}

// report is the readiness page's part about the start.
func (a *awaited) report() ops.Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	var report ops.Report
	for _, what := range slices.Sorted(maps.Keys(a.reasons)) {
		report.Reasons = append(report.Reasons, a.reasons[what])
	}
	return report
}

// serveHealth opens HTTP.
func (s *Service) serveHealth(ctx context.Context, network Network, addr string) error {
	s.metrics.Registry.MustRegister(ops.NewCollector(s.state, s.now))
	listener, err := network.listen(ctx, "tcp", addr)
	if err != nil {
		return &Failure{"HTTP_ADDR cannot be listened on: " + err.Error(), "free the port, or set HTTP_ADDR to another one", err}
	}
	s.Ops = ops.Serve(listener, s.metrics.Registry, s.awaited.report, s.reportLine, s.reportStore, s.reportRules, s.reportGroups, s.skew.report)
	s.Add("the health server", s.Ops.Close)
	s.log.Info("serving health", zap.String("addr", s.Ops.Addr()))
	return nil
}

// openBoth learns from Slack who the bot is, and meanwhile opens the database and reads the rules.
func (s *Service) openBoth(ctx context.Context, c *Config, o Options, api *slack.Client, config store.Config) (Identity, error) {
	s.awaited.set("Slack", "Slack has not answered yet")
	s.awaited.set("database", "the database has not answered yet")
	var me Identity
	sides, ctx := errgroup.WithContext(ctx)
	sides.Go(func() error {
		known, err := identify(ctx, api, o.Log.Named("slack"))
		if err != nil {
			return slackFailure(err)
		}
		me = known
		s.awaited.set("Slack", "")
		return me.checkScopes(o.Log.Named("slack"))
	})
	sides.Go(func() error { return s.openDatabase(ctx, c, o, config) })
	if err := sides.Wait(); err != nil {
		return Identity{}, err
	}
	return me, nil
}

// openDatabase opens the database and reads the rules, which may be the last good ones from there.
func (s *Service) openDatabase(ctx context.Context, c *Config, o Options, config store.Config) error {
	err := s.reach(ctx, func() (err error) {
		s.Store, err = store.Open(ctx, config)
		return err
	})
	if err != nil {
		return databaseFailure(err)
	}
	s.Add("the database", func() error { //nolint:contextcheck // what was opened is closed, whatever has ended
		s.opened.Store(false)
		return s.Store.Close()
	})
	s.awaited.set("database", "the rules are being read")
	if s.rules.rules = o.Rules; o.Rules == nil {
		if s.rules, err = s.loadRules(ctx, c, o.Log.Named("rules")); err != nil {
			return err
		}
	}
	s.opened.Store(true)
	s.awaited.set("database", "")
	return nil
}

// reach does a step of the start that needs the database. A service does it again until the database is there: it may well start before
// its database does, and lose it again at any step.
func (s *Service) reach(ctx context.Context, step func() error) error {
	mayHelp := func(err error) bool { return s.patient && engine.MayCome(err) }
	return retry(ctx, step, mayHelp, func(err error, wait time.Duration) {
		s.awaited.set("database", databaseFailure(fmt.Errorf("%w: %w", engine.ErrUnreachable, err)).Problem)
		s.log.Warn("database not reached, trying again", zap.Error(err), zap.Duration("after", wait))
	})
}

// isOpen reports whether the database and the rules are there. What the pages ask before that has no answer.
func (s *Service) isOpen() bool { return s.opened.Load() }
