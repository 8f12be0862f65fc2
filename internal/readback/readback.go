// Package readback makes of the JSON of a posted message the message that was sent, so that the demo's terminal and tests can show it as people see
// it. The service never reads a message of its own.
package readback

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"budgetbot/slackapp/blocks"
)

// Message returns what was sent, from its text and its blocks. One without blocks shows its text. Kinds of blocks that the bot never makes are
// left out.
func Message(text string, body json.RawMessage) blocks.Message {
	var held slack.Blocks
	if err := json.Unmarshal(body, &held); err != nil || len(held.BlockSet) == 0 {
		return blocks.Message{Text: text, Blocks: blocks.Section("", markupOf(text))}
	}
	m := blocks.Message{Text: text}
	for _, b := range held.BlockSet {
		switch b := b.(type) {
		case *slack.RichTextBlock:
			m.Blocks = append(m.Blocks, blocks.Section(b.BlockID, richText(b.Elements))...)
		case *slack.SectionBlock:
			m.Blocks = append(m.Blocks, blocks.Section(b.BlockID, sectionText(b.Text.Text))...)
		case *slack.ContextBlock:
			m.Blocks = append(m.Blocks, blocks.Context(b.BlockID, contextText(b))...)
		case *slack.TableBlock:
			m.Blocks = append(m.Blocks, gridOf(b).Block(b.BlockID)...)
		case *slack.ActionBlock:
			m.Blocks = append(m.Blocks, b)
		}
	}
	return m
}

var (
	braced   = strings.NewReplacer(`\`, `\\`, `}`, `\}`)
	entities = strings.NewReplacer("{", "{{}", "&lt;", "{<}", "&gt;", ">", "&amp;", "&")
)

// literal is markup in which every sign of a text stands for itself.
func literal(text string) string { return "{" + braced.Replace(text) + "}" }

// date is an instant in Slack's markup, with the form in which Slack draws it.
var date = regexp.MustCompile(`<!date\^(\d+)\^[^|>]*\|([^>]*)>`)

// markupOf returns Slack's markup as ours, which is the same but for braces, entities and the form of dates.
func markupOf(mrkdwn string) string {
	parts := strings.Split(date.ReplaceAllString(mrkdwn, "<!date^$1|$2>"), "`")
	for i, part := range parts {
		if i%2 == 0 {
			parts[i] = entities.Replace(part)
		} else {
			parts[i] = strings.ReplaceAll(html.UnescapeString(part), `\`, `\\`)
		}
	}
	return strings.Join(parts, "`")
}

func sectionText(mrkdwn string) string {
	if inside, isFenced := strings.CutPrefix(mrkdwn, "```\n"); isFenced {
		return literal(html.UnescapeString(strings.TrimSuffix(inside, "\n```")))
	}
	return markupOf(mrkdwn)
}

func contextText(b *slack.ContextBlock) string {
	var text string
	for _, element := range b.ContextElements.Elements {
		if part, ok := element.(*slack.TextBlockObject); ok {
			text += markupOf(part.Text)
		}
	}
	return text
}

func richText(elements []slack.RichTextElement) string {
	var text string
	for _, element := range elements {
		if section, ok := element.(*slack.RichTextSection); ok {
			for _, part := range section.Elements {
				text += elementText(part)
			}
		}
	}
	return text
}

// elementText returns one element; mentions of people are only in mrkdwn.
func elementText(e slack.RichTextSectionElement) string {
	switch e := e.(type) {
	case *slack.RichTextSectionTextElement:
		text := literal(e.Text)
		if e.Style != nil && e.Style.Code {
			text = blocks.Code(e.Text)
		}
		if e.Style != nil && e.Style.Bold {
			text = "*" + text + "*"
		}
		return text
	case *slack.RichTextSectionChannelElement:
		return "<#" + e.ChannelID + ">"
	case *slack.RichTextSectionLinkElement:
		return blocks.Link(e.URL, e.Text)
	case *slack.RichTextSectionDateElement:
		return fmt.Sprintf("<!date^%d|%s>", e.Timestamp, *e.Fallback)
	}
	return ""
}

func gridOf(block *slack.TableBlock) *blocks.Grid {
	g := &blocks.Grid{}
	for _, setting := range block.ColumnSettings {
		g.Left = append(g.Left, setting.Align != slack.ColumnAlignmentRight)
	}
	for _, row := range block.Rows {
		var cells []string
		strong := false
		for _, cell := range row {
			switch cell := cell.(type) {
			case *slack.TableRawTextCell:
				cells = append(cells, cell.Text)
			case *slack.TableRichTextCell:
				cells, strong = append(cells, blocks.PlainOf(richText(cell.Elements))), true
			}
		}
		g.Add(strong, cells...)
	}
	return g
}
