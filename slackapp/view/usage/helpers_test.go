package usageview

import (
	"regexp"
	"strings"

	"pgregory.net/rapid"
)

// codeSpan is where mrkdwn means nothing but the end of the span.
var codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`]*`")

// hostileText draws texts that are rich in what Slack, terminals and our own code give a meaning to.
func hostileText() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"a", "B", "9", " ", "_", "*", "~", "`", "```", "<", ">", "&", "@", "!", "#", "|", ":", "boom", "channel", "<!here>", "<@U012AB3CD>",
		"\n", "\x00", "\x1b", "\u202e", "\u200b", "\u200d", "é", "e\u0301", "長", "🚀", "\xff", ", ", "-", "+",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 30).Draw(t, "pieces"), "")
	})
}
