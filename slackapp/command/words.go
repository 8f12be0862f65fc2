package command

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how long the text of a command may be, in runes. The longest sensible question is well under a hundred.
const maxText = 300

// word is one word of a command. A quoted one is a name and nothing else.
type word struct {
	text   string
	quoted bool
}

// is reports whether the word, unquoted, is one of the given lower-case ones.
func (w word) is(any ...string) bool {
	return !w.quoted && slices.Contains(any, strings.ToLower(w.text))
}

// rangeMark is the word that every way of writing "up to" between two months becomes.
const rangeMark = ".."

var unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// plainer turns what phones write for quotes and dots into what a keyboard has. Dashes keep a form of their own, the en
// dash, since between months they mean a range and inside a month they do not.
var plainer = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`,
	"‘", "'", "’", "'", "‚", "'", "‛", "'",
	"…", "..", "→", "..", "->", "..",
	"—", "–", "―", "–", "−", "–", "--", "–",
	"‐", "-", "‑", "-",
)

// clean unescapes what Slack escaped, once, and leaves one plain space between words. It refuses text that is too long
// or contains invisible characters.
func clean(text string) (string, *problem) {
	text = strings.ToValidUTF8(unescape.Replace(text), "")
	if n := utf8.RuneCountInString(text); n > maxText {
		return "", &problem{
			sentence: fmt.Sprintf("That's %d characters; a question can have at most %d.", n, maxText),
			fixes:    []string{"help"},
		}
	}
	text = strings.Map(dropInvisible, text)
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", &problem{
			sentence: "The text contains control characters, which I can't read.",
			fixes:    []string{tidy(strings.Map(controlToSpace, text))},
		}
	}
	return tidy(text), nil
}

func tidy(text string) string { return strings.Join(strings.Fields(plainer.Replace(text)), " ") }

// dropInvisible leaves out format characters, such as the zero-width space that copying from a page brings along, and
// turns line ends and tabs into spaces.
func dropInvisible(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r):
		return -1
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

func controlToSpace(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// words splits cleaned text at its spaces. What stands in double quotes is one word, a range written without spaces is
// three, and punctuation around a word is dropped.
func words(text string) []word {
	var all []word
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			if name := strings.TrimSpace(part); name != "" {
				all = append(all, word{name, true})
			}
			continue
		}
		for field := range strings.FieldsSeq(part) {
			all = append(all, unquotedWords(field)...)
		}
	}
	return all
}

func unquotedWords(field string) []word {
	var all []word
	left, right, isRange := cutRange(field)
	if left = trimPunctuation(left); left != "" {
		all = append(all, word{text: left})
	}
	if isRange {
		all = append(all, word{text: rangeMark})
		if right = trimPunctuation(strings.TrimLeft(right, ".")); right != "" {
			all = append(all, word{text: right})
		}
	}
	return all
}

// cutRange cuts "2023-01..2023-03" in two. A dash cuts only outside a month, and a hyphen only between two months, since
// product names contain hyphens too.
func cutRange(field string) (left, right string, isRange bool) {
	if left, right, isRange = strings.Cut(field, rangeMark); isRange {
		return hyphens(left), hyphens(right), true
	}
	plain := trimPunctuation(hyphens(field))
	if strings.Contains(field, "–") && !isPoint(plain) {
		left, right, isRange = cutDash(field)
		return hyphens(left), hyphens(right), isRange
	}
	if isPoint(plain) {
		return plain, "", false
	}
	for i, r := range plain {
		if r == '-' && isPoint(plain[:i]) && isPoint(plain[i+1:]) {
			return plain[:i], plain[i+1:], true
		}
	}
	return plain, "", false
}

// cutDash cuts at the dash whose left side is a month, so that "2023–01–2023–03" is two months and not a year and a rest;
// else at the first.
func cutDash(field string) (left, right string, found bool) {
	for i, r := range field {
		rest := field[min(len(field), i+len("–")):]
		if r == '–' && isPoint(hyphens(field[:i])) && isPoint(hyphens(rest)) {
			return field[:i], rest, true
		}
	}
	return strings.Cut(field, "–")
}

func hyphens(s string) string { return strings.ReplaceAll(s, "–", "-") }

// trimPunctuation drops what stands around a word in a sentence. Names keep what stands inside them.
func trimPunctuation(s string) string {
	s = strings.TrimLeft(s, "'`([{,;:")
	return strings.TrimRight(s, "'`)]},;:.!?")
}

// textOf joins words as they would be typed again.
func textOf(all []word) string {
	typed := make([]string, len(all))
	for i, w := range all {
		typed[i] = w.text
		if w.quoted {
			typed[i] = `"` + w.text + `"`
		}
	}
	return strings.Join(typed, " ")
}
