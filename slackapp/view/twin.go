package view

import (
	"regexp"
	"strings"

	"github.com/slack-go/slack"
)

// Twin returns what a message shows as plain text for a terminal: no markup, tables in columns, buttons in brackets. It
// reads blocks back, so that it also shows a message that has been to Slack and returned.
func Twin(m Message) string {
	if len(m.Blocks) == 0 {
		return plainOf(m.Text) + "\n"
	}
	var parts []string
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *slack.TableBlock:
			parts = append(parts, strings.TrimRight(gridOf(b).text(), "\n"))
		case *slack.ActionBlock:
			parts = append(parts, buttonRow(b))
		default:
			parts = append(parts, plainOf(strings.Join(mrkdwnOf(b), "\n")))
		}
	}
	return joined("\n\n", parts...) + "\n"
}

func buttonRow(b *slack.ActionBlock) string {
	var labels []string
	if b.Elements == nil {
		return ""
	}
	for _, element := range b.Elements.ElementSet {
		if button, ok := element.(*slack.ButtonBlockElement); ok && button.Text != nil {
			labels = append(labels, "["+button.Text.Text+"]")
		}
	}
	return strings.Join(labels, " ")
}

// angled is a mention or a link of mrkdwn: <@U1>, <!subteam^S1>, <#C1>, with or without a name behind a bar.
var angled = regexp.MustCompile(`<([@#]|!subteam\^)([A-Z0-9]+)(?:\|[^>]*)?>`)

// linked is a link to the rules file, the only one that is ever made.
var linked = regexp.MustCompile(`<(https?://[^|>]*)\|([^>]*)>`)

// plainOf returns mrkdwn of this package as the text that people see.
func plainOf(text string) string {
	text = strings.ReplaceAll(text, "```\n", "")
	text = strings.ReplaceAll(text, "\n```", "")
	text = unmarked(text)
	text = linked.ReplaceAllString(text, "$2 ($1)")
	text = angled.ReplaceAllStringFunc(text, func(s string) string {
		parts := angled.FindStringSubmatch(s)
		if parts[1] == "#" {
			return "#" + parts[2]
		}
		return "@" + parts[2]
	})
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}
