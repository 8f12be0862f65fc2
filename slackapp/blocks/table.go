package blocks

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"budgetbot/billing"
)

// TextWidth is how many columns a phone shows of text of fixed width before it wraps.
const TextWidth = 60

// MaxTextCell is how many columns a cell has at most in text of TextWidth. In wider text it has as much more.
const MaxTextCell = TextWidth * 2 / 3

// MinName is how far the first column of a grid may be narrowed for the sake of TextWidth.
const MinName = 14

// gridLine is one line of a grid. The first line is the header.
type gridLine struct {
	cells  []string
	strong bool // in bold type: the header and the totals
}

// Grid is a table of texts, as it is before Slack or a terminal has it.
type Grid struct {
	lines []gridLine
	Left  []bool // columns that are words and not figures, by index; the first always is
}

// Add appends a line; a cell with nothing to show is a dash, since Slack refuses an empty one.
func (g *Grid) Add(strong bool, cells ...string) {
	for i, cell := range cells {
		if cells[i] = Clip(Clean(cell), MaxCell); cells[i] == "" {
			cells[i] = billing.Dash
		}
	}
	g.lines = append(g.lines, gridLine{cells, strong})
}

func (g *Grid) isLeft(column int) bool {
	return column == 0 || column < len(g.Left) && g.Left[column]
}

// Block returns the grid as one block, which stays a grid until it is sent.
func (g *Grid) Block(blockID string) []slack.Block { return []slack.Block{&table{blockID, g}} }

// table is a grid that a message holds.
type table struct {
	id string
	*Grid
}

// BlockType implements slack.Block.
func (t *table) BlockType() slack.MessageBlockType { return slack.MBTTable }

// ID implements slack.Block.
func (t *table) ID() string { return t.id }

// MarshalJSON implements json.Marshaler.
func (t *table) MarshalJSON() ([]byte, error) { return encoded(t.form()) }

// form returns the grid as Slack's table.
func (t *table) form() slack.Block {
	block := &slackTable{Type: slack.MBTTable, BlockID: t.id, Rows: make([][]slackCell, len(t.lines))}
	for i, line := range t.lines {
		block.Rows[i] = cellsOf(line)
	}
	block.ColumnSettings = make([]slack.ColumnSetting, len(t.lines[0].cells))
	for i := range block.ColumnSettings {
		block.ColumnSettings[i] = slack.ColumnSetting{Align: slack.ColumnAlignmentRight}
		if t.isLeft(i) {
			block.ColumnSettings[i] = slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true}
		}
	}
	return block
}

// slackTable is slack.TableBlock with cells of one type: a table is most of an answer, and cells behind interfaces take twice as long to encode.
type slackTable struct {
	Type           slack.MessageBlockType `json:"type"`
	BlockID        string                 `json:"block_id,omitempty"`
	Rows           [][]slackCell          `json:"rows"`
	ColumnSettings []slack.ColumnSetting  `json:"column_settings,omitempty"`
}

// BlockType implements slack.Block.
func (t *slackTable) BlockType() slack.MessageBlockType { return t.Type }

// ID implements slack.Block.
func (t *slackTable) ID() string { return t.BlockID }

// slackCell is a cell of plain text, or, where it has Elements, of bold text.
type slackCell struct {
	Type     slack.TableCellType `json:"type"`
	Text     string              `json:"text,omitempty"`
	Elements []slackSection      `json:"elements,omitempty"`
}

// slackSection is slack.RichTextSection with elements of one type.
type slackSection struct {
	Type     slack.RichTextElementType          `json:"type"`
	Elements []slack.RichTextSectionTextElement `json:"elements"`
}

var bold = &slack.RichTextSectionTextStyle{Bold: true}

// cellsOf returns the cells of one line. Bold cells share their arrays, since a table is most of what an answer allocates.
func cellsOf(line gridLine) []slackCell {
	cells := make([]slackCell, len(line.cells))
	if !line.strong {
		for i, text := range line.cells {
			cells[i] = slackCell{Type: slack.TableCellRawText, Text: text}
		}
		return cells
	}
	words, sections := make([]slack.RichTextSectionTextElement, len(cells)), make([]slackSection, len(cells))
	for i, text := range line.cells {
		words[i] = slack.RichTextSectionTextElement{Type: slack.RTSEText, Text: text, Style: bold}
		sections[i] = slackSection{slack.RTESection, words[i : i+1 : i+1]}
		cells[i] = slackCell{Type: slack.TableCellRichText, Elements: sections[i : i+1 : i+1]}
	}
	return cells
}

// Text returns the grid as lines of fixed width that a phone shows without wrapping.
func (g *Grid) Text() string { return g.textIn(TextWidth) }

// textIn returns the grid as lines of fixed width with a rule under the header, at most width columns wide where a header
// in two lines or shorter names in the first column can reach that.
func (g *Grid) textIn(width int) string {
	head, most := [][]string{g.lines[0].cells}, width*MaxTextCell/TextWidth
	widths := g.widths(head, most)
	if lineWidth(widths) > width && slices.ContainsFunc(head[0], hasTwoParts) {
		head = twoLines(head[0])
		widths = g.widths(head, most)
	}
	if over := lineWidth(widths) - width; over > 0 {
		widths[0] = min(widths[0], max(MinName, widths[0]-over))
	}
	first, short := g.shortNames(widths[0], most)
	widths[0] = first
	var b strings.Builder
	for _, cells := range head {
		b.WriteString(g.textLine(cells, widths) + "\n")
	}
	b.WriteString(strings.Repeat("-", lineWidth(widths)) + "\n")
	for _, line := range g.lines[1:] {
		cells := append([]string{short[line.cells[0]]}, line.cells[1:]...)
		b.WriteString(g.textLine(cells, widths) + "\n")
	}
	return b.String()
}

// nameCuts are the ways to cut a name to a width, from the one that reads best to the one that keeps most of the name's end.
var nameCuts = []func(string, int) string{clipName, clipMiddle, clipFront}

// shortNames returns how wide the first column is and how its names are cut to that: no wider than asked for, unless different names would
// then look the same. Where the most that a cell can have is not enough for that, they do.
func (g *Grid) shortNames(width, most int) (int, map[string]string) {
	for w := width; w < most; w++ {
		if short, apart := g.cutNames(w); apart {
			return w, short
		}
	}
	short, apart := g.cutNames(most)
	if !apart {
		short, _ = g.cutNames(width)
		return width, short
	}
	return most, short
}

// cutNames cuts each name in the first way in which no other one looks like it, and reports whether all are different then.
func (g *Grid) cutNames(width int) (short map[string]string, apart bool) {
	short = make(map[string]string, len(g.lines))
	for _, line := range g.lines[1:] {
		short[line.cells[0]] = ""
	}
	taken := make(map[string]int, len(short))
	for _, cut := range nameCuts {
		clear(taken)
		for name, chosen := range short {
			if chosen == "" {
				chosen = cut(name, width)
			}
			taken[chosen]++
		}
		left := 0
		for name, chosen := range short {
			if chosen != "" {
				continue
			}
			if one := cut(name, width); taken[one] == 1 {
				short[name] = one
			} else {
				left++
			}
		}
		if left == 0 {
			return short, true
		}
	}
	for name, chosen := range short {
		if chosen == "" {
			short[name] = clipMiddle(name, width)
		}
	}
	return short, false
}

func hasTwoParts(cell string) bool { return strings.Contains(cell, ", ") }

// twoLines breaks the cells of a header at their comma, since one of its words is often wider than all figures below it.
func twoLines(cells []string) [][]string {
	upper, lower := make([]string, len(cells)), make([]string, len(cells))
	for i, cell := range cells {
		first, second, found := strings.Cut(cell, ", ")
		if !found {
			lower[i] = cell
			continue
		}
		upper[i], lower[i] = first+",", second
	}
	return [][]string{upper, lower}
}

// widths returns how wide each column is under the given header, each at most as wide as a cell can be.
func (g *Grid) widths(head [][]string, most int) []int {
	widths := make([]int, len(g.lines[0].cells))
	widen := func(cells []string) {
		for i, cell := range cells {
			widths[i] = max(widths[i], min(Columns(cell), most))
		}
	}
	for _, cells := range head {
		widen(cells)
	}
	for _, line := range g.lines[1:] {
		widen(line.cells)
	}
	return widths
}

// lineWidth returns the width of a line whose columns stand two spaces apart.
func lineWidth(widths []int) int {
	sum := 2 * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

func (g *Grid) textLine(cells []string, widths []int) string {
	parts := make([]string, len(cells))
	for i, cell := range cells {
		parts[i] = Pad(clipColumns(cell, widths[i]), widths[i], !g.isLeft(i))
	}
	return strings.TrimRight(strings.Join(parts, "  "), " ")
}
