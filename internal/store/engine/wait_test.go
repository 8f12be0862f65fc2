package engine

import (
	"context"
	"crypto/x509"
	"database/sql/driver"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestWhichDatabasesAreWaitedFor(t *testing.T) {
	t.Parallel()
	answer := func(code string) error {
		return fmt.Errorf("%w: %w", ErrUnreachable, &pgconn.PgError{Code: code})
	}
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"a server that nobody reaches", fmt.Errorf("%w: connection refused", ErrUnreachable), true},
		{"a server that starts", answer("57P03"), true},
		{"a server that is being stopped", answer("57P01"), true},
		{"a server that is full", answer("53300"), true},
		{"a connection that was closed", fmt.Errorf("begin a transaction: %w", pgconn.ErrConnClosed), true},
		{"a connection that ended within an answer", io.ErrUnexpectedEOF, true},
		{"a connection that was reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		{"a connection that the migrations had", driver.ErrBadConn, true},
		{"no answer in time", context.DeadlineExceeded, true},
		{"a pooler without a server", &pgconn.PgError{Code: "08006"}, true},
		{"a server that was stopped meanwhile", &pgconn.PgError{Code: "57P01"}, true},
		{"a statement that is refused", &pgconn.PgError{Code: "42501"}, false},
		{"a certificate that is not trusted any more", &net.OpError{Op: "dial", Err: x509.UnknownAuthorityError{}}, false},
		{"a start that is stopped", context.Canceled, false},
		{"a wrong password", answer("28P01"), false},
		{"no such role", answer("28000"), false},
		{"no such database", answer("3D000"), false},
		{"no right to the schema", answer("42501"), false},
		{"an address that is none", ErrAddress, false},
		{"a file that another service holds", ErrLocked, false},
		{"a newer version's database", ErrNewer, false},
	} {
		if got := MayCome(test.err); got != test.want {
			t.Errorf("%s: waited for: %t, want %t", test.name, got, test.want)
		}
	}
}
