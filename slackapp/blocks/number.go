package blocks

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"budgetbot/billing"
)

// Counted returns a number with its noun, "1 row" or "3 rows".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// And lists parts as a sentence does: "a", "a and b", "a, b and c".
func And(parts []string) string { return billing.List(parts, " and ") }

// Capital returns the sentence with a capital letter.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
