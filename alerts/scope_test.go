package alerts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// used is what a service had of a usage type of cdn_usage, in GB.
func used(name, id, usageType, quantity string) billing.ServiceUsage {
	return billing.ServiceUsage{
		Month: november, Product: "cdn_usage", UsageType: usageType, Unit: "gb", ServiceName: name, ServiceID: id,
		Quantity: decimal.RequireFromString(quantity),
	}
}

// shops is service-level usage of two regions. One service has no name, two share one, and one had no usage.
func shops() []billing.ServiceUsage {
	return []billing.ServiceUsage{
		used("shop-www", "S1", "North America Bandwidth", "8000"), used("shop-www", "S1", "Asia Bandwidth", "2000"),
		used("shop-images", "S2", "North America Bandwidth", "45000"),
		used("media-video", "S3", "Asia Bandwidth", "70000"),
		used("", "S4", "Asia Bandwidth", "500"),
		used("api", "S5", "Asia Bandwidth", "300"), used("api", "S6", "Asia Bandwidth", "700"),
		used("shop-old", "S7", "Asia Bandwidth", "0"),
		{Product: "image_optimizer", UsageType: "Image Transformations", Unit: "unit", ServiceName: "www", Quantity: decimal.New(9, 0)},
	}
}

// bandwidths are the keys of a rule about the bandwidth of cdn_usage in every region.
const bandwidths = `product: cdn_usage, usage_type: "* Bandwidth", `

// scopedRules reads rules of a file with two teams.
func scopedRules(t testing.TB, keys string) []rules.Rule {
	t.Helper()
	return load(t, `teams: {shop: {services: ["shop-*"], channel: shop}, media: {services: ["media-*", S4]}}
defaults: {channel: cdn}
rules: [{name: r, `+keys+`}]`).Rules
}

func readingOf(rules []rules.Rule, services []billing.ServiceUsage) Reading {
	tally := NewServiceTally(rules, Reading{Rows: account()})
	tally.Add(services)
	return Reading{Month: november, Rows: account(), Services: tally, ReadAt: noon}
}

// told writes findings as "scope: used of limit, level", or why they are unknown, one each.
func told(findings []Finding) []string {
	lines := []string{}
	for _, f := range findings {
		line := fmt.Sprintf("%s: %s of %s, %s", f.Scope, f.Rule.Measure().Format(f.Used), f.Rule.Measure().Format(f.Limit), f.Level)
		if f.Unknown != "" {
			line = strings.TrimPrefix(f.Scope+": ", ": ") + f.Unknown
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
			"each service that was used has a budget, by name; two of one name are told apart by their ids", "per: service, budget: 20 TB",
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
			"a region that cuts a usage type in two cannot be told", "product: compute, region: Asia, per: service, budget: 1 TB",
			[]string{"Fastly counts Compute Bandwidth of a service over all regions, not for Asia alone"},
		},
		{
			"two units are not added up, and that is said once", `product: "*", usage_type: "*", per: service, budget: 1 TB`,
			[]string{"it covers usage in gb and in gb-sec, and a budget needs one unit"},
		},
		{
			"nor is another unit than the budget's", "product: image_optimizer, per: service, budget: 5 TB",
			[]string{"Image Transformations is counted in unit, not in bytes"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keys := tt.keys
			if !strings.HasPrefix(keys, "product:") {
				keys = bandwidths + keys
			}
			rules := scopedRules(t, keys)
			if diff := cmp.Diff(tt.want, told(Evaluate(rules, readingOf(rules, shops())))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// many is usage of so many services.
func many(n int, usageType string) []billing.ServiceUsage {
	services := make([]billing.ServiceUsage, n)
	for i := range services {
		services[i] = used(fmt.Sprintf("s-%04d", i), fmt.Sprint("id", i), usageType, "1")
	}
	return services
}

func TestEvaluateUpToTwoThousandServices(t *testing.T) {
	rules := scopedRules(t, bandwidths+"per: service, budget: 1 TB")
	most := many(maxScopes, "Asia Bandwidth")
	if n := len(Evaluate(rules, readingOf(rules, most))); n != maxScopes {
		t.Errorf("%d findings for %d services", n, maxScopes)
	}
	want := []string{"it has more than 2000 services, and a rule watches that many at most; narrow it"}
	for name, services := range map[string][]billing.ServiceUsage{
		"of one usage type": many(maxScopes+1, "Asia Bandwidth"),
		"of two together":   append(most, used("one-more", "id", "North America Bandwidth", "1")),
	} {
		if diff := cmp.Diff(want, told(Evaluate(rules, readingOf(rules, services)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestServicesAreForgottenOnceTheyAreTooMany: what is held of an account's services is bounded.
func TestServicesAreForgottenOnceTheyAreTooMany(t *testing.T) {
	rules := scopedRules(t, bandwidths+"per: service, budget: 1 TB")
	tally := NewServiceTally(rules, Reading{Rows: account()})
	for range 3 {
		tally.Add(many(maxScopes+1, "Asia Bandwidth"))
	}
	of, whole := tally.Apart(billing.Metric{Product: "cdn_usage", UsageType: "Asia Bandwidth"}, questionOf(&rules[0]).selection())
	if len(of) > 0 || whole {
		t.Errorf("%d services are held, whole %t", len(of), whole)
	}
}

func TestEvaluateScopesOfServicesThatCouldNotBeRead(t *testing.T) {
	rules := scopedRules(t, bandwidths+"per: service, budget: 1 TB")
	reading := readingOf(rules, shops())
	reading.Services.fail(billing.ServiceQuery{Product: "cdn_usage", UsageType: "Asia Bandwidth"}, "Fastly did not answer in time")
	want := []string{"the services of Asia Bandwidth could not be read: Fastly did not answer in time"}
	if diff := cmp.Diff(want, told(Evaluate(rules, reading))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestAbsent: a budget that had a standing is unknown when its service is no longer listed, and says why.
func TestAbsent(t *testing.T) {
	rules := scopedRules(t, bandwidths+`per: service, service: "shop-*", budget: 20 TB`)
	rule := &rules[0]
	standing := func(scope, hash string) Standing {
		return Standing{BudgetID: BudgetID{Rule: "r", Scope: scope, Month: november}, RuleHash: hash, Version: "v", Revision: 1}
	}
	gone, was := standing("shop-gone", rule.Hash(november, "shop-gone")), standing("media-video", "another-rule")
	standings := []Standing{
		gone, was, standing("shop-www", rule.Hash(november, "shop-www")), standing("", rule.Hash(november, "")),
		{BudgetID: BudgetID{Rule: "other", Scope: "x", Month: november}},
	}
	failed := readingOf(rules, shops())
	failed.Services.fail(billing.ServiceQuery{Product: "cdn_usage", UsageType: "Asia Bandwidth"}, "Fastly failed")
	for _, tt := range []struct {
		name    string
		reading Reading
		want    []string
	}{
		{
			"a service that is listed no longer is unknown; one that the rule no longer covers is forgotten",
			readingOf(rules, shops()),
			[]string{"shop-gone: " + unlisted},
		},
		{
			"where no service could be read, each budget says so", failed,
			[]string{
				"shop-gone: the services of Asia Bandwidth could not be read: Fastly failed",
				"shop-www: the services of Asia Bandwidth could not be read: Fastly failed",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(Absent(Evaluate(rules, tt.reading), standings))); diff != "" {
				t.Errorf("absent (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHolds(t *testing.T) {
	services, teams := scopedRules(t, bandwidths+"per: service, budget: 1 TB")[0], scopedRules(t, bandwidths+"per: team, budget: 1 TB")[0]
	plain := scopedRules(t, bandwidths+"budget: 1 TB")[0]
	standing := func(r *rules.Rule, scope string) Standing {
		return Standing{BudgetID: BudgetID{Rule: "r", Scope: scope, Month: november}, RuleHash: r.Hash(november, scope)}
	}
	for _, tt := range []struct {
		name string
		rule *rules.Rule
		s    Standing
		want bool
	}{
		{"a service of a rule per service", &services, standing(&services, "www"), true},
		{"one that was never told", &services, Standing{BudgetID: BudgetID{Rule: "r", Scope: "www"}}, true},
		{"the rule as a whole is none of its services", &services, standing(&services, ""), false},
		{"a service from when the rule counted something else", &services, standing(&plain, "www"), false},
		{"a service of another rule", &services, Standing{BudgetID: BudgetID{Rule: "x", Scope: "www"}}, false},
		{"a rule with one budget has no services", &plain, standing(&plain, "www"), false},
		{"a team", &teams, standing(&teams, "shop"), true},
		{"a team that is no longer in the file", &teams, standing(&teams, "sales"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Holds(tt.rule, tt.s); got != tt.want {
				t.Errorf("Holds(%s) = %t", tt.s.BudgetID, got)
			}
		})
	}
}

// TestPlanNamesEachService: every service has its own root, and a team's budget speaks in the team's channel.
func TestPlanNamesEachService(t *testing.T) {
	set := scopedRules(t, bandwidths+"per: team, budget: 50 TB")
	w := &watch{book: newBook(), rules: &rules.Rules{Rules: set}, now: noon}
	october := BudgetID{Rule: "r", Month: november.Add(-1)}
	w.standings[october] = Standing{BudgetID: october, RuleHash: set[0].Hash(october.Month, "media"), Revision: 1}
	plan := MakePlan(w.rules, Evaluate(set, readingOf(set, shops())), w.memory(), noon, w.newID)
	expect(t, plan, "d1 root #cdn r 125%: first level reached", "d2 root #shop r 100%: first level reached")
	scope := func(i int) string { return plan.Outcome.Deliveries[i].Message.Budgets[0].Scope }
	if scope(0) != "media" || scope(1) != "shop" {
		t.Errorf("the messages speak of %s and %s", scope(0), scope(1))
	}
}

// TestPlanOfLimitsThatDiffer: a service that is seen for the first time, against a limit of its own and in a month with
// another limit, is a crossing and not a changed rule.
func TestPlanOfLimitsThatDiffer(t *testing.T) {
	set := scopedRules(t, bandwidths+`per: service, service: "shop-*", budget: {default: 1 TB, 2026-11: 500 TB}, except: {shop-www: 11 TB}`)
	w := &watch{book: newBook(), rules: &rules.Rules{Rules: set}, now: noon}
	october := BudgetID{Rule: "r", Scope: "shop-images", Month: november.Add(-1)}
	w.standings[october] = Standing{BudgetID: october, RuleHash: set[0].Hash(october.Month, october.Scope), Revision: 1}
	findings := Evaluate(set, readingOf(set, shops()))
	plan := MakePlan(w.rules, findings, w.memory(), noon, w.newID)
	expect(t, plan, "d1 root #cdn r 80%: first level reached")
	if err := w.record(plan.Outcome); err != nil {
		t.Fatal(err)
	}
	set[0].Months[november.Add(1)] = set[0].Budget
	expect(t, MakePlan(w.rules, findings, w.memory(), noon, w.newID))
}

// TestCheckOfServices: services are read page by page, each has a standing, and one that a restatement removed is unknown in the next
// check and keeps its figures.
func TestCheckOfServices(t *testing.T) {
	b := newBench(t, `rules: [{name: r, product: cdn_usage, usage_type: "* Bandwidth", service: "shop-*", per: service, budget: 20 TB, channel: cdn}]`)
	listed := shops()
	b.source.services = func(_ context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
		for _, usage := range listed {
			if usage.UsageType == query.UsageType {
				if err := page([]billing.ServiceUsage{usage}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	kept := map[BudgetID]Standing{}
	b.ledger.standings = func(m billing.Month) ([]Standing, error) {
		var of []Standing
		for _, s := range kept {
			if s.Month == m {
				of = append(of, s)
			}
		}
		return of, nil
	}
	b.ledger.record = func(outcome Outcome) error {
		for _, s := range outcome.Standings {
			s.Revision++
			kept[s.BudgetID] = s
		}
		return nil
	}
	check := func() string {
		if result := b.RunOnce(t.Context(), noon); result.Err != nil {
			t.Fatal(result.Err)
		}
		var lines []string
		for _, s := range kept {
			lines = append(lines, fmt.Sprintf("%s %s %s", s.Scope, s.Used, s.Unknown))
		}
		slices.Sort(lines)
		return strings.TrimSpace(strings.Join(lines, "; "))
	}
	if got := check(); got != "shop-images 45000000000000 ; shop-www 10000000000000" {
		t.Errorf("the first check left %s", got)
	}
	listed = listed[:2]
	if got := check(); got != "shop-images 45000000000000 "+unlisted+"; shop-www 10000000000000" {
		t.Errorf("the second check left %s", got)
	}
}

// TestTheVersionFollowsServices: where Fastly corrects the figures of services alone, the budgets that count them have newer data, and no others.
func TestTheVersionFollowsServices(t *testing.T) {
	corrected := shops()
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
			rules := scopedRules(t, bandwidths+tt.keys)
			versions := func(services []billing.ServiceUsage) map[string]string {
				of := map[string]string{}
				for _, f := range Evaluate(rules, readingOf(rules, services)) {
					of[f.Scope] = f.Version
				}
				return of
			}
			before, after := versions(shops()), versions(corrected)
			backwards := shops()
			slices.Reverse(backwards)
			if diff := cmp.Diff(before, versions(backwards)); diff != "" {
				t.Errorf("another order of the services changes versions (-want +got):\n%s", diff)
			}
			var moved []string
			for scope := range before {
				if before[scope] != after[scope] {
					moved = append(moved, scope)
				}
			}
			if diff := cmp.Diff(tt.moves, moved); diff != "" || len(before) == 0 {
				t.Errorf("versions that move, of %d (-want +got):\n%s", len(before), diff)
			}
		})
	}
}
