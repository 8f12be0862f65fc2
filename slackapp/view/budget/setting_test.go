package budgetview_test

import (
	"strings"
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

const settingRules = `defaults: {channel: c}
rules:
  - {name: plain, product: cdn_usage, usage_type: Asia Bandwidth, budget: 150 TB}
  - {name: months, product: cdn_usage, usage_type: Europe Bandwidth, budget: {default: 400 TB, 2026-11: 440 TB, 2026-12: 500 TB}}
  - {name: december, product: cdn_usage, usage_type: Europe Bandwidth, budget: {default: 400 TB, 2026-12: 500 TB}}
  - {name: each, product: cdn_usage, usage_type: "* Bandwidth", service: "*", per: service, budget: 20 TB, except: {shop-images: 60 TB, "a: b": 5 TB}}
  - {name: money, budget: 84000 USD}
  - {name: jump, usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}}
`

// TestWhatToWriteInTheRulesFile: the line to paste has all amounts of the rule, and the file with it is valid.
func TestWhatToWriteInTheRulesFile(t *testing.T) {
	set, err := rulesfile.Load("rules.yaml", []byte(settingRules))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, rule, instance, wanted, want string }{
		{"one amount", "plain", "", "600 TB", "It's `150 TB` now. Replace its line with this one:\n`budget: 600 TB`"},
		{"the amount that it has", "plain", "", "150 TB", "It's `150 TB` already: `budget: 150 TB`"},
		{"no amount", "plain", "", "", "Write the new amount in this line:\n`budget: 150 TB`"},
		{"this month has an amount of its own", "months", "", "1 PB", "It's `440 TB` now. Replace its line with this one:\n`budget: {default: 400 TB, 2026-11: 1 PB, 2026-12: 500 TB}`"},
		{"another month has", "december", "", "450 TB", "`budget: {default: 450 TB, 2026-12: 500 TB}`"},
		{"a service without an exception", "each", "video-vod", "30 TB", "It's `20 TB` now. Replace its line with this one:\n`except: {'a: b': 5 TB, shop-images: 60 TB, video-vod: 30 TB}`"},
		{"a service with one", "each", "shop-images", "70 TB", "It's `60 TB` now. Replace its line with this one:\n`except: {'a: b': 5 TB, shop-images: 70 TB}`"},
		{"all services", "each", "", "30 TB", "It's `20 TB` now. Replace its line with this one:\n`budget: 30 TB`"},
		{"another unit", "plain", "", "600 USD", "`600 USD` isn't in its unit.\nIt's `150 TB` now. Write the new amount in this line:\n`budget: 150 TB`"},
		{"a bare figure", "plain", "", "600", "`600` isn't in its unit.\nIt's `150 TB` now"},
		{"money", "money", "", "$90,000", "It's `84000 USD` now. Replace its line with this one:\n`budget: 90000 USD`"},
		{"a rule that is no budget", "jump", "", "5 TB", "`jump` isn't a budget, so it has no amount."},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := budgetview.Setting{Month: sampledata.November, Instance: rules.Instance{Name: test.instance}, Command: "/budget"}
			for i := range set.Rules {
				if set.Rules[i].Name == test.rule {
					s.Rule = &set.Rules[i]
				}
			}
			if test.wanted != "" {
				wanted, err := billing.ParseAmount(test.wanted)
				if err != nil {
					t.Fatal(err)
				}
				s.Wanted = &wanted
			}
			got := blocks.PlainText(s.Message())
			if !strings.Contains(got, test.want) {
				t.Errorf("it shows:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
