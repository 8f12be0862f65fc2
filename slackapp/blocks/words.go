package blocks

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"
)

// wordsForm is how words are handed to Slack.
type wordsForm int

const (
	asRichText wordsForm = iota // names need no escape there
	asSection                   // mrkdwn: for older clients, and where people are mentioned, since only there Slack documents that they are notified
	asContext                   // in small type, which is mrkdwn alone
)

// words is a block of text. It takes its form in Slack when it is encoded.
type words struct {
	id    string
	spans []span
	form  wordsForm
}

// BlockType implements slack.Block.
func (w words) BlockType() slack.MessageBlockType {
	return map[wordsForm]slack.MessageBlockType{asRichText: slack.MBTRichText, asSection: slack.MBTSection, asContext: slack.MBTContext}[w.form]
}

// ID implements slack.Block.
func (w words) ID() string { return w.id }

// MarshalJSON returns the block as Slack takes it. What is cut there is longer in mrkdwn than it reads.
func (w words) MarshalJSON() ([]byte, error) {
	switch w.form {
	case asContext:
		return encoded(slack.NewContextBlock(w.id, unparsed(clipLines(mrkdwn(w.spans), maxSection))))
	case asSection:
		return encoded(sectionOf(w.id, clipLines(mrkdwn(w.spans), maxSection)))
	case asRichText:
	}
	return encoded(slack.NewRichTextBlock(w.id, rich(w.spans)))
}

// encoded returns a block in JSON. Which signs are escaped for HTML is up to whoever encodes the message.
func encoded(block slack.Block) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(block)
	return b.Bytes(), err
}

// fenced is text of fixed width.
type fenced struct{ text string }

// BlockType implements slack.Block.
func (f fenced) BlockType() slack.MessageBlockType { return slack.MBTSection }

// ID implements slack.Block.
func (f fenced) ID() string { return "" }

// MarshalJSON returns the text as Slack takes it.
func (f fenced) MarshalJSON() ([]byte, error) { return encoded(sectionOf("", fence(f.text))) }

// fence returns text as a block of code in mrkdwn, which only three backticks end.
func fence(text string) string {
	return "```\n" + entities.Replace(strings.ReplaceAll(strings.TrimRight(text, "\n"), "```", "ˋˋˋ")) + "\n```"
}

// fencedBlocks returns text of fixed width as blocks, as many as Slack's limit asks for.
func fencedBlocks(text string) []slack.Block {
	var blocks []slack.Block
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		if b.Len() > 0 && len([]rune(fence(b.String()+line))) > maxSection {
			blocks = append(blocks, fenced{b.String()})
			b.Reset()
		}
		b.WriteString(line)
	}
	return append(blocks, fenced{b.String()})
}

func sectionOf(id, text string) slack.Block {
	return slack.NewSectionBlock(unparsed(text), nil, nil, slack.SectionBlockOptionBlockID(id))
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
