package judge

import (
	"fmt"
	"strings"
	"testing"
)

// headed gives a message a heading.
func headed(heading string) func(*Post) {
	return func(p *Post) {
		p.blocks = fmt.Sprintf(`[{"type":"rich_text","elements":[{"elements":[{"style":{"bold":true},"text":"%s"}]}]},`, heading) + p.blocks[1:]
	}
}

// as gives a message its timestamp.
func as(ts string) func(*Post) { return func(p *Post) { p.ts = ts } }

// TestJudgeOfLikelyOver: a month that was called likely over has its thresholds below the limit in an update of that message, and nowhere else.
func TestJudgeOfLikelyOver(t *testing.T) {
	foreseen := func(day float64) Message {
		return msg(day, "one: 60 TB used, 60% of July's 100 TB, likely to end near 120 TB (120%). Rule one.", "likely to end above the budget",
			headed("one: Likely Over, 60% Used"), as("1"))
	}
	reached := func(day float64, heading string) Message { return posted(day, 81, headed(heading), as("2")) }
	update := func(day float64, percent int, heading string) Post {
		return msg(day, fmt.Sprintf("one: %d TB used, %d%% of July's 100 TB. Rule one.", percent, percent), "figures updated", headed(heading), as("1")).Post
	}
	const likelyOver, used, usedLikely, usedCalm = "one: Likely Over, 60% Used", "one: 81% Used", "one: 81% Used, Likely Over", "one: 81% used, on course."
	for _, test := range []struct {
		name     string
		messages []Message
		updates  []Post
		want     Verdict
		problem  string // a part of it
	}{
		{
			"the threshold is in an update",
			[]Message{foreseen(5)},
			[]Post{update(10, 81, usedLikely)},
			Verdict{Expected: 1, Posted: 1, Shown: 1, Forecasts: 1},
			"",
		},
		{
			"the threshold is nowhere",
			[]Message{foreseen(5)},
			[]Post{update(9, 79, likelyOver)},
			Verdict{Expected: 1, Missing: 1, Forecasts: 1},
			"missing: one",
		},
		{
			"the threshold is posted all the same",
			[]Message{foreseen(5), reached(10.5, usedLikely)},
			[]Post{update(10, 81, usedLikely)},
			Verdict{Expected: 1, Posted: 1, Doubled: 1, Forecasts: 1},
			"posted although its message says that the month is likely over: one",
		},
		{
			"it was taken back, and the threshold is posted",
			[]Message{foreseen(5), reached(10.5, used)},
			[]Post{update(8, 70, "one: Back on Course, 70% Used")},
			Verdict{Expected: 1, Posted: 1, Forecasts: 1},
			"",
		},
		{
			"it was taken back, and the threshold is posted and likely over again",
			[]Message{foreseen(5), reached(10.5, usedLikely)},
			[]Post{update(8, 70, "one: Back on Course, 70% Used"), update(10.4, 81, usedLikely)},
			Verdict{Expected: 1, Posted: 1, Forecasts: 1},
			"",
		},
		{
			"it was taken back, and the threshold is not posted",
			[]Message{foreseen(5)},
			[]Post{update(8, 70, "one: Back on Course, 70% Used"), update(12, 82, usedCalm)},
			Verdict{Expected: 1, Missing: 1, Forecasts: 1},
			"missing: one",
		},
		{
			"it was called likely over long after the threshold, which is not posted",
			[]Message{foreseen(102)},
			[]Post{update(103, 85, usedLikely)},
			Verdict{Expected: 1, Missing: 1, Forecasts: 1},
			"missing: one",
		},
		{
			"it is called likely over as the threshold is crossed",
			[]Message{foreseen(10.2)},
			[]Post{update(11, 81, usedLikely)},
			Verdict{Expected: 1, Posted: 1, Shown: 1, Forecasts: 1},
			"",
		},
		{
			"the update is overtaken by the limit's",
			[]Message{foreseen(5)},
			[]Post{update(12, 104, "one: Over Budget, 104% Used")},
			Verdict{Expected: 1, Posted: 1, Shown: 1, Forecasts: 1},
			"",
		},
		{
			"a list has called it likely over, and shows nothing more",
			[]Message{listed(5, [2]string{"one", "Likely Over"})},
			nil,
			Verdict{Expected: 1, Posted: 1, Shown: 1, Forecasts: 1},
			"",
		},
		{
			"a list has called it likely over, which nothing can take back, and another one says it again",
			[]Message{listed(5, [2]string{"one", "Likely Over"}), listed(10.5, [2]string{"one", "Past 80%, Likely Over"})},
			nil,
			Verdict{Expected: 1, Posted: 1, Forecasts: 1},
			"",
		},
		{
			"nobody called it likely over", nil, nil,
			Verdict{Expected: 1, Missing: 1},
			"missing: one",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Of(Evidence{
				Clock: fast, Rules: ofTests, Crossings: []crossing{crosses(0, 80, 10, 34)}, Looks: daily(1, 33), Messages: test.messages, Updates: test.updates,
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

// TestTheLastDayOfALikelyMonth: what is counted of it later is in the message that the month leaves, which says nothing of its end any more.
func TestTheLastDayOfALikelyMonth(t *testing.T) {
	foreseen := msg(25, "one: 60 TB used, 60% of July's 100 TB. Rule one.", "likely to end above the budget", headed("one: Likely Over, 60% Used"), as("1"))
	update := func(day float64, text, heading string) Post {
		return msg(day, text, "figures updated", headed(heading), as("1")).Post
	}
	for _, test := range []struct {
		name    string
		updates []Post
		missing int
	}{
		{"it is closed there", []Post{update(33, "one: July is closed: 81 TB, 81%. Rule one.", "one: July Closed at 81%")}, 0},
		{"it is shown first, and closed then", []Post{update(32.2, "one: 79 TB used, 79% of July's 100 TB. Rule one.", "one: 79% Used"), update(33, "one: 81 TB used, 81% of July's 100 TB. Rule one.", "one: 81% Used")}, 0},
		{"it is nowhere", []Post{update(33, "one: July is closed: 79 TB, 79%. Rule one.", "one: July Closed at 79%")}, 1},
	} {
		got := Of(Evidence{
			Clock: fast, Rules: ofTests, Crossings: []crossing{crosses(0, 80, 32.4, 35)}, Looks: daily(1, 34), Messages: []Message{foreseen}, Updates: test.updates,
		})
		if got.Missing != test.missing || got.Shown != 1-test.missing {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// TestTheLimitIsPostedWhateverWasLikely: from 100% on an update is not enough.
func TestTheLimitIsPostedWhateverWasLikely(t *testing.T) {
	foreseen := msg(5, "one: 60 TB used, 60% of July's 100 TB. Rule one.", "likely to end above the budget", headed("one: Likely Over, 60% Used"), as("1"))
	shown := msg(20, "one: 104 TB used, 104% of July's 100 TB. Rule one.", "figures updated", headed("one: Over Budget, 104% Used"), as("1")).Post
	got := Of(Evidence{
		Clock: fast, Rules: ofTests, Crossings: []crossing{crosses(0, 100, 20, 34)}, Looks: daily(1, 33), Messages: []Message{foreseen}, Updates: []Post{shown},
	})
	if got.Missing != 1 {
		t.Errorf("got %+v", got)
	}
}
