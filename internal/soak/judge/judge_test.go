package judge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/soak/clock"
)

// A day of these tests' business time takes a second of the wall's, and a look at the figures is had at noon.
var (
	july    = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
	fast    = clock.Clock{From: july, Until: july.AddDate(0, 3, 0), Since: time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC), Speed: 86400}
	ofTests = []rule{
		{name: "one", channel: "soak-0", budgets: map[string]decimal.Decimal{"": decimal.NewFromInt(100)}},
		{name: "two", renamed: "deux", channel: "soak-1", budgets: map[string]decimal.Decimal{"": decimal.NewFromInt(100)}},
		{name: "three", channel: Closed, budgets: map[string]decimal.Decimal{"": decimal.NewFromInt(100)}},
	}
)

// onDay is the beginning of a day of July.
func onDay(day float64) time.Time {
	return july.Add(time.Duration((day - 1) * 24 * float64(time.Hour)))
}

// crosses is a crossing from one day of July to another.
func crosses(rule, threshold int, up, down float64) crossing {
	return crossing{Budget: Budget{rule, "2026-07"}, threshold: threshold, up: onDay(up), down: onDay(down)}
}

// posted is a message about the first rule's threshold.
func posted(day float64, percent int, changes ...func(*Post)) Message {
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

func msg(day float64, text, reason string, changes ...func(*Post)) Message {
	deliveries++
	p := Post{
		Channel: "soak-0", At: onDay(day), Wall: fast.Wall(onDay(day)), id: fmt.Sprint("delivery ", deliveries), reason: reason, Text: text,
		blocks: inSmallType(smallPrint),
	}
	for _, change := range changes {
		change(&p)
	}
	return ReadMessage(p)
}

// daily are looks at the figures at noon of each day from one to another, but for some.
func daily(from, to int, but ...int) []Look {
	blind := map[int]bool{}
	for _, day := range but {
		blind[day] = true
	}
	var looks []Look
	for day := from; day <= to; day++ {
		if !blind[day] {
			looks = append(looks, Look{"2026-07", onDay(float64(day) + 0.5)})
		}
	}
	return looks
}

func TestJudge(t *testing.T) {
	fell := func(c crossing) crossing { c.falls = true; return c }
	again := func(c crossing, fell float64) crossing { c.again, c.fell, c.rose = true, onDay(fell), c.up; return c }
	wavering := func(c crossing, rose float64) crossing { c.rose = onDay(rose); return c }
	at := func(d time.Duration) func(*Post) { return func(p *Post) { p.Wall = p.Wall.Add(d) } }
	for _, test := range []struct {
		name      string
		crossings []crossing
		looks     []Look
		messages  []Message
		want      Verdict
		problem   string // a part of it
	}{
		{
			"a threshold is posted",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]Message{posted(11, 81)},
			Verdict{Expected: 1, Posted: 1},
			"",
		},
		{
			"a threshold is missing",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 20, 34)},
			daily(1, 33),
			[]Message{posted(21, 104)},
			Verdict{Expected: 2, Posted: 2, Overtaken: 1},
			"",
		},
		{
			"the highest threshold is missing",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 20, 34)},
			daily(1, 33),
			[]Message{posted(11, 81)},
			Verdict{Expected: 2, Posted: 1, Missing: 1},
			"missing: one in soak-0: rule 0, 2026-07, 100%",
		},
		{
			"everything is missing",
			[]crossing{crosses(0, 80, 10, 34), crosses(1, 80, 12, 34)},
			daily(1, 33), nil,
			Verdict{Expected: 2, Missing: 2},
			"missing: two",
		},
		{
			"a threshold is posted twice",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]Message{posted(11, 81), posted(13, 82)},
			Verdict{Expected: 1, Posted: 1, Doubled: 1},
			"once too often: one, 2026-07, 80%",
		},
		{
			"a delivery is posted twice",
			[]crossing{crosses(0, 80, 10, 34), again(crosses(0, 80, 20, 34), 15)},
			daily(1, 33),
			[]Message{posted(11, 81, func(p *Post) { p.id = "same" }), posted(21, 82, func(p *Post) { p.id = "same" })},
			Verdict{Expected: 2, Posted: 2, Doubled: 1},
			"a delivery that was posted twice",
		},
		{
			"the same words are posted twice",
			[]crossing{crosses(0, 80, 10, 34), again(crosses(0, 80, 20, 34), 15)},
			daily(1, 33),
			[]Message{posted(11, 81), posted(21, 81)},
			Verdict{Expected: 2, Posted: 2, Doubled: 1},
			"the same words twice",
		},
		{
			"a forecast is posted twice of the same figures", nil, nil,
			[]Message{
				msg(5, "one: 9 TB used, 9% of July's 100 TB. Rule one.", "likely to end above the budget"),
				msg(6, "one: 9.1 TB used, 9% of July's 100 TB. Rule one.", "likely to end above the budget"),
			},
			Verdict{Doubled: 1, Forecasts: 2},
			"forecast posted once too often: one",
		},
		{
			"a threshold is posted late",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]Message{posted(11, 81, at(2*time.Minute))},
			Verdict{Expected: 1, Posted: 1, Late: 1},
			"",
		},
		{
			"a threshold is posted before it is reached",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]Message{posted(9, 81), posted(11, 81.0)},
			Verdict{Expected: 1, Posted: 1, Doubled: 2},
			"once too often",
		},
		{
			"a threshold is posted that was never reached", nil, daily(1, 33),
			[]Message{posted(9, 81)},
			Verdict{Doubled: 1},
			"posted, and never so: one, 2026-07, 80%",
		},
		{
			"several thresholds at once are one message",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 10, 34), crosses(0, 125, 10, 34)},
			daily(1, 33),
			[]Message{posted(11, 130)},
			Verdict{Expected: 3, Posted: 3},
			"",
		},
		{
			"a threshold that nobody saw alone is covered by the next",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 12, 34)},
			daily(1, 33, 10, 11),
			[]Message{posted(13, 101)},
			Verdict{Expected: 2, Posted: 2},
			"",
		},
		{
			"what nobody had the time to see need not be posted",
			[]crossing{crosses(0, 80, 33, 34)},
			daily(1, 32), nil,
			Verdict{Unposted: 1},
			"",
		},
		{
			"nor is it too much if it is",
			[]crossing{crosses(0, 80, 33, 34)},
			daily(1, 32),
			[]Message{posted(33.5, 80)},
			Verdict{Besides: 1},
			"",
		},
		{
			"what was so at the first look is the past",
			[]crossing{crosses(0, 80, 1, 34)},
			daily(1, 33), nil,
			Verdict{Past: 1},
			"",
		},
		{
			"the past is not posted",
			[]crossing{crosses(0, 80, 1, 34)},
			daily(1, 33),
			[]Message{posted(4, 83)},
			Verdict{Doubled: 1, Past: 1},
			"once too often",
		},
		{
			"a threshold that fell is posted again",
			[]crossing{crosses(0, 80, 10, 14), again(crosses(0, 80, 20, 34), 14)},
			daily(1, 33),
			[]Message{posted(11, 81), posted(21, 82)},
			Verdict{Expected: 2, Posted: 2},
			"",
		},
		{
			"and is missed if it is not",
			[]crossing{crosses(0, 80, 10, 14), again(crosses(0, 80, 20, 34), 14)},
			daily(1, 33),
			[]Message{posted(11, 81)},
			Verdict{Expected: 2, Posted: 1, Missing: 1},
			"missing: one",
		},
		{
			"a fall that nobody saw is none",
			[]crossing{crosses(0, 80, 10, 14), again(crosses(0, 80, 15, 34), 14)},
			daily(1, 33, 14),
			[]Message{posted(11, 81)},
			Verdict{Expected: 1, Posted: 1, Unposted: 1},
			"",
		},
		{
			"and neither is one that was looked at when it was nearly over",
			[]crossing{crosses(0, 80, 10, 14), wavering(again(crosses(0, 80, 17, 34), 14), 15)},
			daily(1, 33, 14),
			[]Message{posted(11, 81)},
			Verdict{Expected: 1, Posted: 1, Unposted: 1},
			"",
		},
		{
			"what falls soon may be overtaken by that",
			[]crossing{fell(crosses(0, 80, 10, 14))},
			daily(1, 33), nil,
			Verdict{Unposted: 1},
			"",
		},
		{
			"a list names each",
			[]crossing{crosses(0, 80, 10, 34), crosses(1, 100, 10, 34)},
			daily(1, 33),
			[]Message{listed(11, [2]string{"one", "Past 80%"})},
			Verdict{Expected: 2, Posted: 1, Missing: 1},
			"missing: two",
		},
		{
			"a rule that was renamed is the same",
			[]crossing{crosses(1, 80, 10, 34)},
			daily(1, 33),
			[]Message{msg(11, "deux: 81 TB used, 81% of July's 100 TB. Rule deux.", "first threshold reached", func(p *Post) { p.Channel = "soak-1" })},
			Verdict{Expected: 1, Posted: 1},
			"",
		},
		{
			"a message in another channel",
			[]crossing{crosses(0, 80, 10, 34)},
			daily(1, 33),
			[]Message{posted(11, 81, func(p *Post) { p.Channel = "soak-1" })},
			Verdict{Expected: 1, Posted: 1},
			"in soak-1 and not in soak-0",
		},
		{
			"a threshold in a thread that is not shown in the channel",
			[]crossing{crosses(0, 100, 10, 34)},
			daily(1, 33),
			[]Message{posted(11, 101, func(p *Post) { p.reply = true })},
			Verdict{Expected: 1, Posted: 1},
			"where nobody sees it",
		},
		{
			"a closed month is restated twice", nil, nil,
			[]Message{msg(40, "one: Fastly restated July to 3 TB, 3%. Rule one.", ""), msg(41, "one: Fastly restated July to 4 TB, 4%. Rule one.", "")},
			Verdict{Expected: 1, Posted: 1, Doubled: 1, Restated: 2},
			"restated posted once too often",
		},
		{"words that are not known", nil, nil, []Message{msg(3, "Good morning.", "")}, Verdict{}, "not understood"},
		{
			"a message without an id", nil, nil,
			[]Message{msg(40, "one: Fastly restated July to 3 TB, 3%. Rule one.", "", func(p *Post) { p.id = "" })},
			Verdict{Expected: 1, Posted: 1, Restated: 1},
			"without the id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Of(Evidence{
				Clock: fast, Rules: ofTests, Crossings: test.crossings, Looks: test.looks, Messages: test.messages,
				Reopened: []reopening{{Budget{0, "2026-07"}, onDay(33), onDay(39), 80}},
			})
			problems := strings.Join(got.Problems, "\n")
			if !strings.Contains(problems, test.problem) || (test.problem == "") != (problems == "") {
				t.Errorf("the problems are:\n%s\nwant %q", problems, test.problem)
			}
			got.Problems, got.Delays = nil, nil
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestJudgeHeedsPeople holds what was posted against what people and operators did meanwhile.
func TestJudgeHeedsPeople(t *testing.T) {
	of := Budget{0, "2026-07"}
	moved := fast.Wall(onDay(12))
	in := func(channel string) func(*Post) { return func(p *Post) { p.Channel = channel } }
	three := func(day float64, channel string) Message {
		return msg(day, "three: 81 TB used, 81% of July's 100 TB. Rule three.", "first threshold reached", in(channel))
	}
	for _, test := range []struct {
		name      string
		crossings []crossing
		silences  []Silence
		messages  []Message
		want      Verdict
		problem   string // a part of it
	}{
		{
			"a muted budget is silent",
			[]crossing{crosses(0, 125, 20, 34)},
			[]Silence{{Budget: of, From: onDay(9), Sure: onDay(9.5)}},
			nil,
			Verdict{Silenced: 1, Unposted: 1},
			"",
		},
		{
			"a muted budget is alerted about",
			[]crossing{crosses(0, 125, 20, 34)},
			[]Silence{{Budget: of, From: onDay(9), Sure: onDay(9.5)}},
			[]Message{posted(20, 126)},
			Verdict{Silenced: 1, Besides: 1},
			"posted although it was muted: one",
		},
		{
			"a mute that its message never showed may have come to nothing",
			[]crossing{crosses(0, 125, 20, 34)},
			[]Silence{{Budget: of, From: onDay(9)}},
			[]Message{posted(20, 126)},
			Verdict{Silenced: 1, Besides: 1},
			"",
		},
		{
			"a budget that is acknowledged below 100% is alerted about at 100%",
			[]crossing{crosses(0, 80, 10, 34), crosses(0, 100, 20, 34)},
			[]Silence{{Budget: of, From: onDay(9), Below: 100}},
			nil,
			Verdict{Expected: 1, Missing: 1, Silenced: 1, Unposted: 1},
			"missing: one",
		},
		{
			"a mute of another month silences nothing",
			[]crossing{crosses(0, 100, 20, 34)},
			[]Silence{{Budget: Budget{0, "2026-08"}, From: onDay(9), Sure: onDay(9)}},
			nil,
			Verdict{Expected: 1, Missing: 1},
			"missing: one",
		},
		{
			"what waited for the closed channel is posted in its successor",
			[]crossing{crosses(2, 80, 10, 34)},
			nil,
			[]Message{three(12.5, Successor)},
			Verdict{Expected: 1, Posted: 1},
			"",
		},
		{
			"a message in the successor before the rules named it",
			[]crossing{crosses(2, 80, 10, 34)},
			nil,
			[]Message{three(11, Successor)},
			Verdict{Expected: 1, Posted: 1},
			"in " + Successor + " and not in " + Closed,
		},
		{
			"what waited for the closed channel is lost",
			[]crossing{crosses(2, 80, 10, 34)},
			nil, nil,
			Verdict{Expected: 1, Missing: 1},
			"missing: three",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Of(Evidence{
				Clock: fast, Rules: ofTests, Crossings: test.crossings, Looks: daily(1, 33), Messages: test.messages,
				Silences: test.silences, Moved: moved,
			})
			problems := strings.Join(got.Problems, "\n")
			if !strings.Contains(problems, test.problem) || (test.problem == "") != (problems == "") {
				t.Errorf("the problems are:\n%s\nwant %q", problems, test.problem)
			}
			got.Problems, got.Delays = nil, nil
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestJudgeOfRepeatsAndCorrections holds what was posted against what Slack showed of it and what Fastly changed of closed months.
func TestJudgeOfRepeatsAndCorrections(t *testing.T) {
	crossings := []crossing{crosses(0, 80, 10, 34)}
	threshold := []Message{posted(11, 81)}
	corrected := []reopening{{Budget{0, "2026-07"}, onDay(33), onDay(38.1), 80}}
	restated := func(day float64) Message { return msg(day, "one: Fastly restated July to 3 TB, 3%. Rule one.", "") }
	muted := []Silence{{Budget: Budget{0, "2026-07"}, From: onDay(20), Sure: onDay(20)}}
	same := func(p *Post) { p.id = "same" }
	perhaps := func(p *Post) {
		p.id, p.Text = "same", p.Text+" ("+mayRepeat+")"
		p.blocks = strings.TrimSuffix(p.blocks, "]") + `,{"type":"context","elements":[{"text":"` + mayRepeat + `"}]}]`
	}
	lagging := []Lag{{Stretch{fast.Wall(onDay(1)), fast.Wall(onDay(60))}, 36 * time.Second}} // a second is a day
	short := []Lag{{Stretch{fast.Wall(onDay(1)), fast.Wall(onDay(60))}, 25 * time.Second}}
	over := []Lag{{Stretch{fast.Wall(onDay(1)), fast.Wall(onDay(30))}, 36 * time.Second}}
	open := []Stretch{{fast.Wall(onDay(11)), fast.Wall(onDay(11))}}
	for _, test := range []struct {
		name     string
		evidence Evidence
		want     Verdict
		problem  string // a part of it
	}{
		{"a closed month that was corrected is posted", Evidence{Messages: append(threshold, restated(39)), Reopened: corrected}, Verdict{Expected: 2, Posted: 2, Restated: 1}, ""},
		{
			"a closed month that was corrected is not posted",
			Evidence{Messages: threshold, Reopened: corrected},
			Verdict{Expected: 2, Posted: 1, Missing: 1},
			"missing: one in soak-0: that 2026-07, which was closed, was corrected",
		},
		{
			"a correction of a closed month is posted before it is made",
			Evidence{Messages: append(threshold, restated(37)), Reopened: corrected},
			Verdict{Expected: 2, Posted: 1, Missing: 1, Doubled: 1, Restated: 1},
			"restated, and never so: one",
		},
		{
			"a correction of a closed month is posted that was never made",
			Evidence{Messages: append(threshold, restated(39))},
			Verdict{Expected: 1, Posted: 1, Doubled: 1, Restated: 1},
			"restated, and never so: one",
		},
		{"a budget that is muted is silent of that", Evidence{Messages: threshold, Reopened: corrected, Silences: muted}, Verdict{Silenced: 1, Besides: 1}, ""},
		{"a budget that had no message is silent of that", Evidence{Reopened: corrected, Crossings: []crossing{}}, Verdict{}, ""},
		{
			"a correction that nobody saw need not be posted",
			Evidence{Messages: threshold, Reopened: []reopening{{Budget{0, "2026-07"}, onDay(33), onDay(60), 80}}},
			Verdict{Expected: 1, Posted: 1},
			"",
		},
		{
			"a month that nobody looked at before it was corrected reaches a threshold by that",
			Evidence{Messages: []Message{posted(44, 101)}, Crossings: []crossing{}, Reopened: []reopening{{Budget{0, "2026-07"}, onDay(45.6), onDay(43), 100}}},
			Verdict{Besides: 1},
			"",
		},
		{
			"one that was looked at before does not",
			Evidence{Messages: []Message{posted(44, 101)}, Crossings: []crossing{}, Reopened: []reopening{{Budget{0, "2026-07"}, onDay(33), onDay(43), 100}}},
			Verdict{Doubled: 1},
			"posted, and never so",
		},
		{
			"a message that the channel did not show is posted again, and says so",
			Evidence{Messages: []Message{posted(11, 81, same), posted(46.5, 81, perhaps)}, Lags: lagging, Open: open},
			Verdict{Expected: 1, Posted: 1, Repeated: 1},
			"",
		},
		{
			"it is posted again without the words",
			Evidence{Messages: []Message{posted(11, 81, same), posted(46.5, 81, same)}, Lags: lagging, Open: open},
			Verdict{Expected: 1, Posted: 1, Doubled: 2},
			"once too often: one, 2026-07, 80%",
		},
		{
			"a message that the channel showed is posted again with the words",
			Evidence{Messages: []Message{posted(11, 81, same), posted(46.5, 81, perhaps)}, Lags: short, Open: open},
			Verdict{Expected: 1, Posted: 1, Doubled: 2},
			"a delivery that was posted twice",
		},
		{
			"one that it showed in the end",
			Evidence{Messages: []Message{posted(11, 81, same), posted(46.5, 81, perhaps)}, Lags: over, Open: open},
			Verdict{Expected: 1, Posted: 1, Doubled: 2},
			"a delivery that was posted twice",
		},
		{
			"a message that came to nothing at first is posted with the words",
			Evidence{Messages: []Message{posted(46.5, 81, perhaps)}, Open: open},
			Verdict{Expected: 1, Posted: 1, Repeated: 1},
			"",
		},
		{
			"a message is called a repeat when nothing was open",
			Evidence{Messages: []Message{posted(46.5, 81, perhaps)}},
			Verdict{Expected: 1, Posted: 1},
			"called a repeat, and nothing was open",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := test.evidence
			e.Clock, e.Rules, e.Looks = fast, ofTests, daily(1, 45)
			if e.Crossings == nil {
				e.Crossings = crossings
			}
			got := Of(e)
			problems := strings.Join(got.Problems, "\n")
			if !strings.Contains(problems, test.problem) || (test.problem == "") != (problems == "") {
				t.Errorf("the problems are:\n%s\nwant %q", problems, test.problem)
			}
			got.Problems, got.Delays = nil, nil
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
	threshold := func(rule, day float64) Message {
		h := msg(day, fmt.Sprintf("rule-%v: 81 TB used, 81%% of July's 100 TB. Rule rule-%v.", rule, rule), "first threshold reached")
		h.Wall = slow.Wall(h.At)
		return h
	}
	again := func(day, percent float64) Message {
		return msg(day, fmt.Sprintf("rule-30: 89 TB used, %v%% of July's 110 TB. Rule rule-30.", percent), "first threshold reached")
	}
	summary := func(day float64) Message {
		return msg(day, "Rules were added or changed. 1 budget is already over a threshold: rule-30 81%. I'll post again only when one of them reaches a higher threshold.", "",
			func(p *Post) { p.Wall = slow.Wall(p.At) })
	}
	unsure := func(c crossing, surely float64) crossing { c.surely = onDay(surely); return c }
	seen := daily(1, 33, 16, 17, 18, 19)
	for _, test := range []struct {
		name      string
		crossings []crossing
		looks     []Look
		messages  []Message
		want      Verdict
		problem   string
	}{
		{"an edit is no excuse for another rule", []crossing{crosses(0, 80, 15.2, 34)}, daily(1, 33), nil, Verdict{Expected: 1, Missing: 1}, "missing: rule-0"},
		{"what an edited budget crosses meanwhile may be the edit's", []crossing{crosses(raised.from, 80, 15.2, 34)}, daily(1, 33), nil, Verdict{Unposted: 1}, ""},
		{
			"before it is not",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33), nil,
			Verdict{Expected: 1, Missing: 1},
			"missing: rule-30",
		},
		{
			"what a rule that is left out crosses is posted when it is back",
			[]crossing{crosses(absent.from, 80, 15.2, 34)},
			daily(1, 33), nil,
			Verdict{Expected: 1, Missing: 1},
			"missing: rule-20",
		},
		{"unless nobody looks then", []crossing{crosses(absent.from, 80, 15.2, 34)}, daily(1, 19), nil, Verdict{Unposted: 1}, ""},
		{
			"a raised budget may be crossed again meanwhile, once",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33),
			[]Message{threshold(30, 10.1), again(17, 81)},
			Verdict{Expected: 1, Posted: 1, Besides: 1},
			"",
		},
		{
			"and not twice",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33),
			[]Message{threshold(30, 10.1), again(17, 81), again(18, 82)},
			Verdict{Expected: 1, Posted: 1, Besides: 1, Doubled: 1},
			"posted once too often: rule-30",
		},
		{
			"nor before the edit",
			[]crossing{crosses(raised.from, 80, 10, 34)},
			daily(1, 33),
			[]Message{threshold(30, 10.1), again(12, 81)},
			Verdict{Expected: 1, Posted: 1, Doubled: 1},
			"posted once too often: rule-30",
		},
		{"the summary after an edit", nil, seen, []Message{summary(20.5)}, Verdict{Summaries: 1}, ""},
		{"a summary without one", nil, seen, []Message{summary(12)}, Verdict{Summaries: 1}, "a summary of an edit, and there was none"},
		{
			"an estimate that may have been there at the first look need not be posted, and may be",
			[]crossing{unsure(crosses(0, 80, 1, 34), 2), unsure(crosses(1, 80, 1, 34), 2)},
			daily(1, 33),
			[]Message{threshold(1, 2.1)},
			Verdict{Besides: 1, Unposted: 1},
			"",
		},
		{
			"an estimate that nobody looked at when it was surely there need not be posted",
			[]crossing{unsure(crosses(0, 80, 10, 13), 12)},
			daily(1, 11), nil,
			Verdict{Unposted: 1},
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Of(Evidence{
				Clock: slow, Rules: rules, Crossings: test.crossings, Looks: test.looks, Messages: test.messages,
				Edits: []Stretch{{slow.Wall(onDay(15)), slow.Wall(onDay(20))}},
			})
			problems := strings.Join(got.Problems, "\n")
			if !strings.Contains(problems, test.problem) || (test.problem == "") != (problems == "") {
				t.Errorf("the problems are:\n%s\nwant %q", problems, test.problem)
			}
			got.Problems, got.Delays = nil, nil
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// listed is a message that names budgets with their states.
func listed(day float64, lines ...[2]string) Message {
	return listedOf("", counted("Data to", 10), day, lines...)
}

func listedOf(month, figures string, day float64, lines ...[2]string) Message {
	h := msg(day, "4 budgets crossed a threshold"+month+": one 81% and 3 more.", "")
	rows := `[{"type":"rich_text"},{"type":"rich_text"},{"type":"rich_text"},{"type":"rich_text"}]`
	for _, line := range lines {
		rows += fmt.Sprintf(`,[{"text":%q},{"text":"81%%"},{"text":"100 TB"},{"text":%q}]`, line[0], line[1])
	}
	h.blocks = fmt.Sprintf(`[{"type":"table","rows":[%s]},{"type":"context","elements":[{"text":%q}]}]`, rows, figures)
	return ReadMessage(h.Post)
}
