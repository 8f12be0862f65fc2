package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func (f Found) inWords() string {
	if f.Unknown != "" {
		return f.Unknown
	}
	var words []string
	for _, t := range f.Items {
		words = append(words, fmt.Sprintf("%s %s %s", t.Subject, t.Name, t.Share.Shift(2).Round(1)))
	}
	return strings.Join(words, ", ")
}

func foundIn(rule *rules.Rule, rows []billing.Usage) string {
	return Inventory{Month: alertstest.November, Rows: rows}.Find(rule).inWords()
}

func TestWhatIsNew(t *testing.T) {
	old := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 90, 90)
	for _, tt := range []struct {
		name string
		keys string
		rows []billing.Usage
		want string
	}{
		{"nothing", "new: [product, usage_type]", old, ""},
		{"a usage type, with its share of the product", "new: [product, usage_type]", alertstest.Since(0, "cdn_usage/Asia Bandwidth", 0, 10), "usage_type Asia Bandwidth 10"},
		{"a product is named, and not its usage types beside it", "new: [product, usage_type]", alertstest.Since(0, "compute/Compute Bandwidth", 0, 10), "product compute 100"},
		{"where only usage types are asked for, those of a new product are", "new: [usage_type]", alertstest.Since(0, "compute/Compute Bandwidth", 0, 10), "usage_type Compute Bandwidth 100"},
		{"where only products are asked for, usage types are none", "new: [product]", alertstest.Since(0, "cdn_usage/Asia Bandwidth", 0, 10), ""},
		{"below the floor it is no news", "at_least: 11%, new: [usage_type]", alertstest.Since(0, "cdn_usage/Asia Bandwidth", 0, 10), ""},
		{"at the floor it is", "at_least: 10%, new: [usage_type]", alertstest.Since(0, "cdn_usage/Asia Bandwidth", 0, 10), "usage_type Asia Bandwidth 10"},
		{"what was used six months ago is not new", "new: [usage_type]", []billing.Usage{alertstest.Gigabytes(alertstest.November.Add(-6), "cdn_usage/Asia Bandwidth", 1), alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 1)}, ""},
		{"what was last used seven months ago is", "new: [usage_type]", []billing.Usage{alertstest.Gigabytes(alertstest.November.Add(-7), "cdn_usage/Asia Bandwidth", 1), alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 10)}, "usage_type Asia Bandwidth 10"},
		{"zero is not use, before", "new: [usage_type]", []billing.Usage{alertstest.Gigabytes(alertstest.November.Add(-1), "cdn_usage/Asia Bandwidth", 0), alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 10)}, "usage_type Asia Bandwidth 10"},
		{"nor now", "new: [usage_type]", []billing.Usage{alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 0)}, ""},
		{"what the rule does not cover is left out", "product: compute, new: [usage_type]", alertstest.Since(0, "cdn_usage/Asia Bandwidth", 0, 10), ""},
		{"the largest stands first", "new: [usage_type]", slices.Concat(alertstest.Since(0, "cdn_usage/Asia Bandwidth", 0, 2), alertstest.Since(0, "cdn_usage/India Bandwidth", 0, 8)), "usage_type India Bandwidth 8, usage_type Asia Bandwidth 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, tt.keys)
			if got := foundIn(&rule, slices.Concat(old, tt.rows)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	rule := alertstest.RuleOf(t, "new: [product]")
	if got := foundIn(&rule, []billing.Usage{alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 1)}); !strings.Contains(got, "nothing before 2026-11") {
		t.Errorf("of an account without a past: %q", got)
	}
}

func TestWhatHasVanished(t *testing.T) {
	old := slices.Concat(alertstest.Since(3, "cdn_usage/Europe Bandwidth", 90, 90), alertstest.Since(3, "compute/Compute Bandwidth", 5, 5), alertstest.Since(3, "compute/Other", 5, 5))
	for _, tt := range []struct {
		name string
		keys string
		rows []billing.Usage
		want string
	}{
		{"nothing", "vanished: [product, usage_type]", old, ""},
		{"a usage type, with what it made at least", "vanished: [usage_type]", slices.Concat(old, alertstest.Since(3, "cdn_usage/Asia Bandwidth", 10, 0)), "usage_type Asia Bandwidth 10"},
		{"below the floor in one of the months it is no news", "at_least: 10%, vanished: [usage_type]", slices.Concat(old, alertstest.Since(2, "cdn_usage/Asia Bandwidth", 10, 0), []billing.Usage{alertstest.Gigabytes(alertstest.November.Add(-3), "cdn_usage/Asia Bandwidth", 9)}), ""},
		{"what was not used in each of three months is none", "vanished: [usage_type]", slices.Concat(old, alertstest.Since(2, "cdn_usage/Asia Bandwidth", 10, 0)), ""},
		{"zero is not use", "vanished: [usage_type]", slices.Concat(old, alertstest.Since(3, "cdn_usage/Asia Bandwidth", 10, 0), []billing.Usage{alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 0)}), "usage_type Asia Bandwidth 10"},
		{"a product is named, and not its usage types beside it", "vanished: [product, usage_type]", slices.Concat(old, alertstest.Since(3, "kv_store/Reads", 5, 0)), "product kv_store 100"},
		{"most of it missing is no news, but a doubt", "vanished: [usage_type]", slices.Concat(alertstest.Since(3, "a/one", 1, 1), alertstest.Since(3, "a/two", 1, 0), alertstest.Since(3, "a/three", 1, 0)), "2 of 3 usage types are missing in 2026-11, so Fastly's data may be incomplete"},
		{"three months of history", "vanished: [usage_type]", alertstest.Since(2, "a/one", 1, 1), "Fastly lists nothing in 2026-08, and I need 3 months of history"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, tt.keys)
			if got := foundIn(&rule, tt.rows); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	young := alertstest.Since(3, "a/one", 1, 0)
	early := alertstest.Gigabytes(alertstest.November, "a/two", 1)
	early.CountedTo = alertstest.November.Start().AddDate(0, 0, 2)
	rule := alertstest.RuleOf(t, "vanished: [usage_type]")
	if got := foundIn(&rule, append(young, early)); got != "too early to tell: I look for it after 3 complete days" {
		t.Errorf("after two days: %q", got)
	}
}

// What a row that was set aside is of is neither new nor vanished, nor does it hide what is.
func TestItemsOfARowThatWasSetAside(t *testing.T) {
	past := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 90, 0)
	rows := []billing.Usage{
		alertstest.Gigabytes(alertstest.November, "cdn_usage/Europe Bandwidth", 90), alertstest.Gigabytes(alertstest.November, "cdn_usage/India Bandwidth", 8), alertstest.Gigabytes(alertstest.November, "compute/Requests", 8),
	}
	for _, tt := range []struct {
		name   string
		unread billing.Usage
		want   string // what is found, and why more is not
	}{
		{"of the product it leaves the others", alertstest.Odd("cdn_usage", "Asia Bandwidth", ""), "compute; odd"},
		{"of a product that the rule does not cover it is nothing", alertstest.Odd("waf", "Requests", ""), "compute India Bandwidth; "},
		{"of no product that is known it may be any", alertstest.Odd("", "", ""), "; odd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, `new: [product, usage_type], product: "c*"`)
			f := Inventory{Month: alertstest.November, Rows: append(rows, past...), Unread: []billing.Usage{tt.unread}}.Find(&rule)
			var names []string
			for _, item := range f.Items {
				names = append(names, item.Name)
			}
			if got := strings.Join(names, " ") + "; " + f.Unknown; got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
