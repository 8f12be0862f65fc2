package decide

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/evaluate"
)

// TestAtMostThreeOfAGrowthAreNamed: the others are one figure, and all of them sum to the whole.
func TestAtMostThreeOfAGrowthAreNamed(t *testing.T) {
	now, before := evaluate.Amounts{}, evaluate.Amounts{}
	for i := range 10 {
		now.Add(fmt.Sprint("s", i), decimal.New(int64(100+i*i), 0))
		before.Add(fmt.Sprint("s", i), decimal.New(100, 0))
	}
	before.Add("gone", decimal.New(5, 0))
	g := evaluate.DriversOf(now, before)
	if len(g.Parts) != 3 || g.Parts[0].Name != "s9" || g.Others != 8 {
		t.Fatalf("growth = %+v", g)
	}
	sum := g.OthersChange
	for _, part := range g.Parts {
		sum = sum.Add(part.Used)
	}
	if !sum.Equal(g.Change) || !g.Change.Equal(decimal.New(280, 0)) {
		t.Errorf("the parts sum to %s, the whole is %s", sum, g.Change)
	}
}
