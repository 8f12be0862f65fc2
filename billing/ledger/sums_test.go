package ledger

import (
	"fmt"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/internal/billingtest"
)

var dec = billingtest.Dec

func used(id, quantity string) billing.ServiceUsage {
	return billing.ServiceUsage{
		Month: billing.NewMonth(2023, time.January), Product: "p", UsageType: "t", Unit: "gb", ServiceID: id, ServiceName: "name of " + id, Quantity: dec(quantity),
	}
}

func TestSumsAddUpByKey(t *testing.T) {
	sums := NewSums[string](2)
	sums.Add("a", used("S1", "1"))
	sums.Add("b", used("S2", "10"))
	later := used("S3", "0.5")
	later.Month = later.Month.Add(1)
	sums.Add("a", later)
	if a, b := sums.Of("a"), sums.Of("b"); !a.Decimal.Equal(dec("1.5")) || !b.Decimal.Equal(dec("10")) || sums.Of("c").Valid {
		t.Errorf("a is %v, b is %v, c is %v", a, b, sums.Of("c"))
	}
	if sums.Name("a") != "name of S3" || sums.Name("c") != "" || sums.Len() != 2 || !sums.IsWhole() {
		t.Errorf("names %q and %q, %d keys, whole %t", sums.Name("a"), sums.Name("c"), sums.Len(), sums.IsWhole())
	}
	all := map[string]string{}
	for key, sum := range sums.All() {
		all[key] = sum.String()
	}
	if all["a"] != "1.5" || all["b"] != "10" || len(all) != 2 {
		t.Errorf("all are %v", all)
	}
}

// TestSumsLetGoOfTooManyKeys: what is held of an account's services is bounded.
func TestSumsLetGoOfTooManyKeys(t *testing.T) {
	sums := NewSums[string](2)
	for i, fits := range []bool{true, true, false, false} {
		if sums.Add(fmt.Sprint(i), used("S", "1")) != fits {
			t.Errorf("key %d is added: %t", i, !fits)
		}
	}
	if sums.Add("0", used("S", "1")) || sums.Len() != 0 || sums.IsWhole() || sums.Of("0").Valid {
		t.Errorf("%d keys are held, whole %t", sums.Len(), sums.IsWhole())
	}
	for i := range 4 {
		sums.SetAside(fmt.Sprint(i), "why")
	}
	if got := len(sums.Unread()); got != 2 {
		t.Errorf("%d reasons are held, want 2", got)
	}
}
