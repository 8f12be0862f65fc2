package blocks

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/slack-go/slack"
)

// Fitted is a message that Slack accepts.
type Fitted struct {
	Message
	// JSON is the blocks as they were measured, so that nobody has to encode them again; nil where there are none.
	JSON json.RawMessage
	// Whole is the message that was made to fit, for plainer forms of it.
	Whole Message
}

// Fit returns the richest form of the message that Slack accepts: as it is, else with fewer rows in its table, else plain,
// else its text alone.
func Fit(m Message) Fitted {
	whole := m
	m.Text = clipLines(m.Text, maxText)
	for form := range narrower(m) {
		if body, err := measured(form); err == nil {
			return Fitted{form, body, whole}
		}
	}
	return Fitted{Message: m.TextOnly(), Whole: whole}
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
	table, ok := m.Blocks[i].(*slack.TableBlock)
	if !ok || len(table.Rows)-1 <= n {
		return m, false
	}
	g := gridOf(table)
	missing := len(g.lines) - 1 - n
	g.lines = g.lines[:n+1]
	more := make([]string, len(g.lines[0].cells))
	more[0] = fmt.Sprintf("+ %d more", missing)
	g.Add(false, more...)
	blocks := slices.Clone(m.Blocks)
	blocks[i] = g.Block(table.BlockID)
	return Message{Text: m.Text, Blocks: blocks}, true
}
