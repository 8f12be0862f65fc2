package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/soak/clock"
	"budgetbot/internal/soak/judge"
)

// quick is a clock on which a day of business time takes a second of the wall's.
var quick = clock.Clock{
	From: inJuly(1), Until: inJuly(93), Since: time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC), Speed: 86400,
}

// inJuly is the beginning of a day of July.
func inJuly(day float64) time.Time {
	return time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration((day - 1) * 24 * float64(time.Hour)))
}

// TestLooksThatAreSeenThrough: what is asked when a process starts is no check, and neither is what came to nothing.
func TestLooksThatAreSeenThrough(t *testing.T) {
	at := func(second int) time.Time { return quick.Since.Add(time.Duration(second) * time.Second) }
	log := fmt.Sprintf(`{"at":%q,"msg":"starting"}
{"at":%q,"msg":"checked","month":"2026-08","posted":1,"took":"2.5s"}
{"at":%q,"msg":"check failed","error":"deadlock detected"}
{"at":%q,"msg":"chec`, at(0).Format(time.RFC3339Nano), at(10).Format(time.RFC3339Nano), at(20).Format(time.RFC3339Nano), at(30).Format(time.RFC3339Nano))
	ended, failed := checksIn(log)
	if len(ended) != 1 || len(failed) != 1 || failed[0].why != "deadlock detected" || !failed[0].at.Equal(at(20)) {
		t.Fatalf("checks that ended %v, that failed %v", ended, failed)
	}
	var asked []fastlysim.Request
	for second, month := range map[int]string{1: "2026-08", 8: "2026-07", 9: "2026-08", 10: "2026-08", 19: "2026-08"} {
		asked = append(asked, fastlysim.Request{At: at(second), Query: url.Values{"end_month": {month}}})
	}
	slices.SortFunc(asked, func(a, b fastlysim.Request) int { return a.At.Compare(b.At) })
	var got []string
	for _, r := range seenThrough(asked, ended) {
		got = append(got, fmt.Sprint(r.Query.Get("end_month"), " after ", r.At.Sub(quick.Since)))
	}
	if want := []string{"2026-07 after 8s", "2026-08 after 9s"}; !slices.Equal(got, want) {
		t.Errorf("looks %v, want %v", got, want)
	}
}

// TestWhatAGroupComplainsOf: what is excused by what was done to the group, and what is not.
func TestWhatAGroupComplainsOf(t *testing.T) {
	during, after := inJuly(10.5), inJuly(30)
	wrong := judge.Stretch{From: quick.Wall(inJuly(10)), To: quick.Wall(inJuly(11))}
	for _, test := range []struct {
		name   string
		check  func(*group)
		excuse bool
	}{
		{"a check that fails in trouble", func(g *group) { g.checkFailures([]failure{{quick.Wall(during), "no database"}}) }, true},
		{"a check that fails without", func(g *group) { g.checkFailures([]failure{{quick.Wall(after), "deadlock detected"}}) }, false},
		{
			"no answer to a ping of a process that stands still",
			func(g *group) { g.checkViolations([]slacksim.Violation{{Rule: "pong_missing", At: during}}) }, true,
		},
		{"no answer of one that runs", func(g *group) { g.checkViolations([]slacksim.Violation{{Rule: "pong_missing", At: after}}) }, false},
		{
			"a late acknowledgement of a process that stood still",
			func(g *group) { g.checkViolations([]slacksim.Violation{{Rule: "ack_late", At: during}}) }, true,
		},
		{"one of a process that runs", func(g *group) { g.checkViolations([]slacksim.Violation{{Rule: "ack_late", At: after}}) }, false},
		{"another rule of Slack's", func(g *group) { g.checkViolations([]slacksim.Violation{{Rule: "ack_twice", At: during}}) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &group{plan: &plan{clock: quick}, troubles: []judge.Stretch{wrong}, paused: []judge.Stretch{wrong}}
			if test.check(g); (len(g.problems) == 0) != test.excuse {
				t.Errorf("it complains of %v", g.problems)
			}
		})
	}
}

func TestAReportFailsWhereSomethingIsWrong(t *testing.T) {
	for _, test := range []struct {
		name   string
		row    conclusion
		failed bool
	}{
		{"all is well", conclusion{Verdict: judge.Verdict{Expected: 9, Posted: 9}, crossings: 10}, false},
		{"late is no failure", conclusion{Verdict: judge.Verdict{Expected: 9, Posted: 9, Late: 2}, crossings: 10}, false},
		{"missing", conclusion{Verdict: judge.Verdict{Expected: 9, Posted: 8, Missing: 1}, crossings: 10}, true},
		{"doubled", conclusion{Verdict: judge.Verdict{Expected: 9, Posted: 9, Doubled: 1}, crossings: 10}, true},
		{"something that must not happen", conclusion{Verdict: judge.Verdict{Expected: 9, Posted: 9, Problems: []string{"it burns"}}, crossings: 10}, true},
		{"nothing could be expected", conclusion{Verdict: judge.Verdict{Expected: 1, Posted: 1}, crossings: 10}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := report{rows: []conclusion{test.row}}
			if r.failed() != test.failed {
				t.Errorf("failed is %t, want %t", r.failed(), test.failed)
			}
			var out strings.Builder
			r.print(&out)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			want := fmt.Sprintf("soak: expected %d, posted %d, missing %d, doubled %d, late %d",
				test.row.Expected, test.row.Posted, test.row.Missing, test.row.Doubled, test.row.Late)
			if got := lines[len(lines)-1]; got != want {
				t.Errorf("the last line is %q, want %q", got, want)
			}
		})
	}
}
