package rulesfile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

func TestHash(t *testing.T) {
	base := rules.Rule{
		Name: "na", Title: "NA", Match: rules.Match{Product: "cdn_usage", UsageType: "Asia *", Region: "Asia", Service: "shop-*"}, Kind: rules.RuleBudget,
		Budget: billing.Amount{Value: decimal.New(500, 12), Kind: billing.Bytes}, Thresholds: []rules.Threshold{80, 100},
		Channel: "cdn", Owners: []rules.Person{{Name: "finops", ID: "S0614TZR7"}}, PingAt: 100, Line: 2, Column: 5,
	}
	for _, tt := range []struct {
		name    string
		change  func(*rules.Rule)
		changes bool
	}{
		{"the product changes it", func(r *rules.Rule) { r.Match.Product = "compute" }, true},
		{"the usage type changes it", func(r *rules.Rule) { r.Match.UsageType = "Europe *" }, true},
		{"the region changes it", func(r *rules.Rule) { r.Match.Region = "" }, true},
		{"the service changes it", func(r *rules.Rule) { r.Match.Service = "shop" }, true},
		{"a word that moves to the next field changes it", func(r *rules.Rule) {
			r.Match = rules.Match{Product: "cdn_usage", UsageType: "", Region: "Asia *", Service: "shop-*"}
		}, true},
		{"the limit changes it", func(r *rules.Rule) { r.Budget.Value = decimal.New(501, 12) }, true},
		{"the kind of the limit changes it", func(r *rules.Rule) { r.Budget.Kind = billing.Billed }, true},
		{"the thresholds keep it", func(r *rules.Rule) { r.Thresholds = []rules.Threshold{80} }, false},
		{"a limit of the month changes it", func(r *rules.Rule) { r.Months = months(november, 501) }, true},
		{"a limit of another month keeps it", func(r *rules.Rule) { r.Months = months(november.Add(1), 501) }, false},
		{"a limit of the scope changes it", func(r *rules.Rule) { r.Except = excepted("www", 501) }, true},
		{"a limit of another scope keeps it", func(r *rules.Rule) { r.Except = excepted("api", 501) }, false},
		{"the currency changes it", func(r *rules.Rule) { r.Budget.Currency = "EUR" }, true},
		{"which charges count changes it", func(r *rules.Rule) { r.Charges = rules.ChargesUsage }, true},
		{"a budget for each service changes it", func(r *rules.Rule) { r.Per = rules.PerService }, true},
		{"a team changes it", func(r *rules.Rule) { r.Teams = []rules.Team{{Name: "shop", Services: []string{"www"}}} }, true},
		{"the forecast keeps it", func(r *rules.Rule) { r.Forecast = 100 }, false},
		{"the limit in other words keeps it", func(r *rules.Rule) { r.Budget.Value = decimal.New(5_000_000, 8) }, false},
		{"the name keeps it, being the key itself", func(r *rules.Rule) { r.Name = "north-america" }, false},
		{"the title keeps it", func(r *rules.Rule) { r.Title = "Shop" }, false},
		{"the channel keeps it", func(r *rules.Rule) { r.Channel = "shop" }, false},
		{"the owners keep it", func(r *rules.Rule) { r.Owners = nil }, false},
		{"when owners are pinged keeps it", func(r *rules.Rule) { r.PingAt = 80 }, false},
		{"the place in the file keeps it", func(r *rules.Rule) { r.Line, r.Column = 20, 3 }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := base
			tt.change(&rule)
			if changed := rule.Hash(november, rules.Instance{Name: "www"}) != base.Hash(november, rules.Instance{Name: "www"}); changed != tt.changes {
				t.Errorf("changed = %t, want %t", changed, tt.changes)
			}
		})
	}
}

func months(m billing.Month, terabytes int64) map[billing.Month]billing.Amount {
	return map[billing.Month]billing.Amount{m: {Value: decimal.New(terabytes, 12), Kind: billing.Bytes}}
}

func excepted(instance string, terabytes int64) map[string]billing.Amount {
	return map[string]billing.Amount{instance: {Value: decimal.New(terabytes, 12), Kind: billing.Bytes}}
}

// TestHashOfTeams: a rule of a team counts something else when the team has other services, and so does the one budget of a
// rule for each team.
func TestHashOfTeams(t *testing.T) {
	teams := func(shop, media string) []rules.Team {
		return []rules.Team{{Name: "shop", Services: []string{shop}}, {Name: "media", Services: []string{media}}}
	}
	each, of := rules.Rule{Per: rules.PerTeam, Teams: teams("www", "video")}, rules.Rule{Teams: teams("www", "video")[:1]}
	each2, of2 := rules.Rule{Per: rules.PerTeam, Teams: teams("api", "video")}, rules.Rule{Teams: teams("api", "video")[:1]}
	for _, tt := range []struct {
		name, one, other string
		same, alike      bool
	}{
		{"the team of a rule", of.Hash(november, rules.Instance{}), of2.Hash(november, rules.Instance{}), false, false},
		{"the team that changed", each.Hash(november, rules.Instance{Name: "shop"}), each2.Hash(november, rules.Instance{Name: "shop"}), false, true},
		{"another team", each.Hash(november, rules.Instance{Name: "media"}), each2.Hash(november, rules.Instance{Name: "media"}), true, true},
		{"a rule never seen", of.Hash(november, rules.Instance{}), "", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if same, alike := tt.one == tt.other, rules.CountsAlike(tt.one, tt.other); same != tt.same || alike != tt.alike {
				t.Errorf("%s and %s: same %t, alike %t; want %t, %t", tt.one, tt.other, same, alike, tt.same, tt.alike)
			}
		})
	}
}

func TestBudgetOf(t *testing.T) {
	rule := ruleOf(t, "budget: {default: 500 TB, 2026-12: 640 TB}")
	rule.Except = excepted("www", 60)
	for _, tt := range []struct {
		name     string
		month    billing.Month
		instance string
		want     string
	}{
		{"a month that is not named has the default", november, "", "500 TB"},
		{"a month that differs", november.Add(1), "", "640 TB"},
		{"the same month of another year has the default", november.Add(13), "", "500 TB"},
		{"a scope that is not excepted has the month's", november.Add(1), "api", "640 TB"},
		{"one that is excepted has its own", november, "www", "60 TB"},
		{"in a month that differs too", november.Add(1), "www", "60 TB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rule.BudgetOf(tt.month, rules.Instance{Name: tt.instance}).String(); got != tt.want {
				t.Errorf("BudgetOf(%s, %q) = %s, want %s", tt.month, tt.instance, got, tt.want)
			}
		})
	}
}

func TestMeasure(t *testing.T) {
	for kind, want := range map[billing.Kind]string{
		billing.Bytes: "402 TB", billing.Requests: "402 T requests", billing.Billed: "402 T billed units",
		billing.Money: "€402,000,000,000,000",
	} {
		rule := rules.Rule{Budget: billing.Amount{Kind: kind, Currency: "EUR"}}
		if diff := cmp.Diff(want, rule.Measure().Format(decimal.New(402, 12))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestNext(t *testing.T) {
	rule := rules.Rule{Thresholds: []rules.Threshold{80, 100, 125}}
	for threshold, want := range map[rules.Threshold]rules.Threshold{0: 80, 79: 80, 80: 100, 100: 125, 125: 0, 200: 0} {
		if got := rule.Next(threshold); got != want {
			t.Errorf("Next(%s) = %s, want %s", threshold, got, want)
		}
	}
}

func TestMatchString(t *testing.T) {
	for want, match := range map[string]rules.Match{
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
