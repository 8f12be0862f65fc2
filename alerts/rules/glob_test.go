package rules

import (
	"regexp"
	"strings"
	"testing"

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
			if got := billing.Glob(tt.pattern, tt.text); got != tt.want {
				t.Errorf("billing.Glob(%q, %q) = %t", tt.pattern, tt.text, got)
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
		if want := slow.MatchString(name); billing.Glob(pattern, name) != want {
			t.Errorf("billing.Glob(%q, %q) = %t, want %t", pattern, name, !want, want)
		}
	})
}

func TestGlobsOverlap(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"a name and itself", "www", "www", true},
		{"two names", "www", "api", false},
		{"a name that begins like another", "www", "www-shop", false},
		{"a name and a glob that matches it", "shop-images", "shop-*", true},
		{"a name and a glob that does not", "shopping", "shop-*", false},
		{"two beginnings, where one begins the other", "shop-*", "shop-img-*", true},
		{"two beginnings that differ", "shop-*", "media-*", false},
		{"a beginning and an end", "shop-*", "*-prod", true},
		{"a beginning and an end that share a letter", "shop*", "*p", true},
		{"two ends that differ", "*-prod", "*-test", false},
		{"a beginning and an end in one pattern against a longer name", "a*b", "ab", true},
		{"beginning and end may not use one letter twice", "ab*ba", "aba", false},
		{"pieces in another order", "*a*b*", "*b*a*", true},
		{"pieces in another order, anchored", "a*b", "b*a", false},
		{"stars alone", "*", "**", true},
		{"everything", "", "www", true},
		{"letters of more than one byte", "größe-*", "*ß*", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, turned := GlobsOverlap(tt.a, tt.b), GlobsOverlap(tt.b, tt.a); got != tt.want || turned != tt.want {
				t.Errorf("globsOverlap(%q, %q) = %t, and %t the other way round", tt.a, tt.b, got, turned)
			}
		})
	}
}

// TestGlobsOverlapWhereANameMatchesBoth: a name that matches both patterns proves that they overlap, and short patterns that
// overlap have a short name that does.
func TestGlobsOverlapWhereANameMatchesBoth(t *testing.T) {
	var names []string
	for length, shorter := 0, []string{""}; length <= 6; length++ {
		names = append(names, shorter...)
		var longer []string
		for _, name := range shorter {
			longer = append(longer, name+"a", name+"b")
		}
		shorter = longer
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*]{1,4}`)
		a, b := pattern.Draw(t, "a"), pattern.Draw(t, "b")
		shared := ""
		for _, name := range names {
			if billing.Glob(a, name) && billing.Glob(b, name) {
				shared = "the name " + name
			}
		}
		if got := GlobsOverlap(a, b); got != (shared != "") {
			t.Fatalf("globsOverlap(%q, %q) = %t, and they share %q", a, b, got, shared)
		}
	})
}
