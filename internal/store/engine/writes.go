package engine

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	"modernc.org/sqlite/lib"
)

// CannotWrite reports whether an error means that the database takes no writes: it is full, damaged, read-only or locked
// by another program. Such a database still answers every query.
func CannotWrite(err error) bool {
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		switch failure.Code() & 0xff { // the rest is detail
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT,
			sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY:
			return true
		}
		return false
	}
	failure, ok := errors.AsType[*pgconn.PgError](err)
	const readOnlyTransaction = "25006"
	return ok && (failure.Code == readOnlyTransaction || strings.HasPrefix(failure.Code, "53") || strings.HasPrefix(failure.Code, "58"))
}
