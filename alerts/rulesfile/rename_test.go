package rulesfile

import (
	"testing"

	"budgetbot/alerts/rules"

	"github.com/google/go-cmp/cmp"
)

func TestRenamed(t *testing.T) {
	old := ruleOf(t, "product: cdn_usage, usage_type: Asia Bandwidth, budget: 500 TB")
	hash := old.Hash(november, rules.Instance{})
	const says = " to keep its state; otherwise it starts over"
	for _, tt := range []struct {
		name, rules string
		known       map[string]string
		want        []string
	}{
		{"a rule that is known is none", "{name: asia, budget: 1 TB}", map[string]string{"asia": hash}, nil},
		{"nor is the first one ever", "{name: asia, budget: 1 TB}", nil, nil},
		{"nor one beside a known rule", "{name: asia, budget: 1 TB}, {name: asia-2, budget: 1 TB}", map[string]string{"asia": hash}, nil},
		{
			"one that counts the same, against another limit", "{name: far-east, product: cdn_usage, usage_type: Asia Bandwidth, budget: 900 TB}",
			map[string]string{"asia": hash},
			[]string{"rule far-east is new and asia is gone: if it is the same rule, add was: asia" + says},
		},
		{
			"one of nearly the same name", "{name: asia-bandwidt, budget: 1 TB}",
			map[string]string{"asia-bandwidth": hash, "europe": "x"},
			[]string{"rule asia-bandwidt is new and asia-bandwidth is gone: if it is the same rule, add was: asia-bandwidth" + says},
		},
		{"one that is like none that is gone", "{name: images, budget: 1 TB}", map[string]string{"asia": hash}, nil},
		{
			"one that says what it was", "{name: far-east, was: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 900 TB}",
			map[string]string{"asia": hash},
			nil,
		},
		{
			"a name that another rule takes over is not gone",
			"{name: far-east, was: asia, budget: 1 TB}, {name: asi, product: cdn_usage, usage_type: Asia Bandwidth, budget: 500 TB}",
			map[string]string{"asia": hash},
			nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := load(t, "defaults: {channel: cdn}\nrules: ["+tt.rules+"]")
			var got []string
			for _, warning := range Renamed("rules.yaml", rules, tt.known) {
				got = append(got, warning.Text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenames(t *testing.T) {
	rules := load(t, "defaults: {channel: cdn}\nrules: [{name: a, was: b, budget: 1 TB}, {name: c, budget: 1 TB}]")
	if diff := cmp.Diff(map[string]string{"b": "a"}, rules.Renames()); diff != "" {
		t.Errorf("renames (-want +got):\n%s", diff)
	}
}
