package alerts

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
)

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		name          string
		pattern, text string
		want          bool
	}{
		{"the empty pattern matches everything", "", "North America Bandwidth", true},
		{"the empty pattern matches nothing too", "", "", true},
		{"a name matches itself", "cdn_usage", "cdn_usage", true},
		{"a name matches no longer one", "cdn_usage", "cdn_usage_2", false},
		{"a name matches no shorter one", "cdn_usage", "cdn", false},
		{"case counts", "CDN_usage", "cdn_usage", false},
		{"a star alone matches everything", "*", "Asia Requests", true},
		{"a star alone matches the empty name", "*", "", true},
		{"a star stands for a beginning", "* Bandwidth", "Asia Bandwidth", true},
		{"the end must be there", "* Bandwidth", "Asia Bandwidth (Ads)", false},
		{"a star stands for an end", "Asia *", "Asia Requests", true},
		{"a star may stand for nothing", "Asia*", "Asia", true},
		{"a star stands for a middle", "shop-*-prod", "shop-img-prod", true},
		{"beginning and end may not overlap", "ab*ba", "aba", false},
		{"a middle piece is looked for behind the one before", "a*b*c", "axbxbxc", true},
		{"pieces count in their order", "a*c*b", "abc", false},
		{"the last piece is the end and not its first find", "*ab", "abxab", true},
		{"a middle piece may not use what the end needs", "*ab*b", "ab", false},
		{"two stars are as one", "a**b", "ab", true},
		{"other signs of patterns are plain letters", "a?[b].", "a?[b].", true},
		{"a question mark stands for no letter", "a?c", "abc", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Glob(tt.pattern, tt.text); got != tt.want {
				t.Errorf("Glob(%q, %q) = %t", tt.pattern, tt.text, got)
			}
		})
	}
}

// TestGlobAsRegexp compares with the plain translation of the pattern into a regular expression.
func TestGlobAsRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*.]{1,8}`).Draw(t, "pattern")
		name := rapid.StringMatching(`[ab.]{0,10}`).Draw(t, "name")
		slow := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
		if want := slow.MatchString(name); Glob(pattern, name) != want {
			t.Errorf("Glob(%q, %q) = %t, want %t", pattern, name, !want, want)
		}
	})
}

func TestHash(t *testing.T) {
	base := Rule{
		Name: "na", Title: "NA", Match: Match{"cdn_usage", "Asia *", "Asia", "shop-*"},
		Budget: billing.Amount{Value: decimal.New(500, 12), Kind: billing.Bytes}, Thresholds: []Level{80, 100},
		Channel: "cdn", Owners: []Person{{"finops", "S0614TZR7"}}, PingAt: 100, Line: 2, Column: 5,
	}
	for _, tt := range []struct {
		name    string
		change  func(*Rule)
		changes bool
	}{
		{"the product changes it", func(r *Rule) { r.Match.Product = "compute" }, true},
		{"the usage type changes it", func(r *Rule) { r.Match.UsageType = "Europe *" }, true},
		{"the region changes it", func(r *Rule) { r.Match.Region = "" }, true},
		{"the service changes it", func(r *Rule) { r.Match.Service = "shop" }, true},
		{"a word that moves to the next field changes it", func(r *Rule) { r.Match = Match{"cdn_usage", "", "Asia *", "shop-*"} }, true},
		{"the limit changes it", func(r *Rule) { r.Budget.Value = decimal.New(501, 12) }, true},
		{"the kind of the limit changes it", func(r *Rule) { r.Budget.Kind = billing.Billed }, true},
		{"the thresholds change it", func(r *Rule) { r.Thresholds = []Level{80} }, true},
		{"the limit in other words keeps it", func(r *Rule) { r.Budget.Value = decimal.New(5_000_000, 8) }, false},
		{"the name keeps it, being the key itself", func(r *Rule) { r.Name = "north-america" }, false},
		{"the title keeps it", func(r *Rule) { r.Title = "Shop" }, false},
		{"the channel keeps it", func(r *Rule) { r.Channel = "shop" }, false},
		{"the owners keep it", func(r *Rule) { r.Owners = nil }, false},
		{"when owners are pinged keeps it", func(r *Rule) { r.PingAt = 80 }, false},
		{"the place in the file keeps it", func(r *Rule) { r.Line, r.Column = 20, 3 }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := base
			tt.change(&rule)
			if changed := rule.Hash() != base.Hash(); changed != tt.changes {
				t.Errorf("changed = %t, want %t", changed, tt.changes)
			}
		})
	}
}

func TestMeasure(t *testing.T) {
	for kind, want := range map[billing.Kind]string{
		billing.Bytes: "402 TB", billing.Requests: "402 T requests", billing.Billed: "402 T billed units",
	} {
		rule := Rule{Budget: billing.Amount{Kind: kind}}
		if diff := cmp.Diff(want, rule.Measure().Format(decimal.New(402, 12))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestNext(t *testing.T) {
	rule := Rule{Thresholds: []Level{80, 100, 125}}
	for level, want := range map[Level]Level{0: 80, 79: 80, 80: 100, 100: 125, 125: 0, 200: 0} {
		if got := rule.Next(level); got != want {
			t.Errorf("Next(%s) = %s, want %s", level, got, want)
		}
	}
}

func TestMatchString(t *testing.T) {
	for want, match := range map[string]Match{
		"":                            {},
		"cdn_usage":                   {Product: "cdn_usage"},
		"cdn_usage, Asia *, shop":     {Product: "cdn_usage", UsageType: "Asia *", Service: "shop"},
		"cdn_usage, * Requests, Asia": {Product: "cdn_usage", UsageType: "* Requests", Region: "Asia"},
	} {
		if got := match.String(); got != want {
			t.Errorf("String = %q, want %q", got, want)
		}
	}
}
