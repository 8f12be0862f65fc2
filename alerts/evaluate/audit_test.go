package evaluate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

func TestAudit(t *testing.T) {
	for _, tt := range []struct {
		name, keys       string
		problem, warning string
		at               string // the key whose value it is about; empty for the rule
	}{
		{"a rule that covers one unit is right", "usage_type: North America Bandwidth, budget: 5 TB", "", "", ""},
		{"so is a glob over one unit", `product: cdn_usage, usage_type: "* Bandwidth", budget: 5 TB`, "", "", ""},
		{
			"a glob over two units names them", "product: cdn_usage, budget: 5 TB",
			"it covers usage in gb and in unit, but a budget needs a single unit", "", "product",
		},
		{
			"a rule that covers everything covers three", "budget: 5 TB",
			"it covers usage in gb and in unit, but a budget needs a single unit", "", "",
		},
		{
			"bytes for what is not counted in them", "product: image_optimizer, budget: 5 TB",
			"Image Transformations is counted in unit, not in bytes", "", "budget",
		},
		{
			"requests for what is counted in bytes", "region: Europe, budget: 5 million requests",
			"Compute Bandwidth is counted in gb, not in requests", "", "budget",
		},
		{
			"requests while their factor is not known", "usage_type: Asia Requests, budget: 5 million requests",
			"how many requests one billed unit of Asia Requests stands for is not known yet; write the bare number that Fastly counts", "", "budget",
		},
		{
			"a service has no daily figures of what Fastly does not measure", "product: image_optimizer, service: www, change: {per: day, over: 60%, at_least: 5}",
			"Fastly has no daily figures of Image Transformations", "", "product",
		},
		{"the bot's own readings have those of the account", "product: image_optimizer, change: {per: day, over: 60%, at_least: 5}", "", "", ""},
		{
			"a service has no daily figures of one region", "usage_type: North America Bandwidth, service: www, change: {per: day, over: 60%, at_least: 5 TB}",
			"Fastly measures the days of a service over all regions, and the rule leaves out Asia", "", "usage_type",
		},
		{
			"a change is of one unit, too", "product: cdn_usage, change: {over: 30%, at_least: 5 TB}",
			"it covers usage in gb and in unit, but a change needs a single unit", "", "product",
		},
		{
			"and its floor in that unit", "usage_type: Asia Bandwidth, change: {over: 30%, at_least: 5 million requests}",
			"Asia Bandwidth is counted in gb, not in requests", "", "change",
		},
		{"what is looked for may not be there", "product: websockets, new: [usage_type]", "", "", ""},
		{"a bare number fits every unit", "usage_type: Asia Requests, budget: 5000", "", "", ""},
		{
			"a product that is not used, with the nearest", "product: cdn_usge, budget: 5 TB",
			"", `there is no product "cdn_usge"; did you mean "cdn_usage"?`, "product",
		},
		{
			"a product that is like none", "product: websockets, budget: 5 TB",
			"", `Fastly has listed no product "websockets" in recent months`, "product",
		},
		{
			"a usage type that is not used, with the nearest of its product",
			"product: compute, usage_type: Asia Bandwidt, budget: 5 TB",
			"", `Fastly has listed no usage type "Asia Bandwidt" in recent months`, "usage_type",
		},
		{
			"a usage type that is not used, with the nearest of any product", "usage_type: Asia Bandwidt, budget: 5 TB",
			"", `there is no usage type "Asia Bandwidt"; did you mean "Asia Bandwidth"?`, "usage_type",
		},
		{
			"a glob that matches none", `product: cdn_usage, usage_type: "*Latency", budget: 5`,
			"", `Fastly has listed no usage type "*Latency" in recent months`, "usage_type",
		},
		{
			"names that are each known but do not meet", "product: cdn_usage, usage_type: Asia Bandwidth, region: Europe, budget: 5 TB",
			"", "Fastly has listed no usage of cdn_usage, Asia Bandwidth, Europe in recent months", "",
		},
		{"a service is left to the month", "usage_type: Asia Bandwidth, service: nobody, budget: 5 TB", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, tt.keys)
			expected := func(text string) rules.Problems {
				if text == "" {
					return nil
				}
				return rules.Problems{rule.Problem("rules.yaml", ": "+text, tt.at)}
			}
			rows := alertstest.Account()
			for range 2 { // the other way round it reads the same
				problems, warnings := Audit("rules.yaml", &rules.Rules{Rules: []rules.Rule{rule}}, Account{Rows: rows})
				if diff := cmp.Diff(expected(tt.problem), problems); diff != "" {
					t.Errorf("problems (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(expected(tt.warning), warnings); diff != "" {
					t.Errorf("warnings (-want +got):\n%s", diff)
				}
				slices.Reverse(rows)
			}
		})
	}
}

// TestAuditWithoutUsage: an account without rows makes warnings and no problems, also for a rule that names nothing.
func TestAuditWithoutUsage(t *testing.T) {
	set := alertstest.Load(t, "rules: [{name: a, budget: 1 TB, channel: cdn}, {name: b, product: cdn_usage, budget: 1 TB, channel: cdn}]")
	problems, warnings := Audit("rules.yaml", set, Account{})
	want := rules.Problems{
		{File: "rules.yaml", Line: 1, Column: 9, Text: "rule a: Fastly has listed no usage of any product in recent months"},
		{File: "rules.yaml", Line: 1, Column: 67, Text: `rule b: Fastly has listed no product "cdn_usage" in recent months`},
	}
	if diff := cmp.Diff(want, warnings); diff != "" || problems != nil {
		t.Errorf("problems %v, warnings (-want +got):\n%s", problems, diff)
	}
}
