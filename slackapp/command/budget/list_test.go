package budget

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// manyNames has titles, teams, services that one rule has and such that two have, and rules called like words of the command.
var manyNames = Names{
	Rules: []string{"na-bandwidth", "asia-bandwidth", "asia-requests", "each-video", "each-video-requests", "report", "team-cost", "eu"},
	Called: map[string][]string{
		"na-bandwidth": {"North America Bandwidth", "North America Bandwidth", "north-america"}, "each-video": {"Each Video Service"}, "asia-bandwidth": {"Asia Bandwidth"}, "eu": {"Europe", "www-eu"},
	},
	Instances: map[string][]string{
		"each-video": {"video-vod", "video-live", "Video Shop"}, "each-video-requests": {"video-live", "video-old"}, "team-cost": {"shop", "media"},
	},
	Teams:   []string{"shop", "media", "platform"},
	Digests: []string{"monday"},
}

func TestLists(t *testing.T) {
	states := func(states ...string) List { return List{States: states} }
	for _, test := range []struct {
		name, text string
		want       List
	}{
		{"all", "all", List{All: true}},
		{"words that mean all", "list", List{All: true}},
		{"status", "Status?", List{All: true}},
		{"a page of all", "all page 2", List{All: true, Page: 2}},
		{"a page of the channel's", "page 2", List{Page: 2}},
		{"what is over", "over", states("over")},
		{"what is likely over is another state", "likely over", states("likely over")},
		{"likely for short", "LIKELY", states("likely over")},
		{"two states", "over and likely over", states("over", "likely over")},
		{"a state in the words of the list's head", "without a current figure", states("no data")},
		{"a page of a state", "over page 3", List{States: []string{"over"}, Page: 3}},
		{"one's own", "mine", List{Mine: true}},
		{"in other words", "my budgets", List{Mine: true}},
		{"the channel's", "here", List{Here: true}},
		{"another channel's", "#cdn-budget", List{Channel: "cdn-budget"}},
		{"a channel as Slack may write it", "&lt;#C0CDN0001|cdn-budget&gt;", List{Channel: "C0CDN0001"}},
		{"a channel with its word", "in #cdn-budget", List{Channel: "cdn-budget"}},
		{"a team's", "team shop", List{Team: "shop"}},
		{"a team alone, where nothing else is called so", "platform", List{Team: "platform"}},
		{"a service of two rules", "video-live", List{Instance: "video-live"}},
		{"several at once", "all team shop over mine", List{All: true, Team: "shop", States: []string{"over"}, Mine: true}},
		{"a rule called like a word is not meant behind all", "all report", List{All: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, manyNames)
			if mistake != nil {
				t.Fatalf("refused: %+v", mistake)
			}
			if diff := cmp.Diff(Asked{List: test.want}, asked, months); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestBudgetsByName(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Asked
		mistake    string
		corrected  []string
	}{
		{"a title in any case", "north america bandwidth", Asked{Rule: "na-bandwidth"}, "", nil},
		{"the name that a rule had before", "north-america", Asked{Rule: "na-bandwidth"}, "", nil},
		{"a service that a rule counts alone", "www-eu", Asked{Rule: "eu"}, "", nil},
		{"the beginning of one name", "na", Asked{Rule: "na-bandwidth"}, "", nil},
		{"the beginning of a title", "north", Asked{Rule: "na-bandwidth"}, "", nil},
		{"the beginning of two", "asia", Asked{}, "`asia` could be 2 things. Pick one.", []string{"asia-bandwidth", "asia-requests"}},
		{"a whole name is no beginning", "each-video", Asked{Rule: "each-video"}, "", nil},
		{"a service of one rule", "video-vod", Asked{Rule: "each-video", Instance: "video-vod"}, "", nil},
		{"a service of a rule by its title, as messages have it", "Each Video Service: video-live", Asked{Rule: "each-video", Instance: "video-live"}, "", nil},
		{"in another case", "VIDEO SHOP", Asked{Rule: "each-video", Instance: "Video Shop"}, "", nil},
		{"a team that has a budget, too", "shop", Asked{}, "`shop` could be 2 things", []string{"team-cost: shop", "all team shop"}},
		{"a beginning of many", "video", Asked{}, "`video` could be 4 things", []string{"each-video: video-vod", "all service video-live", "each-video: Video Shop"}},
		{"a rule called like a word of the command", "report", Asked{}, "`report` could be 2 things", []string{`"report"`, "all"}},
		{"and in quotes", `"report"`, Asked{Rule: "report"}, "", nil},
		{"a page of a rule's budgets", "each-video page 2", Asked{Rule: "each-video", Page: 2}, "", nil},
		{"one letter is no beginning", "e", Asked{}, "There's no budget called `e`.", []string{"all"}},
		{"a title that is misspelt", "north amrica bandwidth", Asked{}, "There's no budget called `north amrica bandwidth`. Did you mean `na-bandwidth`?", []string{"na-bandwidth"}},
		{"a service that is misspelt", "video-vodd", Asked{}, "Did you mean `each-video: video-vod`", []string{"each-video: video-vod", "each-video-requests: video-old"}},
		{"another budget of a name that is misspelt", "set na-bandwdth to 600 TB", Asked{}, "There's no budget called `na-bandwdth`. Did you mean `na-bandwidth`?", []string{"set na-bandwidth to 600 TB"}},
		{"another budget of a name that several have", "set video-live 5 TB", Asked{}, "`video-live` could be 2 things", []string{"set each-video: video-live 5 TB", "set each-video-requests: video-live 5 TB"}},
		{"another budget of a beginning that several have", "raise asia to 5 TB", Asked{}, "`asia` could be 2 things. Pick one.", []string{"raise asia-bandwidth to 5 TB", "raise asia-requests to 5 TB"}},
		{"more of a beginning that several have", "add 5 TB to asia", Asked{}, "`asia` could be 2 things. Pick one.", []string{"add asia-bandwidth by 5 TB", "add asia-requests by 5 TB"}},
		{"a name that no budget has cannot be raised", "raise xyzzy by 10%", Asked{}, "There's no budget called `xyzzy`.", []string{"all"}},
		{"nor lowered", "lower xyzzy to 5 TB", Asked{}, "There's no budget called `xyzzy`.", []string{"all"}},
		{"nor added to", "add 5 TB to xyzzy", Asked{}, "There's no budget called `xyzzy`.", []string{"all"}},
		{"a percentage up or down", "set na-bandwidth 10%", Asked{}, "Should `na-bandwidth` go up or down by 10%?", []string{"raise na-bandwidth by 10%", "lower na-bandwidth by 10%"}},
		{"a beginning and a percentage", "north 10%", Asked{}, "Should `na-bandwidth` go up or down by 10%?", []string{"raise na-bandwidth by 10%", "lower na-bandwidth by 10%"}},
		{"a beginning and a bare number is no amount", "north 10", Asked{}, "There's no budget called `north 10`", []string{"all"}},
		{"a name and a percentage", "video-vod 10 percent", Asked{}, "Should `each-video: video-vod` go up or down by 10%?", []string{"raise each-video: video-vod by 10%", "lower each-video: video-vod by 10%"}},
		{"a team that there is not", "team shopp", Asked{}, "There's no team called `shopp`. Did you mean `shop`?", []string{"team shop"}},
		{"no page has the number 0", "all page 0", Asked{}, "There's no budget called `all page 0`.", []string{"all"}},

		{"undo", "undo na-bandwidth", Asked{Verb: VerbUndo, Rule: "na-bandwidth"}, "", nil},
		{"unack, by title", "unack Asia Bandwidth", Asked{Verb: VerbUnack, Rule: "asia-bandwidth"}, "", nil},
		{"why", "why na-bandwidth?", Asked{Verb: VerbWhy, Rule: "na-bandwidth"}, "", nil},
		{"a service behind a verb", "mute video-vod", Asked{Verb: VerbMute, Rule: "each-video", Instance: "video-vod"}, "", nil},
		{"a beginning behind a verb that changes something is offered", "mute north", Asked{}, "`mute` needs the whole name of a budget. Did you mean `na-bandwidth`?", []string{"mute na-bandwidth"}},
		{"with the reason", "ack asia big launch", Asked{}, "`asia` could be 2 things. Pick one.", []string{"ack asia-bandwidth big launch", "ack asia-requests big launch"}},
		{"with when a mute ends", "mute north for 3 days", Asked{}, "`mute` needs the whole name", []string{"mute na-bandwidth for 3 days"}},
		{"the same to undo it", "undo north", Asked{}, "`undo` needs the whole name of a budget. Did you mean `na-bandwidth`?", []string{"undo na-bandwidth"}},
		{"behind a verb that changes nothing it is that budget", "why north", Asked{Verb: VerbWhy, Rule: "na-bandwidth"}, "", nil},
		{"in several words", "try north america?", Asked{Verb: VerbTry, Rule: "na-bandwidth"}, "", nil},
		{"so is the beginning of a service", "history video-v", Asked{Verb: VerbHistory, Rule: "each-video", Instance: "video-vod"}, "", nil},
		{"or of its rule", "history each-video-r video-old", Asked{Verb: VerbHistory, Rule: "each-video-requests", Instance: "video-old"}, "", nil},
		{"or a team with one budget", "why shop", Asked{Verb: VerbWhy, Rule: "team-cost", Instance: "shop"}, "", nil},
		{"the beginning of a rule with several budgets asks which", "why team-c", Asked{}, "`team-cost` has several budgets", []string{"why team-cost: shop", "why team-cost: media"}},
		{"that of two asks which, too", "why asia", Asked{}, "`asia` could be 2 things. Pick one.", []string{"why asia-bandwidth", "why asia-requests"}},
		{"a word too much is none of a name", "history north please", Asked{}, "`history` needs the whole name", []string{"history na-bandwidth"}},
		{"a verb behind a beginning", "north history", Asked{}, "`history` comes before the name.", []string{"history na-bandwidth"}},
		{"a service of two rules behind a verb", "mute video-live", Asked{}, "`video-live` could be 2 things. Pick one.", []string{"mute each-video: video-live", "mute each-video-requests: video-live"}},
		{"a team behind a verb is its budget, which is offered", "mute shop", Asked{}, "Did you mean `team-cost: shop`?", []string{"mute team-cost: shop"}},
		{"the worst three of a rule with many", "try each-video", Asked{}, "`each-video` has several budgets. Pick one.", []string{"try each-video: video-vod", "try each-video: video-live", "try each-video: Video Shop"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, manyNames)
			if diff := cmp.Diff(test.want, asked, months); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if mistake == nil {
				mistake = &blocks.Mistake{}
			}
			if !strings.Contains(mistake.Sentence, test.mistake) || (test.mistake == "") != (mistake.Sentence == "") {
				t.Errorf("mistake %q, want %q", mistake.Sentence, test.mistake)
			}
			if diff := cmp.Diff(test.corrected, mistake.Corrected); diff != "" {
				t.Errorf("corrected (-want +got)\n%s", diff)
			}
		})
	}
}

func TestBudgetsAreNotSetByTyping(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Asked
	}{
		{"set", "set na-bandwidth 600 TB", Asked{Rule: "na-bandwidth", Amount: "600 TB"}},
		{"a name and an amount", "na-bandwidth 500TB", Asked{Rule: "na-bandwidth", Amount: "500TB"}},
		{"with an equals sign", "na-bandwidth = 5 billion requests", Asked{Rule: "na-bandwidth", Amount: "5 billion requests"}},
		{"in a sentence", "raise the budget of North America Bandwidth to $600", Asked{Rule: "na-bandwidth", Amount: "$600"}},
		{"by the beginning of a name", "raise north 600 TB", Asked{Rule: "na-bandwidth", Amount: "600 TB", Way: billing.WayRaise}},
		{"for one service", "set each-video: video-vod 30 TB", Asked{Rule: "each-video", Instance: "video-vod", Amount: "30 TB"}},
		{"a service alone", "lower video-vod to 30 TB", Asked{Rule: "each-video", Instance: "video-vod", Amount: "30 TB"}},
		{"the beginning of a name and an amount with its unit", "north 600 TB", Asked{Rule: "na-bandwidth", Amount: "600 TB"}},
		{"without an amount", "edit na-bandwidth", Asked{Rule: "na-bandwidth"}},
		{"by a percentage", "increase na-bandwidth by 10%", Asked{Rule: "na-bandwidth", Amount: "10%", Way: billing.WayUp}},
		{"without the word by", "raise na-bandwidth 10 %", Asked{Rule: "na-bandwidth", Amount: "10%", Way: billing.WayUp}},
		{"a percentage in words", "lower north by 2.5 percent", Asked{Rule: "na-bandwidth", Amount: "2.5%", Way: billing.WayDown}},
		{"a percentage of the limit", "set na-bandwidth to 110%", Asked{Rule: "na-bandwidth", Amount: "110%"}},
		{"a sign instead of a verb", "na-bandwidth +10%", Asked{Rule: "na-bandwidth", Amount: "10%", Way: billing.WayUp}},
		{"a minus", "set na-bandwidth -50 TB", Asked{Rule: "na-bandwidth", Amount: "50 TB", Way: billing.WayDown}},
		{"a minus that contradicts the verb is no amount", "raise na-bandwidth by -10%", Asked{Rule: "na-bandwidth", Amount: "-10%", Way: billing.WayUp}},
		{"by an amount", "raise the limit of na-bandwidth by 50 TB", Asked{Rule: "na-bandwidth", Amount: "50 TB", Way: billing.WayUp}},
		{"to an amount", "raise na-bandwidth to 550 TB", Asked{Rule: "na-bandwidth", Amount: "550 TB"}},
		{"less by an amount", "reduce na-bandwidth by 50 TB", Asked{Rule: "na-bandwidth", Amount: "50 TB", Way: billing.WayDown}},
		{"the amount first", "add 50 TB to north america bandwidth", Asked{Rule: "na-bandwidth", Amount: "50 TB", Way: billing.WayUp}},
		{"the new amount first", "set 1 PB for the na-bandwidth budget", Asked{Rule: "na-bandwidth", Amount: "1 PB"}},
		{"more for one service", "raise each-video: video-vod by 10%", Asked{Rule: "each-video", Instance: "video-vod", Amount: "10%", Way: billing.WayUp}},
		{"a figure in words is no amount", "raise na-bandwidth by ten percent", Asked{Rule: "na-bandwidth", Way: billing.WayUp}},
		{"without a name", "set", Asked{}},
		{"an amount without a name", "add 50 TB", Asked{Amount: "50 TB"}},
		{"a new one", "new", Asked{}},
		{"a new one with a name and an amount", "add oceania-bandwidth 20 TB", Asked{Amount: "20 TB"}},
		{"another word for it", "Create a budget", Asked{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, manyNames)
			test.want.Set = true
			if diff := cmp.Diff(test.want, asked, months); diff != "" || mistake != nil {
				t.Errorf("%+v (-want +got)\n%s", mistake, diff)
			}
		})
	}
}

// TestListsReadAsTyped: what the button for another page carries shows the same list.
func TestListsReadAsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := List{
			Mine: rapid.Bool().Draw(t, "mine"), Here: rapid.Bool().Draw(t, "here"), Page: rapid.IntRange(1, 30).Draw(t, "page"),
			Team: rapid.SampledFrom([]string{"", "shop", "platform"}).Draw(t, "team"), Channel: rapid.SampledFrom([]string{"", "cdn-budget", "C0CDN0001"}).Draw(t, "channel"),
			Instance: rapid.SampledFrom([]string{"", "video-live", "Video Shop"}).Draw(t, "service"),
			CSV:      rapid.Bool().Draw(t, "csv"),
			Month:    rapid.SampledFrom([]billing.Month{{}, billing.NewMonth(2026, time.October), billing.NewMonth(2025, time.May)}).Draw(t, "month"),
		}
		for _, words := range StateWords {
			if !list.Month.IsZero() && slices.Contains(forecastStates, words[0]) {
				continue
			}
			if rapid.Bool().Draw(t, words[0]) {
				list.States = append(list.States, words[0])
			}
		}
		list.All = len(list.Names()) > 0 || rapid.Bool().Draw(t, "all")
		text := PageText(list.Text(), list.Page)
		asked, mistake := Parse(text, inNovember())
		if mistake != nil {
			t.Fatalf("%q is refused: %s", text, mistake.Sentence)
		}
		if diff := cmp.Diff(Asked{List: list}, asked, months); diff != "" {
			t.Fatalf("%q reads as something else (-asked +again)\n%s", text, diff)
		}
	})
}
