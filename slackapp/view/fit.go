package view

import (
	"fmt"
	"slices"

	"github.com/slack-go/slack"
)

// Fit returns the richest form of the message that Slack accepts: as it is, else with fewer rows in its table, else plain,
// else its text alone.
func Fit(m Message) Message {
	m.Text = clipLines(m.Text, maxText)
	if Check(m) == nil {
		return m
	}
	for _, rows := range []int{80, 60, 40, 30, 20, 15, 10, 5} {
		if fewer, cut := m.withRows(rows); cut && Check(fewer) == nil {
			return fewer
		}
	}
	if plain := m.Plain(); Check(plain) == nil {
		return plain
	}
	return m.TextOnly()
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
	g.add(false, more...)
	blocks := slices.Clone(m.Blocks)
	blocks[i] = g.block(table.BlockID)
	return Message{Text: m.Text, Blocks: blocks}, true
}
