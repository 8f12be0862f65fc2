package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func readingOf(rules []rules.Rule, services []billing.ServiceUsage) Reading {
	tally := NewServiceTally(rules, Reading{Rows: alertstest.Account()})
	tally.Add(services)
	return Reading{Month: alertstest.November, Rows: alertstest.Account(), Services: tally, ReadAt: alertstest.Noon}
}

// described writes findings as "scope: used of limit, threshold", or why they are unknown, one each.
func described(findings []Finding) []string {
	lines := []string{}
	for _, f := range findings {
		line := fmt.Sprintf("%s: %s of %s, %s", f.Instance, f.Rule.Measure().Written(f.Used), f.Rule.Measure().Written(f.Limit), f.Threshold)
		if f.Unknown != "" {
			line = strings.TrimPrefix(f.Instance+": ", ": ") + f.Unknown
		}
		lines = append(lines, strings.TrimPrefix(line, ": "))
	}
	return lines
}

func TestEvaluateByServiceAndTeam(t *testing.T) {
	for _, tt := range []struct {
		name, keys string
		want       []string
	}{
		{
			"each service that was used has a budget, by name; two of one name are kept apart by their ids", "per: service, budget: 20 TB",
			[]string{
				"S4: 500 GB of 20 TB, 0%", "api (S5): 300 GB of 20 TB, 0%", "api (S6): 700 GB of 20 TB, 0%",
				"media-video: 70 TB of 20 TB, 200%", "shop-images: 45 TB of 20 TB, 200%", "shop-www: 10 TB of 20 TB, 0%",
			},
		},
		{
			"only services that the rule names", `per: service, service: "shop-*", budget: 20 TB`,
			[]string{"shop-images: 45 TB of 20 TB, 200%", "shop-www: 10 TB of 20 TB, 0%"},
		},
		{
			"what is excepted has its own limit", `per: service, service: "shop-*", budget: 20 TB, except: {shop-images: 50 TB}`,
			[]string{"shop-images: 45 TB of 50 TB, 80%", "shop-www: 10 TB of 20 TB, 0%"},
		},
		{
			"one of two with the same name by its id", `per: service, service: api, budget: 1 TB, except: {api (S6): 500 GB}`,
			[]string{"api (S5): 300 GB of 1 TB, 0%", "api (S6): 700 GB of 500 GB, 125%"},
		},
		{
			"a month that differs does so for each", `per: service, service: "shop-*", budget: {default: 20 TB, 2026-11: 10 TB}`,
			[]string{"shop-images: 45 TB of 10 TB, 200%", "shop-www: 10 TB of 10 TB, 100%"},
		},
		{
			"each team has a budget, and what belongs to none has not", "per: team, budget: 80 TB, except: {shop: 60 TB}",
			[]string{"media: 70.5 TB of 80 TB, 80%", "shop: 55 TB of 60 TB, 80%"},
		},
		{
			"of a team, what the rule covers", "product: cdn_usage, usage_type: North America Bandwidth, per: team, budget: 50 TB",
			[]string{"shop: 53 TB of 50 TB, 100%"},
		},
		{"a rule of a team sums its services", "team: shop, budget: 60 TB", []string{"55 TB of 60 TB, 80%"}},
		{"of those that it names", "team: shop, service: shop-www, budget: 10 TB", []string{"10 TB of 10 TB, 100%"}},
		{
			"a rule of a team may have a budget for each of its services", "team: media, per: service, budget: 80 TB",
			[]string{"S4: 500 GB of 80 TB, 0%", "media-video: 70 TB of 80 TB, 80%"},
		},
		{
			"no service at all is unknown", "per: service, service: nothing, budget: 1 TB",
			[]string{"Fastly lists no usage of a service nothing in 2026-11"},
		},
		{
			"a team without usage is unknown", "team: shop, service: api, budget: 1 TB",
			[]string{"Fastly lists no usage of a service api of team shop in 2026-11"},
		},
		{
			"a region that cuts a usage type in two cannot be known", "product: compute, region: Asia, per: service, budget: 1 TB",
			[]string{"Fastly counts Compute Bandwidth of a service across all regions, not for Asia alone"},
		},
		{
			"two units are not added up, and that is one finding", `product: "*", usage_type: "*", per: service, budget: 1 TB`,
			[]string{"it covers usage in gb and in unit, but a budget needs a single unit"},
		},
		{
			"nor is another unit than the budget's", "product: image_optimizer, per: service, budget: 5 TB",
			[]string{"Image Transformations is counted in unit, not in bytes"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keys := tt.keys
			if !strings.HasPrefix(keys, "product:") {
				keys = alertstest.Bandwidths + keys
			}
			rules := alertstest.ScopedRules(t, keys)
			if diff := cmp.Diff(tt.want, described(Evaluate(rules, readingOf(rules, alertstest.Shops())))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// many is usage of so many services.
func many(n int, usageType string) []billing.ServiceUsage {
	services := make([]billing.ServiceUsage, n)
	for i := range services {
		services[i] = alertstest.Used(fmt.Sprintf("s-%04d", i), fmt.Sprint("id", i), usageType, "1")
	}
	return services
}

func TestEvaluateUpToTwoThousandServices(t *testing.T) {
	rules := alertstest.ScopedRules(t, alertstest.Bandwidths+"per: service, budget: 1 TB")
	most := many(maxInstances, "Asia Bandwidth")
	if n := len(Evaluate(rules, readingOf(rules, most))); n != maxInstances {
		t.Errorf("%d findings for %d services", n, maxInstances)
	}
	want := []string{"it matches more than 2000 services, the most one rule can watch; narrow it"}
	for name, services := range map[string][]billing.ServiceUsage{
		"of one usage type": many(maxInstances+1, "Asia Bandwidth"),
		"of two together":   append(most, alertstest.Used("one-more", "id", "North America Bandwidth", "1")),
	} {
		if diff := cmp.Diff(want, described(Evaluate(rules, readingOf(rules, services)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestServicesAreForgottenOnceTheyAreTooMany: what is held of an account's services is bounded.
func TestServicesAreForgottenOnceTheyAreTooMany(t *testing.T) {
	rules := alertstest.ScopedRules(t, alertstest.Bandwidths+"per: service, budget: 1 TB")
	tally := NewServiceTally(rules, Reading{Rows: alertstest.Account()})
	for range 3 {
		tally.Add(many(maxInstances+1, "Asia Bandwidth"))
	}
	sums := tally.sums(billing.Metric{Product: "cdn_usage", UsageType: "Asia Bandwidth"}, questionOf(&rules[0]).selection())
	if sums.Len() > 0 || sums.IsWhole() {
		t.Errorf("%d services are held, whole %t", sums.Len(), sums.IsWhole())
	}
}

func TestEvaluateInstancesOfServicesThatCouldNotBeRead(t *testing.T) {
	rules := alertstest.ScopedRules(t, alertstest.Bandwidths+"per: service, budget: 1 TB")
	reading := readingOf(rules, alertstest.Shops())
	reading.Services.Fail(billing.ServiceQuery{Product: "cdn_usage", UsageType: "Asia Bandwidth"}, "Fastly did not answer in time")
	want := []string{"the services of Asia Bandwidth can't be read: Fastly did not answer in time"}
	if diff := cmp.Diff(want, described(Evaluate(rules, reading))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestAbsent: a budget that had a budget state is unknown when its service is no longer listed, and says why.
func TestAbsent(t *testing.T) {
	set := alertstest.ScopedRules(t, alertstest.Bandwidths+`per: service, service: "shop-*", budget: 20 TB`)
	rule := &set[0]
	state := func(instance, hash string) alerts.BudgetState {
		return alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "r", Instance: instance, Month: alertstest.November}, RuleHash: hash, Version: "v", Revision: 1}
	}
	gone, was := state("shop-gone", rule.Hash(alertstest.November, rules.Instance{Name: "shop-gone"})), state("media-video", "another-rule")
	states := []alerts.BudgetState{
		gone, was, state("shop-www", rule.Hash(alertstest.November, rules.Instance{Name: "shop-www"})), state("", rule.Hash(alertstest.November, rules.Instance{})),
		{BudgetID: alerts.BudgetID{Rule: "other", Instance: "x", Month: alertstest.November}},
	}
	failed := readingOf(set, alertstest.Shops())
	failed.Services.Fail(billing.ServiceQuery{Product: "cdn_usage", UsageType: "Asia Bandwidth"}, "Fastly failed")
	for _, tt := range []struct {
		name    string
		reading Reading
		want    []string
	}{
		{
			"a service that is listed no longer is unknown; one that the rule no longer covers is forgotten",
			readingOf(set, alertstest.Shops()),
			[]string{"shop-gone: " + Unlisted},
		},
		{
			"where no service could be read, each budget says so", failed,
			[]string{
				"shop-gone: the services of Asia Bandwidth can't be read: Fastly failed",
				"shop-www: the services of Asia Bandwidth can't be read: Fastly failed",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, described(Absent(Evaluate(set, tt.reading), states))); diff != "" {
				t.Errorf("absent (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHasBudget(t *testing.T) {
	services, teams := alertstest.ScopedRules(t, alertstest.Bandwidths+"per: service, budget: 1 TB")[0], alertstest.ScopedRules(t, alertstest.Bandwidths+"per: team, budget: 1 TB")[0]
	plain := alertstest.ScopedRules(t, alertstest.Bandwidths+"budget: 1 TB")[0]
	state := func(r *rules.Rule, instance string) alerts.BudgetState {
		return alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "r", Instance: instance, Month: alertstest.November}, RuleHash: r.Hash(alertstest.November, rules.Instance{Name: instance})}
	}
	for _, tt := range []struct {
		name string
		rule *rules.Rule
		s    alerts.BudgetState
		want bool
	}{
		{"a service of a rule per service", &services, state(&services, "www"), true},
		{"one that was never posted", &services, alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "r", Instance: "www"}}, true},
		{"the rule as a whole is none of its services", &services, state(&services, ""), false},
		{"a service from when the rule counted something else", &services, state(&plain, "www"), false},
		{"a service of another rule", &services, alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "x", Instance: "www"}}, false},
		{"a rule with one budget has no services", &plain, state(&plain, "www"), false},
		{"a team", &teams, state(&teams, "shop"), true},
		{"a team that is no longer in the file", &teams, state(&teams, "sales"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := HasBudget(tt.rule, tt.s); got != tt.want {
				t.Errorf("Holds(%s) = %t", tt.s.BudgetID, got)
			}
		})
	}
}

// TestTheVersionFollowsServices: where Fastly corrects the figures of services alone, the budgets that count them have newer data, and no others.
func TestTheVersionFollowsServices(t *testing.T) {
	corrected := alertstest.Shops()
	corrected[0].Quantity = decimal.New(9000, 0)
	for _, tt := range []struct {
		name, keys string
		moves      []string // the scopes whose version moves
	}{
		{"a budget of the account", "budget: 1 TB", nil},
		{"of the service", "service: shop-www, budget: 1 TB", []string{""}},
		{"of some services, by a glob", `service: "shop-*", budget: 1 TB`, []string{""}},
		{"of another service", "service: media-video, budget: 1 TB", nil},
		{"of each service", "per: service, budget: 1 TB", []string{"shop-www"}},
		{"of each team", "per: team, budget: 1 TB", []string{"shop"}},
		{"of a team", "team: shop, budget: 1 TB", []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := alertstest.ScopedRules(t, alertstest.Bandwidths+tt.keys)
			versions := func(services []billing.ServiceUsage) map[string]string {
				of := map[string]string{}
				for _, f := range Evaluate(rules, readingOf(rules, services)) {
					of[f.Instance] = f.Version
				}
				return of
			}
			before, after := versions(alertstest.Shops()), versions(corrected)
			backwards := alertstest.Shops()
			slices.Reverse(backwards)
			if diff := cmp.Diff(before, versions(backwards)); diff != "" {
				t.Errorf("another order of the services changes versions (-want +got):\n%s", diff)
			}
			var moved []string
			for instance := range before {
				if before[instance] != after[instance] {
					moved = append(moved, instance)
				}
			}
			if diff := cmp.Diff(tt.moves, moved); diff != "" || len(before) == 0 {
				t.Errorf("versions that move, of %d (-want +got):\n%s", len(before), diff)
			}
		})
	}
}
