package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// When a threshold that has fallen is posted again.
const (
	// mostFalls is how often a threshold falls in a month before usage is taken to waver around it.
	mostFalls = 2
	// calmAfter is how long usage must then have stayed below it.
	calmAfter = 72 * time.Hour
)

// fell adds one fall of each of the thresholds.
func fell(falls []alerts.Fall, thresholds []rules.Threshold, now time.Time) []alerts.Fall {
	falls = slices.Clone(falls)
	for _, threshold := range thresholds {
		i := slices.IndexFunc(falls, func(f alerts.Fall) bool { return f.Threshold == threshold })
		if i < 0 {
			falls, i = append(falls, alerts.Fall{Threshold: threshold}), len(falls)
		}
		falls[i].Times++
		falls[i].At = now.UTC()
	}
	return falls
}

// wavers reports whether usage wavers around each of the thresholds, so that posting them once more is no news.
func wavers(s alerts.BudgetState, thresholds []rules.Threshold, now time.Time) bool {
	return !slices.ContainsFunc(thresholds, func(threshold rules.Threshold) bool {
		return !slices.ContainsFunc(s.Falls, func(f alerts.Fall) bool {
			return f.Threshold == threshold && f.Times >= mostFalls && now.Sub(f.At) < calmAfter
		})
	})
}
