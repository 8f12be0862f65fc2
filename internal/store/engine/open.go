package engine

import (
	"context"
)

// Open opens a database, brings its tables up to date and, on SQLite, takes over from an earlier service that died. wake is called when lanes
// were woken.
func Open(ctx context.Context, where Address, readOnly bool, wake func()) (*Engine, error) {
	switch {
	case where.Postgres != "" && readOnly:
		return openPostgresReader(ctx, where)
	case where.Postgres != "":
		return openPostgres(ctx, where, wake)
	case readOnly:
		return openSQLiteReader(ctx, where)
	default:
		return openSQLite(ctx, where, wake)
	}
}
