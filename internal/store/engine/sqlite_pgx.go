package engine

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// liteDB runs the statements generated for pgx on database/sql. SQLite understands their $1, and binds it by its number. It prepares each
// statement once and not at every use, since SQLite is longer at reading one than at running it. The texts are the generated ones and the few
// that stand in this package, so that they are a bounded number.
type liteDB struct {
	prepare func(ctx context.Context, text string) (*sql.Stmt, error) // of the database, or of one transaction

	mu    sync.Mutex
	known map[string]*sql.Stmt // by text; they end with the database or the transaction
}

func newLiteDB(prepare func(context.Context, string) (*sql.Stmt, error)) *liteDB {
	return &liteDB{prepare: prepare, known: map[string]*sql.Stmt{}}
}

// statement prepares the text unless it is prepared already. Preparing may wait for the connection, so it happens
// outside the lock; when two goroutines prepare the same text, either result is kept.
func (db *liteDB) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	db.mu.Lock()
	statement := db.known[text]
	db.mu.Unlock()
	if statement != nil {
		return statement, nil
	}
	statement, err := db.prepare(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.known[text] = statement
	return statement, nil
}

// Exec runs a statement that returns no rows.
func (db *liteDB) Exec(ctx context.Context, text string, args ...any) (pgconn.CommandTag, error) {
	statement, err := db.statement(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	return tagged(statement.ExecContext(ctx, args...))
}

// Query runs a statement that returns rows.
func (db *liteDB) Query(ctx context.Context, text string, args ...any) (pgx.Rows, error) {
	statement, err := db.statement(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(ctx, args...) //nolint:rowserrcheck // the caller asks liteRows.Err
	return liteRows{rows: rows}, err
}

// QueryRow runs a statement that returns at most one row. Where there is none, the error is sql.ErrNoRows, which pgx's own wraps.
func (db *liteDB) QueryRow(ctx context.Context, text string, args ...any) pgx.Row {
	statement, err := db.statement(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return failedRow{err}
	}
	return statement.QueryRowContext(ctx, args...)
}

// failedRow is the row of a statement that cannot be run.
type failedRow struct{ err error }

// Scan returns why.
func (r failedRow) Scan(...any) error { return r.err }

// SendBatch runs each statement of the batch when its result is asked for, in order. Nothing is gained by sending them
// together, since they go nowhere.
func (db *liteDB) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return &liteBatch{ctx: ctx, db: db, queue: batch.QueuedQueries}
}

func tagged(result sql.Result, err error) (pgconn.CommandTag, error) {
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	n, err := result.RowsAffected()
	return pgconn.NewCommandTag("EXEC " + strconv.FormatInt(n, 10)), err
}

// liteRows implements what generated code calls of pgx.Rows.
type liteRows struct {
	pgx.Rows

	rows *sql.Rows
}

// Close ends the reading.
func (r liteRows) Close() { _ = r.rows.Close() }

// Err returns what ended the reading early.
func (r liteRows) Err() error { return r.rows.Err() }

// Next moves to the next row and reports whether there is one.
func (r liteRows) Next() bool { return r.rows.Next() }

// Scan reads the columns of the current row.
func (r liteRows) Scan(dest ...any) error { return r.rows.Scan(dest...) }

// liteBatch implements what generated code calls of pgx.BatchResults. After a failure no further statement is run: a full disk makes SQLite
// undo the transaction by itself, and what came after would stand on its own.
type liteBatch struct {
	pgx.BatchResults

	ctx   context.Context //nolint:containedctx // a batch lives as long as the call that sends it
	db    *liteDB
	queue []*pgx.QueuedQuery
	err   error
}

// Exec runs the next statement.
func (b *liteBatch) Exec() (tag pgconn.CommandTag, err error) {
	if query := b.next(); b.err == nil {
		tag, b.err = b.db.Exec(b.ctx, query.SQL, query.Arguments...)
	}
	return tag, b.err
}

// QueryRow returns the row of the next statement, which is run when the row is read.
func (b *liteBatch) QueryRow() pgx.Row { return batchRow{b} }

type batchRow struct{ batch *liteBatch }

// Scan reads the columns of the only row. A missing row does not end the batch.
func (r batchRow) Scan(dest ...any) error {
	query := r.batch.next()
	if r.batch.err != nil {
		return r.batch.err
	}
	err := r.batch.db.QueryRow(r.batch.ctx, query.SQL, query.Arguments...).Scan(dest...)
	if !errors.Is(err, sql.ErrNoRows) {
		r.batch.err = err
	}
	return err
}

// Close does nothing: each result is read to its end.
func (*liteBatch) Close() error { return nil }

func (b *liteBatch) next() *pgx.QueuedQuery {
	query := b.queue[0]
	b.queue = b.queue[1:]
	return query
}
