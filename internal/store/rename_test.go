package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// TestARenamedRuleKeepsWhatWasRecorded: its standing, levels, answers and messages go by the new name; what the new name has already
// stays; a second time changes nothing.
func TestARenamedRuleKeepsWhatWasRecorded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		october, taken := standing("old"), standing("new")
		october.Month, taken.Month, taken.Level = november.Add(-1), november.Add(-1), 100
		said := root("d-old", "cdn")
		said.BudgetID = budget("old")
		record(t, s, alerts.Outcome{
			At: noon, Standings: []alerts.Standing{standing("old"), october, taken, standing("other")},
			Alerts: []alerts.Alert{alert("old", 80), alert("old", 100), alert("new", 100)}, Deliveries: []alerts.Delivery{said},
		})
		for range 2 {
			if err := s.RenameRules(t.Context(), map[string]string{"old": "new", "never": "nothing"}); err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		for _, at := range must(s.Standings(t.Context(), november))(t) {
			names = append(names, at.Rule+" "+at.RootID)
		}
		if diff := cmp.Diff([]string{"new root-old", "other root-other"}, names); diff != "" {
			t.Errorf("standings of November (-want +got):\n%s", diff)
		}
		for _, at := range must(s.Standings(t.Context(), november.Add(-1)))(t) {
			if at.Rule == "new" && at.Level != 100 {
				t.Errorf("the standing that the new name had was overwritten: %+v", at)
			}
		}
		var levels []rules.Level
		for _, reached := range must(s.Alerts(t.Context(), budget("new")))(t) {
			levels = append(levels, reached.Level)
		}
		if diff := cmp.Diff([]rules.Level{80, 100}, levels); diff != "" {
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
