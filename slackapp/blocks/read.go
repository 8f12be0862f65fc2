package blocks

import (
	"encoding/json"
	"html"
	"strings"

	"github.com/slack-go/slack"
)

// Read turns the JSON of a posted message back into the blocks that it was made of, so that a terminal can show them. A message without blocks
// has its text as one. Kinds of blocks that this package never makes are left out.
func Read(text string, body json.RawMessage) []slack.Block {
	var held slack.Blocks
	if err := json.Unmarshal(body, &held); err != nil || len(held.BlockSet) == 0 {
		return []slack.Block{words{spans: mrkdwnSpans(text)}}
	}
	var blocks []slack.Block
	for _, b := range held.BlockSet {
		switch b := b.(type) {
		case *slack.RichTextBlock:
			blocks = append(blocks, words{b.BlockID, richSpans(b.Elements), asRichText})
		case *slack.SectionBlock:
			blocks = append(blocks, readSection(b))
		case *slack.ContextBlock:
			blocks = append(blocks, words{b.BlockID, contextSpans(b), asContext})
		case *slack.TableBlock:
			blocks = append(blocks, &table{b.BlockID, gridOf(b)})
		case *slack.ActionBlock:
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// mrkdwnSpans reads Slack's markup, which is ours but for braces and entities.
func mrkdwnSpans(mrkdwn string) []span {
	spans := spansOf(strings.ReplaceAll(mrkdwn, "{", "&#123;"))
	for i, s := range spans {
		spans[i].text, spans[i].url = html.UnescapeString(s.text), html.UnescapeString(s.url)
	}
	return spans
}

func readSection(b *slack.SectionBlock) slack.Block {
	inner, isFenced := strings.CutPrefix(b.Text.Text, "```\n")
	if isFenced {
		return fenced{html.UnescapeString(strings.TrimSuffix(inner, "\n```"))}
	}
	return words{b.BlockID, mrkdwnSpans(b.Text.Text), asSection}
}

func contextSpans(b *slack.ContextBlock) []span {
	var spans []span
	for _, element := range b.ContextElements.Elements {
		if text, ok := element.(*slack.TextBlockObject); ok {
			spans = append(spans, mrkdwnSpans(text.Text)...)
		}
	}
	return spans
}

func richSpans(elements []slack.RichTextElement) []span {
	var spans []span
	for _, element := range elements {
		if section, ok := element.(*slack.RichTextSection); ok {
			for _, part := range section.Elements {
				spans = append(spans, readElement(part))
			}
		}
	}
	return spans
}

func readElement(e slack.RichTextSectionElement) span {
	switch e := e.(type) {
	case *slack.RichTextSectionTextElement:
		style := styleOf(e)
		if style.Code {
			return span{kind: spanCode, text: e.Text, bold: style.Bold}
		}
		return span{kind: spanName, text: e.Text, bold: style.Bold}
	case *slack.RichTextSectionChannelElement:
		return span{kind: spanChannel, text: e.ChannelID}
	case *slack.RichTextSectionLinkElement:
		return span{kind: spanLink, text: e.Text, url: e.URL}
	}
	return span{} // mentions of people are in mrkdwn
}

func gridOf(block *slack.TableBlock) *Grid {
	g := &Grid{Left: make([]bool, len(block.ColumnSettings))}
	for i, setting := range block.ColumnSettings {
		g.Left[i] = setting.Align != slack.ColumnAlignmentRight
	}
	for _, row := range block.Rows {
		line := gridLine{cells: make([]string, len(row))}
		for i, cell := range row {
			switch cell := cell.(type) {
			case *slack.TableRawTextCell:
				line.cells[i] = cell.Text
			case *slack.TableRichTextCell:
				line.cells[i], line.strong = plain(richSpans(cell.Elements)), true
			}
		}
		g.lines = append(g.lines, line)
	}
	return g
}
