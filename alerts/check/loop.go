package check

import (
	"regexp"
	"time"
)

// ReleaseTimeout bounds giving a claim back when the process is about to end.
const ReleaseTimeout = 2 * time.Second

var digits = regexp.MustCompile(`\d+`)

// SameText is what two errors of one cause have in common: ports and times differ at every attempt, and often in number.
func SameText(err error) string {
	text := digits.ReplaceAllString(err.Error(), "0")
	return text[:min(len(text), 80)]
}
