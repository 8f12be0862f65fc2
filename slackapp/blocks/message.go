package blocks

import (
	"strings"

	"github.com/slack-go/slack"
)

// Message is what Slack is asked to show.
type Message struct {
	// Text says the whole point in one or two sentences of mrkdwn. It is what a notification and a screen reader say.
	Text string
	// Blocks are what people see; without any, Slack shows Text.
	Blocks []slack.Block
}

// Plain returns the message in the blocks that every client and every workspace has long known: tables become text of fixed
// width, rich text becomes sections.
func (m Message) Plain() Message {
	var blocks []slack.Block
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *slack.TableBlock:
			blocks = append(blocks, preformatted(gridOf(b).Text())...)
		default:
			blocks = append(blocks, b)
		}
	}
	return Message{Text: m.Text, Blocks: blocks}
}

// TextOnly returns the message without blocks: what can be said in mrkdwn alone, cut at a line where it is too long. Buttons
// are lost.
func (m Message) TextOnly() Message {
	var parts []string
	for _, b := range m.Plain().Blocks {
		parts = append(parts, MrkdwnOf(b)...)
	}
	if len(parts) == 0 {
		return Message{Text: clipLines(m.Text, maxText)}
	}
	return Message{Text: clipLines(strings.Join(parts, "\n"), maxText)}
}

// MrkdwnOf returns the texts of a block that are mrkdwn.
func MrkdwnOf(b slack.Block) []string {
	switch b := b.(type) {
	case *slack.SectionBlock:
		if b.Text != nil {
			return []string{b.Text.Text}
		}
	case *slack.ContextBlock:
		return contextTexts(b)
	}
	return nil
}

func contextTexts(b *slack.ContextBlock) []string {
	var parts []string
	for _, element := range b.ContextElements.Elements {
		if text, ok := element.(*slack.TextBlockObject); ok {
			parts = append(parts, text.Text)
		}
	}
	return parts
}

// clipLines cuts text to n characters at the end of a line, and closes a code block that was cut open.
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

// mrkdwn returns a text object that Slack does not look through for links and names.
func mrkdwn(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}

// Section returns lines of mrkdwn as one block, cut at Slack's limit.
func Section(blockID string, lines ...string) slack.Block {
	text := clipLines(strings.Join(lines, "\n"), maxSection)
	return slack.NewSectionBlock(mrkdwn(text), nil, nil, slack.SectionBlockOptionBlockID(blockID))
}

// Context returns facts of mrkdwn in small type, set apart by dots; empty ones are left out, and so is the block when
// nothing remains.
func Context(blockID string, facts ...string) []slack.Block {
	text := Joined(" · ", facts...)
	if text == "" {
		return nil
	}
	return []slack.Block{slack.NewContextBlock(blockID, mrkdwn(clipLines(text, maxSection)))}
}

// preformatted returns text of fixed width as sections, as many as Slack's limit asks for.
func preformatted(text string) []slack.Block {
	const fences = len("```\n\n```")
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "ˋ").Replace(text)
	var blocks []slack.Block
	for _, piece := range pieces(escaped, maxSection-fences) {
		blocks = append(blocks, slack.NewSectionBlock(mrkdwn("```\n"+piece+"\n```"), nil, nil))
	}
	return blocks
}

// pieces cuts text at line ends into parts of at most n characters. A line is never longer than that.
func pieces(text string, n int) []string {
	var parts []string
	var b strings.Builder
	size := 0
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		length := len([]rune(line)) + 1
		if size > 0 && size+length > n {
			parts = append(parts, strings.TrimSuffix(b.String(), "\n"))
			b.Reset()
			size = 0
		}
		b.WriteString(line + "\n")
		size += length
	}
	return append(parts, strings.TrimSuffix(b.String(), "\n"))
}

// Joined returns the parts that are not empty with sep between them.
func Joined(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// Note returns a message of one section whose text says the same.
func Note(lines ...string) Message {
	text := Joined("\n", lines...)
	return Message{Text: strings.ReplaceAll(text, "\n", " "), Blocks: []slack.Block{Section("note", text)}}
}
