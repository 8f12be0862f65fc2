package main

import (
	"errors"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"budgetbot/internal/service"
)

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Run the service (the default)",
		Long:  "Run the service: answer commands, compare usage with the budgets, and deliver alerts.\n\n" + service.ConfigHelp(),
		Args:  cobra.NoArgs,
		RunE:  runService,
	}
}

func runService(cmd *cobra.Command, _ []string) (err error) {
	c, err := service.LoadConfig(service.NeedSlack | service.NeedFastly | service.NeedDatabase)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	log := service.NewLog(c, cmd.ErrOrStderr())
	log.Info("starting", zap.String("version", service.Version))
	defer noteHangups(log)()
	defer keepPace()()
	s, err := service.Build(ctx, c, service.Options{Log: log, Patient: true})
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info("stopped while it started", zap.NamedError("then", err))
		return nil // to be stopped while it waits is a good end of a service
	case err != nil:
		return logged(log, err)
	}
	defer func() { err = logged(log, errors.Join(err, s.Close())) }()
	return s.Run(ctx)
}

// logged leaves the whole chain of an error in the log; what is returned is for the person.
func logged(log *zap.Logger, err error) error {
	failed, ok := errors.AsType[*service.Failure](err)
	if ok && failed.Cause != nil {
		log.Error("stopping", zap.Error(failed.Cause))
	}
	return err
}
