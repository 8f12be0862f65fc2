package blocks

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"budgetbot/billing"
)

// NoName stands where a name is empty once what cannot be shown is taken out of it.
const NoName = "(no name)"

// verbatim and code are how the closing sign of a name and of code is written within it.
var (
	verbatim = strings.NewReplacer(`\`, `\\`, `}`, `\}`)
	code     = strings.NewReplacer(`\`, `\\`, "`", "\\`")
)

// Clean returns s as one line that shows what it says, as billing.OneLine has it. It is what plain_text and raw_text need; for
// markup see Escape.
func Clean(s string) string { return billing.OneLine(s) }

// Escape returns s for the inside of markup so that every sign of it stands for itself: no bold type, code, link, mention or
// line break comes of it. An empty text is NoName.
func Escape(s string) string {
	if billing.IsBlank(s) {
		return NoName
	}
	s = Clean(s)
	if !strings.ContainsAny(s, "{<") && !acts(s) {
		return s
	}
	return "{" + verbatim.Replace(s) + "}"
}

// active is what mrkdwn would act on, with no way to escape it: bold type, italics, strike-through, code, an emoji's name, and a
// quotation. An underscore within a word does nothing, and neither does a time of day: product ids stay as they are.
var active = regexp.MustCompile("[*~`]|(?:^|[^A-Za-z0-9])_|_(?:[^A-Za-z0-9]|$)|(?:^|[^0-9]):[A-Za-z0-9_+'-]+:|^>")

// acts reports whether a text would not be shown as it is in mrkdwn.
func acts(s string) bool { return strings.ContainsAny(s, "*~`_:>") && active.MatchString(s) }

// Name is Escape of a name that may be long, so that it does not push out the figures.
func Name(s string) string { return Escape(Clip(Clean(s), MaxCell)) }

// Quote returns what a person or Fastly wrote for the inside of a sentence that is handed to Mistake, Refusal or Trouble:
// there a part between backticks is shown as code, and never as markup.
func Quote(s string) string {
	if billing.IsBlank(s) {
		s = NoName
	}
	return QuoteWhole(Clip(Clean(s), MaxQuoted))
}

// QuoteWhole returns s between backticks, however long it is, for a sentence that goes through Prose. A backtick of its own would end it,
// and is the one sign that a look-alike stands for.
func QuoteWhole(s string) string { return "`" + strings.ReplaceAll(Clean(s), "`", "ˋ") + "`" }

// Code returns s as code.
func Code(s string) string { return "`" + code.Replace(Clean(s)) + "`" }

// Bold returns s in bold type.
func Bold(s string) string { return "*" + Escape(s) + "*" }

// address takes out of an address the signs that would end it.
var address = strings.NewReplacer("|", "%7C", ">", "%3E", "<", "%3C", " ", "%20", "\n", "%0A")

// Link returns an address that is shown as its label.
func Link(url, label string) string {
	return "<" + address.Replace(url) + "|" + strings.NewReplacer("<", "", ">", "").Replace(label) + ">"
}

// Prose returns a sentence as markup: what stands between backticks is code, all else is plain text.
func Prose(s string) string {
	parts := strings.Split(Clean(s), "`")
	if len(parts)%2 == 0 { // an odd backtick out is a character like any other
		last := len(parts) - 1
		parts = append(parts[:last-1], parts[last-1]+"`"+parts[last])
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
