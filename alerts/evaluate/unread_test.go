package evaluate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func TestEvaluateLeavesUnknownWhatARowThatWasSetAsideMayCountTowards(t *testing.T) {
	rules := alertstest.Load(t, `
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
		{"a usage type of a product is every rule's that covers it", alertstest.Odd("cdn_usage", "Asia Bandwidth", "Asia"), "asia all-of-cdn any-bandwidth"},
		{"one that no rule names is nobody's", alertstest.Odd("ddos", "Mitigations", ""), ""},
		{"in a region that could not be read it may be in any", alertstest.Odd("cdn_usage", "Asia Bandwidth", ""), "asia all-of-cdn in-america any-bandwidth"},
		{"of a product alone it may be any usage type of it", alertstest.Odd("cdn_usage", "", ""), "asia all-of-cdn in-america any-bandwidth"},
		{"of a name alone it may be any product's", alertstest.Odd("", "Asia Bandwidth", ""), "asia all-of-cdn in-america any-bandwidth transformations"},
		{"of nothing that can be read it may be anything", alertstest.Odd("", "", ""), "asia all-of-cdn in-america any-bandwidth transformations"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reading := Reading{Month: alertstest.November, Rows: alertstest.Account(), Unread: []billing.Usage{tt.unread}, ReadAt: alertstest.Noon}
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
			reading.Unread[0].Month = alertstest.November.Add(-1)
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
		u := alertstest.Used(name, id, "Asia Bandwidth", "0")
		u.Unread = why
		return u
	}
	inGigabytes := alertstest.Used("shop-www", "S1", "Asia Bandwidth", "5")
	inUnits := inGigabytes
	inUnits.Unit = "unit"
	for _, tt := range []struct {
		name, keys string
		services   []billing.ServiceUsage
		want       []string
	}{
		{
			"only its own budget", "per: service, budget: 20 TB",
			[]billing.ServiceUsage{alertstest.Used("api", "S5", "Asia Bandwidth", "300"), unread("shop-www", "S1", "odd")},
			[]string{"api: 300 GB of 20 TB, 0%", "shop-www: odd"},
		},
		{
			"also where another usage type of it can be read", "per: service, budget: 20 TB",
			[]billing.ServiceUsage{alertstest.Used("shop-www", "S1", "North America Bandwidth", "300"), unread("shop-www", "S1", "odd"), alertstest.Used("api", "S5", "Asia Bandwidth", "300")},
			[]string{"api: 300 GB of 20 TB, 0%", "shop-www: odd"},
		},
		{
			"and its team's", "per: team, budget: 20 TB",
			[]billing.ServiceUsage{alertstest.Used("media-video", "S3", "Asia Bandwidth", "70"), unread("shop-www", "S1", "odd"), alertstest.Used("shop-images", "S2", "Asia Bandwidth", "1")},
			[]string{"media: 70 GB of 20 TB, 0%", "shop: odd"},
		},
		{"a rule that names it", "service: shop-www, budget: 20 TB", []billing.ServiceUsage{unread("shop-www", "S1", "odd")}, []string{"odd"}},
		{
			"no rule that names another", "service: api, budget: 20 TB",
			[]billing.ServiceUsage{alertstest.Used("api", "S5", "Asia Bandwidth", "300"), unread("shop-www", "S1", "odd")},
			[]string{"300 GB of 20 TB, 0%"},
		},
		{
			"a glob that covers it", `service: "shop-*", budget: 20 TB`,
			[]billing.ServiceUsage{alertstest.Used("shop-images", "S2", "Asia Bandwidth", "1"), unread("shop-www", "S1", "odd")},
			[]string{"odd"},
		},
		{
			"where nobody can say which service it is, all of the usage type", "service: api, budget: 20 TB",
			[]billing.ServiceUsage{alertstest.Used("api", "S5", "Asia Bandwidth", "300"), unread("", "", "odd")},
			[]string{"the services of Asia Bandwidth can't be read: odd"},
		},
		{
			"services in another unit than the account's are not added up", "service: shop-www, budget: 20 TB",
			[]billing.ServiceUsage{inUnits},
			[]string{"the services of Asia Bandwidth can't be read: Fastly counts them in unit, and the account in gb"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := alertstest.ScopedRules(t, alertstest.Bandwidths+tt.keys)
			if diff := cmp.Diff(tt.want, described(Evaluate(rules, readingOf(rules, tt.services)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A change is not posted where a row of either month was set aside.
func TestAChangeOfARowThatWasSetAside(t *testing.T) {
	rule := alertstest.RuleOf(t, `change: {over: 30%, at_least: 1 GB}, product: cdn_usage`)
	reading := Reading{
		Rows: alertstest.Account(), Unread: []billing.Usage{alertstest.Odd("cdn_usage", "Asia Bandwidth", "")}, Archive: NewArchive(nil, nil, nil), ReadAt: alertstest.Noon,
	}
	for _, month := range []billing.Month{alertstest.November, alertstest.November.Add(1)} {
		c := reading.ChangeOf(&rule, month)
		if c.Known || c.Growth.Unknown != "odd" {
			t.Errorf("of %s: %+v", month, c.Growth)
		}
	}
	if c := reading.ChangeOf(&rule, alertstest.November.Add(2)); c.Growth.Unknown == "odd" {
		t.Error("the row is of no month that is compared two months later")
	}
}
