package evaluate

import (
	"context"
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

func foundServices(d *alertstest.DrawerOfServices, rule *rules.Rule) string {
	seen, whole, _ := d.SeenServices(context.Background(), alertstest.November.Add(-NewMonths))
	return Inventory{
		Month: alertstest.November, Rows: alertstest.Since(NewMonths, "cdn_usage/Europe Bandwidth", 90, 90),
		Services: NewServiceInventory(alertstest.November, seen, whole, ""),
	}.Find(rule).inWords()
}

func TestWhichServicesAreNewOrHaveVanished(t *testing.T) {
	old := map[string]int64{"www": 500, "api": 300}
	with := func(base map[string]int64, id string, share int64) map[string]int64 {
		more := map[string]int64{id: share}
		for key, value := range base {
			more[key] = value
		}
		return more
	}
	for _, tt := range []struct {
		name  string
		keys  string
		month func(n int) map[string]int64 // n months before November; nil was not looked through
		want  string
	}{
		{"nothing", "new: [service]", func(int) map[string]int64 { return old }, ""},
		{"a service that was not there in six months", "new: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return with(old, "fresh", 32)
			}
			return old
		}, "service name of fresh 3.2"},
		{"below the floor it is no news", "at_least: 4%, new: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return with(old, "fresh", 32)
			}
			return old
		}, ""},
		{"one that was there six months ago is not new", "new: [service]", func(n int) map[string]int64 {
			if n == 0 || n == 6 {
				return with(old, "fresh", 32)
			}
			return old
		}, ""},
		{"what was merely not looked at is not called new", "new: [service]", func(n int) map[string]int64 {
			if n > 2 {
				return nil
			}
			return old
		}, "I have recorded services only since 2026-09, and I need 6 months of history"},
		{"where services are not asked for there is nothing to know", "new: [product]", func(int) map[string]int64 { return nil }, ""},
		{"of another product", "product: compute, new: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return with(old, "fresh", 32)
			}
			return old
		}, ""},
		{"a service that is gone, with what it made at least", "vanished: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return old
			}
			return with(old, "gone", 50-int64(n))
		}, "service name of gone 4.7"},
		{"one that was not there in each of three months", "vanished: [service]", func(n int) map[string]int64 {
			if n == 0 || n == 2 {
				return old
			}
			return with(old, "gone", 50)
		}, ""},
		{"most of them missing is a doubt", "vanished: [service]", func(n int) map[string]int64 {
			if n == 0 {
				return map[string]int64{}
			}
			return old
		}, "2 of 2 services are missing in 2026-11, so Fastly's data may be incomplete"},
		{"three months are enough for what is gone", "vanished: [service]", func(n int) map[string]int64 {
			if n > 3 {
				return nil
			}
			return old
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := alertstest.NewDrawer()
			for n := range NewMonths + 1 {
				if shares := tt.month(n); shares != nil {
					d.Of(alertstest.November.Add(-n), shares)
				}
			}
			rule := alertstest.RuleOf(t, tt.keys)
			if got := foundServices(d, &rule); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestAMonthThatWasLookedThroughBeforeItsEndIsNotKnown: a service may have come in its last days.
func TestAMonthThatWasLookedThroughBeforeItsEndIsNotKnown(t *testing.T) {
	d := alertstest.NewDrawer()
	for n := range NewMonths + 1 {
		d.Of(alertstest.November.Add(-n), map[string]int64{"www": 500})
	}
	d.Whole[alertstest.October] = alertstest.October.End().AddDate(0, 0, -3)
	rule := alertstest.RuleOf(t, "new: [service]")
	if got := foundServices(d, &rule); got != "I have recorded services only since 2026-11, and I need 6 months of history" {
		t.Errorf("%q", got)
	}
}
