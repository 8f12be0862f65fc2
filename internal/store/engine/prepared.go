package engine

import (
	"context"
	"database/sql"
	"sync"
)

var _ executor = (*prepared)(nil)

// prepared is a database that prepares each statement once and not at every use, since SQLite is longer at reading one than at
// running it. The texts are the generated ones and the few that stand in this package, so that they are a bounded number.
// Transactions prepare their own.
type prepared struct {
	*sql.DB

	mu    sync.Mutex
	known map[string]*sql.Stmt // by text; they end with the database
}

// ExecContext runs a statement that returns no rows.
func (p *prepared) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := p.statement(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

// QueryContext runs a statement that returns rows.
func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := p.statement(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// QueryRowContext runs a statement that returns at most one row.
func (p *prepared) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	statement, err := p.statement(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return p.DB.QueryRowContext(ctx, text, args...) // which fails with the same error, in the form of a row
	}
	return statement.QueryRowContext(ctx, args...)
}

// statement prepares the text unless it is prepared already. Preparing may wait for the connection, so it happens
// outside the lock; when two goroutines prepare the same text, either result is kept.
func (p *prepared) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	p.mu.Lock()
	statement := p.known[text]
	p.mu.Unlock()
	if statement != nil {
		return statement, nil
	}
	statement, err := p.PrepareContext(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[text] = statement
	return statement, nil
}
