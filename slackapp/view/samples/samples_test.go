package samples

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/slackapp/blocks"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenJSON returns a message as Slack gets it, indented.
func goldenJSON(t *testing.T, m blocks.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(struct {
		Text   string        `json:"text"`
		Blocks []slack.Block `json:"blocks"`
	}{m.Text, m.Blocks})
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	return b.Bytes()
}

func TestCatalogueIsAsItWas(t *testing.T) {
	wanted := map[string]bool{}
	for _, sample := range All() {
		m := blocks.Fit(sample.Message).Message
		files := map[string][]byte{
			sample.Name + ".golden.json": goldenJSON(t, m),
			sample.Name + ".golden.txt":  []byte(blocks.PlainOf(m.Text) + "\n\n" + blocks.PlainText(m)),
		}
		for name, got := range files {
			if wanted[name] {
				t.Errorf("two samples are called %s", sample.Name)
			}
			wanted[name] = true
			compareGolden(t, name, got)
		}
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.Contains(entry.Name(), ".golden.") && !wanted[entry.Name()] {
			t.Errorf("testdata/%s has no sample", entry.Name())
		}
	}
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%s: %v (run with -update where it is new)", name, err)
		return
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// samplesBeyondLimits are those made too long on purpose, so that Fit has to shorten them.
var samplesBeyondLimits = map[string]bool{"usage-by-service-top-90": true}

func TestEverySampleKeepsSlacksLimits(t *testing.T) {
	for _, sample := range All() {
		t.Run(sample.Name, func(t *testing.T) {
			err := blocks.Check(sample.Message)
			if samplesBeyondLimits[sample.Name] != (err != nil) {
				t.Errorf("Check: %v", err)
			}
			forms := map[string]blocks.Message{
				"fitted": blocks.Fit(sample.Message).Message, "plain": blocks.Fit(blocks.Fit(sample.Message).Plain()).Message, "text": blocks.Fit(sample.Message).TextOnly(),
			}
			for name, m := range forms {
				if err := blocks.Check(m); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// codeSpan is where mrkdwn means nothing but the end of the span.
var codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`]*`")

func TestNoSampleCallsAChannelOrAStranger(t *testing.T) {
	for _, sample := range All() {
		for name, m := range map[string]blocks.Message{"rich": sample.Message, "plain": sample.Message.Plain(), "text": sample.Message.TextOnly()} {
			body := string(goldenJSON(t, m))
			for _, mrkdwn := range append(mrkdwnTexts(m), m.Text) {
				mrkdwn = codeSpan.ReplaceAllString(mrkdwn, "")
				mrkdwn = strings.ReplaceAll(mrkdwn, "<"+blocks.Entities.Replace(sampleRulesURL)+"|the rules file>", "")
				mrkdwn = strings.ReplaceAll(mrkdwn, "<"+blocks.Entities.Replace(sampleRulesURL)+"#L", "")
				for _, bad := range []string{"<!channel", "<!here", "<!everyone", "@channel", "@here", "<http", "\u202E", "\x00"} {
					if strings.Contains(mrkdwn, bad) {
						t.Errorf("%s, %s: mrkdwn holds %q: %s", sample.Name, name, bad, mrkdwn)
					}
				}
			}
			if strings.Contains(body, "\u202e") || strings.Contains(body, `\u0000`) {
				t.Errorf("%s, %s: a control character is left", sample.Name, name)
			}
		}
	}
}

func mrkdwnTexts(m blocks.Message) []string {
	var texts []string
	for _, b := range m.Blocks {
		texts = append(texts, blocks.MrkdwnOf(b)...)
	}
	return texts
}

func TestEveryTextSaysThePoint(t *testing.T) {
	for _, sample := range All() {
		if n := len([]rune(sample.Message.Text)); n < 10 || n > 2000 {
			t.Errorf("%s: text of %d characters: %q", sample.Name, n, sample.Message.Text)
		}
		if strings.Contains(sample.Message.Text, "\n") {
			t.Errorf("%s: text of several lines: %q", sample.Name, sample.Message.Text)
		}
	}
}

func TestSlacksLibraryReadsEverySampleBack(t *testing.T) {
	for _, sample := range All() {
		sent, err := json.Marshal(slack.Blocks{BlockSet: sample.Message.Blocks})
		if err != nil {
			t.Fatalf("%s: %v", sample.Name, err)
		}
		var body slack.Blocks
		if err := json.Unmarshal(sent, &body); err != nil {
			t.Fatalf("%s: %v", sample.Name, err)
		}
		returned := blocks.Message{Text: sample.Message.Text, Blocks: body.BlockSet}
		if diff := cmp.Diff(blocks.PlainText(sample.Message), blocks.PlainText(returned)); diff != "" {
			t.Errorf("%s reads differently when it returns (-sent +returned):\n%s", sample.Name, diff)
		}
	}
}
