package decide

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/alertstest"
	"budgetbot/internal/billingtest"
)

// chronicle is what a ledger remembers of incidents, kept by the same rules.
type chronicle struct {
	incidents map[alerts.IncidentKind]alerts.Incident
	ids       int
}

// operatorsPlanner is a planner of rules that have nothing but a channel for operators.
func operatorsPlanner(channel string, remembered []alerts.Incident, at time.Time, newID func() string) *IncidentPlanner {
	set := &rules.Rules{Operators: rules.Operators{Channel: channel, StaleAfter: rules.DefaultStaleAfter}}
	return NewIncidentPlanner(set, alertstest.November, remembered, at, newID)
}

// look lets one check see something, and returns what is posted of it, each as "kind: reason, trouble".
func (c *chronicle) look(t *testing.T, at time.Time, operators string, seen Observation) []string {
	t.Helper()
	var remembered []alerts.Incident
	for _, e := range c.incidents {
		remembered = append(remembered, e)
	}
	newID := func() string { c.ids++; return fmt.Sprint("d", c.ids) }
	h := operatorsPlanner(operators, remembered, at, newID)
	h.Health(seen, time.Hour)
	for _, e := range h.Incidents {
		if have := c.incidents[e.Kind].Revision; have != e.Revision {
			t.Fatalf("the %s incident has revision %d, not %d", e.Kind, have, e.Revision)
		}
		e.Revision++
		c.incidents[e.Kind] = e
	}
	var posted []string
	for _, d := range h.Deliveries {
		if d.Channel == "" || d.Message.Trouble == nil || (d.Kind == alerts.DeliverUpdate) != (d.ParentID != "") {
			t.Errorf("delivery = %+v", d)
		}
		posted = append(posted, fmt.Sprintf("%s: %s, %s", d.Kind, d.Message.Reason, d.Message.Trouble.Kind))
	}
	return posted
}

func TestTroublesArePostedOnceAnIncident(t *testing.T) {
	refused, slow := &billing.APIError{Status: 401}, billing.ErrTimeout
	fresh := func(h int) Observation {
		return Observation{Compared: true, CountedTo: alertstest.Noon.Add(time.Duration(h) * time.Hour)}
	}
	failed := Observation{Failure: refused}
	unread := func(types ...string) Observation {
		s := fresh(0)
		s.Unread, s.Services = types, slow
		return s
	}
	rare := Observation{Compared: true, CountedTo: alertstest.Noon, Usual: 24 * time.Hour}
	const (
		begun     = "root: bot health, "
		changed   = "refresh: same problem, new cause, "
		recovered = "refresh: resolved, "
	)
	type look struct {
		after int // hours since noon
		seen  Observation
		want  string
	}
	for _, tt := range []struct {
		name      string
		operators string
		looks     []look
	}{
		{"checks that fail for less than three intervals are nobody's task", "ops", []look{
			{0, failed, ""}, {1, failed, ""}, {2, failed, ""}, {3, fresh(0), ""}, {4, failed, ""}, {6, failed, ""},
		}},
		{"after three intervals they are posted, and then not again", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, failed, ""}, {99, failed, ""},
		}},
		{"another cause is an edit", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, Observation{Failure: slow}, changed + "failing"}, {5, Observation{Failure: slow}, ""},
		}},
		{"when they succeed that is an edit, posted once", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, fresh(0), recovered + "failing"}, {5, fresh(0), ""},
		}},
		{"a second incident is posted like the first", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, fresh(0), recovered + "failing"}, {5, failed, ""}, {8, failed, begun + "failing"},
		}},
		{"a month that has no rows yet is no failure, and ends one", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, Observation{}, recovered + "failing"},
		}},
		{"without a channel for operators nothing is posted, not even the end", "", []look{
			{0, failed, ""}, {3, failed, ""}, {4, fresh(0), ""}, {50, fresh(0), ""},
		}},
		{"figures within stale_after are fresh", "ops", []look{{0, fresh(0), ""}, {36, fresh(0), ""}}},
		{"older ones are posted at once, and once", "ops", []look{
			{0, fresh(0), ""}, {37, fresh(0), begun + "stale"}, {60, fresh(0), ""}, {90, fresh(1), ""},
		}},
		{"fresh ones are the end of it", "ops", []look{{37, fresh(0), begun + "stale"}, {40, fresh(38), recovered + "stale"}, {41, fresh(38), ""}}},
		{"where new figures come daily, three days without are stale", "ops", []look{{37, rare, ""}, {72, rare, ""}, {73, rare, begun + "stale"}}},
		{"a check that fails tells nothing of the figures", "ops", []look{
			{37, fresh(0), begun + "stale"}, {38, failed, ""}, {39, fresh(0), ""},
		}},
		{"rows without a date tell nothing either", "ops", []look{{37, fresh(0), begun + "stale"}, {40, Observation{Compared: true}, ""}}},
		{"services that cannot be read for three intervals are posted in one message", "ops", []look{
			{0, unread("Asia Bandwidth", "Europe Bandwidth"), ""},
			{3, unread("Asia Bandwidth", "Europe Bandwidth"), begun + "services"},
			{4, unread("Asia Bandwidth"), changed + "services"},
			{5, unread("Asia Bandwidth"), ""},
			{6, fresh(0), recovered + "services"},
		}},
		{"a bill that cannot be read is a trouble of its own", "ops", []look{
			{0, Observation{Compared: true, Bill: slow}, ""},
			{3, Observation{Compared: true, Bill: slow}, begun + "bill"},
			{4, Observation{Compared: true, Bill: refused}, changed + "bill"},
			{5, fresh(0), recovered + "bill"},
		}},
		{"checks that fail tell nothing of the services", "ops", []look{
			{0, unread("Asia Bandwidth"), ""}, {3, unread("Asia Bandwidth"), begun + "services"}, {4, failed, ""}, {5, unread("Asia Bandwidth"), ""},
		}},
		{"two troubles at once are two messages", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {37, fresh(0), recovered + "failing; " + begun + "stale"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := chronicle{incidents: map[alerts.IncidentKind]alerts.Incident{}}
			for i, l := range tt.looks {
				got := strings.Join(c.look(t, alertstest.Noon.Add(time.Duration(l.after)*time.Hour), tt.operators, l.seen), "; ")
				if got != l.want {
					t.Errorf("look %d, after %d h: posted %q, want %q", i, l.after, got, l.want)
				}
			}
		})
	}
}

func TestATroubleHasItsCauseAndItsLength(t *testing.T) {
	c := chronicle{incidents: map[alerts.IncidentKind]alerts.Incident{}}
	refused := Observation{Failure: &billing.APIError{Status: 401}}
	c.look(t, alertstest.Noon, "ops", refused)
	c.look(t, alertstest.Noon.Add(4*time.Hour), "ops", refused)
	c.look(t, alertstest.Noon.Add(5*time.Hour), "ops", Observation{Compared: true})
	got := *c.incidents[alerts.IncidentFailing].Report.Trouble
	want := alerts.Trouble{
		Kind: alerts.IncidentFailing, Since: alertstest.Noon, Until: alertstest.Noon.Add(5 * time.Hour), Cause: "Fastly refused the token",
		Next: "Put a valid token into FASTLY_API_TOKEN and restart me.",
	}
	if diff := cmp.Diff(want, got, billingtest.EqualMonths); diff != "" {
		t.Errorf("trouble (-want +got):\n%s", diff)
	}
}

// TestEveryCauseHasARemedy: nobody reads that something is wrong and then left alone with it.
func TestEveryCauseHasARemedy(t *testing.T) {
	for _, f := range alerts.Failures {
		if f.What == "" || f.Asker == "" || f.Operator == "" {
			t.Errorf("%v says nothing of what happened, or leaves somebody alone with it: %+v", f.Kind, f)
		}
	}
	if got := alerts.HintOf(errors.New("odd")); got != "The log has the details." {
		t.Errorf("an unknown cause: %q", got)
	}
}

func TestTheUsualGapIsTheMedianOfWhatWasRecorded(t *testing.T) {
	recorded := func(days ...int) *evaluate.Archive {
		var rows []daily.Recorded
		for _, day := range days {
			end := alertstest.November.Start().AddDate(0, 0, day)
			row := alertstest.Account()[0]
			row.Month, row.CountedTo = alertstest.November, end
			rows = append(rows, daily.Recorded{Usage: row, Day: end.AddDate(0, 0, -1)})
		}
		return evaluate.NewArchive(nil, rows, nil)
	}
	for _, tt := range []struct {
		name    string
		archive *evaluate.Archive
		want    time.Duration
	}{
		{"nothing recorded is no pace", evaluate.NewArchive(nil, nil, nil), 0},
		{"two gaps are too few", recorded(1, 2, 3), 0},
		{"daily figures", recorded(1, 2, 3, 4), 24 * time.Hour},
		{"days on which nobody looked do not count for much", recorded(1, 2, 3, 4, 5, 20), 24 * time.Hour},
		{"figures every other day", recorded(1, 3, 5, 7), 48 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.archive.UsualGap(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
