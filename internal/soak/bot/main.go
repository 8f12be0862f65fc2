// Command bot is the service on the soak's business time. But for that it is what cmd/bot runs.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata"

	"go.uber.org/zap"

	"budgetbot/internal/service"
	"budgetbot/internal/soak/clock"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "budgetbot: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	business, err := clock.FromEnvironment()
	if err != nil {
		return err
	}
	c, err := service.LoadConfig(service.NeedSlack | service.NeedFastly | service.NeedDatabase)
	if err != nil {
		return err
	}
	log := service.NewLog(c, os.Stderr)
	log.Info("starting", zap.String("version", service.Version), zap.Time("business_time", business.Now()))
	s, err := service.Build(ctx, c, service.Options{Log: log, Now: business.Now, Poll: business.Poll(), Patient: true})
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info("stopped while it started", zap.NamedError("then", err))
		return nil //nolint:nilerr // to be stopped while it starts is a good end
	case err != nil:
		return err
	}
	return errors.Join(s.Run(ctx), s.Close()) //nolint:contextcheck // what was opened is closed, whatever has ended
}
