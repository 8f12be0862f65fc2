package alerts

import (
	"errors"
)

// ErrNoUsage is returned when Fastly listed no usage at all for a month. That is never treated as zero.
var ErrNoUsage = errors.New("Fastly listed no usage")

// ErrOtherMonth is returned when Fastly's estimate is still for the previous month.
var ErrOtherMonth = errors.New("the estimate is of another month")
