package service_test

import (
	"slices"
	"testing"
)

// TestReadinessNamesGroupsThatNobodyIsIn: before somebody is refused for it, and without anybody asking.
func TestReadinessNamesGroupsThatNobodyIsIn(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(`
people: {finops: S0FINOPS1, fin: S0FINGONE, empty: S0EMPTY01}
access: {ask: [cdn-budget, fin]}
defaults: {channel: cdn-budget}
rules:
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, owners: [finops, empty]}
`)
		r := w.Start()
		want := []string{
			"nobody is in the user group empty (S0EMPTY01)",
			"Slack does not have the user group fin (S0FINGONE) any more, it says no_such_subteam: nobody counts as a member",
		}
		w.Await("both warnings", func() bool {
			got := r.Readiness()
			return got.Ready && slices.Equal(got.Warnings, want)
		})
		w.Says(w.Asks("/usage 2023-01 cdn_usage"), "January 2023")
	})
}
