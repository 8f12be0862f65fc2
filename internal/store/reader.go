package store

import (
	"context"
	"errors"

	"budgetbot/internal/store/query"
)

var errReadOnly = errors.New("the database is open for reading alone")

// reader is the engine of a database that may only be read: it has no transactions and no queue.
type reader struct {
	query.DBTX

	shut func() error
}

func (reader) transact(context.Context, func(context.Context, *work) error) error { return errReadOnly }

func (reader) start(context.Context) error { return errReadOnly }
func (reader) stop(context.Context) error  { return nil }
func (reader) halt(context.Context) error  { return nil }
func (r reader) close() error              { return r.shut() }
