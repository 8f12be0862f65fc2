package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/soak/clock"
)

// A day of these tests' business time takes a second of the wall's, and a look at the figures is had at noon.
var (
	july    = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
	fast    = clock.Clock{From: july, Until: july.AddDate(0, 3, 0), Since: time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC), Speed: 86400}
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

// crosses is a crossing from one day of July to another.
func crosses(rule, threshold int, up, down float64) crossing {
	return crossing{budget: budget{rule, "2026-07"}, threshold: threshold, up: onDay(up), down: onDay(down)}
}

// posted is a message about the first rule's threshold.
func posted(day float64, percent int, changes ...func(*post)) message {
	reason := "first threshold reached"
	if percent >= 100 {
		reason = "higher threshold reached"
	}
	return msg(day, fmt.Sprintf("one: %d TB used, %d%% of July's 100 TB. Rule one.", percent, percent), reason, changes...)
}

var deliveries int

func inSmallType(text string) string {
	return fmt.Sprintf(`[{"type":"context","elements":[{"text":%q}]}]`, text)
}

// smallPrint is what stands under a message.
var smallPrint = counted("Data to", 10) + " · rule `one`"

// counted says that figures count up to the beginning of a day of July.
func counted(what string, day float64) string {
	return fmt.Sprintf("%s <!date^%d^{date_short_pretty} at {time}|some day>", what, onDay(day).Unix())
}

func msg(day float64, text, reason string, changes ...func(*post)) message {
	deliveries++
	p := post{
		channel: "soak-0", at: onDay(day), wall: fast.Wall(onDay(day)), id: fmt.Sprint("delivery ", deliveries), reason: reason, text: text,
		blocks: inSmallType(smallPrint),
	}
	for _, change := range changes {
		change(&p)
	}
	return readMessage(p)
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
	again := func(c crossing, fell float64) crossing { c.again, c.fell, c.rose = true, onDay(fell), c.up; return c }
	wavering := func(c crossing, rose float64) crossing { c.rose = onDay(rose); return c }
	at := func(d time.Duration) func(*post) { return func(p *post) { p.wall = p.wall.Add(d) } }
	for _, test := range []struct {
		name      string
		crossings []crossing
		looks     []look
		messages  []message
		want      verdict
		problem   string // a part of it
	}{
		{
			"a threshold is posted",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]message{posted(11, 81)},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a threshold is missing",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 20, 34)},
			daily(1, 33),
			[]message{posted(21, 104)},
			verdict{expected: 2, posted: 2, overtaken: 1},
			"",
		},
		{
			"the highest threshold is missing",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 20, 34)},
			daily(1, 33),
			[]message{posted(11, 81)},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: one in soak-0: rule 0, 2026-07, 100%",
		},
		{
			"everything is missing",
			[]crossing{crosses(0, 80, 10, 34), crosses(1, 80, 12, 34)},
			daily(1, 33), nil,
			verdict{expected: 2, missing: 2},
			"missing: two",
		},
		{
			"a threshold is posted twice",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]message{posted(11, 81), posted(13, 82)},
			verdict{expected: 1, posted: 1, doubled: 1},
			"once too often: one, 2026-07, 80%",
		},
		{
			"a delivery is posted twice",
			[]crossing{crosses(0, 80, 10, 34), again(crosses(0, 80, 20, 34), 15)},
			daily(1, 33),
			[]message{posted(11, 81, func(p *post) { p.id = "same" }), posted(21, 82, func(p *post) { p.id = "same" })},
			verdict{expected: 2, posted: 2, doubled: 1},
			"a delivery that was posted twice",
		},
		{
			"the same words are posted twice",
			[]crossing{crosses(0, 80, 10, 34), again(crosses(0, 80, 20, 34), 15)},
			daily(1, 33),
			[]message{posted(11, 81), posted(21, 81)},
			verdict{expected: 2, posted: 2, doubled: 1},
			"the same words twice",
		},
		{
			"a forecast is posted twice of the same figures", nil, nil,
			[]message{
				msg(5, "one: 9 TB used, 9% of July's 100 TB. Rule one.", "likely to end above the budget"),
				msg(6, "one: 9.1 TB used, 9% of July's 100 TB. Rule one.", "likely to end above the budget"),
			},
			verdict{doubled: 1, forecasts: 2},
			"forecast posted once too often: one",
		},
		{
			"a threshold is posted late",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]message{posted(11, 81, at(2*time.Minute))},
			verdict{expected: 1, posted: 1, late: 1},
			"",
		},
		{
			"a threshold is posted before it is reached",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]message{posted(9, 81), posted(11, 81.0)},
			verdict{expected: 1, posted: 1, doubled: 2},
			"once too often",
		},
		{
			"a threshold is posted that was never reached", nil, daily(1, 33),
			[]message{posted(9, 81)},
			verdict{doubled: 1},
			"posted, and never so: one, 2026-07, 80%",
		},
		{
			"several thresholds at once are one message",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 10, 34), crosses(0, 125, 10, 34)},
			daily(1, 33),
			[]message{posted(11, 130)},
			verdict{expected: 3, posted: 3},
			"",
		},
		{
			"a threshold that nobody saw alone is covered by the next",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 12, 34)},
			daily(1, 33, 10, 11),
			[]message{posted(13, 101)},
			verdict{expected: 2, posted: 2},
			"",
		},
		{
			"what nobody had the time to see need not be posted",
			[]crossing{crosses(0, 80, 33, 34)},
			daily(1, 32), nil,
			verdict{unposted: 1},
			"",
		},
		{
			"nor is it too much if it is",
			[]crossing{crosses(0, 80, 33, 34)},
			daily(1, 32),
			[]message{posted(33.5, 80)},
			verdict{besides: 1},
			"",
		},
		{
			"what was so at the first look is the past",
			[]crossing{crosses(0, 80, 1, 34)},
			daily(1, 33), nil,
			verdict{past: 1},
			"",
		},
		{
			"the past is not posted",
			[]crossing{crosses(0, 80, 1, 34)},
			daily(1, 33),
			[]message{posted(4, 83)},
			verdict{doubled: 1, past: 1},
			"once too often",
		},
		{
			"a threshold that fell is posted again",
			[]crossing{crosses(0, 80, 10, 14), again(crosses(0, 80, 20, 34), 14)},
			daily(1, 33),
			[]message{posted(11, 81), posted(21, 82)},
			verdict{expected: 2, posted: 2},
			"",
		},
		{
			"and is missed if it is not",
			[]crossing{crosses(0, 80, 10, 14), again(crosses(0, 80, 20, 34), 14)},
			daily(1, 33),
			[]message{posted(11, 81)},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: one",
		},
		{
			"a fall that nobody saw is none",
			[]crossing{crosses(0, 80, 10, 14), again(crosses(0, 80, 15, 34), 14)},
			daily(1, 33, 14),
			[]message{posted(11, 81)},
			verdict{expected: 1, posted: 1, unposted: 1},
			"",
		},
		{
			"and neither is one that was looked at when it was nearly over",
			[]crossing{crosses(0, 80, 10, 14), wavering(again(crosses(0, 80, 17, 34), 14), 15)},
			daily(1, 33, 14),
			[]message{posted(11, 81)},
			verdict{expected: 1, posted: 1, unposted: 1},
			"",
		},
		{
			"what falls soon may be overtaken by that",
			[]crossing{fell(crosses(0, 80, 10, 14))},
			daily(1, 33), nil,
			verdict{unposted: 1},
			"",
		},
		{
			"a list names each",
			[]crossing{crosses(0, 80, 10, 34), crosses(1, 100, 10, 34)},
			daily(1, 33),
			[]message{listed(11, [2]string{"one", "Past 80%"})},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: two",
		},
		{
			"a rule that was renamed is the same",
			[]crossing{crosses(1, 80, 10, 34)},
			daily(1, 33),
			[]message{msg(11, "deux: 81 TB used, 81% of July's 100 TB. Rule deux.", "first threshold reached", func(p *post) { p.channel = "soak-1" })},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a message in another channel",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]message{posted(11, 81, func(p *post) { p.channel = "soak-1" })},
			verdict{expected: 1, posted: 1},
			"in soak-1 and not in soak-0",
		},
		{
			"a threshold in a thread that is not shown in the channel",
			[]crossing{crosses(0, 100, 10, 34)},
			daily(1, 33),
			[]message{posted(11, 101, func(p *post) { p.reply = true })},
			verdict{expected: 1, posted: 1},
			"where nobody sees it",
		},
		{
			"a closed month is restated twice", nil, nil,
			[]message{msg(40, "one: Fastly restated July to 3 TB, 3%. Rule one.", ""), msg(41, "one: Fastly restated July to 4 TB, 4%. Rule one.", "")},
			verdict{expected: 1, posted: 1, doubled: 1, restated: 2},
			"restated posted once too often",
		},
		{"words that are not known", nil, nil, []message{msg(3, "Good morning.", "")}, verdict{}, "not understood"},
		{
			"a message without an id", nil, nil,
			[]message{msg(40, "one: Fastly restated July to 3 TB, 3%. Rule one.", "", func(p *post) { p.id = "" })},
			verdict{expected: 1, posted: 1, restated: 1},
			"without the id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(evidence{
				clock: fast, rules: ofTests, crossings: test.crossings, looks: test.looks, messages: test.messages,
				reopened: []reopening{{budget{0, "2026-07"}, onDay(33), onDay(39), 80}},
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
	moved := fast.Wall(onDay(12))
	in := func(channel string) func(*post) { return func(p *post) { p.channel = channel } }
	three := func(day float64, channel string) message {
		return msg(day, "three: 81 TB used, 81% of July's 100 TB. Rule three.", "first threshold reached", in(channel))
	}
	for _, test := range []struct {
		name      string
		crossings []crossing
		silences  []silence
		messages  []message
		want      verdict
		problem   string // a part of it
	}{
		{
			"a muted budget is silent",
			[]crossing{crosses(0, 125, 20, 34)},
			[]silence{{budget: of, from: onDay(9), sure: onDay(9.5)}},
			nil,
			verdict{silenced: 1, unposted: 1},
			"",
		},
		{
			"a muted budget is alerted about",
			[]crossing{crosses(0, 125, 20, 34)},
			[]silence{{budget: of, from: onDay(9), sure: onDay(9.5)}},
			[]message{posted(20, 126)},
			verdict{silenced: 1, besides: 1},
			"posted although it was muted: one",
		},
		{
			"a mute that its message never showed may have come to nothing",
			[]crossing{crosses(0, 125, 20, 34)},
			[]silence{{budget: of, from: onDay(9)}},
			[]message{posted(20, 126)},
			verdict{silenced: 1, besides: 1},
			"",
		},
		{
			"a budget that is acknowledged below 100% is alerted about at 100%",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 20, 34)},
			[]silence{{budget: of, from: onDay(9), below: 100}},
			nil,
			verdict{expected: 1, missing: 1, silenced: 1, unposted: 1},
			"missing: one",
		},
		{
			"a mute of another month silences nothing",
			[]crossing{crosses(0, 100, 20, 34)},
			[]silence{{budget: budget{0, "2026-08"}, from: onDay(9), sure: onDay(9)}},
			nil,
			verdict{expected: 1, missing: 1},
			"missing: one",
		},
		{
			"what waited for the closed channel is posted in its successor",
			[]crossing{crosses(2, 80, 10, 34)},
			nil,
			[]message{three(12.5, successor)},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a message in the successor before the rules named it",
			[]crossing{crosses(2, 80, 10, 34)},
			nil,
			[]message{three(11, successor)},
			verdict{expected: 1, posted: 1},
			"in " + successor + " and not in " + closed,
		},
		{
			"what waited for the closed channel is lost",
			[]crossing{crosses(2, 80, 10, 34)},
			nil, nil,
			verdict{expected: 1, missing: 1},
			"missing: three",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(evidence{
				clock: fast, rules: ofTests, crossings: test.crossings, looks: daily(1, 33), messages: test.messages,
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

// TestJudgeOfRepeatsAndCorrections holds what was posted against what Slack showed of it and what Fastly changed of closed months.
func TestJudgeOfRepeatsAndCorrections(t *testing.T) {
	crossings := []crossing{crosses(0, 80, 10, 34)}
	threshold := []message{posted(11, 81)}
	corrected := []reopening{{budget{0, "2026-07"}, onDay(33), onDay(38.1), 80}}
	restated := func(day float64) message { return msg(day, "one: Fastly restated July to 3 TB, 3%. Rule one.", "") }
	muted := []silence{{budget: budget{0, "2026-07"}, from: onDay(20), sure: onDay(20)}}
	same := func(p *post) { p.id = "same" }
	perhaps := func(p *post) {
		p.id, p.text = "same", p.text+" ("+mayRepeat+")"
		p.blocks = strings.TrimSuffix(p.blocks, "]") + `,{"type":"context","elements":[{"text":"` + mayRepeat + `"}]}]`
	}
	lagging := []lag{{stretch{fast.Wall(onDay(1)), fast.Wall(onDay(60))}, 36 * time.Second}} // a second is a day
	short := []lag{{stretch{fast.Wall(onDay(1)), fast.Wall(onDay(60))}, 25 * time.Second}}
	over := []lag{{stretch{fast.Wall(onDay(1)), fast.Wall(onDay(30))}, 36 * time.Second}}
	open := []stretch{{fast.Wall(onDay(11)), fast.Wall(onDay(11))}}
	for _, test := range []struct {
		name     string
		evidence evidence
		want     verdict
		problem  string // a part of it
	}{
		{"a closed month that was corrected is posted", evidence{messages: append(threshold, restated(39)), reopened: corrected}, verdict{expected: 2, posted: 2, restated: 1}, ""},
		{
			"a closed month that was corrected is not posted",
			evidence{messages: threshold, reopened: corrected},
			verdict{expected: 2, posted: 1, missing: 1},
			"missing: one in soak-0: that 2026-07, which was closed, was corrected",
		},
		{
			"a correction of a closed month is posted before it is made",
			evidence{messages: append(threshold, restated(37)), reopened: corrected},
			verdict{expected: 2, posted: 1, missing: 1, doubled: 1, restated: 1},
			"restated, and never so: one",
		},
		{
			"a correction of a closed month is posted that was never made",
			evidence{messages: append(threshold, restated(39))},
			verdict{expected: 1, posted: 1, doubled: 1, restated: 1},
			"restated, and never so: one",
		},
		{"a budget that is muted is silent of that", evidence{messages: threshold, reopened: corrected, silences: muted}, verdict{silenced: 1, besides: 1}, ""},
		{"a budget that had no message is silent of that", evidence{reopened: corrected, crossings: []crossing{}}, verdict{}, ""},
		{
			"a correction that nobody saw need not be posted",
			evidence{messages: threshold, reopened: []reopening{{budget{0, "2026-07"}, onDay(33), onDay(60), 80}}},
			verdict{expected: 1, posted: 1},
			"",
		},
		{
			"a month that nobody looked at before it was corrected reaches a threshold by that",
			evidence{messages: []message{posted(44, 101)}, crossings: []crossing{}, reopened: []reopening{{budget{0, "2026-07"}, onDay(45.6), onDay(43), 100}}},
			verdict{besides: 1},
			"",
		},
		{
			"one that was looked at before does not",
			evidence{messages: []message{posted(44, 101)}, crossings: []crossing{}, reopened: []reopening{{budget{0, "2026-07"}, onDay(33), onDay(43), 100}}},
			verdict{doubled: 1},
			"posted, and never so",
		},
		{
			"a message that the channel did not show is posted again, and says so",
			evidence{messages: []message{posted(11, 81, same), posted(46.5, 81, perhaps)}, lags: lagging, open: open},
			verdict{expected: 1, posted: 1, repeated: 1},
			"",
		},
		{
			"it is posted again without the words",
			evidence{messages: []message{posted(11, 81, same), posted(46.5, 81, same)}, lags: lagging, open: open},
			verdict{expected: 1, posted: 1, doubled: 2},
			"once too often: one, 2026-07, 80%",
		},
		{
			"a message that the channel showed is posted again with the words",
			evidence{messages: []message{posted(11, 81, same), posted(46.5, 81, perhaps)}, lags: short, open: open},
			verdict{expected: 1, posted: 1, doubled: 2},
			"a delivery that was posted twice",
		},
		{
			"one that it showed in the end",
			evidence{messages: []message{posted(11, 81, same), posted(46.5, 81, perhaps)}, lags: over, open: open},
			verdict{expected: 1, posted: 1, doubled: 2},
			"a delivery that was posted twice",
		},
		{
			"a message that came to nothing at first is posted with the words",
			evidence{messages: []message{posted(46.5, 81, perhaps)}, open: open},
			verdict{expected: 1, posted: 1, repeated: 1},
			"",
		},
		{
			"a message is called a repeat when nothing was open",
			evidence{messages: []message{posted(46.5, 81, perhaps)}},
			verdict{expected: 1, posted: 1},
			"called a repeat, and nothing was open",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := test.evidence
			e.clock, e.rules, e.looks = fast, ofTests, daily(1, 45)
			if e.crossings == nil {
				e.crossings = crossings
			}
			got := judge(e)
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

// TestJudgeHeedsEdits holds what was posted against rules that were edited from July 15 to July 20, and against estimates.
func TestJudgeHeedsEdits(t *testing.T) {
	rules := make([]rule, raised.to)
	for i := range rules {
		rules[i] = rule{name: fmt.Sprintf("rule-%d", i), channel: "soak-0"}
	}
	slow := clock.Clock{From: july, Until: july.AddDate(0, 3, 0), Since: fast.Since, Speed: 864} // a day takes 100 s
	threshold := func(rule, day float64) message {
		h := msg(day, fmt.Sprintf("rule-%v: 81 TB used, 81%% of July's 100 TB. Rule rule-%v.", rule, rule), "first threshold reached")
		h.wall = slow.Wall(h.at)
		return h
	}
	again := func(day, percent float64) message {
		return msg(day, fmt.Sprintf("rule-30: 89 TB used, %v%% of July's 110 TB. Rule rule-30.", percent), "first threshold reached")
	}
	summary := func(day float64) message {
		return msg(day, "Rules were added or changed. 1 budget is already over a threshold: rule-30 81%. I'll post again only when one of them reaches a higher threshold.", "",
			func(p *post) { p.wall = slow.Wall(p.at) })
	}
	unsure := func(c crossing, surely float64) crossing { c.surely = onDay(surely); return c }
	seen := daily(1, 33, 16, 17, 18, 19)
	for _, test := range []struct {
		name      string
		crossings []crossing
		looks     []look
		messages  []message
		want      verdict
		problem   string
	}{
		{"an edit is no excuse for another rule", []crossing{crosses(0, 80, 15.2, 34)}, daily(1, 33), nil, verdict{expected: 1, missing: 1}, "missing: rule-0"},
		{"what an edited budget crosses meanwhile may be the edit's", []crossing{crosses(raised.from, 80, 15.2, 34)}, daily(1, 33), nil, verdict{unposted: 1}, ""},
		{
			"before it is not",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33), nil,
			verdict{expected: 1, missing: 1},
			"missing: rule-30",
		},
		{
			"what a rule that is left out crosses is posted when it is back",
			[]crossing{crosses(absent.from, 80, 15.2, 34)},
			daily(1, 33), nil,
			verdict{expected: 1, missing: 1},
			"missing: rule-20",
		},
		{"unless nobody looks then", []crossing{crosses(absent.from, 80, 15.2, 34)}, daily(1, 19), nil, verdict{unposted: 1}, ""},
		{
			"a raised budget may be crossed again meanwhile, once",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33),
			[]message{threshold(30, 10.1), again(17, 81)},
			verdict{expected: 1, posted: 1, besides: 1},
			"",
		},
		{
			"and not twice",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33),
			[]message{threshold(30, 10.1), again(17, 81), again(18, 82)},
			verdict{expected: 1, posted: 1, besides: 1, doubled: 1},
			"posted once too often: rule-30",
		},
		{
			"nor before the edit",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33),
			[]message{threshold(30, 10.1), again(12, 81)},
			verdict{expected: 1, posted: 1, doubled: 1},
			"posted once too often: rule-30",
		},
		{"the summary after an edit", nil, seen, []message{summary(20.5)}, verdict{summaries: 1}, ""},
		{"a summary without one", nil, seen, []message{summary(12)}, verdict{summaries: 1}, "a summary of an edit, and there was none"},
		{
			"an estimate that may have been there at the first look need not be posted, and may be",
			[]crossing{unsure(crosses(0, 80, 1, 34), 2), unsure(crosses(1, 80, 1, 34), 2)},
			daily(1, 33),
			[]message{threshold(1, 2.1)},
			verdict{besides: 1, unposted: 1},
			"",
		},
		{
			"an estimate that nobody looked at when it was surely there need not be posted",
			[]crossing{unsure(crosses(0, 80, 10, 13), 12)},
			daily(1, 11), nil,
			verdict{unposted: 1},
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(evidence{
				clock: slow, rules: rules, crossings: test.crossings, looks: test.looks, messages: test.messages,
				edits: []stretch{{slow.Wall(onDay(15)), slow.Wall(onDay(20))}},
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

// TestLooksThatAreSeenThrough: what is asked when a process starts is no check, and neither is what came to nothing.
func TestLooksThatAreSeenThrough(t *testing.T) {
	at := func(second int) time.Time { return fast.Since.Add(time.Duration(second) * time.Second) }
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
		got = append(got, fmt.Sprint(r.Query.Get("end_month"), " after ", r.At.Sub(fast.Since)))
	}
	if want := []string{"2026-07 after 8s", "2026-08 after 9s"}; !slices.Equal(got, want) {
		t.Errorf("looks %v, want %v", got, want)
	}
}

// TestWhatAGroupComplainsOf: what is excused by what was done to the group, and what is not.
func TestWhatAGroupComplainsOf(t *testing.T) {
	during, after := onDay(10.5), onDay(30)
	wrong := stretch{fast.Wall(onDay(10)), fast.Wall(onDay(11))}
	for _, test := range []struct {
		name   string
		check  func(*group)
		excuse bool
	}{
		{"a check that fails in trouble", func(g *group) { g.checkFailures([]failure{{fast.Wall(during), "no database"}}) }, true},
		{"a check that fails without", func(g *group) { g.checkFailures([]failure{{fast.Wall(after), "deadlock detected"}}) }, false},
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
			g := &group{plan: &plan{clock: fast}, troubles: []stretch{wrong}, paused: []stretch{wrong}}
			if test.check(g); (len(g.problems) == 0) != test.excuse {
				t.Errorf("it complains of %v", g.problems)
			}
		})
	}
}

// listed is a message that names budgets with their states.
func listed(day float64, lines ...[2]string) message {
	return listedOf("", counted("Data to", 10), day, lines...)
}

func listedOf(month, figures string, day float64, lines ...[2]string) message {
	h := msg(day, "4 budgets crossed a threshold"+month+": one 81% and 3 more.", "")
	rows := `[{"type":"rich_text"},{"type":"rich_text"},{"type":"rich_text"},{"type":"rich_text"}]`
	for _, line := range lines {
		rows += fmt.Sprintf(`,[{"text":%q},{"text":"81%%"},{"text":"100 TB"},{"text":%q}]`, line[0], line[1])
	}
	h.blocks = fmt.Sprintf(`[{"type":"table","rows":[%s]},{"type":"context","elements":[{"text":%q}]}]`, rows, figures)
	return readMessage(h.post)
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
