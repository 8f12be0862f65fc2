package blocks

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"budgetbot/billing"
)

// NoName stands where a name is empty once what cannot be shown is taken out of it.
const NoName = "(no name)"

// lookAlikes replace the characters that mean something in mrkdwn, which has no escape for them.
var lookAlikes = map[rune]rune{
	'*': '∗',
	'~': '∼',
	'`': 'ˋ',
	'@': '＠',
	'_': 'ˍ',
	':': '꞉',
}

// Clean returns s as one line that shows what it says, as billing.OneLine has it. It is what plain_text and raw_text need; for
// mrkdwn see Escape.
func Clean(s string) string { return billing.OneLine(s) }

// Escape returns s for the inside of mrkdwn so that it reads the same and does nothing: no emphasis, code, link, mention,
// emoji or line break comes of it. An empty text is NoName.
func Escape(s string) string {
	if billing.IsBlank(s) {
		return NoName
	}
	runes := []rune(Clean(s))
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case isMarkup(runes, i):
			b.WriteRune(lookAlikes[r])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isMarkup reports whether the rune at i would act in mrkdwn. An underscore within a word does not, and a colon does only
// in front of what could be an emoji's name: product ids and times of day stay as they are, so that they can be copied.
func isMarkup(runes []rune, i int) bool {
	switch runes[i] {
	case '_':
		return !isWithinWord(runes, i)
	case ':':
		return opensEmoji(runes, i)
	}
	_, ok := lookAlikes[runes[i]]
	return ok
}

// isWord reports whether the rune at i is a letter or a digit of ASCII, or one of the other runes given.
func isWord(runes []rune, i int, others string) bool {
	if i < 0 || i >= len(runes) || runes[i] >= utf8.RuneSelf {
		return false
	}
	return unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]) || strings.ContainsRune(others, runes[i])
}

// isWithinWord reports whether letters or digits stand on both sides of the underscores around i.
func isWithinWord(runes []rune, i int) bool {
	left, right := i, i
	for left >= 0 && runes[left] == '_' {
		left--
	}
	for right < len(runes) && runes[right] == '_' {
		right++
	}
	return isWord(runes, left, "") && isWord(runes, right, "")
}

// opensEmoji reports whether a word and another colon follow the colon at i, and it is not within a time of day.
func opensEmoji(runes []rune, i int) bool {
	end := i + 1
	for isWord(runes, end, "_+-'") {
		end++
	}
	return end > i+1 && end < len(runes) && runes[end] == ':' && !isDigit(runes, i-1)
}

func isDigit(runes []rune, i int) bool {
	return i >= 0 && i < len(runes) && unicode.IsDigit(runes[i])
}

// Quote returns what a person or Fastly wrote for the inside of a sentence that is handed to Mistake, Refusal or Trouble:
// there a part between backticks is shown as code, and never as markup.
func Quote(s string) string {
	if billing.IsBlank(s) {
		s = NoName
	}
	s = Clip(Clean(s), MaxQuoted)
	return "`" + strings.ReplaceAll(s, "`", "ˋ") + "`"
}

// Entities are the three characters that mean something in any text of Slack's.
var Entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Code returns s as a code span of mrkdwn.
func Code(s string) string { return Entities.Replace(QuoteWhole(s)) }

// QuoteWhole returns s between backticks, however long it is, for a sentence that goes through Prose.
func QuoteWhole(s string) string {
	return "`" + strings.ReplaceAll(Clean(s), "`", "ˋ") + "`"
}

// Bold returns s in bold type of mrkdwn.
func Bold(s string) string { return "*" + Escape(s) + "*" }

// Prose returns a sentence as mrkdwn: what stands between backticks is code, all else is plain text.
func Prose(s string) string {
	parts := strings.Split(Clean(s), "`")
	if len(parts)%2 == 0 { // an odd backtick out is a character like any other
		last := len(parts) - 1
		parts = append(parts[:last-1], parts[last-1]+"ˋ"+parts[last])
	}
	var b strings.Builder
	for i, part := range parts {
		switch {
		case strings.TrimSpace(part) == "":
			b.WriteString(part)
		case i%2 == 1:
			b.WriteString(Code(part))
		default:
			b.WriteString(edges(part, Escape(part)))
		}
	}
	return b.String()
}

// edges gives escaped the spaces around it that cleaning took from part.
func edges(part, escaped string) string {
	if strings.HasPrefix(part, " ") {
		escaped = " " + escaped
	}
	if strings.HasSuffix(part, " ") {
		escaped += " "
	}
	return escaped
}

// Clip returns s cut to at most n characters, the last of them an ellipsis where something is missing.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:n-1]), " ") + "…"
}
