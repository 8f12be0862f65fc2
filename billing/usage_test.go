package billing_test

import (
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/internal/billingtest"
)

func TestMoved(t *testing.T) {
	month := billing.NewMonth(2026, time.November)
	rows := func(change func([]billing.Usage) []billing.Usage) []billing.Usage {
		all := []billing.Usage{billingtest.CountedTo(month, "210", billingtest.At(11, 22, 0)), billingtest.CountedTo(month.Add(-1), "310", month.Start())}
		if change == nil {
			return all
		}
		return change(all)
	}
	for _, tt := range []struct {
		name  string
		after []billing.Usage
		want  bool
	}{
		{"the same rows in another order", rows(func(u []billing.Usage) []billing.Usage { return []billing.Usage{u[1], u[0]} }), false},
		{"a later date", rows(func(u []billing.Usage) []billing.Usage { u[0].CountedTo = billingtest.At(11, 22, 6); return u }), true},
		{"another figure of the same date", rows(func(u []billing.Usage) []billing.Usage { u[0].Quantity = billingtest.Dec("211000"); return u }), true},
		{"a row more", rows(func(u []billing.Usage) []billing.Usage {
			return append(u, billing.Usage{Month: month, Product: "fanout"})
		}), true},
		{"a row less", rows(func(u []billing.Usage) []billing.Usage { return u[:1] }), true},
		{"another row", rows(func(u []billing.Usage) []billing.Usage { u[1].Region = "Asia"; return u }), true},
		{"a row that can no longer be read", rows(func(u []billing.Usage) []billing.Usage { u[1].Unread = "it has no quantity"; return u }), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := billing.Moved(rows(nil), tt.after); got != tt.want {
				t.Errorf("moved is %t", got)
			}
		})
	}
}
