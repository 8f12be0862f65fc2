package blocks

import (
	"regexp"
	"strings"

	"github.com/slack-go/slack"
)

// PlainText returns what a message shows as plain text for a terminal: no markup, tables in columns, buttons in brackets. It
// reads blocks back, so that it also shows a message that has been to Slack and returned.
func PlainText(m Message) string {
	if len(m.Blocks) == 0 {
		return PlainOf(m.Text) + "\n"
	}
	var parts []string
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *slack.TableBlock:
			parts = append(parts, strings.TrimRight(gridOf(b).Text(), "\n"))
		case *slack.ActionBlock:
			parts = append(parts, buttonRow(b))
		default:
			parts = append(parts, PlainOf(strings.Join(MrkdwnOf(b), "\n")))
		}
	}
	return Joined("\n\n", parts...) + "\n"
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

// PlainOf returns mrkdwn of this package as the text that people see.
func PlainOf(text string) string {
	text = strings.ReplaceAll(text, "```\n", "")
	text = strings.ReplaceAll(text, "\n```", "")
	text = Unmarked(text)
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

// Unmarked returns mrkdwn without its bold type, for a text that is read aloud. Code keeps its stars: they are part of it.
func Unmarked(s string) string {
	parts := strings.Split(s, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], "*", "")
	}
	return strings.Join(parts, "`")
}
