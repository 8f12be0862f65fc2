package typed

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
)

// MaxText is how many runes the text of a command may have. The longest sensible question has well under a hundred.
const MaxText = 300

// Word is one word of a command. A quoted one is a name and nothing else.
type Word struct {
	Text   string
	Quoted bool
	At     int // its place among the words of the text
}

// Is reports whether the word, unquoted, is one of the given lower-case ones.
func (w Word) Is(any ...string) bool {
	return !w.Quoted && slices.Contains(any, strings.ToLower(w.Text))
}

var unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// plainer turns the quotes, dots and dashes that phones write into those of a keyboard.
var plainer = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`,
	"‘", "'", "’", "'", "‚", "'", "‛", "'",
	"…", "..", "→", "..", "->", "..",
	"—", "-", "–", "-", "―", "-", "−", "-", "--", "-", "‐", "-", "‑", "-",
)

// Clean unescapes what Slack escaped, once, and leaves one plain space between words. Text that is too long is a mistake.
func Clean(text string) (string, *blocks.Mistake) {
	text = unescape.Replace(text)
	if n := utf8.RuneCountInString(text); n > MaxText {
		return "", &blocks.Mistake{
			Sentence:  fmt.Sprintf("That's %d characters; a question can have at most %d.", n, MaxText),
			Corrected: []string{"help"},
		}
	}
	return strings.Join(strings.Fields(plainer.Replace(blocks.Clean(text))), " "), nil
}

// Fields returns the words exactly as typed, with their quotes, dashes and punctuation: they may be a sentence of the person's own.
func Fields(text string) []string { return strings.Fields(blocks.Clean(unescape.Replace(text))) }

// Words splits cleaned text at its spaces and drops punctuation around words. A text in double quotes is one word, and a range without spaces is three.
func Words(text string) []Word {
	var all []Word
	add := func(text string, quoted bool) {
		if text != "" {
			all = append(all, Word{text, quoted, len(all)})
		}
	}
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			add(strings.TrimSpace(part), true)
			continue
		}
		for field := range strings.FieldsSeq(part) {
			first, last, isRange := cutRange(field)
			add(trimPunctuation(first), false)
			if isRange {
				add(period.Mark, false)
				add(trimPunctuation(strings.TrimLeft(last, ".")), false)
			}
		}
	}
	return all
}

// cutRange cuts "2023-01..2023-03" in two. A hyphen cuts only after a month, since months and product names contain hyphens too.
func cutRange(field string) (first, last string, isRange bool) {
	if first, last, isRange = strings.Cut(field, period.Mark); isRange {
		return first, last, true
	}
	field = trimPunctuation(field)
	if !strings.Contains(field, "-") || period.Is(field) {
		return field, "", false
	}
	for i, r := range field {
		if r == '-' && period.Is(field[:i]) && (i+1 == len(field) || period.Is(field[i+1:])) {
			return field[:i], field[i+1:], true
		}
	}
	return field, "", false
}

// shortYear is a year such as '26, whose apostrophe tells it from a day.
var shortYear = regexp.MustCompile(`^'\d{2}\b`)

// trimPunctuation drops punctuation around a word. Names keep the punctuation inside them.
func trimPunctuation(s string) string {
	if !strings.HasPrefix(s, "'") || !shortYear.MatchString(s) {
		s = strings.TrimLeft(s, "'`([{,;:")
	}
	return strings.TrimRight(s, "'`)]},;:.!?")
}

// Again joins words as a person would type them again.
func Again(all []Word) string {
	texts := make([]string, len(all))
	for i, w := range all {
		texts[i] = w.Text
		if w.Quoted {
			texts[i] = `"` + w.Text + `"`
		}
	}
	return strings.Join(texts, " ")
}

// Plain joins the words of a name, without quotes.
func Plain(name []Word) string {
	texts := make([]string, len(name))
	for i, w := range name {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}

// IsHelp reports whether cleaned text begins with a word for help.
func IsHelp(text string) bool {
	first, _, _ := strings.Cut(strings.ToLower(text), " ")
	return slices.Contains([]string{"?", "-h", "-help", "help"}, first) || trimPunctuation(first) == "help"
}
