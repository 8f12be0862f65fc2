package digest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// diary is a Schedule for a test: what the store does, for one process at a time.
type diary struct {
	due, next map[string]time.Time
	holder    map[string]string
	posted    []alerts.Delivery
	lost      bool // somebody else takes every claim before it is done with
	failing   error
}

func newDiary() *diary {
	return &diary{due: map[string]time.Time{}, next: map[string]time.Time{}, holder: map[string]string{}}
}

func (d *diary) DueAt(_ context.Context, task string, next time.Time) (time.Time, error) {
	if _, known := d.due[task]; !known {
		d.due[task] = next
	}
	return d.due[task], d.failing
}

func (d *diary) Claim(_ context.Context, task, owner string, now, next time.Time, _ time.Duration) (bool, error) {
	if d.due[task].After(now) || d.holder[task] != "" && d.holder[task] != owner {
		return false, nil
	}
	d.holder[task], d.next[task] = owner, next
	return true, nil
}

func (d *diary) Finish(_ context.Context, end alerts.Finished) error {
	if d.lost || d.holder[end.Task] != end.Owner {
		return alerts.ErrConflict
	}
	delete(d.holder, end.Task)
	d.due[end.Task] = d.next[end.Task]
	d.posted = append(d.posted, end.Deliveries...)
	return nil
}

func (d *diary) Release(_ context.Context, task, owner string) error {
	if d.holder[task] == owner {
		delete(d.holder, task)
	}
	return nil
}

func (d *diary) ids() (ids []string) {
	for _, delivery := range d.posted {
		ids = append(ids, delivery.ID)
	}
	return ids
}

// composerFunc is a Composer.
type composerFunc func(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error)

func (f composerFunc) Compose(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error) {
	return f(ctx, d, due, now)
}

// Statement is of an account without bills.
func (f composerFunc) Statement(context.Context, billing.Month, time.Time) (*alerts.Statement, error) {
	return nil, nil
}

func composed(_ context.Context, d rules.Digest, _, now time.Time) (*alerts.Bulletin, error) {
	return &alerts.Bulletin{Digest: d.Name, Month: alertstest.November, MadeAt: now}, nil
}

var errFastly = errors.New("Fastly fails")

func TestDigester(t *testing.T) {
	t.Parallel()
	monday := rules.Digest{Name: "monday", Channel: "finops", Schedule: "0 9 * * 1", Shows: rules.ScheduledSections}
	daily := rules.Digest{Name: "daily", Channel: "cdn", Schedule: "0 9 * * *", Shows: rules.ScheduledSections}
	start := alertstest.Instant(t, "2026-11-22T12:00:00Z") // a Sunday
	partial := func(_ context.Context, d rules.Digest, _, now time.Time) (*alerts.Bulletin, error) {
		return &alerts.Bulletin{Digest: d.Name, MadeAt: now}, errFastly
	}
	late := func(_ context.Context, d rules.Digest, _, now time.Time) (*alerts.Bulletin, error) {
		return &alerts.Bulletin{Digest: d.Name, MadeAt: now, IsLate: true}, nil
	}
	nothing := func(context.Context, rules.Digest, time.Time, time.Time) (*alerts.Bulletin, error) {
		return nil, errFastly
	}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name    string
		of      []rules.Digest
		compose composerFunc
		looks   []time.Duration // since Sunday noon
		setUp   func(*diary)
		want    []string
		wrong   string // what the last look complains of
	}{
		{"a new digest is not posted for the past", []rules.Digest{monday}, composed, []time.Duration{0, 20 * time.Hour}, nil, nil, ""},
		{"it is posted when it is due", []rules.Digest{monday}, composed, []time.Duration{0, 21 * time.Hour}, nil, []string{"digest monday 2026-11-23T09:00Z"}, ""},
		{"and once", []rules.Digest{monday}, composed, []time.Duration{0, 21 * time.Hour, 21 * time.Hour, 22 * time.Hour}, nil, []string{"digest monday 2026-11-23T09:00Z"}, ""},
		{"and again a week later", []rules.Digest{monday}, composed, []time.Duration{0, 21 * time.Hour, 7*day + 21*time.Hour}, nil, []string{
			"digest monday 2026-11-23T09:00Z", "digest monday 2026-11-30T09:00Z",
		}, ""},
		{"of those that were missed the latest is posted", []rules.Digest{daily}, composed, []time.Duration{0, 5 * day, 5*day + time.Hour}, nil, []string{"digest daily 2026-11-27T09:00Z"}, ""},
		{"two digests do not wait for one another", []rules.Digest{monday, daily}, composed, []time.Duration{0, 21 * time.Hour}, nil, []string{
			"digest monday 2026-11-23T09:00Z", "digest daily 2026-11-23T09:00Z",
		}, ""},
		{"one that another process holds is left to it", []rules.Digest{monday}, composed, []time.Duration{0, 21 * time.Hour}, func(d *diary) {
			d.holder[monday.Task(time.UTC)] = "another"
		}, nil, ""},
		{"one that another process has taken meanwhile is its own", []rules.Digest{monday}, composed, []time.Duration{0, 21 * time.Hour}, func(d *diary) { d.lost = true }, nil, "by another check"},
		{"what cannot be read is waited for", []rules.Digest{monday}, partial, []time.Duration{0, 21 * time.Hour, 22*time.Hour - 1}, nil, nil, "digest monday: Fastly fails"},
		{"and left out after an hour", []rules.Digest{monday}, partial, []time.Duration{0, 21 * time.Hour, 22 * time.Hour}, nil, []string{"digest monday 2026-11-23T09:00Z"}, "Fastly fails"},
		{"one that was missed waits as long", []rules.Digest{monday}, partial, []time.Duration{0, 2 * day, 2*day + time.Hour - 1}, nil, nil, "Fastly fails"},
		{"a check that is late is waited for without a word", []rules.Digest{monday}, late, []time.Duration{0, 21 * time.Hour, 22*time.Hour - 1}, nil, nil, ""},
		{"but no longer than that", []rules.Digest{monday}, late, []time.Duration{0, 21 * time.Hour, 22 * time.Hour}, nil, []string{"digest monday 2026-11-23T09:00Z"}, ""},
		{"without any figure there is no message", []rules.Digest{monday}, nothing, []time.Duration{0, 21 * time.Hour, 3 * day}, nil, nil, "Fastly fails"},
		{"a panic is a failure", []rules.Digest{monday}, func(context.Context, rules.Digest, time.Time, time.Time) (*alerts.Bulletin, error) { panic("odd") }, []time.Duration{0, 21 * time.Hour}, nil, nil, "panic: odd"},
		{"a schedule that cannot be read is a failure", []rules.Digest{monday}, composed, []time.Duration{0}, func(d *diary) { d.failing = errFastly }, nil, "Fastly fails"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			book := newDiary()
			if tt.setUp != nil {
				tt.setUp(book)
			}
			set := &rules.Rules{Zone: time.UTC, Digests: tt.of}
			g := &Digester{Schedule: book, Composer: tt.compose, Rules: func() *rules.Rules { return set }, Owner: "me"}
			var err error
			for _, look := range tt.looks {
				_, err = g.RunOnce(t.Context(), start.Add(look))
			}
			if diff := cmp.Diff(tt.want, book.ids()); diff != "" {
				t.Error(diff)
			}
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("error = %v, want %q", err, tt.wrong)
			}
		})
	}
}

// TestDigesterTakesUpAChangedTime: a digest whose time is changed is a new one.
func TestDigesterTakesUpAChangedTime(t *testing.T) {
	t.Parallel()
	book := newDiary()
	set := &rules.Rules{Zone: time.UTC, Digests: []rules.Digest{{Name: "weekly", Channel: "finops", Schedule: "0 9 * * 1"}}}
	g := &Digester{Schedule: book, Composer: composerFunc(composed), Rules: func() *rules.Rules { return set }, Owner: "me"}
	look := func(at string) {
		t.Helper()
		if _, err := g.RunOnce(t.Context(), alertstest.Instant(t, at)); err != nil {
			t.Fatal(err)
		}
	}
	look("2026-11-22T12:00:00Z")
	look("2026-11-23T09:00:00Z")
	set.Digests[0].Schedule = "0 9 * * 2"
	look("2026-11-25T12:00:00Z") // Tuesday's is of the past
	look("2026-12-01T09:00:00Z")
	want := []string{"digest weekly 2026-11-23T09:00Z", "digest weekly 2026-12-01T09:00Z"}
	if diff := cmp.Diff(want, book.ids()); diff != "" {
		t.Error(diff)
	}
	d := book.posted[0]
	if d.Kind != alerts.DeliverDigest || d.Channel != "finops" || d.Message.Bulletin == nil || d.Month != alertstest.November || !d.Kind.CanWait() {
		t.Errorf("delivery = %+v", d)
	}
}

// TestDigesterRuns: it looks at once and at every tick, and ends with its context.
func TestDigesterRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		book := newDiary()
		set := &rules.Rules{Zone: time.UTC, Digests: []rules.Digest{{Name: "hourly", Channel: "finops", Schedule: "0 * * * *"}}}
		g := &Digester{Schedule: book, Composer: composerFunc(composed), Rules: func() *rules.Rules { return set }, Owner: "me", Now: time.Now, Poll: 15 * time.Second, Log: zap.NewNop()}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour+time.Minute)
		defer cancel()
		g.Run(ctx)
		if len(book.posted) != 3 {
			t.Errorf("posted %v in three hours", book.ids())
		}
	})
}

// TestClosesOfOneChannelAreOneMessage: with the parts of both, and a file below it.
func TestClosesOfOneChannelAreOneMessage(t *testing.T) {
	t.Parallel()
	book := newDiary()
	set := &rules.Rules{Zone: time.UTC, Digests: []rules.Digest{
		{Name: "close", Channel: "finops", Shows: []rules.Section{rules.SectionFinal, rules.SectionTopChanges}},
		{Name: "monday", Channel: "finops", Schedule: "0 9 * * 1", Shows: rules.ScheduledSections},
		{Name: "teams", Channel: "finops", Shows: []rules.Section{rules.SectionTopChanges, rules.SectionTeams}},
		{Name: "record", Channel: "cdn", Shows: []rules.Section{rules.SectionForecast}},
	}}
	var shows [][]rules.Section
	g := &Digester{
		Schedule: book, Rules: func() *rules.Rules { return set }, Owner: "me",
		Composer: composerFunc(func(_ context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error) {
			shows = append(shows, d.Shows)
			b := &alerts.Bulletin{Digest: d.Name, Month: billing.MonthOf(due).Add(-1), MadeAt: now, Close: &alerts.Close{}}
			if d.Has(rules.SectionFinal) {
				b.File = &alerts.File{Name: "budgets.csv", Content: "month\n"}
			}
			return b, nil
		}),
	}
	for _, at := range []string{"2026-12-01T12:00:00Z", "2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z"} {
		if _, err := g.RunOnce(t.Context(), alertstest.Instant(t, at)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"close finops 2026-11", "close finops 2026-11 file", "close cdn 2026-11"}
	if diff := cmp.Diff(want, book.ids()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([][]rules.Section{{rules.SectionFinal, rules.SectionTopChanges, rules.SectionTeams}, {rules.SectionForecast}}, shows); diff != "" {
		t.Error(diff)
	}
	parent, file := book.posted[0], book.posted[1]
	if parent.Kind != alerts.DeliverClose || parent.Message.Bulletin.Digest != "close+teams" || parent.Month != alertstest.November {
		t.Errorf("the close is %+v", parent)
	}
	if file.Kind != alerts.DeliverFile || file.ParentID != parent.ID || file.Message.File == nil || file.Channel != "finops" {
		t.Errorf("the file is %+v", file)
	}
	if len(set.Digests[0].Shows) != 2 {
		t.Errorf("the rules were changed: %v", set.Digests[0].Shows)
	}
}
