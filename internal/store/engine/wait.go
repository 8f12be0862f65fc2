package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// MayCome reports whether what failed, Open or a later statement, may succeed in a while: the server cannot be reached, has lost the
// connection, starts, stops, or is full. A server that answers with any other refusal, such as a wrong password, will answer the same again.
func MayCome(err error) bool {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(answer.Code, connectionException) || refusals[answer.Code].passes
	}
	if _, judged := errors.AsType[*OpenError](err); judged {
		return errors.Is(err, ErrUnreachable)
	}
	return errors.Is(err, ErrUnreachable) || isLost(err) && !isDistrust(err)
}

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
