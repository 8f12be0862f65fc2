package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// A day of these tests' business time takes a second of the wall's, and a look at the figures is had at noon.
var (
	july    = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
	fast    = clock{from: july, until: july.AddDate(0, 3, 0), since: time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC), speed: 86400}
	ofTests = []rule{
		{name: "one", channel: "soak-0", budgets: map[string]decimal.Decimal{"": decimal.NewFromInt(100)}},
		{name: "two", renamed: "deux", channel: "soak-1", budgets: map[string]decimal.Decimal{"": decimal.NewFromInt(100)}},
		{name: "three", channel: closed, budgets: map[string]decimal.Decimal{"": decimal.NewFromInt(100)}},
	}
)

// onDay is the beginning of a day of July.
func onDay(day float64) time.Time {
	return july.Add(time.Duration((day - 1) * 24 * float64(time.Hour)))
}

// reached is a crossing from one day of July to another.
func reached(rule, level int, up, down float64) crossing {
	return crossing{budget: budget{rule, "2026-07"}, level: level, up: onDay(up), down: onDay(down)}
}

// posted is a message about the first rule's level.
func posted(day float64, percent int, changes ...func(*post)) heard {
	reason := "first level reached"
	if percent >= 100 {
		reason = "higher level reached"
	}
	return said(day, fmt.Sprintf("one: %d TB used, %d%% of July's 100 TB. Rule one.", percent, percent), reason, changes...)
}

var deliveries int

func said(day float64, text, reason string, changes ...func(*post)) heard {
	deliveries++
	p := post{
		channel: "soak-0", at: onDay(day), wall: fast.wall(onDay(day)), id: fmt.Sprint("delivery ", deliveries), text: text,
		blocks: fmt.Sprintf(`[{"type":"context","elements":[{"text":"Data to Jul 9, 24:00 UTC · %s"}]}]`, reason),
	}
	for _, change := range changes {
		change(&p)
	}
	return hear(p)
}

// daily are looks at the figures at noon of each day from one to another, but for some.
func daily(from, to int, but ...int) []look {
	blind := map[int]bool{}
	for _, day := range but {
		blind[day] = true
	}
	var looks []look
	for day := from; day <= to; day++ {
		if !blind[day] {
			looks = append(looks, look{"2026-07", onDay(float64(day) + 0.5)})
		}
	}
	return looks
}

func TestJudge(t *testing.T) {
	fell := func(c crossing) crossing { c.falls = true; return c }
	again := func(c crossing, fell float64) crossing { c.again, c.fell = true, onDay(fell); return c }
	at := func(d time.Duration) func(*post) { return func(p *post) { p.wall = p.wall.Add(d) } }
	for _, test := range []struct {
		name      string
		crossings []crossing
		looks     []look
		heard     []heard
		want      verdict
		problem   string // a part of it
	}{
		{
			"a level is said",
			[]crossing{reached(0, 80, 10, 34)},
			daily(1, 33),
			[]heard{posted(11, 81)},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a level is missing",
			[]crossing{reached(0, 80, 10, 34), reached(0, 100, 20, 34)},
			daily(1, 33),
			[]heard{posted(21, 104)},
			verdict{expected: 2, posted: 2, overtaken: 1},
			"",
		},
		{
			"the highest level is missing",
			[]crossing{reached(0, 80, 10, 34), reached(0, 100, 20, 34)},
			daily(1, 33),
			[]heard{posted(11, 81)},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: one in soak-0: rule 0, 2026-07, 100%",
		},
		{
			"everything is missing",
			[]crossing{reached(0, 80, 10, 34), reached(1, 80, 12, 34)},
			daily(1, 33), nil,
			verdict{expected: 2, missing: 2},
			"missing: two",
		},
		{
			"a level is said twice",
			[]crossing{reached(0, 80, 10, 34)},
			daily(1, 33),
			[]heard{posted(11, 81), posted(13, 82)},
			verdict{expected: 1, posted: 1, doubled: 1},
			"once too often: one, 2026-07, 80%",
		},
		{
			"a delivery is posted twice",
			[]crossing{reached(0, 80, 10, 34), again(reached(0, 80, 20, 34), 15)},
			daily(1, 33),
			[]heard{posted(11, 81, func(p *post) { p.id = "same" }), posted(21, 82, func(p *post) { p.id = "same" })},
			verdict{expected: 2, posted: 2, doubled: 1},
			"a delivery that was posted twice",
		},
		{
			"the same words are said twice",
			[]crossing{reached(0, 80, 10, 34), again(reached(0, 80, 20, 34), 15)},
			daily(1, 33),
			[]heard{posted(11, 81), posted(21, 81)},
			verdict{expected: 2, posted: 2, doubled: 1},
			"the same words twice",
		},
		{
			"a forecast is said twice of the same figures", nil, nil,
			[]heard{
				said(5, "one: 9 TB used, 9% of July's 100 TB. Rule one.", "likely to end above the budget"),
				said(6, "one: 9.1 TB used, 9% of July's 100 TB. Rule one.", "likely to end above the budget"),
			},
			verdict{doubled: 1, forecasts: 2},
			"forecast said once too often: one",
		},
		{
			"a level is said late",
			[]crossing{reached(0, 80, 10, 34)},
			daily(1, 33),
			[]heard{posted(11, 81, at(2*time.Minute))},
			verdict{expected: 1, posted: 1, late: 1},
			"",
		},
		{
			"a level is said before it is reached",
			[]crossing{reached(0, 80, 10, 34)},
			daily(1, 33),
			[]heard{posted(9, 81), posted(11, 81.0)},
			verdict{expected: 1, posted: 1, doubled: 2},
			"once too often",
		},
		{
			"a level is said that was never reached", nil, daily(1, 33),
			[]heard{posted(9, 81)},
			verdict{doubled: 1},
			"said, and never so: one, 2026-07, 80%",
		},
		{
			"several levels at once are one message",
			[]crossing{reached(0, 80, 10, 34), reached(0, 100, 10, 34), reached(0, 125, 10, 34)},
			daily(1, 33),
			[]heard{posted(11, 130)},
			verdict{expected: 3, posted: 3},
			"",
		},
		{
			"a level that nobody saw alone is said by the next",
			[]crossing{reached(0, 80, 10, 34), reached(0, 100, 12, 34)},
			daily(1, 33, 10, 11),
			[]heard{posted(13, 101)},
			verdict{expected: 2, posted: 2},
			"",
		},
		{
			"what nobody had the time to see need not be said",
			[]crossing{reached(0, 80, 33, 34)},
			daily(1, 32), nil,
			verdict{untold: 1},
			"",
		},
		{
			"nor is it too much if it is",
			[]crossing{reached(0, 80, 33, 34)},
			daily(1, 32),
			[]heard{posted(33.5, 80)},
			verdict{besides: 1},
			"",
		},
		{
			"what was so at the first look is the past",
			[]crossing{reached(0, 80, 1, 34)},
			daily(1, 33), nil,
			verdict{past: 1},
			"",
		},
		{
			"the past is not said",
			[]crossing{reached(0, 80, 1, 34)},
			daily(1, 33),
			[]heard{posted(4, 83)},
			verdict{doubled: 1, past: 1},
			"once too often",
		},
		{
			"a level that fell is said again",
			[]crossing{reached(0, 80, 10, 14), again(reached(0, 80, 20, 34), 14)},
			daily(1, 33),
			[]heard{posted(11, 81), posted(21, 82)},
			verdict{expected: 2, posted: 2},
			"",
		},
		{
			"and is missed if it is not",
			[]crossing{reached(0, 80, 10, 14), again(reached(0, 80, 20, 34), 14)},
			daily(1, 33),
			[]heard{posted(11, 81)},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: one",
		},
		{
			"a fall that nobody saw is none",
			[]crossing{reached(0, 80, 10, 14), again(reached(0, 80, 15, 34), 14)},
			daily(1, 33, 14),
			[]heard{posted(11, 81)},
			verdict{expected: 1, posted: 1, untold: 1},
			"",
		},
		{
			"what falls soon may be overtaken by that",
			[]crossing{fell(reached(0, 80, 10, 14))},
			daily(1, 33), nil,
			verdict{untold: 1},
			"",
		},
		{
			"a list names each",
			[]crossing{reached(0, 80, 10, 34), reached(1, 100, 10, 34)},
			daily(1, 33),
			[]heard{listed(11, [2]string{"one", "Past 80%"})},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: two",
		},
		{
			"a rule that was renamed is the same",
			[]crossing{reached(1, 80, 10, 34)},
			daily(1, 33),
			[]heard{said(11, "deux: 81 TB used, 81% of July's 100 TB. Rule deux.", "first level reached", func(p *post) { p.channel = "soak-1" })},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a message in another channel",
			[]crossing{reached(0, 80, 10, 34)},
			daily(1, 33),
			[]heard{posted(11, 81, func(p *post) { p.channel = "soak-1" })},
			verdict{expected: 1, posted: 1},
			"in soak-1 and not in soak-0",
		},
		{
			"a level in a thread that is not shown in the channel",
			[]crossing{reached(0, 100, 10, 34)},
			daily(1, 33),
			[]heard{posted(11, 101, func(p *post) { p.reply = true })},
			verdict{expected: 1, posted: 1},
			"where nobody sees it",
		},
		{
			"a closed month is restated twice", nil, nil,
			[]heard{said(40, "one: Fastly has restated July to 3 TB, 3%. Rule one.", ""), said(41, "one: Fastly has restated July to 4 TB, 4%. Rule one.", "")},
			verdict{doubled: 1, restated: 2},
			"restated said once too often",
		},
		{"words that are not known", nil, nil, []heard{said(3, "Good morning.", "")}, verdict{}, "not understood"},
		{
			"a message without an id", nil, nil,
			[]heard{said(3, "one: Fastly has restated July to 3 TB, 3%. Rule one.", "", func(p *post) { p.id = "" })},
			verdict{restated: 1},
			"without the id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(evidence{
				clock: fast, rules: ofTests, crossings: test.crossings, firstLook: onDay(1.5), looks: test.looks, heard: test.heard,
			})
			problems := strings.Join(got.problems, "\n")
			if !strings.Contains(problems, test.problem) || (test.problem == "") != (problems == "") {
				t.Errorf("the problems are:\n%s\nwant %q", problems, test.problem)
			}
			got.problems, got.delays = nil, nil
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestJudgeHeedsPeople holds what was posted against what people and operators did meanwhile.
func TestJudgeHeedsPeople(t *testing.T) {
	of := budget{0, "2026-07"}
	moved := fast.wall(onDay(12))
	in := func(channel string) func(*post) { return func(p *post) { p.channel = channel } }
	three := func(day float64, channel string) heard {
		return said(day, "three: 81 TB used, 81% of July's 100 TB. Rule three.", "first level reached", in(channel))
	}
	for _, test := range []struct {
		name      string
		crossings []crossing
		silences  []silence
		heard     []heard
		want      verdict
		problem   string // a part of it
	}{
		{
			"a muted budget is silent",
			[]crossing{reached(0, 125, 20, 34)},
			[]silence{{budget: of, from: onDay(9), sure: onDay(9.5)}},
			nil,
			verdict{silenced: 1, untold: 1},
			"",
		},
		{
			"a muted budget is alerted about",
			[]crossing{reached(0, 125, 20, 34)},
			[]silence{{budget: of, from: onDay(9), sure: onDay(9.5)}},
			[]heard{posted(20, 126)},
			verdict{silenced: 1, besides: 1},
			"posted although it was muted: one",
		},
		{
			"a mute that its message never showed may have come to nothing",
			[]crossing{reached(0, 125, 20, 34)},
			[]silence{{budget: of, from: onDay(9)}},
			[]heard{posted(20, 126)},
			verdict{silenced: 1, besides: 1},
			"",
		},
		{
			"a budget that is acknowledged below 100% is alerted about at 100%",
			[]crossing{reached(0, 80, 10, 34), reached(0, 100, 20, 34)},
			[]silence{{budget: of, from: onDay(9), below: 100}},
			nil,
			verdict{expected: 1, missing: 1, silenced: 1, untold: 1},
			"missing: one",
		},
		{
			"a mute of another month silences nothing",
			[]crossing{reached(0, 100, 20, 34)},
			[]silence{{budget: budget{0, "2026-08"}, from: onDay(9), sure: onDay(9)}},
			nil,
			verdict{expected: 1, missing: 1},
			"missing: one",
		},
		{
			"what waited for the closed channel is posted in its successor",
			[]crossing{reached(2, 80, 10, 34)},
			nil,
			[]heard{three(12.5, successor)},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a message in the successor before the rules named it",
			[]crossing{reached(2, 80, 10, 34)},
			nil,
			[]heard{three(11, successor)},
			verdict{expected: 1, posted: 1},
			"in " + successor + " and not in " + closed,
		},
		{
			"what waited for the closed channel is lost",
			[]crossing{reached(2, 80, 10, 34)},
			nil, nil,
			verdict{expected: 1, missing: 1},
			"missing: three",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(evidence{
				clock: fast, rules: ofTests, crossings: test.crossings, firstLook: onDay(1.5), looks: daily(1, 33), heard: test.heard,
				silences: test.silences, moved: moved,
			})
			problems := strings.Join(got.problems, "\n")
			if !strings.Contains(problems, test.problem) || (test.problem == "") != (problems == "") {
				t.Errorf("the problems are:\n%s\nwant %q", problems, test.problem)
			}
			got.problems, got.delays = nil, nil
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// listed is a message that names budgets with their states.
func listed(day float64, lines ...[2]string) heard {
	h := said(day, "4 budgets crossed a level: one 81% and 3 more.", "")
	rows := `[{"type":"rich_text"},{"type":"rich_text"},{"type":"rich_text"},{"type":"rich_text"}]`
	for _, line := range lines {
		rows += fmt.Sprintf(`,[{"text":%q},{"text":"81%%"},{"text":"100 TB"},{"text":%q}]`, line[0], line[1])
	}
	h.blocks = fmt.Sprintf(`[{"type":"table","rows":[%s]},{"type":"context","elements":[{"text":"Data to Jul 9, 24:00 UTC"}]}]`, rows)
	return hear(h.post)
}

func TestAReportFailsWhereSomethingIsWrong(t *testing.T) {
	for _, test := range []struct {
		name   string
		row    conclusion
		failed bool
	}{
		{"all is well", conclusion{verdict: verdict{expected: 9, posted: 9}, crossings: 10}, false},
		{"late is no failure", conclusion{verdict: verdict{expected: 9, posted: 9, late: 2}, crossings: 10}, false},
		{"missing", conclusion{verdict: verdict{expected: 9, posted: 8, missing: 1}, crossings: 10}, true},
		{"doubled", conclusion{verdict: verdict{expected: 9, posted: 9, doubled: 1}, crossings: 10}, true},
		{"something that must not happen", conclusion{verdict: verdict{expected: 9, posted: 9, problems: []string{"it burns"}}, crossings: 10}, true},
		{"nothing could be expected", conclusion{verdict: verdict{expected: 1, posted: 1}, crossings: 10}, true},
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
				test.row.expected, test.row.posted, test.row.missing, test.row.doubled, test.row.late)
			if got := lines[len(lines)-1]; got != want {
				t.Errorf("the last line is %q, want %q", got, want)
			}
		})
	}
}
