package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// The refusals of a PostgreSQL server that pass by themselves.
const (
	cannotConnectNow   = "57P03" // it starts, or recovers
	adminShutdown      = "57P01"
	tooManyConnections = "53300"
)

// MayCome reports whether the database that Open could not open may be there in a while: its server cannot be reached, starts, or is
// full. A server that answers with any other refusal, such as a wrong password, will answer the same again.
func MayCome(err error) bool {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return answer.Code == cannotConnectNow || answer.Code == adminShutdown || answer.Code == tooManyConnections
	}
	return errors.Is(err, ErrUnreachable)
}
