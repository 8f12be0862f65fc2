package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	"modernc.org/sqlite/lib"
)

// States of PostgreSQL, as its manual lists them.
const (
	insufficientPrivilege = "42501"
	invalidAuthorization  = "28000"
	invalidSchemaName     = "3F000"
	undefinedTable        = "42P01"
	deadlock              = "40P01"
	connectionException   = "08" // the class of connection failures, as a pooler reports them
)

// lost are the errors of the standard library and of the driver by which a connection ends that is in use.
var lost = []error{
	pgconn.ErrConnClosed, driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.DeadlineExceeded,
}

// isLost reports whether there was no connection to the server, or none any more, whichever side ended it.
func isLost(err error) bool {
	_, notConnected := errors.AsType[*pgconn.ConnectError](err)
	_, broken := errors.AsType[*net.OpError](err)
	return notConnected || broken || slices.ContainsFunc(lost, func(end error) bool { return errors.Is(err, end) })
}

func isDistrust(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verification || authority || host || invalid
}

// isNoTable reports whether a table is missing, in either database.
func isNoTable(err error) bool {
	failure, ok := errors.AsType[*sqlite.Error](err)
	return hasState(err, undefinedTable) || ok && failure.Code() == sqlite3.SQLITE_ERROR && strings.Contains(failure.Error(), "no such table")
}

func hasState(err error, state string) bool {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && failure.Code == state
}
