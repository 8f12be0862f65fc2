package budget

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"budgetbot/billing"
)

// months compare with ==.
var months = cmpopts.EquateComparable(billing.Month{})

// inNovember are many names, on November 22, 2026.
func inNovember() Names {
	names := manyNames
	names.Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return names
}

func TestMonthsThatAreOver(t *testing.T) {
	october := billing.NewMonth(2026, time.October)
	for _, test := range []struct {
		name, text string
		want       Asked
	}{
		{"a month is that of the channel's budgets", "october", Asked{List: List{Month: october}}},
		{"as numbers", "2026-10", Asked{List: List{Month: october}}},
		{"by its distance", "last month", Asked{List: List{Month: october}}},
		{"of all budgets", "all october", Asked{List: List{All: true, Month: october}}},
		{"of a team", "october team shop", Asked{List: List{Team: "shop", Month: october}}},
		{"of a state, which is no part of the period", "over in october", Asked{List: List{States: []string{"over"}, Month: october}}},
		{"of a state and the month before", "over last month", Asked{List: List{States: []string{"over"}, Month: october}}},
		{"between other words", "mine in october #cdn-budget", Asked{List: List{Mine: true, Channel: "cdn-budget", Month: october}}},
		{"a page of it", "october page 2", Asked{List: List{Month: october, Page: 2}}},
		{"of another year", "october 2025", Asked{List: List{Month: october.Add(-12)}}},
		{"may is a month", "may", Asked{List: List{Month: billing.NewMonth(2026, time.May)}}},
		{"may end over is a state", "may end over", Asked{List: List{States: []string{"may end over"}}}},
		{"the month that runs is the list of now", "this month", Asked{}},
		{"so it is by its name", "over in november", Asked{List: List{States: []string{"over"}}}},
		{"of one budget", "na-bandwidth october", Asked{List: List{Rule: "na-bandwidth", Month: october}}},
		{"of one budget by its title, the month first", "last month North America Bandwidth", Asked{List: List{Rule: "na-bandwidth", Month: october}}},
		{"of one service of a rule", "each-video: video-vod in 2026-10", Asked{List: List{Rule: "each-video", Instance: "video-vod", Month: october}}},
		{"one budget in the month that runs is that budget", "na-bandwidth this month", Asked{Rule: "na-bandwidth"}},
		{"a file of the channel's budgets", "csv", Asked{List: List{CSV: true}}},
		{"a file of a state", "over csv", Asked{List: List{States: []string{"over"}, CSV: true}}},
		{"a file of a month", "export october team shop", Asked{List: List{Team: "shop", Month: october, CSV: true}}},
		{"a file in other words", "all budgets as spreadsheet", Asked{List: List{All: true, CSV: true}}},
		{"a file of one rule", "each-video csv", Asked{List: List{Rule: "each-video", CSV: true}}},
		{"a file of one rule in a month", "each-video october csv", Asked{List: List{Rule: "each-video", Month: october, CSV: true}}},
		{"a number behind a name is an amount", "na-bandwidth 5000", Asked{Set: true, Rule: "na-bandwidth", Amount: "5000"}},
		{"so is a year", "na-bandwidth 2025", Asked{Set: true, Rule: "na-bandwidth", Amount: "2025"}},
		{"a mute until a day names no month", "mute na-bandwidth until nov 27", Asked{Verb: VerbMute, Rule: "na-bandwidth", Until: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, inNovember())
			if mistake != nil {
				t.Fatalf("refused: %+v", mistake)
			}
			if diff := cmp.Diff(test.want, asked, months); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			asked.List.Page = 0
			again, mistake := Parse(asked.List.Text(), inNovember())
			if diff := cmp.Diff(asked.List.Text(), again.List.Text()); asked.Rule == "" && (diff != "" || mistake != nil) {
				t.Errorf("what a button carries reads as something else: %+v\n%s", mistake, diff)
			}
		})
	}
}

func TestMonthsThatHaveNoAnswer(t *testing.T) {
	for _, test := range []struct {
		name, text, mistake string
		corrected           []string
	}{
		{"a quarter offers its months", "q3", "I can show how budgets ended in one month at a time.", []string{"in 2026-07", "in 2026-08", "in 2026-09"}},
		{"beside what else was asked", "over in q3 team shop", "one month at a time", []string{"over in 2026-07 team shop", "over in 2026-08 team shop", "over in 2026-09 team shop"}},
		{"more months offer the last that is over", "ytd", "one month at a time", []string{"in 2026-10"}},
		{"two months offer both", "september..october", "one month at a time", []string{"in 2026-09", "in 2026-10"}},
		{"two months apart offer both", "october mine august", "one month at a time", []string{"in 2026-10", "in 2026-08"}},
		{"several months of one budget", "na-bandwidth q3", "one month at a time", []string{`"na-bandwidth" in 2026-07`, `"na-bandwidth" in 2026-08`, `"na-bandwidth" in 2026-09`}},
		{"a month to come", "december 2026", "December 2026 hasn't started yet.", []string{"this month", "last month"}},
		{"a month to come for a team", "team shop 2027-01", "January 2027 hasn't started yet.", []string{"team shop this month", "team shop last month"}},
		{"a month that there is not", "2026-13", "A year has months 1 to 12, not 13.", []string{"last month"}},
		{"before there was anything to count", "october 1999", "Fastly has no usage from October 1999", []string{"last month"}},
		{"a day", "nov 3", "Budgets are of whole months", []string{"2026-11", "last month"}},
		{"a week", "last week", "Budgets are of whole months", []string{"2026-11", "last month"}},
		{"a day that is not over", "today", "Budgets are of whole months", []string{"this month", "last month"}},
		{"a state that only a forecast gives", "likely over in october", "October 2026 is over, so no budget of it is `likely over`.", []string{"all over in 2026-10"}},
		{"a misspelt month", "octobr", "Did you mean `october`?", []string{"october"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, inNovember())
			if mistake == nil {
				t.Fatalf("read as %+v", asked)
			}
			if !strings.Contains(mistake.Sentence, test.mistake) {
				t.Errorf("mistake %q, want %q", mistake.Sentence, test.mistake)
			}
			if diff := cmp.Diff(test.corrected, mistake.Corrected); diff != "" {
				t.Errorf("corrected (-want +got)\n%s", diff)
			}
		})
	}
}

// TestANameThatLooksLikeAMonth: the budget wins, and all before it means the month.
func TestANameThatLooksLikeAMonth(t *testing.T) {
	names := Names{Rules: []string{"may", "2026-10", "csv"}, Now: inNovember().Now, Instances: map[string][]string{"csv": {"october"}}}
	for text, want := range map[string]Asked{
		"may": {Rule: "may"}, "2026-10": {Rule: "2026-10"}, `"may"`: {Rule: "may"}, "october": {Rule: "csv", Instance: "october"},
		"csv": {Rule: "csv"}, "as csv": {List: List{CSV: true}}, "all csv": {List: List{All: true, CSV: true}},
		"in may": {List: List{Month: billing.NewMonth(2026, time.May)}}, "all 2026-10": {List: List{All: true, Month: billing.NewMonth(2026, time.October)}},
	} {
		asked, mistake := Parse(text, names)
		if diff := cmp.Diff(want, asked, months); diff != "" || mistake != nil {
			t.Errorf("%q: %+v (-want +got)\n%s", text, mistake, diff)
		}
	}
}

func TestWhatMayAskFastly(t *testing.T) {
	for text, want := range map[string]bool{
		"october": true, "over in 2026-10": true, "last month": true, "na-bandwidth october": true, "try na-bandwidth": true, "digest monday": true, "help": true, "over csv": true,
		"": false, "all": false, "na-bandwidth": false, "mute na-bandwidth until nov 27": false, "ack na-bandwidth october launch": false, `"october"`: false,
	} {
		if got := AsksFastly(text); got != want {
			t.Errorf("%q asks Fastly: %t, want %t", text, got, want)
		}
	}
}
