package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"budgetbot/internal/store"
	"budgetbot/internal/store/engine"
)

// LookInto opens the configured database for reading alone, beside a service that may be running.
func LookInto(ctx context.Context, c *Config) (*store.Store, error) {
	opened, err := store.Open(ctx, store.Config{URL: c.DatabaseURL, ReadOnly: true})
	if err != nil {
		return nil, databaseFailure(err)
	}
	return opened, nil
}

// databaseHints are what to do about each reason for which a database cannot be opened.
var databaseHints = []struct {
	reason error
	hint   string
}{
	{engine.ErrAddress, "set DATABASE_URL to sqlite://FILE or postgres://USER@HOST/NAME"},
	{engine.ErrLocked, "stop the other service, or give this one a file of its own in DATABASE_URL"},
	{engine.ErrNewer, "run the newer version, or restore the database from before it"},
	{engine.ErrOlder, "start the service of this version once"},
	{engine.ErrDamaged, "restore the file from a backup, or move it away to begin anew"},
	{engine.ErrNoDirectory, "make the directory that DATABASE_URL names"},
	{engine.ErrAbsent, "start the service once, or set DATABASE_URL to the database that it uses"},
	{engine.ErrUnreachable, "see whether the server of DATABASE_URL runs, and whether a firewall is between"},
	{engine.ErrNotWritable, "give this user the right to read and write the file and its directory"},
}

// databaseFailure says why the database cannot be used. No error of the store shows a password.
func databaseFailure(err error) *Failure {
	if refused, ok := errors.AsType[*engine.OpenError](err); ok {
		return &Failure{"the database cannot be opened: " + refused.Problem, refused.Next, err}
	}
	for _, known := range databaseHints {
		if errors.Is(err, known.reason) {
			return &Failure{"the database cannot be opened: " + known.reason.Error(), known.hint, err}
		}
	}
	return &Failure{"the database cannot be opened: " + err.Error(), "see whether DATABASE_URL is right", err}
}

// IsAbsent reports whether there is no database yet.
func IsAbsent(err error) bool { return errors.Is(err, engine.ErrAbsent) }

// reach does a step of the start that needs the database. A service does it again until the database is there: it may well start before
// its database does, and lose it again at any step.
func (s *Service) reach(ctx context.Context, step func() error) error {
	mayHelp := func(err error) bool { return s.patient && engine.MayCome(err) }
	return retry(ctx, step, mayHelp, func(err error, wait time.Duration) {
		s.awaited.set("database", databaseFailure(fmt.Errorf("%w: %w", engine.ErrUnreachable, err)).Problem)
		s.log.Warn("database not reached, trying again", zap.Error(err), zap.Duration("after", wait))
	})
}
