package blocks

import (
	"strings"

	"github.com/slack-go/slack"
)

// PlainText returns what a message shows as plain text, with tables as narrow as a phone needs them.
func PlainText(m Message) string { return PlainTextIn(m, TextWidth) }

// PlainTextIn returns what a message shows as plain text for a terminal of a width: no markup, tables in columns, buttons in brackets.
func PlainTextIn(m Message, width int) string {
	if len(m.Blocks) == 0 {
		return PlainOf(m.Text) + "\n"
	}
	var parts []string
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *table:
			parts = append(parts, strings.TrimRight(b.textIn(width), "\n"))
		case *slack.ActionBlock:
			parts = append(parts, buttonRow(b))
		case words:
			parts = append(parts, plain(b.spans))
		}
	}
	return Joined("\n\n", parts...) + "\n"
}

func buttonRow(b *slack.ActionBlock) string {
	var labels []string
	for _, element := range b.Elements.ElementSet {
		if button, ok := element.(*slack.ButtonBlockElement); ok {
			labels = append(labels, "["+button.Text.Text+"]")
		}
	}
	return strings.Join(labels, " ")
}
