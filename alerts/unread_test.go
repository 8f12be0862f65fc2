package alerts

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// odd is a row that was set aside; what of its names is empty could not be read.
func odd(product, usageType, region string) billing.Usage {
	return billing.Usage{Month: november, Product: product, UsageType: usageType, Region: region, Unread: "odd"}
}

func TestEvaluateLeavesUnknownWhatARowThatWasSetAsideMayCountTowards(t *testing.T) {
	rules := load(t, `
defaults: {channel: cdn}
rules:
  - {name: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 500 TB}
  - {name: all-of-cdn, product: cdn_usage, usage_type: "* Bandwidth", budget: 900 TB}
  - {name: in-america, product: cdn_usage, usage_type: "* Bandwidth", region: North America, budget: 500 TB}
  - {name: any-bandwidth, usage_type: "*Bandwidth", budget: 900 TB}
  - {name: transformations, product: image_optimizer, budget: 8000}
`).Rules
	for _, tt := range []struct {
		name    string
		unread  billing.Usage
		unknown string // the rules
	}{
		{"a usage type of a product is every rule's that covers it", odd("cdn_usage", "Asia Bandwidth", "Asia"), "asia all-of-cdn any-bandwidth"},
		{"one that no rule names is nobody's", odd("ddos", "Mitigations", ""), ""},
		{"in a region that could not be read it may be in any", odd("cdn_usage", "Asia Bandwidth", ""), "asia all-of-cdn in-america any-bandwidth"},
		{"of a product alone it may be any usage type of it", odd("cdn_usage", "", ""), "asia all-of-cdn in-america any-bandwidth"},
		{"of a name alone it may be any product's", odd("", "Asia Bandwidth", ""), "asia all-of-cdn in-america any-bandwidth transformations"},
		{"of nothing that can be read it may be anything", odd("", "", ""), "asia all-of-cdn in-america any-bandwidth transformations"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reading := Reading{Month: november, Rows: account(), Unread: []billing.Usage{tt.unread}, ReadAt: noon}
			var unknown []string
			for _, f := range Evaluate(rules, reading) {
				switch f.Unknown {
				case "":
				case "odd":
					unknown = append(unknown, f.Rule.Name)
				default:
					t.Errorf("%s: %s", f.Rule.Name, f.Unknown)
				}
			}
			if got := strings.Join(unknown, " "); got != tt.unknown {
				t.Errorf("unknown are %q, want %q", got, tt.unknown)
			}
			reading.Unread[0].Month = november.Add(-1)
			for _, f := range Evaluate(rules, reading) {
				if f.Unknown != "" {
					t.Errorf("what was set aside last month leaves %s unknown: %s", f.Rule.Name, f.Unknown)
				}
			}
		})
	}
}

func TestEvaluateLeavesUnknownTheServiceWhoseFigureCannotBeRead(t *testing.T) {
	unread := func(name, id, why string) billing.ServiceUsage {
		u := used(name, id, "Asia Bandwidth", "0")
		u.Unread = why
		return u
	}
	inGigabytes := used("shop-www", "S1", "Asia Bandwidth", "5")
	inUnits := inGigabytes
	inUnits.Unit = "unit"
	for _, tt := range []struct {
		name, keys string
		services   []billing.ServiceUsage
		want       []string
	}{
		{
			"only its own budget", "per: service, budget: 20 TB",
			[]billing.ServiceUsage{used("api", "S5", "Asia Bandwidth", "300"), unread("shop-www", "S1", "odd")},
			[]string{"api: 300 GB of 20 TB, 0%", "shop-www: odd"},
		},
		{
			"also where another usage type of it can be read", "per: service, budget: 20 TB",
			[]billing.ServiceUsage{used("shop-www", "S1", "North America Bandwidth", "300"), unread("shop-www", "S1", "odd"), used("api", "S5", "Asia Bandwidth", "300")},
			[]string{"api: 300 GB of 20 TB, 0%", "shop-www: odd"},
		},
		{
			"and its team's", "per: team, budget: 20 TB",
			[]billing.ServiceUsage{used("media-video", "S3", "Asia Bandwidth", "70"), unread("shop-www", "S1", "odd"), used("shop-images", "S2", "Asia Bandwidth", "1")},
			[]string{"media: 70 GB of 20 TB, 0%", "shop: odd"},
		},
		{"a rule that names it", "service: shop-www, budget: 20 TB", []billing.ServiceUsage{unread("shop-www", "S1", "odd")}, []string{"odd"}},
		{
			"no rule that names another", "service: api, budget: 20 TB",
			[]billing.ServiceUsage{used("api", "S5", "Asia Bandwidth", "300"), unread("shop-www", "S1", "odd")},
			[]string{"300 GB of 20 TB, 0%"},
		},
		{
			"a glob that covers it", `service: "shop-*", budget: 20 TB`,
			[]billing.ServiceUsage{used("shop-images", "S2", "Asia Bandwidth", "1"), unread("shop-www", "S1", "odd")},
			[]string{"odd"},
		},
		{
			"where nobody can say which service it is, all of the usage type", "service: api, budget: 20 TB",
			[]billing.ServiceUsage{used("api", "S5", "Asia Bandwidth", "300"), unread("", "", "odd")},
			[]string{"the services of Asia Bandwidth could not be read: odd"},
		},
		{
			"services in another unit than the account's are not added up", "service: shop-www, budget: 20 TB",
			[]billing.ServiceUsage{inUnits},
			[]string{"the services of Asia Bandwidth could not be read: Fastly counts them in unit, and the account in gb"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := scopedRules(t, bandwidths+tt.keys)
			if diff := cmp.Diff(tt.want, told(Evaluate(rules, readingOf(rules, tt.services)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A month of which every row was set aside is no month without usage: its budgets are unknown, and the check goes on.
func TestReadOfAMonthThatWasSetAsideAsAWhole(t *testing.T) {
	before := gigabytes(november.Add(-1), "cdn_usage/Asia Bandwidth", 90)
	source := &fakeSource{usage: func(context.Context, billing.Range) ([]billing.Usage, error) {
		return []billing.Usage{before, odd("cdn_usage", "Asia Bandwidth", "Asia")}, nil
	}}
	rules := load(t, "rules: [{name: r, channel: cdn, product: cdn_usage, budget: 500 TB}]").Rules
	reading, err := Read(t.Context(), Sources{Usage: source}, rules, november, noon)
	if err != nil || len(reading.Closed) != 1 || len(reading.Rows) != 0 {
		t.Fatalf("%+v, %v", reading, err)
	}
	if got := told(Evaluate(rules, reading)); len(got) != 1 || got[0] != "odd" {
		t.Errorf("findings are %q", got)
	}
}

// What a row that was set aside is of is neither new nor vanished, nor does it hide what is.
func TestThingsOfARowThatWasSetAside(t *testing.T) {
	past := since(6, "cdn_usage/Europe Bandwidth", 90, 0)
	rows := []billing.Usage{
		gigabytes(november, "cdn_usage/Europe Bandwidth", 90), gigabytes(november, "cdn_usage/India Bandwidth", 8), gigabytes(november, "compute/Requests", 8),
	}
	for _, tt := range []struct {
		name   string
		unread billing.Usage
		want   string // what is found, and why more is not
	}{
		{"of the product it leaves the others", odd("cdn_usage", "Asia Bandwidth", ""), "compute; odd"},
		{"of a product that the rule does not cover it is nothing", odd("waf", "Requests", ""), "compute India Bandwidth; "},
		{"of no product that is known it may be any", odd("", "", ""), "; odd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := ruleOf(t, `new: [product, usage_type], product: "c*"`)
			reading := Reading{Month: november, Rows: rows, Unread: []billing.Usage{tt.unread}}
			f := findNew(&rule, november, append(rows, past...)).without(reading.unreadProducts(rule.Match))
			var names []string
			for _, thing := range f.things {
				names = append(names, thing.Name)
			}
			if got := strings.Join(names, " ") + "; " + f.unknown; got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// A change is not told where a row of either month was set aside.
func TestAChangeOfARowThatWasSetAside(t *testing.T) {
	rule := ruleOf(t, `change: {over: 30%, at_least: 1 GB}, product: cdn_usage`)
	reading := Reading{Unread: []billing.Usage{odd("cdn_usage", "Asia Bandwidth", "")}}
	for _, month := range []billing.Month{november, november.Add(1)} {
		c := evaluateChange(&rule, month, account(), nil, noon, reading.whyNotCompared(rule.Match, month))
		if c.known || c.growth.Unknown != "odd" {
			t.Errorf("of %s: %+v", month, c.growth)
		}
	}
	if why := reading.whyNotCompared(rule.Match, november.Add(2)); why != "" {
		t.Errorf("two months later: %s", why)
	}
}
