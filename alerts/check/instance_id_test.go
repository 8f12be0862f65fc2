package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestTheBudgetOfAServiceIsKnownByItsID: what was posted, answered and excepted stays with the service, whichever other service takes its name.
func TestTheBudgetOfAServiceIsKnownByItsID(t *testing.T) {
	const keys = `usage_type: Asia Bandwidth, per: service, budget: 100 GB, except: {api: 500 GB, SU3: 1 TB}`
	for _, tt := range []struct {
		name     string
		services []string // "id name gigabytes"
		have     []string // budgetStates of the month, "scope" or "scope id"
		want     []string // "scope id: share of its limit"
	}{
		{"alone it is called by its name", []string{"SU1 api 150"}, nil, []string{"api SU1: 150 of 500"}},
		{
			"a clone of the same name leaves it the scope and the exception, and has the exception too",
			[]string{"SU1 api 150", "SU2 api 1"},
			[]string{"api SU1"},
			[]string{"api (SU2) SU2: 1 of 500", "api SU1: 150 of 500"},
		},
		{
			"also when the clone uses more",
			[]string{"SU1 api 150", "SU2 api 400"},
			[]string{"api SU1", "api (SU2) SU2"},
			[]string{"api (SU2) SU2: 400 of 500", "api SU1: 150 of 500"},
		},
		{
			"and when it is deleted",
			[]string{"SU1 api 150"},
			[]string{"api SU1", "api (SU2) SU2"},
			[]string{"api SU1: 150 of 500", "api (SU2) SU2: unknown"},
		},
		{"a new name is another way to show it", []string{"SU1 shop-api 150"}, []string{"api SU1"}, []string{"api SU1: 150 of 500"}},
		{
			"a new service with the name that another gave up is a new service",
			[]string{"SU1 shop-api 150", "SU2 api 1"},
			[]string{"api SU1"},
			[]string{"api (SU2) SU2: 1 of 500", "api SU1: 150 of 500"},
		},
		{
			"two of one name from the beginning",
			[]string{"SU1 www 85", "SU2 www 1"},
			nil,
			[]string{"www (SU1) SU1: 85 of 100", "www (SU2) SU2: 1 of 100"},
		},
		{"an exception of an id is that service's alone", []string{"SU2 api 1", "SU3 api 9"}, nil, []string{"api (SU2) SU2: 1 of 500", "api (SU3) SU3: 9 of 1000"}},
		{"also where the name is enough to show it", []string{"SU3 api 9"}, nil, []string{"api SU3: 9 of 1000"}},
		{
			"a budget state from before ids were kept goes on, with the service that used most",
			[]string{"SU1 www 1", "SU2 www 85"},
			[]string{"www"},
			[]string{"www (SU1) SU1: 1 of 100", "www SU2: 85 of 100"},
		},
		{
			"so do two that were kept apart by their ids",
			[]string{"SU1 www 1", "SU2 www 85"},
			[]string{"www (SU1)", "www (SU2)"},
			[]string{"www (SU1) SU1: 1 of 100", "www (SU2) SU2: 85 of 100"},
		},
		{"and one whose clone is gone", []string{"SU1 www 1"}, []string{"www (SU1)"}, []string{"www (SU1) SU1: 1 of 100"}},
		{
			"names that nobody can see are ids",
			[]string{"SU1 \u200b\u2060 9", "SU2 \u00a0\u3000 8", "SU3 \u2063 7"},
			nil,
			[]string{"SU1 SU1: 9 of 100", "SU2 SU2: 8 of 100", "SU3 SU3: 7 of 1000"},
		},
		{"a name that ends in brackets is a name", []string{"SU1 api (staging) 9"}, nil, []string{"api (staging) SU1: 9 of 100"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := alertstest.ScopedRules(t, keys)
			reading := evaluate.Reading{Month: alertstest.November, Rows: alertstest.Account(), ReadAt: alertstest.Noon}
			reading.Services = evaluate.NewServiceTally(set, reading)
			for _, written := range tt.services {
				id, rest, _ := strings.Cut(written, " ")
				at := strings.LastIndex(rest, " ")
				reading.Services.Add([]billing.ServiceUsage{{
					Product: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", ServiceID: id, ServiceName: rest[:at],
					Quantity: decimal.RequireFromString(rest[at+1:]),
				}})
			}
			var states []alerts.BudgetState
			for _, written := range tt.have {
				instance, id := written, ""
				if at := strings.LastIndex(written, " SU"); at > 0 {
					instance, id = written[:at], written[at+1:]
				}
				states = append(states, alerts.BudgetState{
					BudgetID: alerts.BudgetID{Rule: set[0].Name, Instance: instance, Month: alertstest.November}, ServiceID: id,
					RuleHash: set[0].Hash(alertstest.November, rules.Instance{Name: instance, ServiceID: id}), Version: "v", Revision: 1,
				})
			}
			var got []string
			for _, f := range evaluate.Settle(evaluate.Evaluate(set, reading), states) {
				share := "unknown"
				if f.Unknown == "" {
					share = fmt.Sprintf("%s of %s", f.Used.Shift(-9), f.Limit.Shift(-9))
				}
				got = append(got, fmt.Sprintf("%s %s: %s", f.Instance, f.ServiceID, share))
			}
			slices.Sort(tt.want)
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("budgets (-want +got):\n%s", diff)
			}
		})
	}
}

// TestACloneEndsNoMute: nothing is posted again of the service that was there, and the budget state learns whose it is.
func TestACloneEndsNoMute(t *testing.T) {
	set := alertstest.ScopedRules(t, `usage_type: Asia Bandwidth, per: service, budget: 100 GB`)
	reading := evaluate.Reading{Month: alertstest.November, Rows: alertstest.Account(), ReadAt: alertstest.Noon}
	reading.Services = evaluate.NewServiceTally(set, reading)
	used := func(id, quantity string) billing.ServiceUsage {
		return billing.ServiceUsage{
			Product: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", ServiceID: id, ServiceName: "www", Quantity: decimal.RequireFromString(quantity),
		}
	}
	reading.Services.Add([]billing.ServiceUsage{used("SU1", "101"), used("SU2", "0.001")})
	before := alerts.BudgetState{
		BudgetID: alerts.BudgetID{Rule: set[0].Name, Instance: "www", Month: alertstest.November}, RuleHash: set[0].Hash(alertstest.November, rules.Instance{Name: "www"}), Threshold: 80, Version: "v",
		Answers: alerts.Answers{Mute: alerts.Answer{By: "U1", At: alertstest.Noon}}, Revision: 1,
	}
	memory := alerts.Memory{BudgetStates: []alerts.BudgetState{before}, Known: map[string]string{set[0].Name: before.RuleHash}}
	plan := decide.MakePlan(&rules.Rules{Rules: set}, evaluate.Settle(evaluate.Evaluate(set, reading), memory.BudgetStates), memory, alertstest.Noon)
	outcome := plan.Compose(alertstest.NewBook().NewID)
	if len(outcome.Deliveries) != 0 {
		t.Errorf("posted %+v", outcome.Deliveries)
	}
	for _, s := range outcome.BudgetStates {
		if s.Instance == "www" && (s.ServiceID != "SU1" || s.Mute.By != "U1" || s.Threshold != 100) {
			t.Errorf("the budget state is %+v", s)
		}
	}
}
