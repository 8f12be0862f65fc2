package forecast

import (
	"math"
)

const (
	// LikelyFrom is the probability from which a month counts as likely to end over its limit.
	LikelyFrom = 0.8
	// LikelyUntil is the probability below which it no longer does. Between the two nothing changes, so that a forecast at the
	// edge is not posted, withdrawn and posted again.
	LikelyUntil = 0.4
	// versionsToChange is how many different data versions in a row must agree. Looking twice at the same figures is looking once.
	versionsToChange = 2
)

// Track is what the forecasts of one limit in one month have come to so far. The zero value is that of a month
// that has just begun.
type Track struct {
	// Likely is whether the month is likely to end at the limit or above.
	Likely bool `json:"likely"`
	// Against is how many data versions in a row have contradicted Likely.
	Against int `json:"against,omitempty"`
	// Version is the data version that was looked at last.
	Version string `json:"version,omitempty"`
}

// Next returns the track after a look at a data version. If the probability is not known, nothing is to be called: the
// track stays as it was.
func (t Track) Next(chance float64, version string) Track {
	if version == t.Version || math.IsNaN(chance) {
		return t
	}
	t.Version = version
	contradicts := chance >= LikelyFrom
	if t.Likely {
		contradicts = chance < LikelyUntil
	}
	if !contradicts {
		t.Against = 0
	} else if t.Against++; t.Against >= versionsToChange {
		t.Likely, t.Against = !t.Likely, 0
	}
	return t
}
