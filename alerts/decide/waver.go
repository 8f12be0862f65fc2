package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// When a level that has come down is posted again.
const (
	// mostFalls is how often a level comes down in a month before usage is taken to waver around it.
	mostFalls = 2
	// calmAfter is how long usage must then have stayed below it.
	calmAfter = 72 * time.Hour
)

// fell returns the falls with those of the levels.
func fell(falls []alerts.Fall, levels []rules.Level, now time.Time) []alerts.Fall {
	falls = slices.Clone(falls)
	for _, level := range levels {
		i := slices.IndexFunc(falls, func(f alerts.Fall) bool { return f.Level == level })
		if i < 0 {
			falls, i = append(falls, alerts.Fall{Level: level}), len(falls)
		}
		falls[i].Times++
		falls[i].At = now.UTC()
	}
	return falls
}

// wavers reports whether usage wavers around each of the levels, so that to post them once more is no news.
func wavers(s alerts.Standing, levels []rules.Level, now time.Time) bool {
	return !slices.ContainsFunc(levels, func(level rules.Level) bool {
		return !slices.ContainsFunc(s.Falls, func(f alerts.Fall) bool {
			return f.Level == level && f.Times >= mostFalls && now.Sub(f.At) < calmAfter
		})
	})
}
