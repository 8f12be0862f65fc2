package decide

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// almanac is what is remembered of one rule with change.
type almanac struct {
	t         *testing.T
	rules     *rules.Rules
	incidents []alerts.Incident
	ids       int
}

// look makes one check and returns what it says, "kind: reason" or "(reason)" for silence, of every turn.
func (d *almanac) look(reading evaluate.Reading) string {
	d.t.Helper()
	o := NewIncidentPlanner(d.rules, reading.Month, d.incidents, reading.ReadAt, func() string { d.ids++; return fmt.Sprint("d", d.ids) })
	o.Withdraw()
	o.Changes(reading)
	for _, e := range o.Incidents {
		d.write(e)
	}
	var posted []string
	for _, transition := range o.Transitions {
		if transition.Posts == "" {
			posted = append(posted, "("+string(transition.Reason)+")")
			continue
		}
		posted = append(posted, string(transition.Posts)+": "+string(transition.Reason))
	}
	return strings.Join(posted, "; ")
}

// rename does what the store does at a start with rules that had another name.
func (d *almanac) rename() {
	for was, name := range d.rules.Renames() {
		for i := range d.incidents {
			if e := &d.incidents[i]; e.Rule == was {
				e.Rule, e.PostedAt = name, time.Time{}
			}
		}
	}
}

func (d *almanac) write(e alerts.Incident) {
	d.t.Helper()
	for i, have := range d.incidents {
		if have.BudgetID == e.BudgetID && have.Kind == e.Kind {
			if have.Revision != e.Revision {
				d.t.Fatalf("incident of %s has revision %d, not %d", e.BudgetID, have.Revision, e.Revision)
			}
			e.Revision++
			d.incidents[i] = e
			return
		}
	}
	if e.Revision != 0 {
		d.t.Fatalf("incident of %s has revision %d and is not there", e.BudgetID, e.Revision)
	}
	e.Revision++
	d.incidents = append(d.incidents, e)
}

// TestAChangeIsPostedOnceAMonth is the life of it.
func TestAChangeIsPostedOnceAMonth(t *testing.T) {
	before := alertstest.Evenly(alertstest.October, map[string]float64{"Asia": 1}, alertstest.DaysUpTo(31)...)
	set := alertstest.Load(t, "rules: [{name: r, channel: cdn, "+alertstest.JumpRule+"}]")
	renamed := alertstest.Load(t, "rules: [{name: other, channel: cdn, "+alertstest.JumpRule+"}]")
	renamed.Rules[0].Was = "r"
	gone := alertstest.Load(t, "rules: [{name: other, channel: cdn, "+alertstest.JumpRule+"}]")
	type look struct {
		day    int     // of November to whose end the figures count
		perDay float64 // in billions
		rules  *rules.Rules
		want   string
	}
	const (
		calm, once, posted = "(under the alert thresholds)", "(over the alert thresholds, not confirmed by newer figures yet)", "(change already posted)"
		parent, daily      = "root: usage per day has risen", "refresh: figures updated"
		back, again        = "refresh: usage per day is back under the alert thresholds", "refresh: usage per day has risen again"
	)
	for _, tt := range []struct {
		name  string
		looks []look
	}{
		{"under the alert thresholds there is nothing to say", []look{{10, 1.1, nil, calm}, {11, 1.2, nil, calm}}},
		{"one data version is no news, be it looked at twice", []look{{10, 2, nil, once}, {10, 2, nil, once}, {11, 1.1, nil, calm}}},
		{"two of them are posted, once", []look{{10, 2, nil, once}, {11, 2, nil, parent}, {11, 2, nil, posted}}},
		{"a version below between them begins anew", []look{{10, 2, nil, once}, {11, 1.1, nil, calm}, {12, 2, nil, once}, {13, 2, nil, parent}}},
		{"it is edited daily while it lasts", []look{{10, 2, nil, once}, {11, 2, nil, parent}, {12, 2.1, nil, daily}, {12, 2.1, nil, posted}, {13, 2.2, nil, daily}}},
		{"back on course is an edit, and so is coming back", []look{
			{10, 2, nil, once}, {11, 2, nil, parent}, {12, 1.1, nil, back}, {13, 1.1, nil, calm}, {14, 2, nil, again}, {14, 2, nil, posted},
		}},
		{"a rule that is new posts like any other", []look{{20, 2, nil, once}, {21, 2, nil, parent}}},
		{"no data keeps what was posted", []look{{10, 2, nil, once}, {11, 2, nil, parent}, {0, 0, nil, "(no usage figure)"}, {12, 2, nil, daily}}},
		{"and what was seen once", []look{{10, 2, nil, once}, {0, 0, nil, "(no usage figure)"}, {11, 2, nil, parent}}},
		{"a rule that is removed ends what it posted by an edit", []look{
			{10, 2, nil, once},
			{11, 2, nil, parent},
			{12, 2, gone, "refresh: the rule is no longer in the file; " + once},
			{12, 2, gone, once},
		}},
		{"a rule that is renamed goes on with it, and its message has the new name at once", []look{
			{10, 2, nil, once}, {11, 2, nil, parent}, {11, 2, renamed, daily}, {11, 2, renamed, posted},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &almanac{t: t}
			for i, l := range tt.looks {
				if d.rules = set; l.rules != nil {
					d.rules = l.rules
				}
				d.rename()
				reading := evaluate.Reading{Month: alertstest.November, ReadAt: alertstest.November.Start().AddDate(0, 0, max(l.day, 11)).Add(6 * time.Hour), Archive: evaluate.NewArchive(nil, before, nil)}
				if l.perDay > 0 {
					reading.Rows = []billing.Usage{alertstest.RequestsOf(alertstest.November, "Asia", l.perDay*float64(l.day), l.day)}
				}
				if got := d.look(reading); got != l.want {
					t.Errorf("look %d, day %d: %s, want %s", i, l.day, got, l.want)
				}
			}
		})
	}
}

// TestWhatIsMissingIsOfToday: the days without a figure move with the month, and so does what people read.
func TestWhatIsMissingIsOfToday(t *testing.T) {
	d := &almanac{t: t, rules: alertstest.Load(t, "rules: [{name: r, channel: cdn, "+alertstest.JumpRule+"}]")}
	for _, day := range []int{4, 9} {
		d.look(evaluate.Reading{
			Month: alertstest.November, ReadAt: alertstest.November.Start().AddDate(0, 0, day).Add(6 * time.Hour), Archive: evaluate.NewArchive(nil, nil, nil),
			Rows: []billing.Usage{alertstest.RequestsOf(alertstest.November, "Asia", 1, day), alertstest.RequestsOf(alertstest.October, "Asia", 1, 31)},
		})
		if got := d.incidents[0].Report.Growth.Versus; !got.Unknown || got.Days != day {
			t.Errorf("day %d: unknown %t, of %d days", day, got.Unknown, got.Days)
		}
	}
}

// TestAChangeEndsWithItsMonth: the new month begins at nothing posted, and the old one's messages get its last figures.
func TestAChangeEndsWithItsMonth(t *testing.T) {
	december := alertstest.November.Add(1)
	before := alertstest.Evenly(alertstest.October, map[string]float64{"Asia": 1}, alertstest.DaysUpTo(31)...)
	inDecember := func(day, hour, counted int, october float64) evaluate.Reading {
		return evaluate.Reading{
			Month: december, ReadAt: december.Start().AddDate(0, 0, day-1).Add(time.Duration(hour) * time.Hour),
			Rows:    []billing.Usage{alertstest.RequestsOf(december, "Asia", 0.5, 1)},
			Closed:  []billing.Usage{alertstest.RequestsOf(alertstest.November, "Asia", 2*float64(counted), counted), alertstest.RequestsOf(alertstest.November.Add(-1), "Asia", october, 31)},
			Archive: evaluate.NewArchive(nil, before, nil),
		}
	}
	for _, tt := range []struct {
		name  string
		looks []evaluate.Reading
		want  []string
	}{
		{"with its whole figures once they are there", []evaluate.Reading{inDecember(1, 6, 28, 31), inDecember(1, 20, 30, 31), inDecember(2, 1, 30, 31)}, []string{
			"(change already posted); (no usage figure)", "refresh: the month has ended; (no usage figure)", "(no usage figure)",
		}},
		{"with its last ones where they do not come", []evaluate.Reading{inDecember(1, 6, 28, 31), inDecember(4, 1, 28, 0)}, []string{
			"(change already posted); (no usage figure)", "refresh: the month has ended; (no usage figure)",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &almanac{t: t, rules: alertstest.Load(t, "rules: [{name: r, channel: cdn, "+alertstest.JumpRule+"}]")}
			for day := 27; day < 29; day++ {
				d.look(evaluate.Reading{
					Month: alertstest.November, ReadAt: alertstest.November.Start().AddDate(0, 0, day).Add(time.Hour), Archive: evaluate.NewArchive(nil, before, nil),
					Rows: []billing.Usage{alertstest.RequestsOf(alertstest.November, "Asia", 2*float64(day), day)},
				})
			}
			for i, reading := range tt.looks {
				if got := d.look(reading); got != tt.want[i] {
					t.Errorf("look %d: %s, want %s", i, got, tt.want[i])
				}
			}
			for _, e := range d.incidents {
				if e.Month == alertstest.November && (e.State != alerts.IncidentOver || !e.Report.Growth.Closed) {
					t.Errorf("November's incident is %s, closed %t", e.State, e.Report.Growth.Closed)
				}
			}
		})
	}
}
