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
	for _, test := range []struct {
		name, rule, instance, wanted string
		want                         string
		way                          billing.Way
	}{
		{"one amount", "plain", "", "600 TB", "It's `150 TB` now. Replace its line with this one:\n`budget: 600 TB`", billing.WayTo},
		{"the amount that it has", "plain", "", "150 TB", "It's `150 TB` already: `budget: 150 TB`", billing.WayTo},
		{"no amount", "plain", "", "", "Write the new amount in this line:\n`budget: 150 TB`", billing.WayTo},
		{"this month has an amount of its own", "months", "", "1 PB", "It's `440 TB` now. Replace its line with this one:\n`budget: {default: 400 TB, 2026-11: 1 PB, 2026-12: 500 TB}`", billing.WayTo},
		{"another month has", "december", "", "450 TB", "`budget: {default: 450 TB, 2026-12: 500 TB}`", billing.WayTo},
		{"a service without an exception", "each", "video-vod", "30 TB", "It's `20 TB` now. Replace its line with this one:\n`except: {'a: b': 5 TB, shop-images: 60 TB, video-vod: 30 TB}`", billing.WayTo},
		{"a service with one", "each", "shop-images", "70 TB", "It's `60 TB` now. Replace its line with this one:\n`except: {'a: b': 5 TB, shop-images: 70 TB}`", billing.WayTo},
		{"all services", "each", "", "30 TB", "It's `20 TB` now. Replace its line with this one:\n`budget: 30 TB`", billing.WayTo},
		{"another unit", "plain", "", "600 USD", "`600 USD` isn't in its unit.\nIt's `150 TB` now. Write the new amount in this line:\n`budget: 150 TB`", billing.WayTo},
		{"a bare figure", "plain", "", "600", "`600` isn't in its unit.\nIt's `150 TB` now", billing.WayTo},
		{"money", "money", "", "$90,000", "It's `84000 USD` now. Replace its line with this one:\n`budget: 90000 USD`", billing.WayTo},
		{"a tenth more", "plain", "", "10%", "10% more than 150 TB is `165 TB`. Replace its line with this one:\n`budget: 165 TB`", billing.WayUp},
		{"a tenth less", "plain", "", "10%", "10% less than 150 TB is `135 TB`. Replace its line with this one:\n`budget: 135 TB`", billing.WayDown},
		{"an amount more", "plain", "", "50 TB", "50 TB more than 150 TB is `200 TB`. Replace its line with this one:\n`budget: 200 TB`", billing.WayUp},
		{"all of it less", "plain", "", "100%", "100% less than 150 TB is not above zero.\nIt's `150 TB` now. Write the new amount in this line:\n`budget: 150 TB`", billing.WayDown},
		{"money more", "money", "", "10%", "10% more than 84000 USD is `92400 USD`. Replace its line with this one:\n`budget: 92400 USD`", billing.WayUp},
		{"more of another unit", "money", "", "10 TB", "`10 TB` isn't in its unit.\nIt's `84000 USD` now. Write the new amount in this line:\n`budget: 84000 USD`", billing.WayUp},
		{"more for one service", "each", "shop-images", "50%", "50% more than 60 TB is `90 TB`. Replace its line with this one:\n`except: {'a: b': 5 TB, shop-images: 90 TB}`", billing.WayUp},
		{"more for a service without an exception", "each", "video-vod", "50%", "50% more than 20 TB is `30 TB`. Replace its line with this one:\n`except: {'a: b': 5 TB, shop-images: 60 TB, video-vod: 30 TB}`", billing.WayUp},
		{"more for all services", "each", "", "50%", "50% more than 20 TB is `30 TB`. Replace its line with this one:\n`budget: 30 TB`\nThe limits under `except:` stay as they are.", billing.WayUp},
		{"more in this month", "months", "", "50%", "50% more than 440 TB is `660 TB`. Replace its line with this one:\n`budget: {default: 400 TB, 2026-11: 660 TB, 2026-12: 500 TB}`", billing.WayUp},
		{"a rule that isn't a budget", "jump", "", "5 TB", "`jump` isn't a budget, so it has no amount.", billing.WayTo},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := budgetview.Setting{Month: sampledata.November, Instance: rules.Instance{Name: test.instance}, Command: "/budget"}
			for i := range set.Rules {
				if set.Rules[i].Name == test.rule {
					s.Rule = &set.Rules[i]
				}
			}
			if test.wanted != "" {
				wanted, err := billing.ParseStep(test.wanted, test.way)
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
