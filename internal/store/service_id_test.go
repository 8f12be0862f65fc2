package store

import (
	"testing"

	"budgetbot/alerts"
)

// TestAStandingKeepsWhoseItIs: a standing from before has no id, and takes the one that a check finds; what people answered stays.
func TestAStandingKeepsWhoseItIs(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		before := standing("services")
		before.Scope, before.Mute = "www", alerts.Answer{By: "U1", At: noon, Level: 80}
		record(t, s, alerts.Outcome{At: noon, Standings: []alerts.Standing{before}})
		before.Revision = 1
		before.ServiceID = "SU1Z0isxPaozGVKXdv0eY"
		record(t, s, alerts.Outcome{At: noon, Standings: []alerts.Standing{before}})
		got := must(s.Standings(t.Context(), november))(t)
		if len(got) != 1 || got[0].ServiceID != before.ServiceID || got[0].Mute.By != "U1" || got[0].Scope != "www" {
			t.Errorf("standings are %+v", got)
		}
	})
}
