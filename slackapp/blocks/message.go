package blocks

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// Message is what Slack is asked to show.
type Message struct {
	// Text says the whole point in one or two sentences of markup. It is what a notification and a screen reader say.
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
		case *table:
			blocks = append(blocks, fencedBlocks(b.Text())...)
		case words:
			b.as = slack.MBTSection
			blocks = append(blocks, b)
		default:
			blocks = append(blocks, b)
		}
	}
	return Message{Text: m.Text, Blocks: blocks}
}

// TextOnly returns the message as mrkdwn without blocks, cut at the end of a line where it is too long. It loses the buttons, and has dates as words.
func (m Message) TextOnly() string {
	var parts []string
	for _, b := range m.Plain().Blocks {
		if w, ok := b.(words); ok {
			parts = append(parts, mrkdwn(undated(w.spans)))
		}
	}
	if len(parts) == 0 {
		parts = []string{mrkdwn(undated(spansOf(m.Text)))}
	}
	return clipLines(strings.Join(parts, "\n"), maxText)
}

// Section returns lines of markup as one block; empty ones are left out, and so is the block when nothing remains.
func Section(blockID string, lines ...string) []slack.Block {
	text := Joined("\n", lines...)
	if text == "" {
		return nil
	}
	spans := clipSpans(spansOf(text), maxSection)
	as := slack.MBTRichText
	if pings(spans) { // only of mrkdwn does Slack document that people are notified
		as = slack.MBTSection
	}
	return []slack.Block{words{blockID, spans, as}}
}

// mostFacts is how many facts small type has: more of them are longer than the answer, and on a phone nobody reads them.
const mostFacts = 3

// Context is small type: the first facts that are not empty, set apart by dots. Callers put first what keeps people from misreading a figure.
func Context(blockID string, facts ...string) []slack.Block {
	facts = slices.DeleteFunc(slices.Clone(facts), func(fact string) bool { return fact == "" })
	if len(facts) == 0 {
		return nil
	}
	text := Capital(strings.Join(facts[:min(len(facts), mostFacts)], " · "))
	return []slack.Block{words{blockID, clipSpans(spansOf(text), maxSection), slack.MBTContext}}
}

// Joined returns the parts that are not empty with sep between them.
func Joined(sep string, parts ...string) string {
	var joined strings.Builder
	for _, part := range parts {
		if part != "" && joined.Len() > 0 {
			joined.WriteString(sep)
		}
		joined.WriteString(part)
	}
	return joined.String()
}

// Note returns a message of one section whose text says the same.
func Note(lines ...string) Message {
	text := Joined("\n", lines...)
	return Message{Text: strings.ReplaceAll(text, "\n", " "), Blocks: Section("note", text)}
}
