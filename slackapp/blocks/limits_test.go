package blocks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func rawRows(rows, cells int, text string) *slack.TableBlock {
	table := slack.NewTableBlock("t")
	for range rows {
		row := make([]slack.TableCell, cells)
		for i := range row {
			row[i] = slack.NewTableRawTextCell(text)
		}
		table.AddRow(row...)
	}
	return table
}

func pressable(id, label, value string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(id, value, slack.NewTextBlockObject(slack.PlainTextType, label, false, false))
}

func many(n int, block slack.Block) []slack.Block { return slices.Repeat([]slack.Block{block}, n) }

func TestCheckNamesBlockAndLimit(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	option := slack.NewOptionBlockObject("v", slack.NewTextBlockObject(slack.PlainTextType, "o", false, false), nil)
	options := make([]*slack.OptionBlockObject, maxOptions+1)
	for i := range options {
		options[i] = option
	}
	fields := make([]*slack.TextBlockObject, maxFields+1)
	elements := make([]slack.MixedElement, maxContext+1)
	buttons := make([]slack.BlockElement, maxActions+1)
	for i := range fields {
		fields[i] = mrkdwn("f")
	}
	for i := range elements {
		elements[i] = mrkdwn("e")
	}
	for i := range buttons {
		buttons[i] = pressable(fmt.Sprintf("a%d", i), "A", "")
	}
	header := func(s string) slack.Block {
		return slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, s, false, false))
	}
	ragged := rawRows(2, 2, "x")
	ragged.Rows[1] = ragged.Rows[1][:1]
	tests := []struct {
		name   string
		text   string
		blocks []slack.Block
		want   string
	}{
		{"the text must be there", " ", nil, "text is empty"},
		{"the text has a length", long(maxText + 1), nil, "text has 4001 characters of 4000"},
		{"blocks are counted", "t", many(51, Section("", "x")), "51 blocks of 50"},
		{"a block's id is unique", "t", many(2, Section("one", "x")), `block 1 (section): block_id "one" comes twice`},
		{"a block's id has a length", "t", []slack.Block{Section(long(256), "x")}, "block_id has 256 characters of 255"},
		{"a section says something", "t", []slack.Block{slack.NewSectionBlock(nil, nil, nil)}, "neither text nor fields"},
		{"a section has a length", "t", []slack.Block{slack.NewSectionBlock(mrkdwn(long(3001)), nil, nil)}, "text has 3001 characters of 3000"},
		{"fields are counted", "t", []slack.Block{slack.NewSectionBlock(nil, fields, nil)}, "11 fields of 10"},
		{"a field has a length", "t", []slack.Block{slack.NewSectionBlock(nil, []*slack.TextBlockObject{mrkdwn(long(2001))}, nil)}, "field has 2001 characters of 2000"},
		{"a header has a length", "t", []slack.Block{header(long(151))}, "block 0 (header): text has 151 characters of 150"},
		{"a header has a text", "t", []slack.Block{slack.NewHeaderBlock(nil)}, "no text"},
		{"a context has elements", "t", []slack.Block{slack.NewContextBlock("")}, "no elements"},
		{"elements of a context are counted", "t", []slack.Block{slack.NewContextBlock("", elements...)}, "11 elements of 10"},
		{"actions have elements", "t", []slack.Block{slack.NewActionBlock("")}, "no elements"},
		{"actions are counted", "t", []slack.Block{slack.NewActionBlock("", buttons...)}, "26 elements of 25"},
		{"a button's text has a length", "t", []slack.Block{slack.NewActionBlock("", pressable("a", long(76), ""))}, "button text has 76 characters of 75"},
		{"a button's value has a length", "t", []slack.Block{slack.NewActionBlock("", pressable("a", "A", long(2001)))}, "button value has 2001 characters of 2000"},
		{"a button has an id", "t", []slack.Block{slack.NewActionBlock("", pressable("", "A", ""))}, `button "A" without action_id`},
		{"a button has a text", "t", []slack.Block{slack.NewActionBlock("", slack.NewButtonBlockElement("a", "", nil))}, "button without text"},
		{"an action's id is unique in the message", "t", []slack.Block{
			slack.NewActionBlock("1", pressable("a", "A", "")), slack.NewActionBlock("2", pressable("a", "B", "")),
		}, `block 1 (actions): action_id "a" comes twice`},
		{"options are counted", "t", []slack.Block{slack.NewActionBlock("", slack.NewOptionsSelectBlockElement(
			slack.OptTypeStatic, nil, "s", options...))}, "101 options of 100"},
		{"a message has one table", "t", []slack.Block{rawRows(1, 1, "x"), rawRows(1, 1, "x")}, "block 1 (table): more than one table"},
		{"a table has rows", "t", []slack.Block{slack.NewTableBlock("t")}, "no rows"},
		{"rows are counted", "t", []slack.Block{rawRows(101, 1, "x")}, "101 rows of 100"},
		{"cells of a row are counted", "t", []slack.Block{rawRows(1, 21, "x")}, "21 cells in a row of 20"},
		{"rows are of one length", "t", []slack.Block{ragged}, "row 1 has 1 cells, the header 2"},
		{"a cell is not empty", "t", []slack.Block{rawRows(1, 2, " ")}, "row 0, cell 1 is empty"},
		{"characters of a table are counted", "t", []slack.Block{rawRows(10, 1, long(1001))}, "10010 characters in cells of 10000"},
		{"all blocks together have a length", "t", many(5, Section("", long(2900))), "characters of blocks in JSON of 11000"},
		{"a block of a kind that no view makes is not let through", "t", []slack.Block{slack.NewFileBlock("f", "x", "remote")}, "block 0 (file): no view makes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Check(Message{Text: tt.text, Blocks: tt.blocks})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check = %v, want it to say %q", err, tt.want)
			}
		})
	}
}

func TestCheckAcceptsWhatIsExactlyAtTheLimit(t *testing.T) {
	m := Message{Text: strings.Repeat("x", maxText), Blocks: []slack.Block{
		Section("a", strings.Repeat("x", maxSection)),
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, strings.Repeat("x", maxHeader), false, false)),
		slack.NewActionBlock("b", pressable("p", strings.Repeat("x", maxButtonText), strings.Repeat("x", maxButtonValue))),
		slack.NewDividerBlock(),
		rawRows(maxTableRows, 1, "x"),
	}}
	if err := Check(m); err != nil {
		t.Errorf("Check: %v", err)
	}
}
