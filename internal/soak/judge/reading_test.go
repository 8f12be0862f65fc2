package judge

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHear reads what the service writes, from its own samples: where the words change, what is read here has to follow.
func TestHear(t *testing.T) {
	for sample, want := range map[string]string{
		"alert-parent":              "threshold na-bandwidth 2026-11 80",
		"alert-parent-jumped":       "threshold na-bandwidth 2026-11 125",
		"alert-parent-on-course":    "threshold na-bandwidth 2026-11 80",
		"alert-parent-parts":        "threshold all-bandwidth 2026-11 80",
		"alert-parent-undated":      "threshold na-bandwidth 2026-11 80",
		"alert-broadcast-over":      "threshold na-bandwidth 2026-11 100",
		"alert-reply-restated":      "restated compute 2026-11 0",
		"alert-broadcast-bill-over": "threshold monthly-bill 2026-11 100",
		"alert-list-month-over":     "threshold North America Bandwidth 2026-10 100, threshold North America Bandwidth 2026-10 80, threshold Compute 2026-10 100",
		"alert-start-new-rules":     "summary   0",
		"alert-list":                "threshold North America Bandwidth 2026-11 100, threshold North America Bandwidth 2026-11 80, threshold Compute 2026-11 100",
		"alert-update":              "not understood   0", // an edit, which nobody asks about
		"alert-update-closed":       "not understood   0",
	} {
		t.Run(sample, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("..", "..", "..", "slackapp", "view", "samples", "testdata", sample+".golden.json"))
			if err != nil {
				t.Fatal(err)
			}
			var message struct {
				Text   string          `json:"text"`
				Blocks json.RawMessage `json:"blocks"`
			}
			if err := json.Unmarshal(raw, &message); err != nil {
				t.Fatal(err)
			}
			h := ReadMessage(Post{
				Channel: "soak-0", At: time.Date(2026, time.December, 1, 7, 0, 0, 0, time.UTC), Text: message.Text, blocks: string(message.Blocks), reason: reasonOf(sample),
			})
			var got []string
			for _, s := range h.Notices {
				got = append(got, fmt.Sprintf("%s %s %s %d", s.Kind, s.Rule, s.Month, s.threshold))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("it says %q, want %q", strings.Join(got, ", "), want)
			}
		})
	}
}

func TestHearMore(t *testing.T) {
	for _, test := range []struct {
		name string
		h    Message
		want notice
	}{
		{
			"a month that is likely to end above a budget", msg(5, "one: 9 TB used, 9% of July's 100 TB, likely to end near 120 TB (120%). Rule one.",
				"likely to end above the budget", headed("one: Likely Over, 9% Used")),
			notice{Kind: aboutForecast, Rule: "one", Month: "2026-07", likely: true},
		},
		{
			"a threshold that a month reached on its last day", msg(34, "one: July is closed: 81 TB, 81%. Rule one.", "first threshold reached"),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-07", threshold: 80},
		},
		{
			"a line of a list that is a forecast", listed(5, [2]string{"one", "Likely Over"}),
			notice{Kind: aboutForecast, Rule: "one", Month: "2026-07", listed: true, likely: true},
		},
		{
			"a line of a list that is both", listed(5, [2]string{"one", "Past 80%, Likely Over"}),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-07", threshold: 80, listed: true, likely: true},
		},
		{
			"a threshold of a month that is likely over", msg(5, "one: 81 TB used, 81% of July's 100 TB. Rule one.", "first threshold reached", headed("one: 81% Used, Likely Over")),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-07", threshold: 80, likely: true},
		},
		{"a line of a list that is neither", listed(5, [2]string{"one", "Fine"}), notice{Kind: notRead}},
		{
			"somebody's answer", msg(5, "one: Acknowledged by <@U0ALICE01>, Jul 5, 03:48 UTC. You'll still be alerted at 100%.", "", func(p *Post) { p.reply = true }),
			notice{Kind: aboutAnswer},
		},
		{
			"a list of a month that is over", listedOf(" in June", counted("Bill as of", 2), 5, [2]string{"one", "Past 80%"}),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-06", threshold: 80, listed: true},
		},
		{
			"a list of bills that comes late", listedOf("", counted("Bill as of", 0), 5, [2]string{"one", "Past 80%"}),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-06", threshold: 80, listed: true},
		},
		{
			"what may be a repeat", msg(5, "one: 81 TB used, 81% of July's 100 TB. Rule one. ("+mayRepeat+")", "first threshold reached", under(smallPrint+" · "+mayRepeat)),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-07", threshold: 80},
		},
		{"what the operators are told", msg(5, "Checks fail.", "", func(p *Post) { p.Channel = Operators }), notice{Kind: aboutOther}},
		{
			"December's in January", ReadMessage(Post{
				At: time.Date(2027, time.January, 2, 0, 0, 0, 0, time.UTC), Text: "one: 81 TB used, 1,250% of December's 1 TB. Rule one.",
				reason: "first threshold reached",
			}),
			notice{Kind: aboutThreshold, Rule: "one", Month: "2026-12", threshold: 125},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.h.Notices[0]
			got.post, got.counted = nil, ""
			if len(test.h.Notices) != 1 || got != test.want {
				t.Errorf("it says %+v, want %+v", test.h.Notices, test.want)
			}
		})
	}
}

func TestWhatMayBeARepeatIsHeard(t *testing.T) {
	const text = "one: 81 TB used, 81% of July's 100 TB. Rule one."
	for _, test := range []struct {
		name, text, facts string
		want              bool
	}{
		{"under the other small type", text + " (" + mayRepeat + ")", smallPrint + " · " + mayRepeat, true},
		{"where there is no other", "I can't post to #soak-9. (" + mayRepeat + ")", mayRepeat, true},
		{"not where the text does not say so", text, smallPrint + " · " + mayRepeat, false},
		{"not where the small type does not", text + " (" + mayRepeat + ")", smallPrint, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := msg(5, test.text, "first threshold reached", under(test.facts)); got.perhaps != test.want {
				t.Errorf("it is read as a repeat: %t, want %t", got.perhaps, test.want)
			}
		})
	}
}

// under puts other small type under a message.
func under(text string) func(*Post) { return func(p *Post) { p.blocks = inSmallType(text) } }

// reasonOf is the reason in a sample's metadata.
func reasonOf(sample string) string {
	if strings.HasPrefix(sample, "alert-update") {
		return "figures updated"
	}
	return "first threshold reached"
}
