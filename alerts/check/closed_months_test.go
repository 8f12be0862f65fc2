package check

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestThePastIsReadOnceADay: closed months hardly change, and cost two calls.
func TestThePastIsReadOnceADay(t *testing.T) {
	b := newBench(t, "defaults: {channel: cdn, thresholds: [80%, 100%]}\nrules: [{name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB}, {name: r, new: [product]}]")
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	var asked []string
	fails := false
	b.source.OnUsage = func(_ context.Context, months billing.Range) ([]billing.Usage, error) {
		if months.Len() == evaluate.NewMonths {
			asked = append(asked, months.String())
			if fails {
				return nil, errors.New("odd")
			}
			return alertstest.Since(6, "cdn_usage/Europe Bandwidth", 1, 0), nil
		}
		return alertstest.Account(), nil
	}
	for _, hours := range []int{0, 1, 23, 24, 25} {
		b.RunOnce(t.Context(), alertstest.Noon.Add(time.Duration(hours)*time.Hour))
	}
	if diff := cmp.Diff([]string{"2026-05..2026-10", "2026-05..2026-10"}, asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	fails, asked = true, nil
	for _, hours := range []int{49, 50} {
		if got := b.RunOnce(t.Context(), alertstest.Noon.Add(time.Duration(hours)*time.Hour)); got.Err != nil {
			t.Errorf("a past that cannot be read costs the check: %v", got.Err)
		}
	}
	if len(asked) != 2 {
		t.Errorf("what failed was asked for %d times in two checks", len(asked))
	}
}
