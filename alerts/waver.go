package alerts

import (
	"slices"
	"time"

	"budgetbot/alerts/rules"
)

// When a level that has come down is posted again.
const (
	// mostFalls is how often a level comes down in a month before usage is taken to waver around it.
	mostFalls = 2
	// calmAfter is how long usage must then have stayed below it.
	calmAfter = 72 * time.Hour
)

// Fall is that a level has come down in a month, since Fastly restated usage.
type Fall struct {
	Level rules.Level `json:"level"`
	Times int         `json:"times"`
	At    time.Time   `json:"at"` // of the last time
}

// fell returns the falls with those of the levels.
func fell(falls []Fall, levels []rules.Level, now time.Time) []Fall {
	falls = slices.Clone(falls)
	for _, level := range levels {
		i := slices.IndexFunc(falls, func(f Fall) bool { return f.Level == level })
		if i < 0 {
			falls, i = append(falls, Fall{Level: level}), len(falls)
		}
		falls[i].Times++
		falls[i].At = now.UTC()
	}
	return falls
}

// wavers reports whether usage wavers around each of the levels, so that to post them once more is no news.
func (s Standing) wavers(levels []rules.Level, now time.Time) bool {
	return !slices.ContainsFunc(levels, func(level rules.Level) bool {
		return !slices.ContainsFunc(s.Falls, func(f Fall) bool {
			return f.Level == level && f.Times >= mostFalls && now.Sub(f.At) < calmAfter
		})
	})
}
