package alerts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// chronicle is what a ledger remembers of episodes, kept by the same rules.
type chronicle struct {
	episodes map[EpisodeKind]Episode
	ids      int
}

// look lets one check see something, and returns what is said of it, each as "kind: reason, trouble".
func (c *chronicle) look(t *testing.T, at time.Time, operators string, seen sighting) []string {
	t.Helper()
	var remembered []Episode
	for _, e := range c.episodes {
		remembered = append(remembered, e)
	}
	newID := func() string { c.ids++; return fmt.Sprint("d", c.ids) }
	h := health{operators: operators, now: at, newID: newID}
	h.watch(remembered, seen.symptoms(rules.DefaultStaleAfter, time.Hour, at))
	for _, e := range h.Episodes {
		if have := c.episodes[e.Kind].Revision; have != e.Revision {
			t.Fatalf("the %s episode has revision %d, not %d", e.Kind, have, e.Revision)
		}
		e.Revision++
		c.episodes[e.Kind] = e
	}
	var said []string
	for _, d := range h.Deliveries {
		if d.Channel == "" || d.Message.Trouble == nil || (d.Kind == DeliverRefresh) != (d.RootID != "") {
			t.Errorf("delivery = %+v", d)
		}
		said = append(said, fmt.Sprintf("%s: %s, %s", d.Kind, d.Message.Reason, d.Message.Trouble.Kind))
	}
	return said
}

func TestTroublesAreSaidOnceAnEpisode(t *testing.T) {
	refused, slow := &billing.APIError{Status: 401}, billing.ErrTimeout
	fresh := func(h int) sighting {
		return sighting{compared: true, countedTo: noon.Add(time.Duration(h) * time.Hour)}
	}
	failed := sighting{failure: refused}
	unread := func(types ...string) sighting {
		s := fresh(0)
		s.unread, s.services = types, slow
		return s
	}
	rare := sighting{compared: true, countedTo: noon, usual: 24 * time.Hour}
	const (
		begun     = "root: trouble of the bot's own, "
		changed   = "refresh: another cause of the same trouble, "
		recovered = "refresh: the trouble is over, "
	)
	type look struct {
		after int // hours since noon
		seen  sighting
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
		{"after three intervals they are said, and then not again", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, failed, ""}, {99, failed, ""},
		}},
		{"another cause is an edit", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, sighting{failure: slow}, changed + "failing"}, {5, sighting{failure: slow}, ""},
		}},
		{"when they succeed that is an edit, said once", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, fresh(0), recovered + "failing"}, {5, fresh(0), ""},
		}},
		{"a second episode is said like the first", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, fresh(0), recovered + "failing"}, {5, failed, ""}, {8, failed, begun + "failing"},
		}},
		{"a month that has no rows yet is no failure, and ends one", "ops", []look{
			{0, failed, ""}, {3, failed, begun + "failing"}, {4, sighting{}, recovered + "failing"},
		}},
		{"without a channel for operators nothing is said, not even the end", "", []look{
			{0, failed, ""}, {3, failed, ""}, {4, fresh(0), ""}, {50, fresh(0), ""},
		}},
		{"figures within stale_after are fresh", "ops", []look{{0, fresh(0), ""}, {36, fresh(0), ""}}},
		{"older ones are said at once, and once", "ops", []look{
			{0, fresh(0), ""}, {37, fresh(0), begun + "stale"}, {60, fresh(0), ""}, {90, fresh(1), ""},
		}},
		{"fresh ones are the end of it", "ops", []look{{37, fresh(0), begun + "stale"}, {40, fresh(38), recovered + "stale"}, {41, fresh(38), ""}}},
		{"where new figures come daily, three days without are stale", "ops", []look{{37, rare, ""}, {72, rare, ""}, {73, rare, begun + "stale"}}},
		{"a check that fails tells nothing of the figures", "ops", []look{
			{37, fresh(0), begun + "stale"}, {38, failed, ""}, {39, fresh(0), ""},
		}},
		{"rows without a date tell nothing either", "ops", []look{{37, fresh(0), begun + "stale"}, {40, sighting{compared: true}, ""}}},
		{"services that cannot be read for three intervals are said in one message", "ops", []look{
			{0, unread("Asia Bandwidth", "Europe Bandwidth"), ""},
			{3, unread("Asia Bandwidth", "Europe Bandwidth"), begun + "services"},
			{4, unread("Asia Bandwidth"), changed + "services"},
			{5, unread("Asia Bandwidth"), ""},
			{6, fresh(0), recovered + "services"},
		}},
		{"a bill that cannot be read is a trouble of its own", "ops", []look{
			{0, sighting{compared: true, bill: slow}, ""},
			{3, sighting{compared: true, bill: slow}, begun + "bill"},
			{4, sighting{compared: true, bill: refused}, changed + "bill"},
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
			c := chronicle{episodes: map[EpisodeKind]Episode{}}
			for i, l := range tt.looks {
				got := strings.Join(c.look(t, noon.Add(time.Duration(l.after)*time.Hour), tt.operators, l.seen), "; ")
				if got != l.want {
					t.Errorf("look %d, after %d h: said %q, want %q", i, l.after, got, l.want)
				}
			}
		})
	}
}

func TestATroubleTellsItsCauseAndItsLength(t *testing.T) {
	c := chronicle{episodes: map[EpisodeKind]Episode{}}
	refused := sighting{failure: &billing.APIError{Status: 401}}
	c.look(t, noon, "ops", refused)
	c.look(t, noon.Add(4*time.Hour), "ops", refused)
	c.look(t, noon.Add(5*time.Hour), "ops", sighting{compared: true})
	got := *c.episodes[EpisodeFailing].Report.Trouble
	want := Trouble{
		Kind: EpisodeFailing, Since: noon, Until: noon.Add(5 * time.Hour), Cause: "Fastly refused the token",
		Next: "Put a valid token into FASTLY_API_TOKEN, and start me again.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trouble (-want +got):\n%s", diff)
	}
}

// TestEveryCauseHasARemedy: nobody is told that something is wrong and then left alone with it.
func TestEveryCauseHasARemedy(t *testing.T) {
	for _, cause := range causes {
		if got := remedyOf(fmt.Errorf("read: %w", cause.kind)); got == "" || got != cause.next {
			t.Errorf("%s: %q, want %q", cause.words, got, cause.next)
		}
	}
	if got := remedyOf(errors.New("odd")); got != "The log tells the whole of it." {
		t.Errorf("an unknown cause: %q", got)
	}
}

// TestChecksTellOfTheirOwnTroubles: the checker watches also where the check fails, and what it cannot record costs no check.
func TestChecksTellOfTheirOwnTroubles(t *testing.T) {
	const rules = "operators: {channel: ops}\n" + checkedRule
	watched := Episode{Kind: EpisodeFailing, State: EpisodeWatched, Since: noon.Add(-3 * time.Hour), Revision: 1}
	for _, tt := range []struct {
		name   string
		sets   func(*bench)
		want   string // "kind, state" of each episode that is recorded
		failed string
	}{
		{"a failure that begins is remembered", func(*bench) {}, "failing, watched", "Fastly did not answer in time"},
		{"one that lasts is said", func(b *bench) {
			b.ledger.episodes = func(billing.Month) ([]Episode, error) { return []Episode{watched}, nil }
		}, "failing, open", "Fastly did not answer in time"},
		{"a success ends it", func(b *bench) {
			open := watched
			open.State, open.RootID = EpisodeOpen, "d0"
			b.ledger.episodes = func(billing.Month) ([]Episode, error) { return []Episode{open}, nil }
			b.source.usage = func(context.Context, billing.Range) ([]billing.Usage, error) { return account(), nil }
			b.ledger.record = func(Outcome) error { return nil }
		}, "failing, over", ""},
		{"episodes that cannot be read are left to the next check", func(b *bench) {
			b.ledger.episodes = func(billing.Month) ([]Episode, error) { return nil, errors.New("locked") }
		}, "", "Fastly did not answer in time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, rules)
			b.source.usage = func(context.Context, billing.Range) ([]billing.Usage, error) { return nil, billing.ErrTimeout }
			var got []string
			b.ledger.health = func(o Outcome) error {
				for _, e := range o.Episodes {
					got = append(got, string(e.Kind)+", "+string(e.State))
				}
				return nil
			}
			tt.sets(b)
			b.RunOnce(t.Context(), noon)
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("recorded %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff([]string{tt.failed}, b.finished); diff != "" {
				t.Errorf("the check ended with (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheUsualGapIsTheMedianOfWhatWasRecorded(t *testing.T) {
	recorded := func(days ...int) *Archive {
		var rows []RecordedUsage
		for _, day := range days {
			end := november.Start().AddDate(0, 0, day)
			row := account()[0]
			row.Month, row.CountedTo = november, end
			rows = append(rows, RecordedUsage{row, end.AddDate(0, 0, -1)})
		}
		return NewArchive(nil, rows, nil)
	}
	for _, tt := range []struct {
		name    string
		archive *Archive
		want    time.Duration
	}{
		{"nothing recorded is no pace", nil, 0},
		{"two gaps are too few", recorded(1, 2, 3), 0},
		{"daily figures", recorded(1, 2, 3, 4), 24 * time.Hour},
		{"days on which nobody looked do not count for much", recorded(1, 2, 3, 4, 5, 20), 24 * time.Hour},
		{"figures every other day", recorded(1, 3, 5, 7), 48 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.archive.usualGap(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
