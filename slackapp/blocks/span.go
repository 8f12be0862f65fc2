package blocks

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// spanKind is what a stretch of markup is.
type spanKind int

const (
	spanText    spanKind = iota // words of this program
	spanName                    // foreign text: every character is literal
	spanCode                    // of fixed width
	spanPerson                  // a mention of a person, by id
	spanGroup                   // a mention of a group of people, by id
	spanChannel                 // a channel, by id
	spanLink                    // an address behind its label
	spanDate                    // an instant, behind what is read where Slack draws none
	spanFenced                  // lines of fixed width
)

// span is a stretch of markup of one kind and one type.
type span struct {
	kind spanKind
	text string // the words, the id or the label
	url  string // of a link; of a date its unix time
	bold bool
}

// closing is how a stretch ends that begins with a sign.
var closing = map[byte]byte{'`': '`', '{': '}', '<': '>'}

// spansOf reads markup. A sign that opens what nothing closes stands for itself.
func spansOf(markup string) []span {
	var spans []span
	bold := false
	add := func(s span) {
		if s.bold = bold; s.text != "" {
			spans = append(spans, s)
		}
	}
	for markup != "" {
		at := strings.IndexAny(markup, "*`{<")
		if at < 0 {
			add(span{text: markup})
			break
		}
		add(span{text: markup[:at]})
		opening, rest := markup[at], markup[at+1:]
		if opening == '*' {
			bold, markup = !bold, rest
			continue
		}
		s, after, ok := closedSpan(opening, rest)
		if !ok {
			s, after = span{text: string(opening)}, rest
		}
		add(s)
		markup = after
	}
	return spans
}

// reference is the inside of a mention, and link that of an address with its label.
var (
	reference = regexp.MustCompile(`^([@#]|!subteam\^)([A-Z0-9]+)$`)
	link      = regexp.MustCompile(`^(https?://[^|]+)\|(.+)$`)
)

// closedSpan reads what follows an opening sign, up to the one that closes it.
func closedSpan(opening byte, rest string) (s span, after string, ok bool) {
	inside, after, ok := cutClosed(rest, closing[opening])
	switch {
	case !ok:
		return span{}, "", false
	case opening == '`':
		return span{kind: spanCode, text: inside}, after, true
	case opening == '{':
		return span{kind: spanName, text: inside}, after, true
	}
	if unix, fallback, isDate := cutDate(inside); isDate {
		return span{kind: spanDate, text: fallback, url: unix}, after, true
	}
	if parts := reference.FindStringSubmatch(inside); parts != nil {
		kinds := map[string]spanKind{"@": spanPerson, "#": spanChannel, `!subteam^`: spanGroup}
		return span{kind: kinds[parts[1]], text: parts[2]}, after, true
	}
	if parts := link.FindStringSubmatch(inside); parts != nil {
		return span{kind: spanLink, text: parts[2], url: parts[1]}, after, true
	}
	return span{}, "", false
}

// dateForm is how Slack draws an instant: "today at 10:42 AM", "Nov 21, 2026 at 5:00 PM", in each reader's time zone and habit.
const dateForm = "{date_short_pretty} at {time}"

// instant returns an instant as markup, with what is read where Slack draws none.
func instant(t time.Time, fallback string) string {
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "|" + fallback + ">"
}

// cutDate takes apart what instant has put between the angle brackets.
func cutDate(inside string) (unix, fallback string, isDate bool) {
	rest, isDate := strings.CutPrefix(inside, "!date^")
	if !isDate {
		return "", "", false
	}
	unix, fallback, isDate = strings.Cut(rest, "|")
	_, err := strconv.ParseInt(unix, 10, 64)
	return unix, fallback, isDate && err == nil
}

// cutClosed cuts a text at its closing sign. A backslash takes the meaning of the sign behind it.
func cutClosed(text string, closer byte) (inside, after string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == closer:
			return b.String(), text[i+1:], true
		case text[i] == '\\' && closer != '>' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

// entities are the three signs that mean something in any text of Slack's.
var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// mrkdwn returns text in Slack's own. Where a name would act there it is shown as code, since mrkdwn has no escape; only a backtick
// within that has to be a look-alike.
func mrkdwn(spans []span) string {
	var b strings.Builder
	bold := false
	for _, s := range spans {
		if s.bold != bold {
			b.WriteByte('*')
			bold = s.bold
		}
		b.WriteString(s.mrkdwn())
	}
	if bold {
		b.WriteByte('*')
	}
	return b.String()
}

func (s span) mrkdwn() string {
	switch {
	case s.kind == spanCode, s.kind == spanName && acts(s.text):
		return "`" + entities.Replace(strings.ReplaceAll(s.text, "`", "ˋ")) + "`"
	case s.kind == spanPerson:
		return "<@" + s.text + ">"
	case s.kind == spanGroup:
		return "<!subteam^" + s.text + ">"
	case s.kind == spanChannel:
		return "<#" + s.text + ">"
	case s.kind == spanFenced:
		return fence(s.text)
	case s.kind == spanDate:
		return "<!date^" + s.url + "^" + dateForm + "|" + entities.Replace(s.text) + ">"
	case s.kind == spanLink:
		return "<" + entities.Replace(s.url) + "|" + entities.Replace(s.text) + ">"
	}
	return entities.Replace(s.text)
}

// fence returns text as a block of code in mrkdwn, which only three backticks end.
func fence(text string) string {
	return "```\n" + entities.Replace(strings.ReplaceAll(strings.TrimRight(text, "\n"), "```", "ˋˋˋ")) + "\n```"
}

// spoken returns text in mrkdwn without bold type and with dates as words, for a notification or a screen reader.
func spoken(spans []span) string {
	var b strings.Builder
	for _, s := range undated(spans) {
		b.WriteString(s.mrkdwn())
	}
	return b.String()
}

// undated returns the spans with dates as words.
func undated(spans []span) []span {
	for i, s := range spans {
		if s.kind == spanDate {
			spans = slices.Clone(spans)
			spans[i] = span{text: s.text, bold: s.bold}
		}
	}
	return spans
}

// PlainOf returns markup as the text that people see, with code between backticks.
func PlainOf(markup string) string { return plain(spansOf(markup)) }

func plain(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s.kind {
		case spanCode:
			b.WriteString("`" + s.text + "`")
		case spanPerson, spanGroup:
			b.WriteString("@" + s.text)
		case spanChannel:
			b.WriteString("#" + s.text)
		case spanLink:
			b.WriteString(s.text + " (" + s.url + ")")
		case spanText, spanName, spanDate, spanFenced:
			b.WriteString(s.text)
		}
	}
	return b.String()
}

// rich returns text as the elements of a rich text section, in which every sign stands for itself.
func rich(spans []span) *slack.RichTextSection {
	var elements []slack.RichTextSectionElement
	text := &slack.RichTextSectionTextElement{}
	for _, s := range spans {
		element := s.element()
		next, isText := element.(*slack.RichTextSectionTextElement)
		if isText && text.Text != "" && styleOf(text) == styleOf(next) { // a name goes on with the words around it
			text.Text += next.Text
			continue
		}
		if text = next; !isText {
			text = &slack.RichTextSectionTextElement{}
		}
		elements = append(elements, element)
	}
	return slack.NewRichTextSection(elements...)
}

func styleOf(e *slack.RichTextSectionTextElement) slack.RichTextSectionTextStyle {
	if e.Style == nil {
		return slack.RichTextSectionTextStyle{}
	}
	return *e.Style
}

func (s span) element() slack.RichTextSectionElement {
	var style *slack.RichTextSectionTextStyle
	if s.bold || s.kind == spanCode {
		style = &slack.RichTextSectionTextStyle{Bold: s.bold, Code: s.kind == spanCode}
	}
	switch s.kind {
	case spanPerson:
		return slack.NewRichTextSectionUserElement(s.text, style)
	case spanGroup:
		return slack.NewRichTextSectionUserGroupElement(s.text)
	case spanChannel:
		return slack.NewRichTextSectionChannelElement(s.text, style)
	case spanLink:
		return slack.NewRichTextSectionLinkElement(s.url, s.text, style)
	case spanDate:
		unix, _ := strconv.ParseInt(s.url, 10, 64) // cutDate has read it
		date := slack.NewRichTextSectionDateElement(unix, dateForm, nil, &s.text)
		date.Style = style
		return date
	case spanText, spanName, spanCode, spanFenced:
	}
	return slack.NewRichTextSectionTextElement(s.text, style)
}

// pings reports whether the spans mention anyone.
func pings(spans []span) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.kind == spanPerson || s.kind == spanGroup })
}

// clipSpans cuts text to n characters, at the end of a line where there is one.
func clipSpans(spans []span, n int) []span {
	for i, s := range spans {
		size := utf8.RuneCountInString(s.text)
		if n -= size; n >= 0 {
			continue
		}
		if s.kind == spanDate { // a part of it would be another one
			size, n = 0, 0
		}
		s.text = string([]rune(s.text)[:size+n])
		if end := strings.LastIndexByte(s.text, '\n'); end > 0 {
			s.text = s.text[:end]
		}
		return append(slices.Clone(spans[:i]), s, span{text: "…"})
	}
	return spans
}
