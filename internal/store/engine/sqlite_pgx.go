package engine

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// executor is a consumer contract of liteDB. It models *sql.DB and *sql.Tx.
type executor interface {
	PrepareContext(ctx context.Context, sql string) (*sql.Stmt, error)
	ExecContext(ctx context.Context, sql string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, sql string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, sql string, args ...any) *sql.Row
}

// liteDB runs the statements generated for pgx on database/sql. SQLite understands their $1, and binds it by its number.
type liteDB struct{ executor }

// Exec runs a statement that returns no rows.
func (db liteDB) Exec(ctx context.Context, statement string, args ...any) (pgconn.CommandTag, error) {
	return tagged(db.ExecContext(ctx, statement, args...))
}

// Query runs a statement that returns rows.
func (db liteDB) Query(ctx context.Context, statement string, args ...any) (pgx.Rows, error) {
	rows, err := db.QueryContext(ctx, statement, args...) //nolint:rowserrcheck // the caller asks liteRows.Err
	if err != nil {
		return nil, err
	}
	return liteRows{rows: rows}, nil
}

// QueryRow runs a statement that returns at most one row. Where there is none, the error is sql.ErrNoRows, which pgx's own wraps.
func (db liteDB) QueryRow(ctx context.Context, statement string, args ...any) pgx.Row {
	return db.QueryRowContext(ctx, statement, args...)
}

// SendBatch runs each statement of the batch when its result is asked for, in order. Nothing is gained by sending them
// together, since they go nowhere.
func (db liteDB) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
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

// liteBatch implements what generated code calls of pgx.BatchResults. All statements of a generated batch have one text, so
// it is prepared once. After a failure no further statement is run: a full disk makes SQLite undo the transaction by itself,
// and what came after would stand on its own.
type liteBatch struct {
	pgx.BatchResults

	ctx   context.Context //nolint:containedctx // a batch lives as long as the call that sends it
	db    liteDB
	queue []*pgx.QueuedQuery
	stmt  *sql.Stmt
	err   error
}

// Exec runs the next statement.
func (b *liteBatch) Exec() (pgconn.CommandTag, error) {
	args, err := b.next()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := tagged(b.stmt.ExecContext(b.ctx, args...))
	b.err = err
	return tag, err
}

// QueryRow returns the row of the next statement, which is run when the row is read.
func (b *liteBatch) QueryRow() pgx.Row { return batchRow{b} }

type batchRow struct{ batch *liteBatch }

// Scan reads the columns of the only row. A missing row does not end the batch.
func (r batchRow) Scan(dest ...any) error {
	args, err := r.batch.next()
	if err != nil {
		return err
	}
	err = r.batch.stmt.QueryRowContext(r.batch.ctx, args...).Scan(dest...)
	if !errors.Is(err, sql.ErrNoRows) {
		r.batch.err = err
	}
	return err
}

// Close gives the prepared statement back.
func (b *liteBatch) Close() error {
	if b.stmt == nil {
		return nil
	}
	return b.stmt.Close()
}

func (b *liteBatch) next() ([]any, error) {
	query := b.queue[0]
	b.queue = b.queue[1:]
	if b.stmt == nil && b.err == nil {
		b.stmt, b.err = b.db.PrepareContext(b.ctx, query.SQL)
	}
	return query.Arguments, b.err
}
