package billing

import (
	"strings"
	"unicode"
)

// OneLine returns s as one line of what can be seen: line breaks and control characters are spaces, runs of spaces are
// one, and marks that are invisible or turn the direction of writing are gone. A text with nothing to show is empty.
func OneLine(s string) string {
	if isPlainASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case isHidden(r):
			return -1
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// isPlainASCII reports whether OneLine would leave the text alone, as it does nearly every name and figure.
func isPlainASCII(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return !strings.HasSuffix(s, " ")
}

// isHidden reports whether r is a mark without a glyph, other than the joiners that scripts and emoji need.
func isHidden(r rune) bool {
	if r < unicode.MaxASCII || r == '\u200C' || r == '\u200D' {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) && r != '\u2028' && r != '\u2029'
}

// IsBlank reports whether nobody can see the name: it is of spaces, or of signs without width.
func IsBlank(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// Called returns what a service is called: its name, or its id if nobody can see that.
func Called(name, id string) string {
	if IsBlank(name) {
		return id
	}
	return name
}

// List writes words as a sentence does: "a", "a and b", "a, b and c", with last between the last two.
func List(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + last + words[end]
}

// MaxTitle is how many characters of a server's words are kept.
const MaxTitle = 200

// Clean makes a server's words fit for a line of a log or a message.
func Clean(s string) string {
	runes := []rune(OneLine(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\uFFFD", "")))
	if len(runes) > MaxTitle {
		return string(runes[:MaxTitle-1]) + "…"
	}
	return string(runes)
}
