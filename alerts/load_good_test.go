package alerts

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

const smallestFile = `rules:
  - name: na-bandwidth
    product: cdn_usage                      # product_id
    usage_type: North America Bandwidth     # exact, or a glob of one unit
    budget: 500 TB                          # the API's unit, or one that converts to it
    thresholds: [80%, 100%, 125%]
    channel: cdn-budget                     # "#cdn-budget" and an id are the same
`

// load reads rules that must be right.
func load(t testing.TB, text string) *Rules {
	t.Helper()
	rules, err := Load("rules.yaml", []byte(text))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return rules
}

func TestLoadTheSmallestFile(t *testing.T) {
	want := &Rules{
		People:    map[string]Person{},
		Operators: Operators{StaleAfter: 36 * time.Hour},
		Rules: []Rule{{
			Name: "na-bandwidth", Title: "North America Bandwidth",
			Match:      Match{Product: "cdn_usage", UsageType: "North America Bandwidth"},
			Budget:     billing.Amount{Value: decimal.New(500, 12), Kind: billing.Bytes},
			Thresholds: []Level{80, 100, 125}, Channel: "cdn-budget", PingAt: 100, Line: 2, Column: 5,
		}},
	}
	if diff := cmp.Diff(want, load(t, smallestFile)); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

const fullFile = `rules:
  - name: plain
    budget: 2 billion requests
    product: image_optimizer
  - name: own
    title: Shop in Asia
    product: cdn_usage
    usage_type: "Asia *"
    region: Asia
    service: "shop-*"
    budget: 146017
    channel: "#shop-cdn"
    owners: [oncall, W0123ABCD]
    ping_at: 80%
    thresholds: []
people: {finops: S0614TZR7, oncall: U061F7AUR}
access:
  ask: [cdn-budget, "#приём-касса", finops, C0123ABCD, U7777777]
  share: []
operators: {channel: G0123ABCD, stale_after: 48h30m}
defaults: {channel: C9999999, owners: [finops], ping_at: 125%, thresholds: [50%, 100%]}
`

func TestLoadEveryKey(t *testing.T) {
	finops, oncall := Person{"finops", "S0614TZR7"}, Person{"oncall", "U061F7AUR"}
	want := &Rules{
		People: map[string]Person{"finops": finops, "oncall": oncall},
		Access: Access{Ask: []Place{
			{Name: "cdn-budget"},
			{Name: "приём-касса"},
			{"finops", "S0614TZR7"},
			{"C0123ABCD", "C0123ABCD"},
			{"U7777777", "U7777777"},
		}},
		Operators: Operators{Channel: "G0123ABCD", StaleAfter: 48*time.Hour + 30*time.Minute},
		Rules: []Rule{
			{
				Name: "plain", Title: "plain", Match: Match{Product: "image_optimizer"},
				Budget:     billing.Amount{Value: decimal.New(2, 9), Kind: billing.Requests},
				Thresholds: []Level{50, 100}, Channel: "C9999999", Owners: []Person{finops}, PingAt: 125, Line: 2, Column: 5,
			},
			{
				Name: "own", Title: "Shop in Asia",
				Match:      Match{Product: "cdn_usage", UsageType: "Asia *", Region: "Asia", Service: "shop-*"},
				Budget:     billing.Amount{Value: decimal.New(146017, 0), Kind: billing.Billed},
				Thresholds: []Level{}, Channel: "shop-cdn", Owners: []Person{oncall, {"W0123ABCD", "W0123ABCD"}},
				PingAt: 80, Line: 5, Column: 5,
			},
		},
	}
	if diff := cmp.Diff(want, load(t, fullFile)); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestLoadReadsTheSameFrom(t *testing.T) {
	for _, tt := range []struct{ name, old, replacement string }{
		{"a channel with its #, quoted", "channel: cdn-budget", `channel: "#cdn-budget"`},
		{"thresholds one a line", "[80%, 100%, 125%]", "\n      - 80%\n      - 100%\n      - 125%"},
		{"percentages with a space", "[80%, 100%, 125%]", "[80 %, 100 %, 125 %]"},
		{"a budget in another unit", "500 TB", "500,000 GB"},
		{"a budget in small letters", "500 TB", "0.5pb"},
		{"ping_at as it is by default", "product:", "ping_at: 100%\n    product:"},
		{"Windows line ends", "\n", "\r\n"},
		{"a byte order mark", "rules:", "\ufeffrules:"},
		{"an alias", "channel: cdn-budget", "channel: &c cdn-budget\naccess: {ask: [*c]}"},
		{"a person's name written by its alias", "channel: cdn-budget", "channel: &c cdn-budget\npeople: {*c : U061F7AUR}"},
		{"a key written by its alias", "rules:\n  - name: na-bandwidth", "people: {&title title: U061F7AUR}\nrules:\n  - name: na-bandwidth\n    *title : North America Bandwidth"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.ReplaceAll(smallestFile, tt.old, tt.replacement)
			if text == smallestFile {
				t.Fatalf("nothing was replaced: no %q", tt.old)
			}
			got, want := load(t, text).Rules[0], load(t, smallestFile).Rules[0]
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Rule{}, "Line")); diff != "" {
				t.Errorf("rule (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadTitle(t *testing.T) {
	for _, tt := range []struct{ name, keys, want string }{
		{"the title as written comes first", "title: Ours, usage_type: Asia Requests", "Ours"},
		{"else the usage type", "usage_type: Asia Requests", "Asia Requests"},
		{"but no glob, which is no title", `usage_type: "* Requests"`, "asia"},
		{"nor one of which the rule covers a service only", `usage_type: Asia Requests, service: "shop-*"`, "asia"},
		{"nor one that another rule is called by", "usage_type: Europe Requests", "asia"},
		{"nor one that another rule has as its title", "usage_type: Rest of the World", "asia"},
		{"else the name", "product: cdn_usage", "asia"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := load(t, "rules: [{name: asia, budget: 1 million requests, channel: cdn, "+tt.keys+`},
				{name: europe, budget: 1 million requests, channel: cdn, usage_type: Europe Requests},
				{name: rest, budget: 1 million requests, channel: cdn, title: Rest of the World}]`)
			if got := rules.Rules[0].Title; got != tt.want {
				t.Errorf("title = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoadTakesDefaultsWhereverTheyStand(t *testing.T) {
	rule := "rules: [{name: a, budget: 1 TB}, {name: b, budget: 1 TB, thresholds: [90%]}]\n"
	defaults := "defaults: {channel: cdn, thresholds: [70%]}\n"
	for _, text := range []string{rule + defaults, defaults + rule} {
		rules := load(t, text).Rules
		got := [][]Level{rules[0].Thresholds, rules[1].Thresholds}
		if diff := cmp.Diff([][]Level{{70}, {90}}, got); diff != "" {
			t.Errorf("thresholds (-want +got):\n%s", diff)
		}
	}
}

func TestLoadWithoutDefaults(t *testing.T) {
	rules := load(t, "rules: [{name: a, budget: 1 TB, channel: cdn}]").Rules
	if diff := cmp.Diff(DefaultThresholds, rules[0].Thresholds); diff != "" {
		t.Errorf("thresholds (-want +got):\n%s", diff)
	}
	if rules[0].PingAt != DefaultPingAt {
		t.Errorf("ping_at = %s, want %s", rules[0].PingAt, DefaultPingAt)
	}
}
