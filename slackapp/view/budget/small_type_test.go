package budgetview_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

// smallType are the facts under a list or a budget.
func smallType(m blocks.Message) []string {
	i := slices.IndexFunc(m.Blocks, func(b slack.Block) bool { return b.ID() == "freshness" })
	if i < 0 {
		return nil
	}
	return strings.Split(strings.TrimSpace(blocks.PlainText(blocks.Message{Blocks: m.Blocks[i : i+1]})), " · ")
}

// TestAListHasThreeFactsAtMostAndLosesNone: the first fact says how fresh the figures are, the others which budgets are not shown.
func TestAListHasThreeFactsAtMostAndLosesNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := crowded(rapid.IntRange(1, 60).Draw(t, "budgets"), "b", "")
		o.Hidden, o.Others = rapid.Bool().Draw(t, "hidden"), 0
		if !o.Hidden { // Slack hides members only where a list is of somebody's budgets
			o.Others = rapid.IntRange(0, 3).Draw(t, "others")
		}
		if rapid.Bool().Draw(t, "money") {
			ofMoney(60_000, 84_000)(&o.Lines[0])
		}
		if rapid.Bool().Draw(t, "failed") {
			o.Checks.FailedAt, o.Checks.Failure = sampledata.Now, "Fastly did not answer"
		}
		facts := smallType(budgetview.Budgets(o))
		if len(facts) > 3 {
			t.Fatalf("%d facts: %q", len(facts), facts)
		}
		isFresh := strings.Contains(facts[0], "check") && (strings.HasPrefix(facts[0], "Data to ") || strings.HasPrefix(facts[0], "Bill as of "))
		if !isFresh {
			t.Fatalf("the first fact is %q", facts[0])
		}
		for of, has := range map[string]bool{"page ": len(o.Lines) > 20, "I can't see who": o.Hidden, "other channels": o.Others > 0} {
			if strings.Contains(strings.Join(facts[1:], " · "), of) != has {
				t.Fatalf("%q is in %q: want %t", of, facts, has)
			}
		}
	})
}

func TestWhatIsWrongIsShownToPeopleWhereTheyCanMendIt(t *testing.T) {
	route := func(channel, why string, waiting int) alerts.RouteTrouble {
		return alerts.RouteTrouble{Channel: channel, Reason: why, Waiting: waiting, Since: sampledata.Now.Add(-time.Hour)}
	}
	for _, test := range []struct {
		name   string
		routes []alerts.RouteTrouble
		old    bool
		want   string // empty if the list has no such sentence
	}{
		{"anybody in a channel can invite the bot", []alerts.RouteTrouble{route("shop-cdn", "not_in_channel", 0)}, false, "I'm not in #shop-cdn. Type `/invite @budgetbot` there."},
		{
			"the alerts that wait are counted",
			[]alerts.RouteTrouble{route("shop-cdn", "not_in_channel", 2)},
			false,
			"I'm not in #shop-cdn, where 2 alerts are waiting. Type `/invite @budgetbot` there.",
		},
		{
			"many channels are one sentence",
			[]alerts.RouteTrouble{route("a", "not_in_channel", 0), route("b", "not_in_channel", 1), route("c", "not_in_channel", 0), route("d", "not_in_channel", 0), route("e", "not_in_channel", 0)},
			false,
			"I'm not in #a, #b, #c and 2 other channels, where 1 alert is waiting. Type `/invite @budgetbot` there.",
		},
		{"a missing scope is for operators", []alerts.RouteTrouble{route("shop-cdn", "missing_scope", 1)}, false, ""},
		{"so is a message that is late", []alerts.RouteTrouble{{Channel: "shop-cdn", Reason: "not_in_channel", Waiting: 1, Late: true}}, false, ""},
		{"a person who changed the rules file learns why the list doesn't show it", nil, true, "The rules file has a mistake, so its newest changes aren't in use yet."},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := overview(func(o *budgetview.Overview) { o.Routes, o.OldRules = test.routes, test.old }, budgetState("Europe", 221.4, 400, 0))
			i := slices.IndexFunc(m.Blocks, func(b slack.Block) bool { return b.ID() == "troubles" })
			got := ""
			if i >= 0 {
				got = strings.TrimSpace(blocks.PlainText(blocks.Message{Blocks: m.Blocks[i : i+1]}))
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
