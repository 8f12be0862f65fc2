package status

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func TestHowABudgetEnded(t *testing.T) {
	t.Parallel()
	set := budgetRules(t, "")
	rule, october := &set.Rules[0], alertstest.November.Add(-1)
	id := alerts.BudgetID{Rule: "na", Month: october}
	hash := rule.Hash(october, rules.Instance{})
	end := october.End()
	closed := alerts.BudgetState{
		BudgetID: id, RuleHash: hash, Used: decimal.New(700, 0), Limit: decimal.New(800, 0), Threshold: 80, Version: "v", CountedTo: end, ClosedAt: end, Revision: 1,
	}
	open := closed
	open.ClosedAt, open.CountedTo, open.Used, open.Threshold = time.Time{}, end.AddDate(0, 0, -9), decimal.New(500, 0), 0
	other := open
	other.RuleHash = "other-hash"
	found := evaluate.Finding{Rule: rule, BudgetID: id, Used: decimal.New(810, 0), Limit: decimal.New(1000, 0), Threshold: 80, CountedTo: end}
	unknown := evaluate.Finding{Rule: rule, BudgetID: id, Unknown: "two units"}
	type want struct {
		Used, Limit            string
		Threshold              rules.Threshold
		State                  alerts.State
		Known, Recorded, Final bool
		Unknown                string
	}
	for _, tt := range []struct {
		name   string
		states []alerts.BudgetState
		found  []evaluate.Finding
		err    error
		want   want
	}{
		{"a closed month has the recorded figure and limit", []alerts.BudgetState{closed}, nil, errors.New("is not asked"), want{"700", "800", 80, alerts.StateThreshold, true, true, true, ""}},
		{"what was not closed is evaluated with the recorded limit", []alerts.BudgetState{open}, []evaluate.Finding{found}, nil, want{"810", "800", 100, alerts.StateOver, true, true, true, ""}},
		{"with the recorded figure, where the rule counts something else now", []alerts.BudgetState{other}, []evaluate.Finding{found}, nil, want{"500", "800", 0, alerts.StateOnCourse, true, true, true, ""}},
		{"a rule that is newer is evaluated with the limit of today", nil, []evaluate.Finding{found}, nil, want{"810", "1000", 80, alerts.StateThreshold, true, false, true, ""}},
		{"what cannot be read leaves the recorded figure, which is not final", []alerts.BudgetState{open}, nil, billing.ErrUnavailable, want{"500", "800", 0, alerts.StateNoData, true, true, false, "Fastly didn't answer"}},
		{"nor is there a figure without a record", nil, []evaluate.Finding{unknown}, nil, want{"0", "1000", 0, alerts.StateNoData, false, false, false, "two units"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			read := func(context.Context, []rules.Rule, billing.Month, time.Time) ([]evaluate.Finding, error) {
				return tt.found, tt.err
			}
			s, err := ReadEnded(t.Context(), &recorded{states: tt.states}, set, october, alertstest.Noon, read)
			if err != nil {
				t.Fatal(err)
			}
			b := s.Budget(rule)
			got := want{b.Line.Used.String(), b.Line.Limit.String(), b.Line.Threshold, b.State(alertstest.Noon), b.Known, b.Ending.Recorded, b.Ending.Final, b.Unknown}
			if tt.err != nil && b.Unknown != "" {
				got.Unknown = tt.want.Unknown // the words are those of the table of failures
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAMonthThatNothingIsKnownOf(t *testing.T) {
	t.Parallel()
	set, month := budgetRules(t, ""), alertstest.November.Add(-1)
	read := func(context.Context, []rules.Rule, billing.Month, time.Time) ([]evaluate.Finding, error) {
		return nil, alerts.ErrNoUsage
	}
	if _, err := ReadEnded(t.Context(), &recorded{}, set, month, alertstest.Noon, read); !errors.Is(err, alerts.ErrNoUsage) {
		t.Errorf("error = %v", err)
	}
	gone := alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "old", Month: month}, Version: "v"}
	s, err := ReadEnded(t.Context(), &recorded{states: []alerts.BudgetState{gone}}, set, month, alertstest.Noon, read)
	if err != nil || s.Gone != 1 || s.Budget(&set.Rules[0]).Unknown != "Fastly lists no usage of that month" {
		t.Errorf("%d gone, %+v, %v", s.Gone, s.Budget(&set.Rules[0]), err)
	}
	if _, err := ReadEnded(t.Context(), &recorded{err: errors.New("disk full")}, set, month, alertstest.Noon, read); !errors.Is(err, alerts.ErrRecords) {
		t.Errorf("error = %v", err)
	}
}

// TestInstancesThatEnded: services that are recorded and services that were found now are one list, the worst first.
func TestInstancesThatEnded(t *testing.T) {
	t.Parallel()
	set := budgetRules(t, `service: "*", per: service, except: {big: 5000}`)
	rule, month := &set.Rules[0], alertstest.November.Add(-1)
	id := func(instance string) alerts.BudgetID {
		return alerts.BudgetID{Rule: "na", Instance: instance, Month: month}
	}
	of := rules.Instance{Name: "api"}
	state := alerts.BudgetState{BudgetID: id("api"), RuleHash: rule.Hash(month, of), Used: decimal.New(900, 0), Limit: decimal.New(800, 0), Threshold: 100, Version: "v", ClosedAt: month.End(), Revision: 1}
	open := state
	open.BudgetID, open.ClosedAt, open.RuleHash = id("shop"), time.Time{}, rule.Hash(month, rules.Instance{Name: "shop"})
	read := func(context.Context, []rules.Rule, billing.Month, time.Time) ([]evaluate.Finding, error) {
		return []evaluate.Finding{
			{Rule: rule, BudgetID: id("big"), Used: decimal.New(4500, 0), Limit: decimal.New(5000, 0), Threshold: 80, CountedTo: month.End()},
		}, nil
	}
	at := month.Start().AddDate(0, 0, 20)
	records := &recorded{states: []alerts.BudgetState{state, open}, reached: []alerts.Alert{{BudgetID: id("api"), Kind: alerts.KindBudget, Threshold: 100, At: at}, {Kind: alerts.KindForecast, Threshold: 100}}}
	s, err := ReadEnded(t.Context(), records, set, month, alertstest.Noon, read)
	if err != nil {
		t.Fatal(err)
	}
	whole := s.Budget(rule)
	var got []string
	for _, b := range whole.Instances {
		got = append(got, b.Line.Instance+" "+b.Line.Used.String()+" of "+b.Line.Limit.String()+" "+b.Unknown)
	}
	want := []string{"api 900 of 800 ", "shop 900 of 800 " + evaluate.Unlisted, "big 4500 of 5000 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := s.DateReached(t.Context(), whole.Instances); err != nil || len(whole.Instances[0].Ending.Reached) != 1 || !whole.Instances[0].Ending.Reached[0].At.Equal(at) {
		t.Errorf("reached %+v, %v", whole.Instances[0].Ending.Reached, err)
	}
}
