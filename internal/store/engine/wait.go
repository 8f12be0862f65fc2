package engine

import (
	"errors"
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
