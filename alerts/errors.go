package alerts

import (
	"errors"
)

// ErrNoUsage says that Fastly listed no usage at all for a month. It is never taken for zero.
var ErrNoUsage = errors.New("Fastly listed no usage")

// ErrOtherMonth says that Fastly's estimate is still that of the month before.
var ErrOtherMonth = errors.New("the estimate is of another month")
