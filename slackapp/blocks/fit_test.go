package blocks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func TestFitTakesTheRichestFormThatSlackAccepts(t *testing.T) {
	words := Section("words", "The finding.")
	long := slack.NewSectionBlock(mrkdwn(strings.Repeat("x", maxSection+1)), nil, nil)
	wide := &Grid{}
	wide.Add(true, "A", "B")
	for i := range 150 {
		wide.Add(false, fmt.Sprintf("row %d", i), "1")
	}
	odd := rawRows(3, maxTableCells+1, "x")
	tests := []struct {
		name   string
		blocks []slack.Block
		kinds  string
		shows  string
	}{
		{"what Slack accepts stays as it is", []slack.Block{words, rawRows(3, 2, "x")}, "section table", "x"},
		{"a table that is too long has fewer rows, and says so", []slack.Block{words, wide.Block("t")}, "section table", "+ 70 more"},
		{"a table that cannot be shortened is text", []slack.Block{words, odd}, "section section", "x  x"},
		{"what no block can hold is text alone", []slack.Block{words, long}, "", "The finding."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Fit(Message{Text: "The point.", Blocks: tt.blocks})
			if err := Check(m.Message); err != nil {
				t.Errorf("Check: %v", err)
			}
			var kinds []string
			for _, b := range m.Blocks {
				kinds = append(kinds, string(b.BlockType()))
			}
			if got := strings.Join(kinds, " "); got != tt.kinds {
				t.Errorf("blocks are %q, want %q", got, tt.kinds)
			}
			if !strings.Contains(PlainText(m.Message), tt.shows) {
				t.Errorf("%q is not in:\n%s", tt.shows, PlainText(m.Message))
			}
		})
	}
}

func TestTextOnlyCutsAtALineAndClosesItsCode(t *testing.T) {
	m := Message{Text: "The point.", Blocks: preformatted(strings.Repeat("0123456789\n", 900))}
	got := m.TextOnly()
	if len(got.Blocks) != 0 || strings.Count(got.Text, "```")%2 != 0 || !strings.HasSuffix(got.Text, "\n```\n…") {
		t.Errorf("text ends in %q", got.Text[len(got.Text)-40:])
	}
	if err := Check(got); err != nil {
		t.Errorf("Check: %v", err)
	}
}
