package blocks

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/slackapp/view/sampledata"
)

func TestBlocksAsSlackGetsThem(t *testing.T) {
	grid := &Grid{Left: []bool{true, false, true}}
	grid.Add(true, "Name", "TB", "State")
	grid.Add(false, "*a*", "1", "")
	for _, tt := range []struct {
		name  string
		block slack.Block
		want  string
	}{
		{
			"words are rich text, a name joined to the words around it", Section("s", Bold("a *b*")+": "+Escape("_c_")+" of "+Code("x`y"))[0],
			`{"type":"rich_text","block_id":"s","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a *b*","style":{"bold":true}},{"type":"text","text":": _c_ of "},{"type":"text","text":"x` + "`" + `y","style":{"code":true}}]}]}`,
		},
		{
			"channels and links are elements", Section("s", "in <#C0123456789>, see "+Link("https://x.example/a?b&c", "it"))[0],
			`{"type":"rich_text","block_id":"s","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"in "},{"type":"channel","channel_id":"C0123456789"},{"type":"text","text":", see "},{"type":"link","url":"https://x.example/a?b&c","text":"it"}]}]}`,
		},
		{
			"who is mentioned is mentioned in mrkdwn that Slack does not look through", Section("s", "<!subteam^S0614TZR7> and <@U061F7AUR>")[0],
			`{"type":"section","text":{"type":"mrkdwn","text":"<!subteam^S0614TZR7> and <@U061F7AUR>","verbatim":true},"block_id":"s"}`,
		},
		{
			"an instant is drawn in each reader's time zone", Section("s", "to *"+CountedTo(sampledata.ToNov21, sampledata.Now)+"*")[0],
			`{"type":"rich_text","block_id":"s","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"to "},{"type":"date","timestamp":1795305600,"format":"{date_short_pretty} at {time}","fallback":"the end of Nov 21","style":{"bold":true}}]}]}`,
		},
		{
			"in small type, too", Context("c", CountedTo(sampledata.ToNov21, sampledata.Now))[0],
			`{"type":"context","block_id":"c","elements":[{"type":"mrkdwn","text":"\u003c!date^1795305600^{date_short_pretty} at {time}|the end of Nov 21\u003e","verbatim":true}]}`,
		},
		{
			"small type is one element", Context("c", "a & b", Code("x"))[0],
			`{"type":"context","block_id":"c","elements":[{"type":"mrkdwn","text":"A \u0026amp; b · ` + "`x`" + `","verbatim":true}]}`,
		},
		{
			"cells are raw text, the header bold, what is empty a dash, and figures stand right", grid.Block("t")[0],
			`{"type":"table","block_id":"t","rows":[[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Name","style":{"bold":true}}]}]},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"TB","style":{"bold":true}}]}]},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"State","style":{"bold":true}}]}]}],[{"type":"raw_text","text":"*a*"},{"type":"raw_text","text":"1"},{"type":"raw_text","text":"–"}]],"column_settings":[{"align":"left","is_wrapped":true},{"align":"right","is_wrapped":false},{"align":"left","is_wrapped":true}]}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			encoder := json.NewEncoder(&b)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(tt.block); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want+"\n", b.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestANotificationHasDatesAsWords(t *testing.T) {
	if got, want := Fit(Note("Data to "+CountedTo(sampledata.ToNov21, sampledata.Now)+".")).Text, "Data to the end of Nov 21."; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

func TestNothingToSayIsNoBlock(t *testing.T) {
	if got := Context("c", "", ""); got != nil {
		t.Errorf("a context of nothing is %v", got)
	}
	if got := Buttons("b", nil); got != nil {
		t.Errorf("a row of no buttons is %v", got)
	}
}

func TestANoteSaysTheSameTwice(t *testing.T) {
	m := Note("One *bold* line.", "", "Another.")
	if got := PlainText(m); got != "One bold line.\nAnother.\n" {
		t.Errorf("it shows %q", got)
	}
	if got := Fit(m).Text; got != "One bold line. Another." {
		t.Errorf("it is read aloud as %q", got)
	}
}

func TestTwinReadsAsPeopleSeeIt(t *testing.T) {
	m := Message{Text: "*t*", Blocks: append(
		Section("s", "*bold* `* code` <@U012AB3CD> <!subteam^S0614TZR7> <#C0123456789> a & b "+Escape("<c>")),
		Buttons("a", []Action{{Label: "One", ID: "x"}, {Label: "Two", ID: "y"}})...,
	)}
	want := "bold `* code` @U012AB3CD @S0614TZR7 #C0123456789 a & b <c>\n\n[One] [Two]\n"
	if got := PlainText(m); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := PlainText(Message{Text: m.Text}); got != "t\n" {
		t.Errorf("text alone reads %q", got)
	}
}
