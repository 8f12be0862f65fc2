package blocks

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"budgetbot/billing"
)

// Counted returns a number with its noun, "1 row" or "3 rows".
func Counted(n int, noun string) string { return fmt.Sprintf("%d %s", n, Plural(n, noun, noun+"s")) }

// Plural returns one for 1, and other for every other number.
func Plural(n int, one, other string) string {
	if n == 1 {
		return one
	}
	return other
}

// Most shows the first n of several items, and how many there are beside them in the words of rest.
func Most[T any](items []T, n int, show func(T) string, rest func(n int) string) []string {
	var shown []string
	for _, item := range items[:min(len(items), n)] {
		shown = append(shown, show(item))
	}
	if more := len(items) - n; more > 0 {
		shown = append(shown, rest(more))
	}
	return shown
}

// Bullets makes an item of a list of each line.
func Bullets(lines []string) []string {
	for i, line := range lines {
		lines[i] = "• " + line
	}
	return lines
}

// More is what stands for n further items: "3 more".
func More(n int) string { return fmt.Sprintf("%d more", n) }

// CountedAs returns a function that words how many items are not shown: "2 other teams".
func CountedAs(noun string) func(int) string {
	return func(n int) string { return Counted(n, noun) }
}

// And lists parts as a sentence does: "a", "a and b", "a, b and c".
func And(parts []string) string { return billing.List(parts, " and ") }

// maxListed is how many names a sentence has.
const maxListed = 8

// List returns names for a sentence, and how many more there are where they are many.
func List(names []string) string { return And(Most(names, maxListed, Quote, More)) }

// Capital returns the sentence with a capital letter. A word such as vCPU has its own.
func Capital(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
