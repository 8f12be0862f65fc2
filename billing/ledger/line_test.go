package ledger

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
)

// TestLineAddsExactly compares lines with plain sums, for figures that fit into a cell and for those that do not.
func TestLineAddsExactly(t *testing.T) {
	figures := rapid.Custom(func(t *rapid.T) decimal.Decimal {
		digits := rapid.StringMatching(`[1-9][0-9]{0,23}`).Draw(t, "digits")
		return dec(digits).Shift(-rapid.Int32Range(0, 12).Draw(t, "places"))
	})
	year := billing.Range{First: billing.NewMonth(2023, time.January), Last: billing.NewMonth(2023, time.December)}
	rapid.Check(t, func(t *rapid.T) {
		var halves [2]Line
		want := map[billing.Month][2]decimal.Decimal{}
		total := decimal.Decimal{}
		for range rapid.IntRange(1, 30).Draw(t, "figures") {
			month := rapid.SampledFrom(year.Months()).Draw(t, "month")
			single, billed := figures.Draw(t, "single"), figures.Draw(t, "billed")
			halves[rapid.IntRange(0, 1).Draw(t, "half")].Add(month, single, billed, "gb")
			want[month] = [2]decimal.Decimal{want[month][0].Add(single), want[month][1].Add(billed)}
			total = total.Add(single)
		}
		whole := &Line{}
		whole.Merge(&halves[0])
		whole.Merge(&halves[1])
		for _, m := range year.Months() {
			single, found := whole.At(m)
			billed, _ := whole.BilledAt(m)
			if sums, known := want[m]; found != known || !single.Equal(sums[0]) || !billed.Equal(sums[1]) {
				t.Fatalf("%s is %s and %s (%t), want %s", m, single, billed, found, sums)
			}
		}
		if sum, found := whole.Sum(year); !found || !sum.Equal(total) {
			t.Fatalf("the sum is %s (%t), want %s", sum, found, total)
		}
	})
}
