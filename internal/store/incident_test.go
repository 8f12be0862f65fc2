package store

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/billing"
)

func failing(state alerts.IncidentState) alerts.Incident {
	return alerts.Incident{
		Kind: alerts.IncidentFailing, State: state, Since: noon, PostedAt: noon.Add(time.Hour), ParentID: "d1",
		Report: alerts.Report{Trouble: &alerts.Trouble{Kind: alerts.IncidentFailing, Since: noon, Cause: "Fastly refused the token"}},
	}
}

func TestAnIncidentReturnsAsItWasRecorded(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		of := failing(alerts.IncidentOpen)
		of.BudgetID, of.Kind, of.Version, of.CountedTo = budget("requests-jump"), "change", "v1", midnight
		record(t, s, alerts.Outcome{At: noon, Incidents: []alerts.Incident{of, failing(alerts.IncidentOpen)}})
		got := must(s.Incidents(t.Context(), november))(t)
		want := []alerts.Incident{failing(alerts.IncidentOpen), of}
		for i := range want {
			want[i].Revision = 1
		}
		if diff := cmp.Diff(want, got, sameMonth); diff != "" {
			t.Errorf("episodes (-want +got):\n%s", diff)
		}
	})
}

// TestWhichIncidentsAreRead: those that a check of the month may have to go on with.
func TestWhichIncidentsAreRead(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		var all []alerts.Incident
		for _, month := range []billing.Month{{}, november.Add(-12), november.Add(-1), november} {
			for _, kind := range []alerts.IncidentKind{"change", "new"} {
				all = append(all, alerts.Incident{BudgetID: alerts.BudgetID{Rule: "r", Month: month}, Kind: kind, State: alerts.IncidentQuiet})
			}
		}
		record(t, s, alerts.Outcome{At: noon, Incidents: all})
		var got []string
		for _, e := range must(s.Incidents(t.Context(), november.Add(-1)))(t) {
			got = append(got, e.Month.String()+" "+string(e.Kind))
		}
		none := billing.Month{}.String()
		want := []string{none + " change", none + " new", "2025-11 new", "2026-10 change", "2026-10 new", "2026-11 change", "2026-11 new"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		january := noon.AddDate(0, 2, 0)
		readUsageAt(t, s, january, usage("A", "1", january))
		must(s.Prune(t.Context(), january))(t) // January: what is of November 2025 is 14 months old
		if n := len(must(s.Incidents(t.Context(), november.Add(-12)))(t)); n != len(all)-2 {
			t.Errorf("%d episodes are left, want all but two of %d: those of no month stay", n, len(all))
		}
	})
}

// TestAnIncidentIsRecordedByOneReplica: of replicas that saw the same, one writes; the others learn of it, and none of what they
// had to post is recorded.
func TestAnIncidentIsRecordedByOneReplica(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		replicas := openReplicas(t, url)
		for _, revision := range []int64{0, 1} {
			errs := make([]error, 3)
			var writing sync.WaitGroup
			for i := range errs {
				writing.Go(func() {
					e := failing(alerts.IncidentOpen)
					e.Revision = revision
					posted := parent("posted", "ops")
					posted.ID += time.Duration(revision*10 + int64(i)).String()
					errs[i] = replicas[i%len(replicas)].Record(t.Context(), alerts.Outcome{
						At: noon, Incidents: []alerts.Incident{e}, Deliveries: []alerts.Delivery{posted},
					})
				})
			}
			writing.Wait()
			wrote := 0
			for _, err := range errs {
				switch {
				case err == nil:
					wrote++
				case !errors.Is(err, alerts.ErrConflict):
					t.Errorf("revision %d: %v, want ErrConflict", revision, err)
				}
			}
			posted := count(t, replicas[0], "SELECT count(*) FROM delivery")
			if wrote != 1 || posted != revision+1 {
				t.Errorf("revision %d: %d replicas wrote, %d deliveries are recorded", revision, wrote, posted)
			}
		}
	})
}

// TestARenamedRuleKeepsItsIncidents: what was posted goes on under the new name, and is written anew there.
func TestARenamedRuleKeepsItsIncidents(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		of := failing(alerts.IncidentOpen)
		of.BudgetID, of.Kind = budget("jump"), "change"
		taken := of
		taken.BudgetID, taken.ParentID = budget("taken"), "d2"
		record(t, s, alerts.Outcome{At: noon, Incidents: []alerts.Incident{of, taken, failing(alerts.IncidentOpen)}})
		for range 2 {
			if err := s.RenameRules(t.Context(), map[string]string{"jump": "requests-jump"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.RenameRules(t.Context(), map[string]string{"requests-jump": "taken"}); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, e := range must(s.Incidents(t.Context(), november))(t) {
			got[e.Rule] = e.ParentID
			if e.Rule == "requests-jump" && !e.PostedAt.IsZero() {
				t.Errorf("its root is not to be written anew: %s", e.PostedAt)
			}
		}
		if diff := cmp.Diff(map[string]string{"": "d1", "requests-jump": "d1", "taken": "d2"}, got); diff != "" {
			t.Errorf("roots by rule (-want +got):\n%s", diff)
		}
	})
}
