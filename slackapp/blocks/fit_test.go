package blocks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"budgetbot/internal/slacksim/blockkit"
)

// gridOfSize returns a table of so many rows below its header.
func gridOfSize(rows, columns int, cell string) *Grid {
	g := &Grid{}
	for i := range rows + 1 {
		cells := slices.Repeat([]string{cell}, columns)
		cells[0] = fmt.Sprintf("row %d", i)
		g.Add(i == 0, cells...)
	}
	return g
}

func kindsOf(blocks []slack.Block) string {
	var kinds []string
	for _, b := range blocks {
		kinds = append(kinds, string(b.BlockType()))
	}
	return strings.Join(kinds, " ")
}

// judge fails where Slack would refuse the message.
func judge(t interface{ Errorf(string, ...any) }, what string, f Fitted) {
	if len(f.Blocks) > 0 {
		for _, problem := range blockkit.Problems(f.JSON, blockkit.SurfaceMessage) {
			t.Errorf("%s: %s", what, problem)
		}
	}
	if n := len([]rune(f.Text)); n == 0 || n > maxText {
		t.Errorf("%s: a text of %d characters", what, n)
	}
}

// TestNoGridIsLongerThanItsBound: HasRoom measures a grid only where the bound leaves it open.
func TestNoGridIsLongerThanItsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, maxTableCells).Draw(t, "columns")
		g := &Grid{Left: rapid.SliceOfN(rapid.Bool(), 0, columns).Draw(t, "left")}
		for range rapid.IntRange(1, 20).Draw(t, "lines") {
			g.Add(rapid.Bool().Draw(t, "strong"), rapid.SliceOfN(rapid.String(), columns, columns).Draw(t, "cells")...)
		}
		body, err := encoded((&table{Grid: g}).form())
		if err != nil || len(body) > g.longestJSON() {
			t.Errorf("%d bytes of JSON are bounded by %d: %v", len(body), g.longestJSON(), err)
		}
	})
}

// TestAGridHasRoomUpToItsLimit: the bound does not decide where the real length does.
func TestAGridHasRoomUpToItsLimit(t *testing.T) {
	for _, tt := range []struct {
		name string
		grid *Grid
		has  bool
	}{
		{"a short grid", gridOfSize(3, 2, "x"), true},
		{"a grid whose bound is over the limit, and whose JSON is not", gridOfSize(20, 3, strings.Repeat("x", 60)), true},
		{"one of too much JSON", gridOfSize(40, 3, strings.Repeat("x", 80)), false},
		{"one of too many lines", gridOfSize(maxTableRows, 1, "x"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.grid.HasRoom(); got != tt.has {
				t.Errorf("it has room: %t, want %t", got, tt.has)
			}
		})
	}
}

func TestFitTakesTheRichestFormThatSlackAccepts(t *testing.T) {
	point := Section("words", "The finding.")
	tests := []struct {
		name   string
		blocks []slack.Block
		kinds  string
		shows  string
	}{
		{"what Slack accepts stays as it is", append(point, gridOfSize(3, 2, "x").Block("t")...), "rich_text table", "row 3  x"},
		{"a table that is too long has fewer rows, and says so", append(point, gridOfSize(150, 2, "1").Block("t")...), "rich_text table", "+ 70 more"},
		{"a table of too many characters too", append(point, gridOfSize(90, 8, strings.Repeat("x", 20)).Block("t")...), "rich_text table", "+ 70 more"},
		{"a table that cannot be shortened is text", append(point, gridOfSize(3, maxTableCells+1, "x").Block("t")...), "section section", "x  x"},
		{"too many blocks are text alone", slices.Repeat(Section("", "x"), maxBlocks+1), "", "x\nx"},
		{"too much is text alone", slices.Repeat(Section("", strings.Repeat("word ", 500)), 5), "", "word word"},
		{"somebody who is mentioned is in mrkdwn, since only there Slack documents a notification", Section("s", "hello <@U012AB3CD>"), "section", "@U012AB3CD"},
		{"a channel that is named needs no mrkdwn", Section("s", "in <#C0123456789>"), "rich_text", "#C0123456789"},
		{"small type is mrkdwn", Context("c", "a", "", "b"), "context", "A · b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Fit(Message{Text: "The point.", Blocks: tt.blocks})
			judge(t, "fitted", m)
			if got := kindsOf(m.Blocks); got != tt.kinds {
				t.Errorf("blocks are %q, want %q", got, tt.kinds)
			}
			shown := PlainText(Message{Blocks: m.Blocks})
			if len(m.Blocks) == 0 {
				shown = m.Text
			}
			if !strings.Contains(shown, tt.shows) {
				t.Errorf("%q is not in:\n%s", tt.shows, shown)
			}
		})
	}
}

func TestFormsGoFromTheRichestToTextAlone(t *testing.T) {
	m := Message{Text: "*The* point.", Blocks: slices.Concat(
		Section("s", Bold("a *b*")), gridOfSize(1, 2, "x").Block("t"),
		Buttons("b", []Action{{Label: "Go", ID: "go", Value: "v"}}),
	)}
	want := []string{"rich_text table actions: The point.", "section section actions: The point.", ": *`a *b*`*\n```\nrow 0  x\n--------\nrow 1  x\n```"}
	var got []string
	for form := range Fit(m).Forms() {
		judge(t, kindsOf(form.Blocks), form)
		got = append(got, kindsOf(form.Blocks)+": "+form.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("forms\n got %q\nwant %q", got, want)
	}
}

func TestAPlainerFormThatIsNotNeededIsNotMade(t *testing.T) {
	for form := range Fit(Message{Text: "t", Blocks: Section("s", "x")}).Forms() {
		if got := kindsOf(form.Blocks); got != "rich_text" {
			t.Errorf("the first form is %q", got)
		}
		break
	}
}

func TestLongWordsAreCutAtALineEnd(t *testing.T) {
	line := strings.Repeat("x", 99)
	for name, section := range map[string][]slack.Block{
		"rich text": Section("s", slices.Repeat([]string{line}, 40)...),
		"mrkdwn":    Section("s", append([]string{"<@U012AB3CD>"}, slices.Repeat([]string{line}, 40)...)...),
		"one line":  Section("s", strings.Repeat("x", maxSection+1)),
	} {
		body, err := json.Marshal(section)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range blockkit.Problems(body, blockkit.SurfaceMessage) {
			t.Errorf("%s: %s", name, problem)
		}
		shown := shownText(t, section)
		if !strings.HasSuffix(shown, "…") || name != "one line" && !strings.HasSuffix(shown, line+"\n…") && !strings.HasSuffix(shown, line+"…") {
			t.Errorf("%s ends in %q", name, shown[len(shown)-110:])
		}
	}
}

func TestTextAloneCutsAtALineAndClosesItsCode(t *testing.T) {
	m := Message{Text: "The point.", Blocks: gridOfSize(900, 2, "x").Block("t")}
	got := m.TextOnly()
	if len([]rune(got)) > maxText || strings.Count(got, "```")%2 != 0 || !strings.HasSuffix(got, "\n```\n…") {
		t.Errorf("text ends in %q", got[len(got)-40:])
	}
}

func TestATableNoFenceCanHoldIsSeveralBlocks(t *testing.T) {
	m := Message{Text: "t", Blocks: gridOfSize(90, 3, "a&b```c").Block("t")}.Plain()
	judge(t, "plain", Fit(m))
	if len(m.Blocks) < 2 {
		t.Errorf("%d blocks", len(m.Blocks))
	}
	if shown := PlainText(m); strings.Count(shown, "a&b```c") != 91*2 {
		t.Errorf("cells are missing from\n%s", shown)
	}
}

// TestATableIsAsWideAsItsTerminal: a name is cut where the lines would be too wide, and nowhere else.
func TestATableIsAsWideAsItsTerminal(t *testing.T) {
	grid := &Grid{}
	grid.Add(true, "Budget", "State")
	grid.Add(false, "North America Bandwidth of the shop", "No fresh data for 47 h: video-vod; 33 without a figure")
	m := Message{Blocks: grid.Block("t")}
	for width, want := range map[int]string{
		TextWidth: "North America Ban…  No fresh data for 47 h: video-vod; 33 w…",
		120:       "North America Bandwidth of the shop  No fresh data for 47 h: video-vod; 33 without a figure",
	} {
		if got := PlainTextIn(m, width); !strings.HasSuffix(got, "\n"+want+"\n") {
			t.Errorf("in %d columns:\n%swant the line %s", width, got, want)
		}
	}
}
