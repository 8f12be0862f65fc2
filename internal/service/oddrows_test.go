package service_test

import (
	"strings"
	"testing"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
)

const oddRules = `
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, thresholds: [80%, 100%]}
  - {name: transformations, product: image_optimizer, budget: 8000, thresholds: [80%, 100%]}
`

// oddRow is a row of a product that one rule watches, with the given fields in place of its own.
func oddRow(fields string) string {
	return `{"month":"2026-11","usage_type":"Image Transformations","name":"Image Transformations","region":null,"last_updated_at":"2026-11-20",` +
		`"product_id":"image_optimizer",` + fields + `}`
}

// One row of Fastly's that cannot be read, whatever is odd in it, leaves unknown what it counts towards, with the reason, and nothing else: the other
// budget is alerted on, and questions are answered.
func TestAnOddRowSilencesNobodyElse(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(oddRules)
		w.Uses(100, 50)
		w.Start()
		w.AwaitChecks(2)
		for _, odd := range []struct{ name, row, why string }{
			{"quantity null", oddRow(`"unit":"unit","quantity":null`), "quantity is null"},
			{"quantity below zero", oddRow(`"unit":"unit","quantity":-5,"raw_quantity":-5e9`), "quantity is negative: -5"},
			{"quantity with commas", oddRow(`"unit":"unit","quantity":"1,234.5"`), `quantity is "1,234.5", not a number`},
			{"name an object", strings.Replace(oddRow(`"unit":"unit","quantity":5`), `"name":"Image Transformations"`, `"name":{}`, 1), "name is an object"},
			{"month in digits", strings.Replace(oddRow(`"unit":"unit","quantity":5`), `"2026-11"`, `202611`, 1), "month is a number"},
		} {
			w.FailFastly(fastlysim.UsagePath, 0, fault.AddRow(odd.row))
			w.AwaitChecks(1)
			w.Await("the reason of "+odd.name, func() bool {
				m := w.Asks("/budget transformations")
				return strings.Contains(m.Text+string(m.Blocks), odd.why)
			})
			w.Fastly.Heal()
		}
		w.FailFastly(fastlysim.UsagePath, 0, fault.AddRow(oddRow(`"unit":"unit"`)))
		w.AwaitChecks(1)
		w.Uses(520, 50)
		w.Says(w.Message(cdnBudget, "520 TB used, 104% of November's 500 TB"), "Rule na-bandwidth")
		m := w.Asks("/usage by type")
		w.Says(m, "North America Bandwidth", "520", "Not in these figures:", "Image Transformations (image_optimizer) cannot be read: there is no quantity")
		w.ExpectPosts(cdnBudget, 1)
		if log := w.Written.String(); strings.Contains(log, "check failed") || !strings.Contains(log, "skipped a row of Fastly's answer") {
			t.Errorf("the log says otherwise: %s", w.Log())
		}
	})
}
