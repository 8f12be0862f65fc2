package blocks

import (
	"strings"
	"testing"
)

func TestMistakeOffersWhatItShows(t *testing.T) {
	m := Mistake{
		Sentence: "No.", Command: "/usage", ActionID: "again",
		Corrected: []string{"a", "b\nc", "d"},
	}
	answer := m.Message()
	want := "No.\n`/usage a`\n`/usage b c`\n`/usage d`"
	if got := plain(answer.Blocks[0].(words).spans); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var pressed []string
	for _, a := range RunButtons("again", m.Corrected) {
		pressed = append(pressed, a.ID+"="+a.Value)
	}
	if got := strings.Join(pressed, " "); got != "again:0=a again:1=b c again:2=d" {
		t.Errorf("buttons run %q", got)
	}
}
