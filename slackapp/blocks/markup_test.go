package blocks

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"
)

// shownText returns the words of the blocks that Slack is sent, as a person copies them.
func shownText(t interface{ Fatal(...any) }, shown []slack.Block) string {
	body, err := json.Marshal(shown)
	var held slack.Blocks
	if err == nil {
		err = json.Unmarshal(body, &held)
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, block := range held.BlockSet {
		switch block := block.(type) {
		case *slack.SectionBlock:
			b.WriteString(block.Text.Text)
		case *slack.RichTextBlock:
			for _, element := range block.Elements[0].(*slack.RichTextSection).Elements {
				b.WriteString(element.(*slack.RichTextSectionTextElement).Text)
			}
		}
	}
	return b.String()
}

func TestANameIsShownAsItIs(t *testing.T) {
	tests := []struct{ name, in, shown, mrkdwn string }{
		{"an ordinary name", "North America Bandwidth", "North America Bandwidth", "North America Bandwidth"},
		{"a product id", "cdn_usage", "cdn_usage", "cdn_usage"},
		{"a time of day", "at 10:42:11", "at 10:42:11", "at 10:42:11"},
		{"a scope of Slack's", "chat:write", "chat:write", "chat:write"},
		{"the three signs of mrkdwn are entities there", "a<b>&c", "a<b>&c", "a&lt;b&gt;&amp;c"},
		{"an entity is not one", "&lt;", "&lt;", "&amp;lt;"},
		{"stars are no bold type, and code where mrkdwn would make it so", "*b*", "*b*", "`*b*`"},
		{"underscores are no italics", "_i_ x", "_i_ x", "`_i_ x`"},
		{"an underscore beside a hyphen is none either", "-_a_-", "-_a_-", "`-_a_-`"},
		{"a tilde strikes nothing through", "~s~", "~s~", "`~s~`"},
		{"a backtick is one, and a look-alike within the code of mrkdwn", "`c`", "`c`", "`ˋcˋ`"},
		{"nobody is mentioned", "@channel <!here> <@U012AB3CD>", "@channel <!here> <@U012AB3CD>", "@channel &lt;!here&gt; &lt;@U012AB3CD&gt;"},
		{"an emoji is spelled", ":boom: x:+1:", ":boom: x:+1:", "`:boom: x:+1:`"},
		{"a quotation is none", "> said", "> said", "`&gt; said`"},
		{"braces and backslashes are themselves", `{a\}b`, `{a\}b`, `{a\}b`},
		{"a link is its letters", "<https://x.example|y>", "<https://x.example|y>", "&lt;https://x.example|y&gt;"},
		{"lines and tabs are spaces", "a\r\n\tb\u2028c", "a b c", "a b c"},
		{"control characters are spaces", "a\x00\x1b[31mb", "a [31mb", "a [31mb"},
		{"the direction of writing stays", "\u202Egnp.exe\u2066", "gnp.exe", "gnp.exe"},
		{"invisible marks are gone", "a\u200b\ufeffb", "ab", "ab"},
		{"an emoji of several parts stays whole", "👩\u200d🚀", "👩\u200d🚀", "👩\u200d🚀"},
		{"broken UTF-8 is marked", "a\xffb", "a\uFFFDb", "a\uFFFDb"},
		{"nothing to show has a name", " \u200b\n", NoName, NoName},
		{"a joiner of nothing shows nothing", "\u200d", NoName, NoName},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for how, markup := range map[string]string{"in a sentence": "x " + Escape(tt.in) + ": y", "in bold type": "x *" + Escape(tt.in) + "*: y"} {
				if got := shownText(t, Section("s", markup)); got != "x "+tt.shown+": y" {
					t.Errorf("%s it is copied as %q", how, got)
				}
			}
			if got := mrkdwn(spansOf("x " + Escape(tt.in) + ": y")); got != "x "+tt.mrkdwn+": y" {
				t.Errorf("mrkdwn is %q, want %q", got, tt.mrkdwn)
			}
		})
	}
}

func TestMarkup(t *testing.T) {
	tests := []struct{ name, markup, mrkdwn, spoken, plain string }{
		{"bold type is left out where a text is read aloud", "a *b c* d", "a *b c* d", "a b c d", "a b c d"},
		{"code stays code everywhere", "try `/usage *x*`", "try `/usage *x*`", "try `/usage *x*`", "try `/usage *x*`"},
		{"code may hold its own end", "rule " + Code("a`b\\"), "rule `aˋb\\`", "rule `aˋb\\`", "rule `a`b\\`"},
		{"a person, a group and a channel", "<@U012AB3CD> <!subteam^S0614TZR7> <#C0123456789>", "<@U012AB3CD> <!subteam^S0614TZR7> <#C0123456789>", "<@U012AB3CD> <!subteam^S0614TZR7> <#C0123456789>", "@U012AB3CD @S0614TZR7 #C0123456789"},
		{"a link", Link("https://x.example/a?b&c", "the file"), "<https://x.example/a?b&amp;c|the file>", "<https://x.example/a?b&amp;c|the file>", "the file (https://x.example/a?b&c)"},
		{"an address cannot end its link", Link("https://x.example/>|<!here> y", "f"), "<https://x.example/%3E%7C%3C!here%3E%20y|f>", "<https://x.example/%3E%7C%3C!here%3E%20y|f>", "f (https://x.example/%3E%7C%3C!here%3E%20y)"},
		{"a whole channel is never called", "<!channel> <!here>", "&lt;!channel&gt; &lt;!here&gt;", "&lt;!channel&gt; &lt;!here&gt;", "<!channel> <!here>"},
		{"a sign that nothing closes stands for itself", "<0.1% of {x", "&lt;0.1% of {x", "&lt;0.1% of {x", "<0.1% of {x"},
		{"bold type that nothing closes ends with the text", "a *b", "a *b*", "a b", "a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spans := spansOf(tt.markup)
			if got := mrkdwn(spans); got != tt.mrkdwn {
				t.Errorf("mrkdwn is %q, want %q", got, tt.mrkdwn)
			}
			if got := spoken(spans); got != tt.spoken {
				t.Errorf("it is read aloud as %q, want %q", got, tt.spoken)
			}
			if got := PlainOf(tt.markup); got != tt.plain {
				t.Errorf("plain text is %q, want %q", got, tt.plain)
			}
		})
	}
}

func TestProse(t *testing.T) {
	tests := []struct{ name, in, mrkdwn, plain string }{
		{"what stands between backticks is code", "Try `a_b *c*` now.", "Try `a_b *c*` now.", "Try `a_b *c*` now."},
		{"a person's own words cannot leave their code", "No " + Quote("x` *y* `<!channel>") + ".", "No `xˋ *y* ˋ&lt;!channel&gt;`.", "No `xˋ *y* ˋ<!channel>`."},
		{"a quotation of nothing has a name", "No " + Quote(" ") + ".", "No `(no name)`.", "No `(no name)`."},
		{"an odd backtick is a character", "an ` odd one", "`an ˋ odd one`", "an ` odd one"},
		{"text around code stands for itself", "*a* `b` <c>", "`*a*` `b` &lt;c&gt;", "*a* `b` <c>"},
		{"an empty pair of backticks is left out", "a `` b", "a  b", "a  b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mrkdwn(spansOf(Prose(tt.in))); got != tt.mrkdwn {
				t.Errorf("mrkdwn is %q, want %q", got, tt.mrkdwn)
			}
			if got := PlainOf(Prose(tt.in)); got != tt.plain {
				t.Errorf("plain text is %q, want %q", got, tt.plain)
			}
		})
	}
}

// hostileText draws texts that are rich in what Slack, terminals and our own code give a meaning to.
func hostileText() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"a", "B", "9", " ", "_", "*", "~", "`", "```", "<", ">", "&", "@", "!", "#", "|", ":", "{", "}", "\\", "boom", "channel", "<!here>", "<@U012AB3CD>",
		"\n", "\x00", "\x1b", "\u202e", "\u200b", "\u200d", "é", "e\u0301", "長", "🚀", "\xff", ", ", "-", "+",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 30).Draw(t, "pieces"), "")
	})
}

// outsideCode is mrkdwn without what stands in code, where nothing acts.
func outsideCode(mrkdwn string) string {
	parts := strings.Split(mrkdwn, "`")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = ""
	}
	return strings.Join(parts, "")
}

func TestACopiedNameIsTheName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := hostileText().Draw(t, "name")
		want := Clean(name)
		if strings.TrimSpace(want) == "" || Escape(name) == NoName {
			want = NoName
		}
		if got := shownText(t, Section("s", Bold(name)+" "+Escape(name))); got != want+" "+want {
			t.Fatalf("%q is copied as %q", want, got)
		}
	})
}

func TestANameDoesNothingInMrkdwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := mrkdwn(spansOf("x " + Escape(hostileText().Draw(t, "name")) + " y"))
		if strings.ContainsAny(got, "<>\n\r\t") || strings.Count(got, "`")%2 != 0 {
			t.Fatalf("something acts in %q", got)
		}
		if left := outsideCode(got); active.MatchString(left) {
			t.Fatalf("markup is left in %q", left)
		}
		for i, r := range got {
			if unicode.IsControl(r) || r == '\u202e' {
				t.Fatalf("%U is left at %d of %q", r, i, got)
			}
		}
	})
}

func TestProseKeepsEveryCodeSpanClosed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sentence := hostileText().Draw(t, "before") + Quote(hostileText().Draw(t, "quoted")) + hostileText().Draw(t, "after")
		got := mrkdwn(spansOf(Prose(sentence)))
		if strings.Count(got, "`")%2 != 0 {
			t.Fatalf("code is open in %q", got)
		}
		if strings.ContainsAny(outsideCode(got), "<>*~\n") {
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
