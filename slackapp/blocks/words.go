package blocks

import (
	"strings"

	"github.com/segmentio/encoding/json"

	"github.com/slack-go/slack"
)

// words is a block of text. It takes its form in Slack when it is encoded: rich text, in which every sign of a name stands for itself, or, in a
// section or in the small type of a context, mrkdwn.
type words struct {
	id    string
	spans []span
	as    slack.MessageBlockType
}

// BlockType implements slack.Block.
func (w words) BlockType() slack.MessageBlockType { return w.as }

// ID implements slack.Block.
func (w words) ID() string { return w.id }

// MarshalJSON implements json.Marshaler.
func (w words) MarshalJSON() ([]byte, error) { return encoded(w.form()) }

// form returns the block as Slack takes it. What is cut here is longer in mrkdwn than it reads.
func (w words) form() slack.Block {
	if w.as == slack.MBTRichText {
		return slack.NewRichTextBlock(w.id, rich(w.spans))
	}
	text := unparsed(clipLines(mrkdwn(w.spans), maxSection))
	if w.as == slack.MBTContext {
		return slack.NewContextBlock(w.id, text)
	}
	return slack.NewSectionBlock(text, nil, nil, slack.SectionBlockOptionBlockID(w.id))
}

// formOf returns a block in its last form: one of Slack's.
func formOf(block slack.Block) slack.Block {
	switch b := block.(type) {
	case interface{ form() slack.Block }:
		return b.form()
	case *slack.ActionBlock:
		return &slackActions{b, b.Elements.ElementSet}
	}
	return block
}

// encoded returns one block or several in JSON. It escapes nothing for HTML; the encoder of the whole message may.
func encoded(blocks any) ([]byte, error) {
	const usual = 8 << 10 // bytes
	return json.Append(make([]byte, 0, usual), blocks, 0)
}

// fencedBlocks returns text of fixed width as blocks, as many as Slack's limit asks for.
func fencedBlocks(text string) []slack.Block {
	var blocks []slack.Block
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		if b.Len() > 0 && len([]rune(fence(b.String()+line))) > maxSection {
			blocks = append(blocks, fenced(b.String()))
			b.Reset()
		}
		b.WriteString(line)
	}
	return append(blocks, fenced(b.String()))
}

func fenced(text string) slack.Block {
	return words{spans: []span{{kind: spanFenced, text: text}}, as: slack.MBTSection}
}

// unparsed returns a text object that Slack does not look through for links and names.
func unparsed(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}

// clipLines cuts text to n characters at the end of a line, and closes a block of code that was cut open.
func clipLines(text string, n int) string {
	const tail = "\n```\n…"
	if len([]rune(text)) <= n {
		return text
	}
	kept := string([]rune(text)[:n-len(tail)])
	if i := strings.LastIndexByte(kept, '\n'); i > 0 {
		kept = kept[:i]
	}
	if strings.Count(kept, "```")%2 == 1 {
		return kept + tail
	}
	return kept + "\n…"
}
