package slackapp

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"budgetbot/internal/slacksim"
)

// manyWords are of what people ask: some are words of the grammar, some are names of the account, some are misspelt or mean nothing.
var manyWords = strings.Fields(`bandwidth bandwdth requests asia asai europe na us cdn cdn_usage cdn_usag ngwaf waf kv compute ddos dddos image
	object storage www-shop www-shp video-vod fonts-static api shop media team service region product type top 5 500 by per october oct novmber
	2026-10 2026-13 2025 q3 q5 last 3 months month this year 2027 next week forecast csv and vs weather latency errors please total class a operations "North "America" "shop-*" *`)

// joined are the ways in which several names are typed.
var joined = []string{" ", " ", " and ", " vs ", ", "}

// offered are the commands that a message offers, as they can be typed.
var offered = regexp.MustCompile("`/usage ([^`]+)`")

// TestEveryOfferedCommandAnswersWithRows asks a bot that has just started, and that knows no names yet, and then one that has been asked before.
func TestEveryOfferedCommandAnswersWithRows(t *testing.T) {
	draw := rand.New(rand.NewPCG(11, 7))
	tried := 0
	for range 12 {
		w := newWorld(t, mayUpload)
		for range 12 {
			words := make([]string, 1+draw.IntN(4))
			for i := range words {
				words[i] = manyWords[draw.IntN(len(manyWords))]
			}
			typed := strings.Join(words, joined[draw.IntN(len(joined))])
			answer := w.typesWhole(typed)
			if hasFigures(answer) {
				continue
			}
			for _, command := range offered.FindAllStringSubmatch(answer.Text, -1) {
				tried++
				if again := w.typesWhole(command[1]); command[1] != "help" && !hasFigures(again) {
					t.Errorf("%q is answered with an offer that has no rows: %q\n%s\n→ %s", typed, command[1], answer.Text, again.Text)
				}
			}
		}
		w.inOrder()
	}
	if tried < 50 {
		t.Errorf("%d offers were tried", tried)
	}
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
