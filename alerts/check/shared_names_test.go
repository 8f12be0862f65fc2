package check

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// called are services, by id and name, that used some of every usage type.
type called [][2]string

func (c called) ServiceUsage(_ context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if c == nil {
		return errors.New("Fastly does not answer")
	}
	for _, s := range c {
		if err := page([]billing.ServiceUsage{{
			Month: query.Month, Product: query.Product, UsageType: query.UsageType, Unit: "gb", ServiceID: s[0], ServiceName: s[1], Quantity: decimal.NewFromInt(1),
		}}); err != nil {
			return err
		}
	}
	return nil
}

func TestSharedNames(t *testing.T) {
	const asia = "product: cdn_usage, usage_type: Asia Bandwidth, budget: 5 TB, "
	services := called{{"SU2", "www"}, {"SU1", "www"}, {"SU3", "api"}, {"SU4", "www-eu"}}
	for _, tt := range []struct {
		name, keys string
		services   called
		want       string
	}{
		{
			"a name that two services have counts both", asia + "service: www", services,
			`rule r: 2 services are called "www", and all of them count; for one alone write its id: SU1 or SU2`,
		},
		{"a name that one service has is right", asia + "service: api", services, ""},
		{"an id is of one service", asia + "service: SU1", services, ""},
		{"a glob is meant for several", asia + `service: "www*"`, services, ""},
		{"a rule that names none asks nothing", "product: cdn_usage, usage_type: Asia Bandwidth, budget: 5 TB", nil, ""},
		{"what is not used has no services", "product: websockets, budget: 5 TB, service: www", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, tt.keys)
			var want rules.Problems
			if tt.want != "" {
				at := rule.At["service"]
				want = rules.Problems{{File: "rules.yaml", Line: at.Line, Column: at.Column, Text: tt.want}}
			}
			got, err := SharedNames(t.Context(), tt.services, "rules.yaml", &rules.Rules{Rules: []rules.Rule{rule}}, alertstest.Account())
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v, warnings (-want +got):\n%s", err, diff)
			}
		})
	}
	rules := alertstest.Load(t, "rules: [{name: r, channel: cdn, "+asia+"service: www}]")
	if got, err := SharedNames(t.Context(), called(nil), "rules.yaml", rules, alertstest.Account()); err == nil || got != nil {
		t.Errorf("Fastly that does not answer: %v, %v", got, err)
	}
}
