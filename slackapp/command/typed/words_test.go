package typed

import (
	"slices"
	"strings"
	"testing"
)

func TestWordsOfAText(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string // as they can be typed again
	}{
		{"no text has none", "", nil},
		{"spaces part them", "last  month cdn_usage", []string{"last", "month", "cdn_usage"}},
		{"what stands in quotes is one", `“north america” 2026-01`, []string{`"north america"`, "2026-01"}},
		{"a quote without its other half ends with the text", `"north america`, []string{`"north america"`}},
		{"a range without spaces is three", "2026-01..2026-03", []string{"2026-01", "..", "2026-03"}},
		{"so is one with a dash", "2026-01–2026-03", []string{"2026-01", "..", "2026-03"}},
		{"the hyphen of a name parts nothing", "na-bandwidth", []string{"na-bandwidth"}},
		{"punctuation around one is dropped", "(october), please!", []string{"october", "please"}},
		{"the apostrophe of a year is kept", "oct '25", []string{"oct", "'25"}},
		{"what Slack escaped is read as typed", "R&amp;D &lt;x&gt;", []string{"R&D", "<x>"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, tooLong := Clean(test.text)
			if tooLong != nil {
				t.Fatalf("refused: %s", tooLong.Sentence)
			}
			var got []string
			for _, w := range Words(text) {
				got = append(got, Again([]Word{w}))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%q has the words %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// TestFieldsAreAsTyped: the reason of an acknowledgement keeps the quotes and dashes that a person wrote.
func TestFieldsAreAsTyped(t *testing.T) {
	want := []string{"launch", "of", "“video”", "—", "&", "more."}
	if got := Fields("launch of “video” — &amp; more."); !slices.Equal(got, want) {
		t.Errorf("fields %q, want %q", got, want)
	}
}

func TestATextMayBeTooLong(t *testing.T) {
	if _, tooLong := Clean(strings.Repeat("é", MaxText)); tooLong != nil {
		t.Errorf("the longest text is refused: %s", tooLong.Sentence)
	}
	if _, tooLong := Clean(strings.Repeat("é", MaxText+1)); tooLong == nil {
		t.Errorf("%d characters are accepted", MaxText+1)
	}
}
