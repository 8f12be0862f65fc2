package blocks

import (
	"strings"

	"github.com/slack-go/slack"
)

// PlainText returns what a message shows as plain text for a terminal: no markup, tables in columns, buttons in brackets.
func PlainText(m Message) string {
	if len(m.Blocks) == 0 {
		return PlainOf(m.Text) + "\n"
	}
	var parts []string
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *table:
			parts = append(parts, strings.TrimRight(b.Text(), "\n"))
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
