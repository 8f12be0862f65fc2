package budgetview

import (
	"cmp"
	"slices"
	"time"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// DigestDue is a digest of the rules file, and when it is posted next.
type DigestDue struct {
	Name, Channel string
	AtClose       bool // it closes a month
	Due           time.Time
}

// maxDigests is how many digests are listed.
const maxDigests = 20

// Digests lists the digests, the next one first, and how to look at one before it is posted.
func Digests(digests []DigestDue, command string, now time.Time) blocks.Message {
	if len(digests) == 0 {
		return blocks.Note("There are no digests: the rules file has none under " + blocks.Code("digests:") + ".")
	}
	sorted := slices.SortedStableFunc(slices.Values(digests), func(a, b DigestDue) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Name, b.Name)) })
	line := func(d DigestDue) string {
		return blocks.Code(d.Name) + d.closes() + ": next " + d.when(now) + " in " + phrase.ChannelName(d.Channel)
	}
	lines := blocks.Bullets(blocks.Most(sorted, maxDigests, line, blocks.More))
	first := sorted[0]
	return blocks.Message{
		Text: blocks.Capital(blocks.Counted(len(digests), "digest")) + ". The next one is " + blocks.Code(first.Name) + ", " + first.when(now) + ".",
		Blocks: slices.Concat(
			blocks.Section("digests", append([]string{"*Digests*"}, lines...)...),
			blocks.Context("facts", blocks.Code(command+" digest "+first.Name)+" shows what it would post now"),
		),
	}
}

func (d DigestDue) closes() string {
	if d.AtClose {
		return " (closes the month)"
	}
	return ""
}

// when is the instant of the next post; a schedule that a loaded file has always comes.
func (d DigestDue) when(now time.Time) string { return blocks.Clock(d.Due, now) }
