package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// TestARenamedRuleKeepsWhatWasRecorded: its states, thresholds, answers and messages go by the new name; what the new name has already
// stays; a second time changes nothing.
func TestARenamedRuleKeepsWhatWasRecorded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		october, taken := budgetState("old"), budgetState("new")
		october.Month, taken.Month, taken.Threshold = november.Add(-1), november.Add(-1), 100
		posted := parent("d-old", "cdn")
		posted.BudgetID = budget("old")
		record(t, s, alerts.Outcome{
			At: noon, BudgetStates: []alerts.BudgetState{budgetState("old"), october, taken, budgetState("other")},
			Alerts: []alerts.Alert{alert("old", 80), alert("old", 100), alert("new", 100)}, Deliveries: []alerts.Delivery{posted},
		})
		for range 2 {
			if err := s.RenameRules(t.Context(), map[string]string{"old": "new", "never": "nothing"}); err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		for _, at := range must(s.BudgetStates(t.Context(), november))(t) {
			names = append(names, at.Rule+" "+at.ParentID)
		}
		if diff := cmp.Diff([]string{"new root-old", "other root-other"}, names); diff != "" {
			t.Errorf("standings of November (-want +got):\n%s", diff)
		}
		for _, at := range must(s.BudgetStates(t.Context(), november.Add(-1)))(t) {
			if at.Rule == "new" && at.Threshold != 100 {
				t.Errorf("the standing that the new name had was overwritten: %+v", at)
			}
		}
		var thresholds []rules.Threshold
		for _, reached := range must(s.Alerts(t.Context(), budget("new")))(t) {
			thresholds = append(thresholds, reached.Threshold)
		}
		if diff := cmp.Diff([]rules.Threshold{80, 100}, thresholds); diff != "" {
			t.Errorf("levels (-want +got):\n%s", diff)
		}
		if got := delivery(t, s, "d-old").Rule; got != "new" {
			t.Errorf("the message is of rule %s", got)
		}
		if known := must(s.KnownRules(t.Context()))(t); known["new"] == "" {
			t.Errorf("known rules = %v", known)
		}
	})
}
