package engine

import (
	"context"
	"errors"
)

// Open opens a database, brings its tables up to date and, on SQLite, takes over from an earlier service that died. wake is called when lanes
// were woken. A database that is opened for reading alone has to be prepared already.
func Open(ctx context.Context, where Address, readOnly bool, wake func()) (*Engine, error) {
	dial := dialSQLite
	if where.Postgres != "" {
		dial = dialPostgres
	}
	conns, err := dial(ctx, where, readOnly)
	if err != nil {
		return nil, err
	}
	if readOnly {
		wake = nil
		err = checkVersion(ctx, conns)
	} else {
		err = conns.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(conns.judge(ctx, err), conns.Shut())
	}
	return &Engine{conns, wake}, nil
}
