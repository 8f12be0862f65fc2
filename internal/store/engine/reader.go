package engine

import (
	"context"
	"errors"

	"budgetbot/internal/store/query"
)

var errReadOnly = errors.New("the database is open for reading alone")

// reader is the engine of a database that may only be read: it has no transactions.
type reader struct{ pool }

func (reader) Transact(context.Context, func(context.Context, *Work) error) error { return errReadOnly }

var _ query.DBTX = reader{}
