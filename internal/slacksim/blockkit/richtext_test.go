package blockkit

import (
	"slices"
	"strings"
	"testing"
)

// inSection is a block of rich text with the given elements in a section.
func inSection(elements string) string {
	return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + elements + `]}]}]`
}

const atFirst = "/blocks/0/elements/0/elements/0"

// checkRows judges each row's blocks; want is the one problem that Slack names, empty for blocks that it takes.
func checkRows(t *testing.T, on Surface, rows []struct{ name, blocks, want string }) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var want []string
			if row.want != "" {
				want = []string{row.want}
			}
			if got := Problems([]byte(row.blocks), on); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestRichText(t *testing.T) {
	checkRows(t, SurfaceMessage, []struct{ name, blocks, want string }{
		{"text of every style stands", inSection(`{"type":"text","text":"x","style":{"bold":true,"italic":true,"strike":true,"underline":true,"code":true}}`), ""},
		{"every sign of a text stands for itself", inSection(`{"type":"text","text":"*b* <!channel> :boom:"}`), ""},
		{"a text is not empty", inSection(`{"type":"text","text":""}`), "must be more than 0 characters [json-pointer:" + atFirst + "/text]"},
		{"a text is there", inSection(`{"type":"text"}`), "missing required field: text [json-pointer:" + atFirst + "]"},
		{"a text has no other members", inSection(`{"type":"text","text":"x","verbatim":true}`), "invalid additional property: verbatim [json-pointer:" + atFirst + "]"},
		{"a style has switches alone", inSection(`{"type":"text","text":"x","style":{"bold":"yes"}}`), "must provide a boolean [json-pointer:" + atFirst + "/style/bold]"},
		{"a style has no others", inSection(`{"type":"text","text":"x","style":{"color":true}}`), "invalid additional property: color [json-pointer:" + atFirst + "/style]"},
		{"text is not highlighted", inSection(`{"type":"text","text":"x","style":{"client_highlight":true}}`), "invalid additional property: client_highlight [json-pointer:" + atFirst + "/style]"},
		{"mrkdwn is no element of it", inSection(`{"type":"mrkdwn","text":"x"}`), "unsupported type: mrkdwn [json-pointer:" + atFirst + "/type]"},
		{"a person, a group and a channel are mentioned by id", inSection(`{"type":"user","user_id":"U012AB3CD","style":{"bold":true}},{"type":"usergroup","usergroup_id":"S0614TZR7"},{"type":"channel","channel_id":"C0123456789"}`), ""},
		{"a name is no id of a person", inSection(`{"type":"user","user_id":"anna"}`), "must be a valid id [json-pointer:" + atFirst + "/user_id]"},
		{"a channel's id is none of a person", inSection(`{"type":"user","user_id":"C0123456789"}`), "must be a valid id [json-pointer:" + atFirst + "/user_id]"},
		{"a person's id is none of a group", inSection(`{"type":"usergroup","usergroup_id":"U012AB3CD"}`), "must be a valid id [json-pointer:" + atFirst + "/usergroup_id]"},
		{"a channel's name is no id", inSection(`{"type":"channel","channel_id":"#general"}`), "must be a valid id [json-pointer:" + atFirst + "/channel_id]"},
		{"a mention is no code", inSection(`{"type":"user","user_id":"U012AB3CD","style":{"code":true}}`), "invalid additional property: code [json-pointer:" + atFirst + "/style]"},
		{"a broadcast has one of three ranges", inSection(`{"type":"broadcast","range":"all"}`), "must be a valid enum value [json-pointer:" + atFirst + "/range]"},
		{"a link has an address", inSection(`{"type":"link","url":"https://x.example","text":"x","style":{"bold":true}}`), ""},
		{"words are no address", inSection(`{"type":"link","url":"nowhere"}`), "must be a valid URL [json-pointer:" + atFirst + "/url]"},
		{"a date has a time and a format", inSection(`{"type":"date","timestamp":1795344120,"format":"{date}"}`), ""},
		{"a date without a format is none", inSection(`{"type":"date","timestamp":1}`), "missing required field: format [json-pointer:" + atFirst + "]"},
		{"code of its own lines has text and links alone", `[{"type":"rich_text","elements":[{"type":"rich_text_preformatted","elements":[{"type":"user","user_id":"U012AB3CD"}]}]}]`, "unsupported type: user [json-pointer:" + atFirst + "/type]"},
		{"a list is of sections", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}]}]`, "unsupported type: text [json-pointer:" + atFirst + "/type]"},
		{"a list has bullets or numbers", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"dash","elements":[{"type":"rich_text_section","elements":[]}]}]}]`, "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"},
		{"inline elements stand in a section", `[{"type":"rich_text","elements":[{"type":"text","text":"x"}]}]`, "unsupported type: text [json-pointer:/blocks/0/elements/0/type]"},
		{"elements must be there", `[{"type":"rich_text"}]`, "missing required field: elements [json-pointer:/blocks/0]"},
	})
}

func TestRichTextInCells(t *testing.T) {
	cell := func(elements string) string {
		return `[{"type":"table","rows":[[{"type":"rich_text","elements":[` + elements + `]}]]}]`
	}
	checkRows(t, SurfaceMessage, []struct{ name, blocks, want string }{
		{"a cell shows something", cell(`{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}`), ""},
		{"a mention is something", cell(`{"type":"rich_text_section","elements":[{"type":"user","user_id":"U012AB3CD"}]}`), ""},
		{"an empty section is nothing", cell(`{"type":"rich_text_section","elements":[]}`), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0]"},
		{"no section is nothing", cell(``), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0]"},
		{"a cell has no id", `[{"type":"table","rows":[[{"type":"rich_text","block_id":"b","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]]}]`, "invalid additional property: block_id [json-pointer:/blocks/0/rows/0/0]"},
		{"raw text is not empty", `[{"type":"table","rows":[[{"type":"raw_text","text":""}]]}]`, "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"},
	})
}

func TestRichTextCountsToTheWhole(t *testing.T) {
	long := inSection(`{"type":"text","text":"` + strings.Repeat("x", MaxBlocksText+1) + `"}`)
	problems := Problems([]byte(long), SurfaceMessage)
	if len(problems) != 1 || !strings.Contains(problems[0], "msg_blocks_too_long") {
		t.Errorf("problems of a long text are %q", problems)
	}
	if problems := Problems([]byte(long), SurfaceResponse); len(problems) != 0 {
		t.Errorf("a response URL has no such limit: %q", problems)
	}
	many := inSection(strings.Repeat(`{"type":"text","text":"x","style":{"bold":true}},`, 300) + `{"type":"text","text":"x"}`)
	if problems := Problems([]byte(many), SurfaceMessage); len(problems) != 1 || !strings.Contains(problems[0], "characters of JSON") {
		t.Errorf("problems of much JSON are %q", problems)
	}
}

func TestRichTextStandsOnEverySurface(t *testing.T) {
	for _, on := range []Surface{SurfaceMessage, SurfaceResponse, SurfaceModal, SurfaceHome} {
		if problems := Problems([]byte(inSection(`{"type":"text","text":"x"}`)), on); len(problems) != 0 {
			t.Errorf("%s: %q", on.Name, problems)
		}
	}
}

func TestWhatIsNotJSONIsOneProblem(t *testing.T) {
	if problems := Problems([]byte("nonsense"), SurfaceMessage); len(problems) != 1 {
		t.Errorf("problems are %q", problems)
	}
}
