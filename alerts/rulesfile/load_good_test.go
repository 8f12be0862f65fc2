package rulesfile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
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
func load(t testing.TB, text string) *rules.Rules {
	t.Helper()
	rules, err := Load("rules.yaml", []byte(text))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return rules
}

// values compares what a file is read into: a zone is one by its name.
var values = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.AllowUnexported(billing.Month{}),
	cmpopts.IgnoreFields(rules.Rule{}, "At"), // TestWhereTheValuesOfARuleStand
}

func TestLoadTheSmallestFile(t *testing.T) {
	want := &rules.Rules{
		Zone:      time.UTC,
		People:    map[string]rules.Person{},
		Operators: rules.Operators{StaleAfter: 36 * time.Hour},
		Rules: []rules.Rule{{
			Name: "na-bandwidth", Title: "North America Bandwidth", Kind: rules.RuleBudget,
			Match:      rules.Match{Product: "cdn_usage", UsageType: "North America Bandwidth"},
			Budget:     billing.Amount{Value: decimal.New(500, 12), Kind: billing.Bytes},
			Thresholds: []rules.Threshold{80, 100, 125}, Forecast: rules.DefaultForecast, Channel: "cdn-budget", PingAt: 100, Line: 2, Column: 5,
		}},
	}
	if diff := cmp.Diff(want, load(t, smallestFile), values); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

// TestWhereTheValuesOfARuleStand: what is wrong with a name is to be found at the name.
func TestWhereTheValuesOfARuleStand(t *testing.T) {
	got := load(t, "defaults: {channel: cdn}\nrules:\n  - name: na\n    product: cdn_usage\n    budget:\n      default: 5 TB\n").Rules[0].At
	want := map[string]rules.Location{"name": {Line: 3, Column: 11}, "product": {Line: 4, Column: 14}, "budget": {Line: 6, Column: 7}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

const fullFile = `time_zone: Europe/Berlin
working_hours: ["Mon-Fri 09:00-18:00", "Sat,Sun 10:00-24:00"]
rules_url: https://git.example.com/budgets/rules.yaml
fiscal_year_starts: 2
rules:
  - name: plain
    budget: 2 billion requests
    product: image_optimizer
  - name: own
    was: older
    title: Shop in Asia
    product: cdn_usage
    usage_type: "Asia *"
    region: Asia
    service: "shop-*"
    per: service
    budget: {default: 146017, 2026-12: 200000}
    except: {shop-images: 1000000}
    channel: "#shop-cdn"
    owners: [oncall, W0123ABCD]
    ping_at: 80%
    thresholds: []
    forecast: 90%
    escalate_after: 4h
  - {name: cost, budget: 84000 USD, charges: usage, team: media, forecast: none}
  - {name: teams, budget: 500 EUR, per: team}
  - {name: jump, usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}}
  - {name: fresh, new: [product, usage_type, service], at_least: 1%}
  - {name: gone, vanished: [service], at_least: 5%}
people: {finops: S0614TZR7, oncall: U061F7AUR}
teams:
  shop: {services: [www-shop, "shop-*"], channel: shop-cdn, owners: [oncall]}
  media: {services: ["media-*"]}
access:
  ask: [cdn-budget, "#приём-касса", finops, C0123ABCD, U7777777]
  share: []
operators: {channel: G0123ABCD, stale_after: 48h30m}
defaults:
  {channel: C9999999, owners: [finops], ping_at: 125%, thresholds: [50%, 100%], forecast: 100%, escalate_after: 30m}
digests:
  - {name: monday, schedule: "0 9 * * MON", shows: [movers]}
  - {name: close, channel: finops, when: month-close}
`

func TestLoadEveryKey(t *testing.T) {
	finops, oncall := rules.Person{Name: "finops", ID: "S0614TZR7"}, rules.Person{Name: "oncall", ID: "U061F7AUR"}
	rule := func(name string, kind rules.RuleKind, line int, change func(*rules.Rule)) rules.Rule {
		r := rules.Rule{
			Name: name, Title: name, Kind: kind, Thresholds: []rules.Threshold{50, 100}, Forecast: 100, Channel: "C9999999",
			Owners: []rules.Person{finops}, PingAt: 125, EscalateAfter: 30 * time.Minute, Line: line, Column: 5,
		}
		change(&r)
		return r
	}
	amount := func(n int64, kind billing.Kind, currency string) billing.Amount {
		return billing.Amount{Value: decimal.New(n, 0), Kind: kind, Currency: currency}
	}
	shop := rules.Team{Name: "shop", Services: []string{"www-shop", "shop-*"}, Channel: "shop-cdn", Owners: []rules.Person{oncall}}
	want := &rules.Rules{
		WorkingHours: []rules.WorkingHours{
			{Days: rules.Weekdays{false, true, true, true, true, true, false}, From: 9 * time.Hour, To: 18 * time.Hour},
			{Days: rules.Weekdays{true, false, false, false, false, false, true}, From: 10 * time.Hour, To: 24 * time.Hour},
		},
		YearStarts: time.February,

		URL:    "https://git.example.com/budgets/rules.yaml",
		People: map[string]rules.Person{"finops": finops, "oncall": oncall},
		Teams:  []rules.Team{shop, {Name: "media", Services: []string{"media-*"}}},
		Access: rules.Access{Ask: []rules.Person{
			{Name: "cdn-budget"},
			{Name: "приём-касса"},
			{Name: "finops", ID: "S0614TZR7"},
			{Name: "C0123ABCD", ID: "C0123ABCD"},
			{Name: "U7777777", ID: "U7777777"},
		}},
		Operators: rules.Operators{Channel: "G0123ABCD", StaleAfter: 48*time.Hour + 30*time.Minute},
		Digests: []rules.Digest{
			{Name: "monday", Channel: "C9999999", Schedule: "0 9 * * MON", Shows: []rules.Section{rules.SectionTopChanges}},
			{Name: "close", Channel: "finops", Schedule: "", Shows: []rules.Section{rules.SectionFinal, rules.SectionTopChanges, rules.SectionTeams, rules.SectionForecast}},
		},
		Rules: []rules.Rule{
			rule("plain", rules.RuleBudget, 6, func(r *rules.Rule) {
				r.Match, r.Budget = rules.Match{Product: "image_optimizer"}, amount(2_000_000_000, billing.Requests, "")
			}),
			rule("own", rules.RuleBudget, 9, func(r *rules.Rule) {
				r.Was, r.Title, r.Per = "older", "Shop in Asia", rules.PerService
				r.Match = rules.Match{Product: "cdn_usage", UsageType: "Asia *", Region: "Asia", Service: "shop-*"}
				r.Budget = amount(146017, billing.Billed, "")
				r.Months = map[billing.Month]billing.Amount{november.Add(1): amount(200000, billing.Billed, "")}
				r.Except = map[string]billing.Amount{"shop-images": amount(1000000, billing.Billed, "")}
				r.Thresholds, r.Forecast, r.Channel, r.PingAt = []rules.Threshold{}, 90, "shop-cdn", 80
				r.Owners, r.EscalateAfter = []rules.Person{oncall, {Name: "W0123ABCD", ID: "W0123ABCD"}}, 4*time.Hour
			}),
			rule("cost", rules.RuleBudget, 25, func(r *rules.Rule) {
				r.Budget, r.Charges, r.Forecast = amount(84000, billing.Money, "USD"), rules.ChargesUsage, 0
				r.Teams = []rules.Team{{Name: "media", Services: []string{"media-*"}, Channel: "C9999999", Owners: []rules.Person{finops}}}
			}),
			rule("teams", rules.RuleBudget, 26, func(r *rules.Rule) {
				r.Budget, r.Charges, r.Per = amount(500, billing.Money, "EUR"), rules.ChargesUsage, rules.PerTeam
				r.Teams = []rules.Team{shop, {Name: "media", Services: []string{"media-*"}, Channel: "C9999999", Owners: []rules.Person{finops}}}
			}),
			rule("jump", rules.RuleChange, 27, func(r *rules.Rule) {
				r.Match, r.Change = rules.Match{UsageType: "* Requests"}, rules.Change{Over: 30, AtLeast: amount(2_000_000_000, billing.Requests, "")}
			}),
			rule("fresh", rules.RuleNew, 28, func(r *rules.Rule) {
				r.Of, r.AtLeast = []rules.Subject{rules.SubjectProduct, rules.SubjectUsageType, rules.SubjectService}, 1
			}),
			rule("gone", rules.RuleVanished, 29, func(r *rules.Rule) { r.Of, r.AtLeast = []rules.Subject{rules.SubjectService}, 5 }),
		},
	}
	var err error
	if want.Zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, load(t, fullFile), values); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

// TestLoadTheWholeLanguage reads a file with every kind of rule, as it was agreed on.
func TestLoadTheWholeLanguage(t *testing.T) {
	rules := load(t, string(readFile(t, "testdata/language.yaml")))
	var got []string
	for _, rule := range rules.Rules {
		got = append(got, fmt.Sprint(rule.Name, " ", rule.Kind, " ", rule.Budget, " #", rule.Channel, " ", rule.Forecast))
	}
	want := []string{
		"na-bandwidth budget 500 TB #cdn-budget 100%", "monthly-bill budget 84000 USD #finops-private 100%",
		"shop-services budget 20 TB #cdn-budget 100%", "image-optimizer budget 2 B requests #cdn-budget 100%",
		"requests-jump change 0 requests #cdn-budget 100%", "new-on-the-bill new 0 requests #cdn-budget 100%",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if len(rules.Teams) != 2 || len(rules.Digests) != 2 || len(rules.WorkingHours) != 1 || rules.Zone.String() != "Europe/Berlin" {
		t.Errorf("teams, digests or hours are missing: %+v", rules)
	}
	if !rules.Digests[1].AtClose() || rules.Digests[0].AtClose() {
		t.Errorf("digests = %+v", rules.Digests)
	}
}

// TestLoadRoutes: what a rule says itself comes first, then its team, then the defaults.
func TestLoadRoutes(t *testing.T) {
	const file = `people: {a: U1111111, b: U2222222}
teams: {shop: {services: [www], channel: shop, owners: [a]}, media: {services: [video]}}
defaults: {channel: cdn, owners: [b]}
rules: [{name: r, budget: 1 TB, KEYS}]`
	for _, tt := range []struct{ name, keys, instance, want string }{
		{"a rule of no team posts as the defaults say", "product: x", "", "cdn b"},
		{"a rule of a team posts in its channel, to its owners", "team: shop", "", "shop a"},
		{"a rule's own channel comes before its team's", "team: shop, channel: own", "", "own a"},
		{"and so do its own owners", "team: shop, owners: [b]", "", "shop b"},
		{"a team without either leaves it to the defaults", "team: media", "", "cdn b"},
		{"per team each posts in its own channel", "per: team", "shop", "shop a"},
		{"per team one without a channel leaves it to the defaults", "per: team", "media", "cdn b"},
		{"per team a rule's own channel is that of all", "per: team, channel: own, owners: [b]", "shop", "own b"},
		{"per service a rule of a team posts in its channel", "team: shop, per: service", "www", "shop a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := load(t, strings.Replace(file, "KEYS", tt.keys, 1)).Rules[0]
			route := rule.Route(tt.instance)
			if got := route.Channel + " " + route.Owners[0].Name; got != tt.want {
				t.Errorf("Route(%q) = %s, want %s", tt.instance, got, tt.want)
			}
		})
	}
}

func TestChannels(t *testing.T) {
	const teams = "teams: {a: {services: [a], channel: x}, b: {services: [b], channel: y}, c: {services: [c], channel: x}}\n"
	for keys, want := range map[string]string{
		"channel: cdn":            "cdn",
		"per: team":               "x y",
		"team: b":                 "y",
		"per: team, channel: cdn": "cdn",
	} {
		rule := load(t, teams+"rules: [{name: r, budget: 1 TB, "+keys+"}]").Rules[0]
		if got := strings.Join(rule.Channels(), " "); got != want {
			t.Errorf("Channels with %s = %s, want %s", keys, got, want)
		}
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
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(rules.Rule{}, "Line", "At")); diff != "" {
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
		{"nor one where the rule covers a service only", `usage_type: Asia Requests, service: "shop-*"`, "asia"},
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
		set := load(t, text).Rules
		got := [][]rules.Threshold{set[0].Thresholds, set[1].Thresholds}
		if diff := cmp.Diff([][]rules.Threshold{{70}, {90}}, got); diff != "" {
			t.Errorf("thresholds (-want +got):\n%s", diff)
		}
	}
}

func TestLoadWithoutDefaults(t *testing.T) {
	set := load(t, "rules: [{name: a, budget: 1 TB, channel: cdn}]").Rules
	if diff := cmp.Diff(rules.DefaultThresholds, set[0].Thresholds); diff != "" {
		t.Errorf("thresholds (-want +got):\n%s", diff)
	}
	if set[0].PingAt != rules.DefaultPingAt {
		t.Errorf("ping_at = %s, want %s", set[0].PingAt, rules.DefaultPingAt)
	}
}

// TestLoadChangePerDay: a change of a day may be of services, and spikes: on stands for one of the account.
func TestLoadChangePerDay(t *testing.T) {
	set := load(t, `operators: {channel: cdn-platform, spikes: on}
teams: {shop: {services: [www], channel: shop}, media: {services: [video]}}
defaults: {channel: cdn}
rules:
  - {name: account, usage_type: "* Bandwidth", change: {per: day, over: 100%, at_least: 5 TB}}
  - {name: service, service: www, change: {per: day, over: 100%, at_least: 5 TB}}
  - {name: team, team: shop, change: {per: day, over: 100%, at_least: 5 TB}}
  - {name: teams, per: team, change: {per: day, over: 100%, at_least: 5 TB}}
  - {name: month, change: {per: month, over: 30%, at_least: 5 TB}}
  - {name: default, change: {over: 30%, at_least: 5 TB}}
`)
	var got []string
	for i := range set.Rules {
		r := &set.Rules[i]
		got = append(got, fmt.Sprint(r.Name, " ", r.IsDaily(), " ", r.Change.Over, " ", r.Change.AtLeast, " ", r.Match, " ", r.Channels()))
	}
	want := []string{
		"account true 100% 5 TB * Bandwidth [cdn]", "service true 100% 5 TB www [cdn]", "team true 100% 5 TB  [shop]", "teams true 100% 5 TB  [cdn shop]",
		"month false 30% 5 TB  [cdn]", "default false 30% 5 TB  [cdn]", "spikes true 60% 1 TB cdn_usage, * Bandwidth [cdn-platform]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if off := load(t, "operators: {spikes: off}\ndefaults: {channel: cdn}\nrules: [{name: a, budget: 1 TB}]"); len(off.Rules) != 1 {
		t.Errorf("spikes: off makes a rule: %+v", off.Rules)
	}
}
