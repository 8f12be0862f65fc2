package blocks

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Fitted is a message as Slack accepts it.
type Fitted struct {
	// Text is mrkdwn.
	Text   string
	Blocks []slack.Block
	// JSON is the blocks as they were measured, so that they are encoded only once; nil for a message without blocks.
	JSON json.RawMessage
	// whole is the message that was made to fit, for plainer forms of it.
	whole Message
}

// Fit returns the richest form of the message that Slack accepts: as it is, else with fewer rows in its table, else plain,
// else its text alone.
func Fit(m Message) Fitted {
	for form := range narrower(m) {
		if body, ok := measured(form.Blocks); ok {
			return Fitted{clipLines(spoken(spansOf(m.Text)), maxText), form.Blocks, body, m}
		}
	}
	return Fitted{Text: m.TextOnly(), whole: m}
}

// Forms returns the message as it is, plainer, and as text alone, each within Slack's limits: what Slack refuses in one form it may take in the
// next. The plainer ones are made when they are needed.
func (f Fitted) Forms() iter.Seq[Fitted] {
	return func(yield func(Fitted) bool) {
		_ = yield(f) && yield(Fit(f.whole.Plain())) && yield(Fitted{Text: f.whole.TextOnly()})
	}
}

// narrower returns the message as it is, with fewer and fewer rows in its table, and plain, each made when it is needed.
func narrower(m Message) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		if !yield(m) {
			return
		}
		for _, rows := range []int{80, 60, 40, 30, 20, 15, 10, 5} {
			if fewer, cut := m.withRows(rows); cut && !yield(fewer) {
				return
			}
		}
		yield(m.Plain())
	}
}

// withRows returns the message with at most n rows in its table below the header, and a row that says how many are
// missing. It reports false where there are no more than that.
func (m Message) withRows(n int) (Message, bool) {
	i := slices.IndexFunc(m.Blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTTable })
	if i < 0 {
		return m, false
	}
	whole, ok := m.Blocks[i].(*table)
	if !ok || len(whole.lines)-1 <= n {
		return m, false
	}
	shorter := &table{whole.id, &Grid{lines: slices.Clone(whole.lines[:n+1]), Left: whole.Left}}
	more := make([]string, len(whole.lines[0].cells))
	more[0] = fmt.Sprintf("+ %d more", len(whole.lines)-1-n)
	shorter.Add(false, more...)
	blocks := slices.Clone(m.Blocks)
	blocks[i] = shorter
	return Message{Text: m.Text, Blocks: blocks}, true
}

// measured returns the blocks as JSON, and whether Slack accepts their number and size. The limits within one block are
// enforced where it is made.
func measured(blocks []slack.Block) (json.RawMessage, bool) {
	if len(blocks) == 0 {
		return nil, true
	}
	forms := make([]slack.Block, len(blocks))
	for i, b := range blocks {
		if t, ok := b.(*table); ok && !t.fits() {
			return nil, false
		}
		forms[i] = formOf(b)
	}
	body, err := encoded(forms)
	isShort := len(body) <= maxBlocksJSON || utf8.RuneCount(body) <= maxBlocksJSON
	return body, err == nil && len(blocks) <= maxBlocks && isShort
}

// HasRoom reports whether a message has room for the grid beside its words and buttons, so that Fit does not cut it.
func (g *Grid) HasRoom() bool {
	if !g.fits() {
		return false
	}
	if g.longestJSON() <= maxGridJSON {
		return true
	}
	body, err := encoded((&table{Grid: g}).form())
	return err == nil && utf8.RuneCount(body) <= maxGridJSON
}

// longestJSON returns a length that the grid's JSON does not exceed: a byte of text takes six where it is escaped.
func (g *Grid) longestJSON() int {
	const table, column, plain, strong, escaped = 200, 60, 40, 180, 6
	length := table + column*len(g.lines[0].cells)
	for _, line := range g.lines {
		of := plain
		if line.strong {
			of = strong
		}
		for _, cell := range line.cells {
			length += of + escaped*len(cell)
		}
	}
	return length
}

// fits reports whether Slack takes a table of that many rows, columns and characters.
func (g *Grid) fits() bool {
	characters := 0
	for _, line := range g.lines {
		for _, cell := range line.cells {
			characters += utf8.RuneCountInString(cell)
		}
	}
	return len(g.lines) <= maxTableRows && len(g.lines[0].cells) <= maxTableCells && characters <= maxTableText
}
