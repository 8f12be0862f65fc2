package command

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
)

// maxText is how long the text of a command may be, in runes. The longest sensible question is well under a hundred.
const maxText = 300

// word is one word of a command. A quoted one is a name and nothing else.
type word struct {
	text   string
	quoted bool
	at     int // its place among the words of the text
}

// is reports whether the word, unquoted, is one of the given lower-case ones.
func (w word) is(any ...string) bool {
	return !w.quoted && slices.Contains(any, strings.ToLower(w.text))
}

// fillers are the words of whole sentences that say nothing about what is asked.
var fillers = strings.Fields("a about all and are at be can could did do does for get give has have how i in is it list me most much of on our please report " +
	"see show tell that the to total us usage use used uses using was we were what what's whats with would you")

func isFiller(w word) bool { return w.is(fillers...) }

var unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// plainer turns what phones write for quotes, dots and dashes into what a keyboard has.
var plainer = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`,
	"‘", "'", "’", "'", "‚", "'", "‛", "'",
	"…", "..", "→", "..", "->", "..",
	"—", "-", "–", "-", "―", "-", "−", "-", "--", "-", "‐", "-", "‑", "-",
)

// clean unescapes what Slack escaped, once, and leaves one plain space between words. It refuses text that is too long.
func clean(text string) (string, *problem) {
	text = unescape.Replace(text)
	if n := utf8.RuneCountInString(text); n > maxText {
		return "", &problem{
			sentence: fmt.Sprintf("That's %d characters; a question can have at most %d.", n, maxText),
			fixes:    []string{"help"},
		}
	}
	return strings.Join(strings.Fields(plainer.Replace(blocks.Clean(text))), " "), nil
}

// words splits cleaned text at its spaces. What stands in double quotes is one word, a range written without spaces is
// three, and punctuation around a word is dropped.
func words(text string) []word {
	var all []word
	add := func(text string, quoted bool) {
		if text != "" {
			all = append(all, word{text, quoted, len(all)})
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

// cutRange cuts "2023-01..2023-03" in two. A hyphen cuts only behind a month, since months and product names contain hyphens too.
func cutRange(field string) (first, last string, isRange bool) {
	if first, last, isRange = strings.Cut(field, period.Mark); isRange {
		return first, last, true
	}
	field = trimPunctuation(field)
	if period.Is(field) {
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

// trimPunctuation drops what stands around a word in a sentence. Names keep what stands inside them.
func trimPunctuation(s string) string {
	if !strings.HasPrefix(s, "'") || !shortYear.MatchString(s) {
		s = strings.TrimLeft(s, "'`([{,;:")
	}
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

func plain(names []word) string {
	texts := make([]string, len(names))
	for i, w := range names {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// letters returns the letters and digits of a name in lower case, with one space for whatever stands between them.
func letters(name string) string {
	if strings.Contains(name, "&") {
		name = unescape.Replace(name)
	}
	var b strings.Builder
	b.Grow(len(name))
	gap := false
	for _, r := range name {
		switch {
		case r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r):
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = b.Len() > 0
		default:
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// isHelp reports whether cleaned text begins with a word for help.
func isHelp(text string) bool {
	first, _, _ := strings.Cut(strings.ToLower(text), " ")
	return slices.Contains([]string{"?", "-h", "-help", "help"}, first) || trimPunctuation(first) == "help"
}
