package engine

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// MayCome reports whether the database that Open could not open may be there in a while: its server cannot be reached, starts, stops, or
// is full. A server that answers with any other refusal, such as a wrong password, will answer the same again.
func MayCome(err error) bool {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok && len(answer.Code) == 5 && answer.Code[:2] != "08" {
		return refusals[answer.Code].passes
	}
	return errors.Is(err, ErrUnreachable)
}
