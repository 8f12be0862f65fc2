package main

import (
	"slices"
	"testing"
)

// TestReadinessNamesGroupsThatNobodyIsIn: before somebody is refused for it, and without anybody asking.
func TestReadinessNamesGroupsThatNobodyIsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(`
people: {finops: S0FINOPS1, fin: S0FINGONE, empty: S0EMPTY01}
access: {ask: [cdn-budget, fin]}
defaults: {channel: cdn-budget}
rules:
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, owners: [finops, empty]}
`)
	r := w.start()
	want := []string{
		"nobody is in the user group empty (S0EMPTY01)",
		"Slack does not have the user group fin (S0FINGONE) any more, it says no_such_subteam: nobody counts as a member",
	}
	w.await("both warnings", func() bool {
		got := r.readiness()
		return got.Ready && slices.Equal(got.Warnings, want)
	})
	says(t, w.asks("/usage 2023-01 cdn_usage"), "January 2023")
}
