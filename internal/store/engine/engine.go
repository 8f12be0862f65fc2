package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"budgetbot/internal/store/query"
)

// StatementTimeout bounds every visit to the database that has no shorter deadline of its own.
const StatementTimeout = 30 * time.Second

// Engine is the open database, whichever of the two it is.
type Engine struct {
	pool

	wake func() // is called when lanes were woken, and does not block; nil where the database is open for reading alone
}

var errReadOnly = errors.New("the database is open for reading alone")

// Work is what can be done within one transaction. Only it may be used there: a SQLite database has a single connection.
type Work struct {
	*query.Queries

	Clock func(ctx context.Context) (time.Time, error)
	// Touched are the channels whose lanes are to be looked into once the transaction is written.
	Touched map[string]bool
	// Opened are those whose pause ends as well.
	Opened map[string]bool
}

// pool is a consumer contract of Engine. It models the connections.
type pool interface {
	query.DBTX
	begin(ctx context.Context) (openTx, error)
	// prepare brings the tables up to date.
	prepare(ctx context.Context) error
	// judge adds to an error of opening what it means to the operator.
	judge(ctx context.Context, err error) error
	// Clock asks the database what time it is, on a connection of its own or within a transaction.
	Clock(ctx context.Context, db query.DBTX) (time.Time, error)
	Shut() error
}

type openTx interface {
	query.DBTX
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// How often a transaction is tried that PostgreSQL undoes for the sake of another one, and what is left to that between two tries.
const (
	transactTries = 3
	afterDeadlock = 50 * time.Millisecond
)

// Transact undoes what do did where it fails; doing describes it in errors. It calls do once more where PostgreSQL undid the transaction since another one and this one
// waited for each other: a check withdraws a message, and then looks into its lane, while the worker has the lane and takes up the message.
func (e *Engine) Transact(ctx context.Context, doing string, do func(context.Context, *Work) error) error {
	if e.wake == nil {
		return fmt.Errorf("%s: %w", doing, errReadOnly)
	}
	ctx, cancel := context.WithTimeout(ctx, StatementTimeout)
	defer cancel()
	for try := 1; ; try++ {
		err := e.transactOnce(ctx, do)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("%s: %w", doing, err)
		if !hasState(err, deadlock) || try == transactTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * afterDeadlock): // the other one is to have what it waited for
		}
	}
}

func (e *Engine) transactOnce(ctx context.Context, do func(context.Context, *Work) error) error {
	tx, err := e.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer rollback(ctx, tx)
	w := &Work{Queries: query.New(tx), Touched: map[string]bool{}, Opened: map[string]bool{}}
	w.Clock = func(ctx context.Context) (time.Time, error) { return e.Clock(ctx, tx) }
	if err := do(ctx, w); err != nil {
		return err
	}
	if err := w.wakeLanes(ctx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if len(w.Touched) > 0 {
		e.wake()
	}
	return nil
}

// wakeLanes has the lanes looked into, in order, so that of two that do only this one waits for the other.
func (w *Work) wakeLanes(ctx context.Context) error {
	maps.Copy(w.Touched, w.Opened)
	for _, channel := range slices.Sorted(maps.Keys(w.Touched)) {
		if err := w.WakeLane(ctx, query.WakeLaneParams{Channel: channel, Opened: w.Opened[channel]}); err != nil {
			return fmt.Errorf("wake the lane of %s: %w", channel, err)
		}
	}
	return nil
}

// rollback gives the connection back, even where the end of ctx is what failed. Its error is no news: the transaction is
// committed, or undone, or the database is gone and undoes it by itself.
func rollback(ctx context.Context, tx openTx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = tx.Rollback(ctx)
}
