package slackapp

import (
	"testing"
	"time"

	"budgetbot/alerts/rules"
)

func TestADigestCanBeLookedAtBeforeItIsDue(t *testing.T) {
	w := newWorld(t)
	w.rules.Zone = time.UTC
	w.rules.Digests = []rules.Digest{{Name: "monday", Channel: "finops-private", Schedule: "0 9 * * 1", Shows: []rules.Section{rules.SectionBudgets}}}
	m := w.types(alice, general, "/budget digest monday", 1)
	says(t, m, "Preview of digest `monday`, which posts to #finops-private.", "Only you see this.", "November Budgets")
	if m.EphemeralTo != alice || len(w.slack.Messages(secret)) != 0 {
		t.Errorf("shown to %q, and in the channel %v", m.EphemeralTo, w.slack.Messages(secret))
	}
	says(t, w.types(alice, general, "/budget digest", 1), "`monday`: next ", "in #finops-private", "`/budget digest monday` shows")
	says(t, w.types(alice, general, "/budget digest tuesday", 1), "There's no digest called `tuesday`.", "The digests: `monday`.")
}
