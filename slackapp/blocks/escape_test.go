package blocks

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"an ordinary name stays as it is", "North America Bandwidth", "North America Bandwidth"},
		{"a product id can be copied", "cdn_usage", "cdn_usage"},
		{"a time of day can be copied", "at 10:42:11", "at 10:42:11"},
		{"a scope can be copied", "chat:write", "chat:write"},
		{"the three characters of mrkdwn are entities", "a<b>&c", "a&lt;b&gt;&amp;c"},
		{"an entity is not one", "&lt;", "&amp;lt;"},
		{"emphasis does not emphasise", "*b* _i_ ~s~", "∗b∗ ˍiˍ ∼s∼"},
		{"an underscore beside a hyphen emphasises too", "-_a_-", "-ˍaˍ-"},
		{"code is not code", "`c` ```d```", "ˋcˋ ˋˋˋdˋˋˋ"},
		{"a channel is not called", "@channel <!here>", "＠channel &lt;!here&gt;"},
		{"an emoji is spelled", ":boom: x:+1:", "꞉boom: x꞉+1:"},
		{"lines and tabs are spaces", "a\r\n\tb\u2028c", "a b c"},
		{"control characters are spaces", "a\x00\x1b[31mb", "a [31mb"},
		{"the direction of writing stays", "\u202Egnp.exe\u2066", "gnp.exe"},
		{"invisible marks are gone", "a\u200b\ufeffb", "ab"},
		{"an emoji of several parts stays whole", "👩\u200d🚀", "👩\u200d🚀"},
		{"broken UTF-8 is marked", "a\xffb", "a\uFFFDb"},
		{"nothing to show has a name", " \u200b\n", NoName},
		{"a joiner of nothing shows nothing", "\u200d", NoName},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Escape(tt.in); got != tt.want {
				t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestProse(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"what stands between backticks is code", "Try `a_b *c*` now.", "Try `a_b *c*` now."},
		{"a person's own words cannot leave their code", "No " + Quote("x` *y* `<!channel>") + ".", "No `xˋ *y* ˋ&lt;!channel&gt;`."},
		{"an odd backtick is a character", "an ` odd one", "an ˋ odd one"},
		{"text around code is escaped", "*a* `b` <c>", "∗a∗ `b` &lt;c&gt;"},
		{"an empty pair of backticks is left out", "a `` b", "a  b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Prose(tt.in); got != tt.want {
				t.Errorf("prose(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// hostileText draws texts that are rich in what Slack, terminals and our own code give a meaning to.
func hostileText() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"a", "B", "9", " ", "_", "*", "~", "`", "```", "<", ">", "&", "@", "!", "#", "|", ":", "boom", "channel", "<!here>", "<@U012AB3CD>",
		"\n", "\x00", "\x1b", "\u202e", "\u200b", "\u200d", "é", "e\u0301", "長", "🚀", "\xff", ", ", "-", "+",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 30).Draw(t, "pieces"), "")
	})
}

func TestEscapeLeavesNothingThatActs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := Escape(hostileText().Draw(t, "name"))
		if got == "" {
			t.Fatal("a name became nothing")
		}
		if strings.ContainsAny(got, "<>*~`@\n\r\t") {
			t.Fatalf("markup is left in %q", got)
		}
		for i, r := range got {
			if unicode.IsControl(r) || r == '\u202e' {
				t.Fatalf("%U is left at %d of %q", r, i, got)
			}
		}
		if again := Escape(PlainOf(got)); again != got {
			t.Fatalf("escaping twice is not escaping once: %q, then %q", got, again)
		}
	})
}

func TestProseKeepsEveryCodeSpanClosed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := Prose(hostileText().Draw(t, "before") + Quote(hostileText().Draw(t, "quoted")) + hostileText().Draw(t, "after"))
		if strings.Count(got, "`")%2 != 0 {
			t.Fatalf("a code span is open in %q", got)
		}
		if strings.ContainsAny(codeSpan.ReplaceAllString(got, ""), "<>*~@\n") {
			t.Fatalf("markup is left in %q", got)
		}
	})
}

func TestClip(t *testing.T) {
	tests := []struct {
		name, in string
		n        int
		want     string
	}{
		{"what fits stays whole", "abc", 3, "abc"},
		{"what is too long ends in an ellipsis", "abcd", 3, "ab…"},
		{"characters are counted and not bytes", "äöü", 3, "äöü"},
		{"no space stands before the ellipsis", "ab cd", 4, "ab…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clip(tt.in, tt.n); got != tt.want {
				t.Errorf("Clip(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
			}
		})
	}
}
