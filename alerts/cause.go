package alerts

import (
	"context"
	"errors"
)

// causeOf says in a few words for a person why a check failed; the whole chain is in the log.
func causeOf(err error) string {
	switch {
	case errors.Is(err, ErrNoUsage):
		return "Fastly lists no usage for the month yet"
	case errors.Is(err, context.DeadlineExceeded):
		return "Fastly did not answer in time"
	case errors.Is(err, ErrConflict):
		return "another replica was faster"
	}
	return "the check could not be finished"
}
