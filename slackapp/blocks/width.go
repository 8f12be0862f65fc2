package blocks

import (
	"strings"
	"unicode"
)

// Columns returns how many columns of a terminal a text takes: two for East Asian characters and emoji, none for marks that
// combine with what stands before them.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < unicode.MaxASCII: // nearly all there is, and the tables below are slow
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
		r >= 0xFF01 && r <= 0xFF60, // full-width forms
		r >= 0x1F300 && r <= 0x1FAFF:
		return 2
	}
	return 1
}

// clipColumns returns s cut to at most n columns, with an ellipsis where something is missing.
func clipColumns(s string, n int) string {
	if Columns(s) <= n {
		return s
	}
	var b strings.Builder
	left := n - 1
	for _, r := range s {
		if left -= runeColumns(r); left < 0 {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// clipMiddle returns s cut to at most n columns by its middle, so that its end is seen.
func clipMiddle(s string, n int) string {
	if Columns(s) <= n {
		return s
	}
	tail := []rune(s)
	for left := Columns(s); left > (n-1)/2; tail = tail[1:] {
		left -= runeColumns(tail[0])
	}
	return clipColumns(s, n-Columns(string(tail))) + strings.TrimLeft(string(tail), " ")
}
