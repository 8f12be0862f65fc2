package samples

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/internal/readback"
	"budgetbot/internal/slacksim/blockkit"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenJSON returns a message as Slack gets it, indented.
func goldenJSON(t *testing.T, m blocks.Fitted) []byte {
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
		m := blocks.Fit(sample.Message)
		shown := blocks.Message{Text: sample.Message.Text, Blocks: m.Blocks}
		files := map[string][]byte{
			sample.Name + ".golden.json": goldenJSON(t, m),
			sample.Name + ".golden.txt":  []byte(blocks.PlainOf(shown.Text) + "\n\n" + blocks.PlainText(shown)),
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

// TestTheREADMEShowsWhatIsPosted: its answer and its alert are those of the catalogue.
func TestTheREADMEShowsWhatIsPosted(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, first := range map[string]string{"usage-quarter": "cdn_usage, Jan–Mar 2023\n", "alert-parent-likely": "North America Bandwidth: 80% Used, Likely Over\n"} {
		golden, err := os.ReadFile(filepath.Join("testdata", name+".golden.txt"))
		if err != nil {
			t.Fatal(err)
		}
		_, shown, found := strings.Cut(string(readme), first)
		if !found {
			t.Fatalf("README.md has no %s", first)
		}
		shown, _, _ = strings.Cut(shown, "```")
		for line := range strings.Lines(shown) {
			if line != "…\n" && !strings.Contains(string(golden), line) {
				t.Errorf("README.md has the line %sand %s has not", line, name)
			}
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

func TestEverySampleKeepsSlacksLimits(t *testing.T) {
	for _, sample := range All() {
		t.Run(sample.Name, func(t *testing.T) {
			fitted := blocks.Fit(sample.Message)
			if blocks.PlainText(blocks.Message{Blocks: fitted.Blocks}) != blocks.PlainText(sample.Message) {
				t.Error("Fit makes it shorter")
			}
			for form := range fitted.Forms() {
				if n := len([]rune(form.Text)); n == 0 || n > 4000 {
					t.Errorf("a text of %d characters", n)
				}
				if len(form.Blocks) == 0 {
					continue
				}
				for _, problem := range blockkit.Problems(form.JSON, blockkit.SurfaceMessage) {
					t.Errorf("%s\n%s", problem, form.JSON)
				}
			}
		})
	}
}

// codeSpan is where mrkdwn means nothing but the end of the span.
var codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`]*`")

// buttonValue is what a button carries, which nobody sees.
var buttonValue = regexp.MustCompile(`"value": ".*"`)

func TestNoSampleCallsAChannelOrAStranger(t *testing.T) {
	for _, sample := range All() {
		for form := range blocks.Fit(sample.Message).Forms() {
			body := buttonValue.ReplaceAllString(string(goldenJSON(t, form)), "")
			for _, mrkdwn := range append(textsOf(t, form.JSON, "mrkdwn"), form.Text) {
				mrkdwn = codeSpan.ReplaceAllString(mrkdwn, "")
				mrkdwn = strings.ReplaceAll(mrkdwn, "<"+strings.ReplaceAll(sampleRulesURL, "&", "&amp;"), "")
				for _, bad := range []string{"<!channel", "<!here", "<!everyone", "<@U0614TZR7", "<http", "\u202E", "\x00"} {
					if strings.Contains(mrkdwn, bad) {
						t.Errorf("%s: mrkdwn holds %q: %s", sample.Name, bad, mrkdwn)
					}
				}
			}
			for _, bad := range []string{"\u202e", `\u0000`, `"broadcast"`, `"type": "user"`, `"type": "usergroup"`} {
				if strings.Contains(body, bad) {
					t.Errorf("%s holds %q", sample.Name, bad)
				}
			}
		}
	}
}

// TestSmallTypeHasThreeFactsAtMost: whatever a caller joins.
func TestSmallTypeHasThreeFactsAtMost(t *testing.T) {
	for _, sample := range All() {
		for _, b := range sample.Message.Blocks {
			if b.BlockType() != slack.MBTContext {
				continue
			}
			text := strings.TrimSpace(blocks.PlainText(blocks.Message{Blocks: []slack.Block{b}}))
			if strings.Count(text, " · ") > 2 || blocks.Capital(text) != text {
				t.Errorf("%s: %s", sample.Name, text)
			}
		}
	}
}

// objectsIn calls visit with every object in blocks.
func objectsIn(t *testing.T, body json.RawMessage, visit func(object map[string]any)) {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); len(body) > 0 && err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			visit(v)
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(value)
}

// textsOf returns every text of a type in blocks.
func textsOf(t *testing.T, body json.RawMessage, kinds ...string) []string {
	t.Helper()
	var texts []string
	objectsIn(t, body, func(object map[string]any) {
		kind, _ := object["type"].(string)
		if text, ok := object["text"].(string); ok && slices.Contains(kinds, kind) {
			texts = append(texts, text)
		}
	})
	return texts
}

func TestEveryTextSaysThePoint(t *testing.T) {
	for _, sample := range All() {
		text := blocks.Fit(sample.Message).Text
		if n := len([]rune(text)); n < 10 || n > 2000 {
			t.Errorf("%s: text of %d characters: %q", sample.Name, n, text)
		}
		if strings.Contains(text, "\n") {
			t.Errorf("%s: text of several lines: %q", sample.Name, text)
		}
	}
}

// unquoted leaves out which words are code: mrkdwn shows a name so that would act in it.
func unquoted(text string) string { return strings.NewReplacer("`", "", "ˋ", "").Replace(text) }

func TestEverySampleReadsAsItWasSent(t *testing.T) {
	for _, sample := range All() {
		if sample.Name == "history-hostile" { // whose entities are cut
			continue
		}
		returned := readback.Message("", blocks.Fit(sample.Message).JSON)
		if diff := cmp.Diff(unquoted(blocks.PlainText(sample.Message)), unquoted(blocks.PlainText(returned))); diff != "" {
			t.Errorf("%s reads differently when it returns (-sent +returned):\n%s", sample.Name, diff)
		}
	}
}

// TestACopiedNameIsTheName: what a person copies from words or from a table is the name as Fastly has it, up to where it is cut. Only what is
// quoted from a person's own sentence has a look-alike, of the backtick.
func TestACopiedNameIsTheName(t *testing.T) {
	name, _, _ := strings.Cut(blocks.Clean(sampledata.Hostile), " gnp")
	found := 0
	for _, sample := range All() {
		for _, text := range textsOf(t, blocks.Fit(sample.Message).JSON, "text", "raw_text") {
			if !strings.Contains(text, ":boom:") || strings.Contains(text, "ˋ") && sample.Name == "mistake-hostile" {
				continue
			}
			if found++; !strings.Contains(text, name) && !strings.HasPrefix(text, " <!channel>") { // behind what a sentence has between backticks
				t.Errorf("%s shows the name as %q", sample.Name, text)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d texts show the hostile name", found)
	}
}
