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

// clipName is clipColumns for what may end with a unit behind a comma, "Compute vCPU Time, K hours": figures without their unit say nothing.
func clipName(s string, n int) string {
	i := strings.LastIndex(s, ", ")
	if i <= 0 || Columns(s) <= n {
		return clipColumns(s, n)
	}
	if left := n - Columns(s[i:]); left >= n/2 {
		return clipColumns(s[:i], left) + s[i:]
	}
	return clipColumns(s, n)
}

// shownFront is how many columns of a name's beginning clipFront keeps.
const shownFront = 4

// clipFront returns s cut to at most n columns behind its first few, so that as much of its end is seen as can be.
func clipFront(s string, n int) string {
	if Columns(s) <= n || n <= shownFront+1 {
		return clipMiddle(s, n)
	}
	front := clipColumns(s, shownFront+1)
	return front + strings.TrimLeft(terminal.TruncateLeft(s, Columns(s)-(n-Columns(front)), ""), " ")
}

// clipMiddle returns s cut to at most n columns by its middle, so that its end is seen.
func clipMiddle(s string, n int) string {
	if Columns(s) <= n {
		return s
	}
	tail := terminal.TruncateLeft(s, Columns(s)-(n-1)/2, "")
	return clipColumns(s, n-Columns(tail)) + strings.TrimLeft(tail, " ")
}
