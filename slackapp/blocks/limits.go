package blocks

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Slack's limits, in characters unless they are counts.
const (
	maxText        = 4000 // advised for the top-level text; Slack cuts at 40,000
	maxBlocks      = 50
	maxBlocksJSON  = 11000 // not documented: Slack refused 13,200 of JSON, and 11,341 of text
	maxID          = 255
	maxSection     = 3000
	maxFields      = 10
	maxField       = 2000
	maxHeader      = 150
	maxContext     = 10
	maxActions     = 25
	maxButtonText  = 75
	maxButtonValue = 2000
	maxURL         = 3000
	maxOptions     = 100
	maxTableRows   = 100
	maxTableCells  = 20
	maxTableText   = 10000
)

// Slack's limits of a dialog that asks whether a button was meant.
const (
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
)

// Limits of our own, so that one long name does not push out the figures.
const (
	MaxCell   = 80
	MaxQuoted = 80
)

// Check returns nil where Slack accepts the message, else an error that names each block with its position and each limit
// it breaks.
func Check(m Message) error {
	_, err := measured(m)
	return err
}

// measured is Check that leaves the JSON of the blocks, whose length is one of the limits.
func measured(m Message) (json.RawMessage, error) {
	c := &checker{blockIDs: map[string]bool{}, actionIDs: map[string]bool{}}
	c.text("text", m.Text, maxText)
	c.count("blocks", len(m.Blocks), maxBlocks)
	for i, b := range m.Blocks {
		c.at = fmt.Sprintf("block %d (%s)", i, b.BlockType())
		c.block(b)
	}
	c.at = ""
	body := c.encode(m.Blocks)
	return body, errors.Join(c.problems...)
}

// checker gathers what is wrong with a message.
type checker struct {
	at        string
	tables    int
	blockIDs  map[string]bool
	actionIDs map[string]bool
	problems  []error
}

func (c *checker) refuse(format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if c.at != "" {
		problem = c.at + ": " + problem
	}
	c.problems = append(c.problems, errors.New(problem))
}

// text checks a text that must be there and has a limit.
func (c *checker) text(what, s string, limit int) {
	if strings.TrimSpace(s) == "" {
		c.refuse("%s is empty", what)
	}
	if n := utf8.RuneCountInString(s); n > limit {
		c.refuse("%s has %d characters of %d", what, n, limit)
	}
}

// optional checks a text that may be empty.
func (c *checker) optional(what, s string, limit int) {
	if s != "" {
		c.text(what, s, limit)
	}
}

func (c *checker) count(what string, n, limit int) {
	if n > limit {
		c.refuse("%d %s of %d", n, what, limit)
	}
}

// unique checks an id that must not come twice.
func (c *checker) unique(what, id string, seen map[string]bool) {
	if id == "" {
		return
	}
	c.text(what, id, maxID)
	if seen[id] {
		c.refuse("%s %q comes twice", what, id)
	}
	seen[id] = true
}

func (c *checker) block(b slack.Block) {
	c.unique("block_id", b.ID(), c.blockIDs)
	switch b := b.(type) {
	case *slack.SectionBlock:
		c.section(b)
	case *slack.HeaderBlock:
		c.header(b)
	case *slack.ContextBlock:
		c.context(b)
	case *slack.ActionBlock:
		c.actions(b)
	case *slack.TableBlock:
		c.table(b)
	case *slack.DividerBlock:
	default:
		c.refuse("no view makes a block of this kind, so its limits are not known")
	}
}

func (c *checker) section(b *slack.SectionBlock) {
	if b.Text == nil && len(b.Fields) == 0 {
		c.refuse("neither text nor fields")
	}
	if b.Text != nil {
		c.text("text", b.Text.Text, maxSection)
	}
	c.count("fields", len(b.Fields), maxFields)
	for _, field := range b.Fields {
		c.text("field", field.Text, maxField)
	}
}

func (c *checker) header(b *slack.HeaderBlock) {
	if b.Text == nil {
		c.refuse("no text")
		return
	}
	c.text("text", b.Text.Text, maxHeader)
}

func (c *checker) context(b *slack.ContextBlock) {
	elements := b.ContextElements.Elements
	if len(elements) == 0 {
		c.refuse("no elements")
	}
	c.count("elements", len(elements), maxContext)
	for _, element := range elements {
		if text, ok := element.(*slack.TextBlockObject); ok {
			c.text("element", text.Text, maxSection)
		}
	}
}

func (c *checker) actions(b *slack.ActionBlock) {
	if b.Elements == nil || len(b.Elements.ElementSet) == 0 {
		c.refuse("no elements")
		return
	}
	c.count("elements", len(b.Elements.ElementSet), maxActions)
	for _, element := range b.Elements.ElementSet {
		switch e := element.(type) {
		case *slack.ButtonBlockElement:
			c.button(e)
		case *slack.SelectBlockElement:
			c.count("options", len(e.Options), maxOptions)
			c.unique("action_id", e.ActionID, c.actionIDs)
		}
	}
}

func (c *checker) button(b *slack.ButtonBlockElement) {
	if b.Text == nil {
		c.refuse("button without text")
		return
	}
	c.text("button text", b.Text.Text, maxButtonText)
	c.optional("button value", b.Value, maxButtonValue)
	c.optional("button url", b.URL, maxURL)
	if b.Confirm != nil {
		c.confirm(b.Confirm)
	}
	if b.ActionID == "" {
		c.refuse("button %q without action_id", b.Text.Text)
	}
	c.unique("action_id", b.ActionID, c.actionIDs)
}

func (c *checker) confirm(o *slack.ConfirmationBlockObject) {
	for _, part := range []struct {
		what  string
		text  *slack.TextBlockObject
		limit int
	}{
		{"title", o.Title, maxConfirmTitle},
		{"text", o.Text, maxConfirmText},
		{"yes", o.Confirm, maxConfirmButton},
		{"no", o.Deny, maxConfirmButton},
	} {
		if part.text == nil {
			c.refuse("confirmation without %s", part.what)
			continue
		}
		c.text("confirmation's "+part.what, part.text.Text, part.limit)
	}
}

func (c *checker) table(b *slack.TableBlock) {
	if c.tables++; c.tables > 1 {
		c.refuse("more than one table in a message")
	}
	if len(b.Rows) == 0 {
		c.refuse("no rows")
	}
	c.count("rows", len(b.Rows), maxTableRows)
	c.count("column settings", len(b.ColumnSettings), maxTableCells)
	characters := 0
	for i, row := range b.Rows {
		if len(row) == 0 || len(row) != len(b.Rows[0]) {
			c.refuse("row %d has %d cells, the header %d", i, len(row), len(b.Rows[0]))
		}
		c.count("cells in a row", len(row), maxTableCells)
		for j, cell := range row {
			text := CellText(cell)
			if strings.TrimSpace(text) == "" {
				c.refuse("row %d, cell %d is empty", i, j)
			}
			characters += utf8.RuneCountInString(text)
		}
	}
	c.count("characters in cells", characters, maxTableText)
}

func (c *checker) encode(blocks []slack.Block) json.RawMessage {
	if len(blocks) == 0 {
		return nil
	}
	body, err := json.Marshal(blocks)
	if err != nil {
		c.refuse("blocks are not JSON: %v", err)
	}
	c.count("characters of blocks in JSON", utf8.RuneCount(body), maxBlocksJSON)
	return body
}
