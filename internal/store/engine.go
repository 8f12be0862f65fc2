package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"budgetbot/internal/store/query"
)

// statementTimeout bounds every visit to the database that has no shorter deadline of its own.
const statementTimeout = 30 * time.Second

// engine is a consumer contract of Store. It models the open database and its queue, whichever of the two it is.
type engine interface {
	query.DBTX
	transact(ctx context.Context, do func(context.Context, *work) error) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	halt(ctx context.Context) error
	close() error
}

// work is what can be done within one transaction. Only it may be used there: a SQLite database has a single connection.
type work struct {
	*query.Queries
	// enqueue puts jobs in the queue, but for those that are there already.
	enqueue func(ctx context.Context, wanted ...wantedJob) error
	// complete marks the running job as done. It does nothing where the job has been taken away from us meanwhile.
	complete func(ctx context.Context, job *river.Job[deliverArgs]) error
}

// pool is a consumer contract of queueEngine. It models the connections, with T the driver's type of a transaction.
type pool[T any] interface {
	query.DBTX
	begin(ctx context.Context) (T, openTx, error)
	close() error
}

type openTx interface {
	query.DBTX
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// queueEngine hides the types in which River's two drivers differ.
type queueEngine[D riverdriver.Driver[T], T any] struct {
	pool[T]
	client *river.Client[T]
}

func newQueueEngine[D riverdriver.Driver[T], T any](driver D, conns pool[T], config *river.Config) (*queueEngine[D, T], error) {
	client, err := river.NewClient(driver, config)
	if err != nil {
		return nil, fmt.Errorf("set up the queue: %w", err)
	}
	return &queueEngine[D, T]{conns, client}, nil
}

func (e *queueEngine[D, T]) transact(ctx context.Context, do func(context.Context, *work) error) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	riverTx, tx, err := e.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer rollback(ctx, tx)
	if err := do(ctx, e.work(riverTx, tx)); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
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

func (e *queueEngine[D, T]) work(riverTx T, tx query.DBTX) *work {
	return &work{
		Queries: query.New(tx),
		enqueue: func(ctx context.Context, wanted ...wantedJob) error {
			if len(wanted) == 0 {
				return nil
			}
			_, err := e.client.InsertManyTx(ctx, riverTx, jobs(wanted))
			return err
		},
		complete: func(ctx context.Context, job *river.Job[deliverArgs]) error {
			_, err := river.JobCompleteTx[D](ctx, riverTx, job)
			if errors.Is(err, rivertype.ErrNotFound) {
				return nil
			}
			return err
		},
	}
}

func (e *queueEngine[D, T]) start(ctx context.Context) error { return e.client.Start(ctx) }
func (e *queueEngine[D, T]) stop(ctx context.Context) error  { return e.client.Stop(ctx) }
func (e *queueEngine[D, T]) halt(ctx context.Context) error  { return e.client.StopAndCancel(ctx) }
