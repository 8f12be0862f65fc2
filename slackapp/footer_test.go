package slackapp

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"budgetbot/internal/readback"
	"budgetbot/slackapp/blocks"
)

// canonical are the questions of docs/questions.md as they are read.
var canonical = regexp.MustCompile("(?m)^\\| `[^|]*` \\| `([^`]+)` \\|$")

// TestAFooterHasThreeFactsAtMost asks every question of docs/questions.md.
func TestAFooterHasThreeFactsAtMost(t *testing.T) {
	page, err := os.ReadFile("../docs/questions.md")
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, row := range canonical.FindAllStringSubmatch(string(page), -1) {
		asked = append(asked, row[1])
	}
	slices.Sort(asked)
	w := newWorld(t, mayUpload)
	footers := 0
	for _, question := range slices.Compact(asked) {
		m := w.typesWhole(question)
		for line := range strings.Lines(blocks.PlainText(readback.Message(m.Text, m.Blocks))) {
			if !strings.Contains(strings.ToLower(line), "read from fastly") {
				continue
			}
			footers++
			if strings.Count(line, " · ") > 2 {
				t.Errorf("%s\n%s", question, line)
			}
		}
	}
	if footers < 100 {
		t.Errorf("%d answers have a footer", footers)
	}
	w.inOrder()
}
