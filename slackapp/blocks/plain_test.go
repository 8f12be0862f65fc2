package blocks

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func TestTwinReadsAsPeopleSeeIt(t *testing.T) {
	m := Message{Text: "t", Blocks: []slack.Block{
		Section("s", "*bold* `* code` <@U012AB3CD> <!subteam^S0614TZR7> <#C0123456789> a &amp; b &lt;c&gt;"),
		slack.NewActionBlock("a", pressable("x", "One", ""), pressable("y", "Two", "")),
	}}
	want := "bold `* code` @U012AB3CD @S0614TZR7 #C0123456789 a & b <c>\n\n[One] [Two]\n"
	if got := PlainText(m); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := PlainText(m.TextOnly()); got != strings.Split(want, "\n")[0]+"\n" {
		t.Errorf("text alone reads %q", got)
	}
}
