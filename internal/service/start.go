package service

import (
	"context"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"budgetbot/internal/ops"
	"budgetbot/internal/store"
)

// A start opens HTTP first, so that an operator sees what it waits for, and then everything else side by side: Slack, the
// database, and what Fastly says of the rules. None of them waits for another that is slow.

// serveHealth opens HTTP.
func (s *Service) serveHealth(ctx context.Context, network Network, addr string) error {
	s.metrics.Registry.MustRegister(ops.NewCollector(s.state, s.now))
	listener, err := network.listen(ctx, "tcp", addr)
	if err != nil {
		return &Failure{"HTTP_ADDR cannot be listened on: " + err.Error(), "free the port, or set HTTP_ADDR to another one", err}
	}
	s.Ops = ops.Serve(listener, s.metrics.Registry, s.awaited.report, s.reportLine, s.reportStore, s.reportRules, s.reportGroups, s.skew.report)
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
	failed := func(err error) {
		o.Log.Named("fastly").Warn("services are read from Fastly alone for a while", zap.Error(err))
	}
	s.Sources.Usage.KeepServicesIn(s.Store, failed)
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
