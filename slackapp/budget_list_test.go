package slackapp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/command/budget"
)

// rulesOf gives the world other rules.
func (w *world) rulesOf(text string) {
	w.t.Helper()
	set, err := rulesfile.Load("rules.yaml", []byte(text))
	if err != nil {
		w.t.Fatal(err)
	}
	w.rules = set
}

// stands says how much of a budget is used, in terabytes.
func (w *world) stands(rule, instance string, used float64) {
	w.t.Helper()
	at := slices.IndexFunc(w.rules.Rules, func(r rules.Rule) bool { return r.Name == rule })
	if at < 0 {
		w.t.Fatalf("no rule is called %s", rule)
	}
	r, of := &w.rules.Rules[at], rules.Instance{Name: instance}
	w.budgets.budgetStates = append(w.budgets.budgetStates, alerts.BudgetState{
		BudgetID: alerts.BudgetID{Rule: rule, Instance: instance, Month: november}, RuleHash: r.Hash(november, of), Used: decimal.NewFromFloat(used).Shift(12),
		Limit: r.BudgetOf(november, of).Value, Version: "v", CountedTo: now, Revision: 1,
	})
}

// sixty are sixty budgets; seven are over.
func sixty(t *testing.T) *world {
	w := newWorld(t)
	var text strings.Builder
	text.WriteString("defaults: {channel: cdn-budget}\nrules:\n")
	for i := range 60 {
		fmt.Fprintf(&text, "  - {name: rule-%02d, product: cdn_usage, usage_type: Type %02d, budget: 100 TB}\n", i, i)
	}
	w.rulesOf(text.String())
	for i := range 60 {
		w.stands(fmt.Sprintf("rule-%02d", i), "", float64(i*7%60)*2)
	}
	return w
}

// titlesIn are the budgets of a list, in their order.
func titlesIn(m slacksim.Message) []string {
	var titles []string
	for _, part := range strings.Split(string(m.Blocks), `"text":"Type `)[1:] {
		titles = append(titles, part[:2])
	}
	return titles
}

// TestEveryBudgetCanBeReached: the pages of sixty budgets have each of them once, the worst first, and every page counts all.
func TestEveryBudgetCanBeReached(t *testing.T) {
	w := sixty(t)
	for _, ask := range []string{"/budget all", "/budget"} {
		m := w.types(alice, cdn, ask, 1)
		all := titlesIn(m)
		for page := 2; contains(m, "Next"); page++ {
			says(t, m, "10 over", "of 60, worst first")
			m = w.presses(alice, m, "run_budget:next", 1)
			all = append(all, titlesIn(m)...)
			typed := w.types(alice, cdn, fmt.Sprintf("%s page %d", ask, page), 1)
			if !slices.Equal(titlesIn(typed), titlesIn(m)) {
				t.Errorf("%s page %d is not what the button shows", ask, page)
			}
		}
		if len(all) != 60 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 60 {
			t.Errorf("%s: %d rows: %v", ask, len(all), all)
		}
		back := w.presses(alice, m, "run_budget:previous", 1)
		if !slices.Equal(titlesIn(back), all[20:40]) {
			t.Errorf("the page before the last has %v, want %v", titlesIn(back), all[20:40])
		}
	}
	w.inOrder()
}

func TestAListOfAStateHasPages(t *testing.T) {
	w := sixty(t)
	m := w.types(alice, general, "/budget over", 1)
	says(t, m, "November Budgets (over)", "10 over", "Show All")
	if n := len(titlesIn(m)); n != 10 {
		t.Errorf("%d rows", n)
	}
	says(t, w.types(alice, cdn, "/budget on course, ahead of an even pace", 1), "page 1 of 3", "all on course ahead of pace page 2")
	says(t, w.types(alice, cdn, "/budget likely", 1), "No budget matches likely over.", "60 budgets: 10 over")
	w.inOrder()
}

const ownedRules = `
people: {finops: S0FINOPS1, alice: U0ALICE01, ops: S0OPS0001}
teams:
  shop: {services: ["shop-*", www-shop], channel: general, owners: [alice]}
  media: {services: ["video-*"], channel: finops-private, owners: [finops]}
defaults: {channel: cdn-budget}
rules:
  - {name: plain, product: cdn_usage, usage_type: Asia Bandwidth, budget: 100 TB, owners: [finops]}
  - {name: each, product: cdn_usage, usage_type: "* Bandwidth", service: "*", per: service, budget: 20 TB, except: {video-vod: 60 TB}, owners: [alice]}
  - {name: each-na, product: cdn_usage, usage_type: North America Bandwidth, service: "video-*", per: service, budget: 20 TB, owners: [ops]}
  - {name: teams, product: cdn_usage, usage_type: "* Bandwidth", per: team, budget: 50 TB}
  - {name: shop-all, product: cdn_usage, usage_type: "* Bandwidth", service: "shop-*", budget: 90 TB, owners: [finops], channel: C0SECRET1}
`

func owned(t *testing.T) *world {
	w := newWorld(t)
	w.rulesOf(ownedRules)
	w.stands("plain", "", 10)
	w.stands("each", "video-vod", 54)
	w.stands("each", "www-shop", 3)
	w.stands("each", "api", 25)
	w.stands("each-na", "video-vod", 21)
	w.stands("each-na", "video-live", 1)
	w.stands("teams", "shop", 51)
	w.stands("teams", "media", 2)
	w.stands("shop-all", "", 20)
	return w
}

func TestBudgetListsByOwnerChannelAndTeam(t *testing.T) {
	w := owned(t)
	for _, test := range []struct {
		name, user, channel, text string
		want, not                 []string
	}{
		{"mine are those of the person", alice, cdn, "mine", []string{"each (3)", "teams: shop", "owned by you"}, []string{"Asia", "shop-all", "each-na", "teams: media"}},
		{"and of a group of theirs", boris, cdn, "mine", []string{"Asia Bandwidth", "teams: media", "shop-all"}, []string{"each (3)", "teams: shop"}},
		{"what is over has a row for each budget", alice, cdn, "over", []string{"3 over", "each: api", "each-na: video-vod", "teams: shop"}, []string{"each (3)", "Asia"}},
		{"two conditions hold together", alice, cdn, "mine over", []string{"2 over", "each: api", "teams: shop"}, []string{"each-na"}},
		{"a channel by its name", alice, general, "#cdn-budget", []string{"Asia Bandwidth", "each (3)", "(#cdn-budget)"}, []string{"shop-all"}},
		{"a channel that the rules name by its id", alice, general, "#finops-private", []string{"shop-all", "teams (2)"}, []string{"Asia"}},
		{"and by the id", alice, general, "<#C0SECRET1|finops-private>", []string{"shop-all"}, []string{"Asia"}},
		{"this channel", alice, general, "here", []string{"teams (2)", "in this channel"}, []string{"Asia"}},
		{"a state in this channel has the budget that posts there alone", alice, general, "over here", []string{"teams: shop", "1 over"}, []string{"each"}},
		{"a channel without budgets", alice, general, "#random", []string{"No budget matches #random.", "Show All"}, []string{"Asia"}},
		{"a team's own budget, its services' and those of its pattern", alice, cdn, "team shop", []string{"teams: shop", "each: www-shop", "shop-all"}, []string{"api", "media"}},
		{"a service of two rules", alice, cdn, "video-vod", []string{"each: video-vod", "60 TB", "90%", "each-na: video-vod", "105%"}, []string{"video-live"}},
		{"a service of one rule is shown in detail", alice, cdn, "video-live", []string{"each-na: video-live, November", "1.00 of 20 TB"}, nil},
		{"a word for a team and its budget offers both", alice, cdn, "shop", []string{"could be 2 things", "/budget teams: shop", "/budget all team shop"}, nil},
		{"the worst one's limit is in the row of its rule", alice, cdn, "all", []string{"each (3)", "20 TB each", "Over: api", "teams (2)", "102%", "50 TB each"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := w.types(test.user, test.channel, "/budget "+test.text, 1)
			says(t, m, test.want...)
			for _, not := range test.not {
				if contains(m, not) {
					t.Errorf("%q is in:\n%s", not, all(m))
				}
			}
		})
	}
	w.inOrder()
}

// TestAListOfOnesOwnWithoutTheScope: where Slack hides who is in a group, the list says that budgets may be missing.
func TestAListOfOnesOwnWithoutTheScope(t *testing.T) {
	w := newWorld(t, func(c *slacksim.Config, _ *Config) { c.Scopes = []string{"commands", "chat:write"} })
	w.rulesOf(ownedRules)
	w.stands("plain", "", 10)
	says(t, w.types(boris, cdn, "/budget mine", 1), "No budget matches owned by you.", "I can't see who is in some user groups")
}

func TestTheWorstOnesLimitIsNamed(t *testing.T) {
	w := owned(t)
	w.budgets.budgetStates = nil
	w.stands("each", "video-vod", 54)
	w.stands("each", "api", 2)
	says(t, w.types(alice, cdn, "/budget all", 1), "each (2)", "90%", "60 TB (video-vod)")
	w.inOrder()
}

func TestAWishForAnotherBudgetLeadsToTheRulesFile(t *testing.T) {
	w := owned(t)
	w.rules.URL = "https://git.example.com/rules.yaml"
	says(t, w.types(alice, cdn, "/budget set plain 600 TB", 1), "Budgets Are Set in the Rules File", "https://git.example.com/rules.yaml#L8", "budget: 600 TB")
	says(t, w.types(alice, cdn, "/budget Asia Bandwidth 600 Tb", 1), "counts bits", "budget: 100 TB")
	says(t, w.types(alice, cdn, "/budget raise each: video-vod to 70 TB", 1), "except: {video-vod: 70 TB}")
	says(t, w.types(alice, cdn, "/budget plain 1.500 TB", 1), "budget: 1.5 TB", "if thousands are meant")
	says(t, w.types(alice, cdn, "/budget add", 1), "A new rule needs a name of its own", "budget: 500 TB")
	w.inOrder()
}

func TestUndoIsOfWhatThereIs(t *testing.T) {
	w := owned(t)
	for i := range w.budgets.budgetStates {
		w.budgets.budgetStates[i].Threshold = 100
	}
	says(t, w.types(alice, cdn, "/budget mute each: api", 1), "muted")
	says(t, w.types(alice, cdn, "/budget undo api", 1), "each: api")
	if s := w.budgets.budgetStates[3]; s.Muted() {
		t.Errorf("undo leaves %+v", s.Answers)
	}
	w.types(alice, cdn, "/budget ack each: api", 1)
	w.types(alice, cdn, "/budget mute each: api", 1)
	m := w.types(alice, cdn, "/budget undo each: api", 1)
	says(t, m, "each: api` is acknowledged and muted", "/budget unack each: api", "/budget unmute each: api")
	w.presses(alice, m, "run_budget:0", 1)
	if s := w.budgets.budgetStates[3]; !s.Muted() || s.Ack.Given() {
		t.Errorf("unack leaves %+v", s.Answers)
	}
	w.inOrder()
}

func TestWhyByName(t *testing.T) {
	w := owned(t)
	says(t, w.types(alice, cdn, "/budget why plain", 1), "No Message This Month: Asia Bandwidth", "Usage is below every threshold", "10.0 of 100 TB")
	w.budgets.budgetStates = nil
	m := w.types(alice, cdn, "/budget why plain", 1)
	if says(t, m, "Not checked yet"); contains(m, "below every threshold") {
		t.Error("what was never checked is below every threshold")
	}
	w.inOrder()
}

// TestStateWordsAreStates: a list is narrowed by the states that there are, and by each of them.
func TestStateWordsAreStates(t *testing.T) {
	for i, state := range alerts.States {
		if budget.StateWords[i][0] != string(state) {
			t.Errorf("%s is typed as %s", state, budget.StateWords[i][0])
		}
	}
	if len(budget.StateWords) != len(alerts.States) {
		t.Errorf("%d states can be typed, want %d", len(budget.StateWords), len(alerts.States))
	}
}
