package blocks

import (
	"regexp"
)

// codeSpan is where mrkdwn means nothing but the end of the span.
var codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`]*`")

func mrkdwnTexts(m Message) []string {
	var texts []string
	for _, b := range m.Blocks {
		texts = append(texts, MrkdwnOf(b)...)
	}
	return texts
}
