package budget

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// watchedNames has rules of plain names, one called like a verb, and one of several budgets.
var watchedNames = Names{
	Rules:     []string{"na-bandwidth", "asia-bandwidth", "image-optimizer", "ack", "shop-services"},
	Instances: map[string][]string{"shop-services": {"www-shop", "Shop Images", "api"}},

	Digests: []string{"monday", "close"},
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Asked
		mistake    string
		corrected  []string
	}{
		{"no text is this channel's budgets", "", Asked{}, "", nil},
		{"all", "ALL.", Asked{List: List{All: true}}, "", nil},
		{"a rule", "na-bandwidth", Asked{Rule: "na-bandwidth"}, "", nil},
		{"a rule as a phone writes it", " NA–Bandwidth ", Asked{Rule: "na-bandwidth"}, "", nil},
		{"a rule in quotes", "“na bandwidth”", Asked{Rule: "na-bandwidth"}, "", nil},
		{"help", "help", Asked{Help: true}, "", nil},
		{"a rule that is misspelt", "na-bandwdth", Asked{}, "There's no budget called `na-bandwdth`. Did you mean `na-bandwidth`?", []string{"na-bandwidth"}},
		{"a rule near none", "zzz", Asked{}, "There's no budget called `zzz`.", []string{"all"}},
		{"a rule with a surplus word", "na-bandwidth please", Asked{}, "There's no budget called `na-bandwidth please`.", []string{"all"}},
		{"3,000 characters", strings.Repeat("x", 3000), Asked{}, "3000 characters; a question", []string{"help"}},

		{"a digest", "digest Monday", Asked{Digest: "monday"}, "", nil},
		{"which digests there are", "Digests", Asked{Digests: true}, "", nil},
		{"in the singular", "digest", Asked{Digests: true}, "", nil},
		{"one that is misspelt", "digest munday", Asked{}, "There's no digest called `munday`.", []string{"digest monday"}},
		{"one near none", "digest zzz", Asked{}, "There's no digest called `zzz`.", []string{"all"}},

		{"an acknowledgement", "ack na-bandwidth", Asked{Verb: VerbAck, Rule: "na-bandwidth"}, "", nil},
		{"spelt out", "Acknowledge NA Bandwidth", Asked{Verb: VerbAck, Rule: "na-bandwidth"}, "", nil},
		{"with a reason as it was typed", "ack na-bandwidth launch of the “video” shop — 2026-11..12 &amp; more", Asked{Verb: VerbAck, Rule: "na-bandwidth", Reason: "launch of the “video” shop — 2026-11..12 & more"}, "", nil},
		{"with a reason in quotes", `ack na-bandwidth: "launch"`, Asked{Verb: VerbAck, Rule: "na-bandwidth", Reason: "launch"}, "", nil},
		{"mute", "mute asia-bandwidth", Asked{Verb: VerbMute, Rule: "asia-bandwidth"}, "", nil},
		{"unmute", "UNMUTE asia bandwidth.", Asked{Verb: VerbUnmute, Rule: "asia-bandwidth"}, "", nil},
		{"history", "history image-optimizer", Asked{Verb: VerbHistory, Rule: "image-optimizer"}, "", nil},
		{"try", "try: image-optimizer", Asked{Verb: VerbTry, Rule: "image-optimizer"}, "", nil},

		{"a rule called like a verb is a name in quotes", `"ack"`, Asked{Rule: "ack"}, "", nil},
		{"and behind a verb without them", "ack ack", Asked{Verb: VerbAck, Rule: "ack"}, "", nil},
		{"alone the verb asks for a rule", "ack", Asked{}, "`ack` needs the name of a budget.", []string{`"ack"`, "ack na-bandwidth", "ack asia-bandwidth"}},

		{"one of a rule's budgets", "shop-services: www-shop", Asked{Rule: "shop-services", Instance: "www-shop"}, "", nil},
		{"without a colon", "shop-services www shop", Asked{Rule: "shop-services", Instance: "www-shop"}, "", nil},
		{"all of them", "shop-services", Asked{Rule: "shop-services"}, "", nil},
		{"mute one of them", "mute shop-services “Shop Images”", Asked{Verb: VerbMute, Rule: "shop-services", Instance: "Shop Images"}, "", nil},
		{"acknowledge one with a reason", "ack shop-services: shop images new pictures", Asked{Verb: VerbAck, Rule: "shop-services", Instance: "Shop Images", Reason: "new pictures"}, "", nil},
		{"which of them was not said", "mute shop-services", Asked{}, "`shop-services` has several budgets. Pick one.", []string{"mute shop-services: www-shop", "mute shop-services: Shop Images", "mute shop-services: api"}},
		{"which of them was misspelt", "ack shop-services ww-shop launch", Asked{}, "`shop-services` has several budgets", []string{"ack shop-services: www-shop launch"}},

		{"a misspelt rule behind a verb", "ack na-bandwdth the launch", Asked{}, "There's no budget called `na-bandwdth`. Did you mean `na-bandwidth`?", []string{"ack na-bandwidth the launch"}},
		{"an unknown one", "mute zzz", Asked{}, "There's no budget called `zzz`.", []string{"all"}},
		{"a misspelt verb", "histroy na-bandwidth", Asked{}, "I don't know `histroy`. Did you mean `history`?", []string{"history na-bandwidth"}},
		{"a verb behind its rule", "na-bandwidth mute", Asked{}, "`mute` comes before the name.", []string{"mute na-bandwidth"}},
		{"more than a name", "history na-bandwidth for a week", Asked{}, "`history` takes the name of one budget and nothing else.", []string{"history na-bandwidth"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, watchedNames)
			if diff := cmp.Diff(test.want, asked, months); diff != "" {
				t.Errorf("asked (-want +got)\n%s", diff)
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

func TestParseWithoutRules(t *testing.T) {
	for _, text := range []string{"mute", "mute na-bandwidth", "na-bandwidth"} {
		asked, mistake := Parse(text, Names{})
		if mistake == nil || mistake.Hint != "There are no budgets yet." {
			t.Errorf("%q is read as %+v, %+v; want a word that there are no rules", text, asked, mistake)
		}
	}
}

func FuzzParseBudget(f *testing.F) {
	seeds := []string{
		"", "all", "na-bandwidth", "na bandwdth", "help", `"`, "\x00", "<!channel>", "–", "ack", "ack ack", `ack "ack" x`, "\ue000",
		"mute shop-services", "shop-services: api ack", "histroy shop-services api", "try all", "ack all because", "akc na-bandwidth",
		"all page 2", "team", "team shop page", "service", `"" page 2`, `"x"page 2`, "set", "set to", "undo video", "#", "<#|>", "page 99999999999999999999",
		"over over", "in the", "why", "eu 5", "set report 5 TB", "video page 2", "all team shop over mine here #x",
		"in 2026-10 as csv", "october", "q3 over csv", "na-bandwidth oct", "2026-13", "may may", "as csv page 2", "last 3 months team shop",
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	plain := Names{
		Rules:     []string{"na-bandwidth", "asia-bandwidth", "top-20", "ack", "all", "help", "shop-services"},
		Instances: watchedNames.Instances,
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, names := range []Names{plain, manyNames} {
			checkText(t, text, names)
		}
	})
}

// checkText: a text is understood, or refused with a sentence and offers that are understood.
func checkText(t *testing.T, text string, names Names) {
	t.Helper()
	asked, mistake := Parse(text, names)
	if mistake == nil {
		checkAsked(t, text, asked, names)
		return
	}
	if mistake.Sentence == "" {
		t.Errorf("%q is refused without a word", text)
	}
	for _, corrected := range mistake.Corrected {
		if _, wrong := Parse(corrected, names); wrong != nil {
			t.Errorf("%q is corrected to %q, which is refused: %s", text, corrected, wrong.Sentence)
		}
	}
}

// checkAsked: whatever is understood names what there is, and a verb always has a rule.
func checkAsked(t *testing.T, text string, asked Asked, names Names) {
	t.Helper()
	_, isRule := typed.Pick(asked.Rule, names.Rules)
	_, isInstance := typed.Pick(asked.Instance, names.Instances[asked.Rule])
	switch {
	case asked.Rule != "" && !isRule, asked.Instance != "" && !isInstance, asked.Verb != "" && asked.Rule == "":
		t.Errorf("%q is read as %+v", text, asked)
	case asked.Verb != "" && asked.Instance == "" && len(names.Instances[asked.Rule]) > 0:
		t.Errorf("%q is read as %+v, of no budget in particular", text, asked)
	case asked.Reason != "" && asked.Verb != VerbAck:
		t.Errorf("%q is read as %+v: a reason is for an acknowledgement", text, asked)
	}
}
