package blocks

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// terminal counts columns the same wherever the program runs: the package's own default asks the environment for its language.
var terminal = &runewidth.Condition{StrictEmojiNeutral: true}

// Columns returns how many columns of a terminal a text takes: two for East Asian characters and emoji, none for marks that
// combine with what stands before them.
func Columns(s string) int { return terminal.StringWidth(s) }

// Pad returns s with spaces up to a width, in front of it where it is to stand right.
func Pad(s string, width int, right bool) string {
	space := strings.Repeat(" ", max(0, width-Columns(s)))
	if right {
		return space + s
	}
	return s + space
}

// clipColumns returns s cut to at most n columns, with an ellipsis where something is missing.
func clipColumns(s string, n int) string {
	if Columns(s) <= n {
		return s
	}
	return strings.TrimRight(terminal.Truncate(s, n-1, ""), " ") + "…"
}

// clipMiddle returns s cut to at most n columns by its middle, so that its end is seen.
func clipMiddle(s string, n int) string {
	if Columns(s) <= n {
		return s
	}
	tail := terminal.TruncateLeft(s, Columns(s)-(n-1)/2, "")
	return clipColumns(s, n-Columns(tail)) + strings.TrimLeft(tail, " ")
}
