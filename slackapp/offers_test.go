package slackapp

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/blocks"
)

// manyWords are of what people ask: some are words of the grammar, some are names of the account, some are misspelt or mean nothing.
var manyWords = strings.Fields(`bandwidth bandwdth requests asia asai europe na us cdn cdn_usage cdn_usag ngwaf waf kv compute ddos dddos image
	object storage www-shop www-shp video-vod fonts-static api shop media team service region product type top 5 500 by per october oct novmber
	2026-10 2026-13 2025 q3 q5 last 3 months month this year 2027 next week forecast rates cost cost fees tls movers csv yesterday week days day daily 7d monday 2026-11-10 today since nov 10 and vs weather latency errors please total class a operations "North "America" "shop-*" *`)

// joined are the ways in which several names are typed.
var joined = []string{" ", " ", " and ", " vs ", ", "}

// offered are the commands that a message offers, as they can be typed.
var offered = regexp.MustCompile("`/usage ([^`]+)`")

// TestWhatIsOfferedAnswersWithRows asks a bot that has just started, and that knows no names yet, and then one that has been asked before.
func TestWhatIsOfferedAnswersWithRows(t *testing.T) {
	draw := rand.New(rand.NewPCG(11, 7))
	tried := 0
	for i := range 12 {
		w := newWorld(t, mayUpload, keepsDays)
		if i%2 == 1 {
			w = newWorld(t, mayUpload, mayReadBills, keepsDays)
			w.hasTeams()
		}
		for range 12 {
			words := make([]string, 1+draw.IntN(4))
			for i := range words {
				words[i] = manyWords[draw.IntN(len(manyWords))]
			}
			tried += len(w.triesOffers(strings.Join(words, joined[draw.IntN(len(joined))])))
		}
		w.inOrder()
	}
	if tried < 100 {
		t.Errorf("%d offers were tried", tried)
	}
}

// TestEveryRefusalOffersAnAnswer asks what has no figures: of an account that gets bills, and of one that does not.
func TestEveryRefusalOffersAnAnswer(t *testing.T) {
	refused := strings.Split("top changes/top changes by team/cost top changes/cost by team top changes/cost movers cdn_usage/top changes 2022-01/"+
		"cost 2019/cost 2019 by team/cost by service 2019/cost tls last month vs 2020-01/forecast cost support by type/2013/2013 by team/2013 vs 2014/by service 2013/"+
		"cost last month by team/cost by region/cost fees/credits/forecast cost/rates/rates cdn_usage/tls/support/xyzzy/xyzzy cost/tls by team/"+
		"team shop 2013/www-shop cost 2013/cost 36m by service", "/")
	for _, isInvoiced := range []bool{false, true} {
		w := newWorld(t, mayUpload)
		if isInvoiced {
			w = newWorld(t, mayUpload, mayReadBills)
			w.hasTeams()
		}
		for _, typed := range refused {
			t.Run(fmt.Sprintf("%s, invoiced %t", typed, isInvoiced), func(t *testing.T) {
				if offers := w.triesOffers(typed); len(offers) == 0 || slices.Contains(offers, "help") {
					t.Errorf("the answer offers %q: %s", offers, w.typesWhole(typed).Text)
				}
			})
		}
	}
}

// triesOffers types a question, and fails the test where what its answer offers, or what a button under it asks, is answered without figures. It returns
// what it tried.
func (w *world) triesOffers(typed string) []string {
	w.t.Helper()
	answer := w.typesWhole(typed)
	texts := pressable(answer)
	for _, command := range offered.FindAllStringSubmatch(answer.Text, -1) {
		texts = append(texts, command[1])
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	for _, text := range texts {
		if again := w.typesWhole(text); text != "help" && !hasFigures(again) {
			w.t.Errorf("%q is answered with an offer that has no rows: %q\n%s\n→ %s", typed, text, answer.Text, again.Text)
		}
	}
	return texts
}

// typesWhole types a question, and returns the answer that follows the word that it takes a while.
func (w *world) typesWhole(text string) slacksim.Message {
	w.t.Helper()
	asked := w.slash(slacksim.Slash{User: alice, Channel: cdn, Command: "/usage", Text: text})
	for n := 1; ; n++ {
		if m := w.answer(asked, n); !strings.HasPrefix(m.Text, "Working on it.") {
			return m
		}
	}
}

// hasFigures reports whether a message has a table, or tells of a file that has one.
func hasFigures(m slacksim.Message) bool {
	return strings.Contains(string(m.Blocks), `"block_id":"figures"`) || strings.HasPrefix(m.Text, "I sent you")
}

// pressable are the texts that the buttons of a message run.
func pressable(m slacksim.Message) []string {
	var texts []string
	var all []struct {
		Elements []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
		} `json:"elements"`
	}
	if err := json.Unmarshal(m.Blocks, &all); err != nil {
		panic(err)
	}
	for _, block := range all {
		for _, button := range block.Elements {
			if verb, _, _ := strings.Cut(button.ActionID, ":"); verb == actionAsk || verb == blocks.ActionRunIt {
				texts = append(texts, button.Value)
			}
		}
	}
	return texts
}
