package alerts

import (
	"testing"
	"time"
)

// TestTheLifeOfAnIncident is one table for every kind: a change, an item, and the bot's own troubles.
func TestTheLifeOfAnIncident(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	began, ended := now.Add(-time.Hour), now.Add(-time.Minute)
	there, ripe := Seen{Present: true, Since: now}, Seen{Present: true, Ripe: true, Since: now}
	resumes := Seen{Present: true, Resumes: true, Since: now}
	for _, tt := range []struct {
		name  string
		state IncidentState
		seen  Seen
		want  IncidentState
		posts DeliveryKind
		since time.Time
		ended time.Time
		root  string
	}{
		{"what is not there stays quiet", IncidentQuiet, Seen{}, IncidentQuiet, "", began, ended, "d1"},
		{"what begins is watched first", IncidentQuiet, there, IncidentWatched, "", now, time.Time{}, ""},
		{"where it is ripe at once it is posted at once", "", ripe, IncidentOpen, DeliverParent, now, time.Time{}, ""},
		{"what is watched and not ripe is watched on", IncidentWatched, there, IncidentWatched, "", began, ended, "d1"},
		{"what is ripe is posted, since it was first seen", IncidentWatched, ripe, IncidentOpen, DeliverParent, began, ended, "d1"},
		{"what is posted is not posted again", IncidentOpen, ripe, IncidentOpen, "", began, ended, "d1"},
		{"its end is an update", IncidentOpen, Seen{}, IncidentOver, DeliverUpdate, began, now, "d1"},
		{"what nobody has seen ends without a message", IncidentWatched, Seen{}, IncidentQuiet, "", began, now, "d1"},
		{"what is over stays over", IncidentOver, Seen{}, IncidentOver, "", began, ended, "d1"},
		{"what comes back goes on with its message where it resumes", IncidentOver, resumes, IncidentOpen, DeliverUpdate, began, time.Time{}, "d1"},
		{"and else begins anew", IncidentOver, there, IncidentWatched, "", now, time.Time{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := Incident{State: tt.state, Since: began, EndedAt: ended, ParentID: "d1", PostedAt: began}
			posts := e.See(tt.seen, now)
			if e.State != tt.want || posts != tt.posts || !e.Since.Equal(tt.since) || !e.EndedAt.Equal(tt.ended) || e.ParentID != tt.root {
				t.Errorf("it is %q since %s, ended %s, parent %q; posts %q", e.State, e.Since, e.EndedAt, e.ParentID, posts)
			}
		})
	}
}
