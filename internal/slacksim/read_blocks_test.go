package slacksim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

// chars is a string of n characters.
func chars(n int) string { return strings.Repeat("é", n) }

// items is a JSON array of n times the same item; %d in it is the item's index.
func items(n int, item string) string {
	out := make([]string, n)
	for i := range n {
		out[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func plainJSON(n int) string  { return `{"type":"plain_text","text":"` + chars(n) + `"}` }
func mrkdwnJSON(n int) string { return `{"type":"mrkdwn","text":"` + chars(n) + `"}` }

func buttonJSON(n int, more string) string {
	return `{"type":"button","action_id":"b%d","text":` + plainJSON(n) + more + `}`
}

func actionsJSON(elements string) string { return `{"type":"actions","elements":[` + elements + `]}` }

func chartJSON(title, chart string) string {
	return `{"type":"data_visualization","title":"` + title + `","chart":` + chart + `}`
}

const option1 = `{"text":{"type":"plain_text","text":"One"},"value":"%d"}`

// blockRows are the limits of every block; problem is the one problem Slack names, empty for blocks that are accepted.
var blockRows = []struct{ name, block, problem string }{
	{"a section takes 3,000 characters", `{"type":"section","text":` + mrkdwnJSON(3000) + `}`, ""},
	{"a section takes no more", `{"type":"section","text":` + mrkdwnJSON(3001) + `}`, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
	{"a section's text is not empty", `{"type":"section","text":` + mrkdwnJSON(0) + `}`, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
	{"a section needs text or fields", `{"type":"section"}`, "missing required field: text or fields [json-pointer:/blocks/0]"},
	{"a section takes ten fields", `{"type":"section","fields":` + items(10, mrkdwnJSON(1000)) + `}`, ""},
	{"a section takes no eleventh field", `{"type":"section","fields":` + items(11, mrkdwnJSON(1)) + `}`, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
	{"a field takes 2,000 characters", `{"type":"section","fields":[` + mrkdwnJSON(2001) + `]}`, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
	{"an accessory is an element", `{"type":"section","text":` + mrkdwnJSON(1) + `,"accessory":` + buttonJSON(1, "") + `}`, ""},
	{"an input is no accessory", `{"type":"section","text":` + mrkdwnJSON(1) + `,"accessory":{"type":"plain_text_input"}}`, "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]"},
	{"a header takes 150 characters", `{"type":"header","text":` + plainJSON(150) + `}`, ""},
	{"a header takes no more", `{"type":"header","text":` + plainJSON(151) + `}`, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
	{"a header takes no markup", `{"type":"header","text":` + mrkdwnJSON(1) + `}`, "must be a valid enum value [json-pointer:/blocks/0/text/type]"},
	{"a divider has nothing", `{"type":"divider"}`, ""},
	{"a divider has no text", `{"type":"divider","text":"x"}`, "invalid additional property: text [json-pointer:/blocks/0]"},
	{"a context takes text and images", `{"type":"context","elements":[` + mrkdwnJSON(1) + `,{"type":"image","image_url":"https://x.example/a.png","alt_text":"a"}]}`, ""},
	{"a context takes ten elements", `{"type":"context","elements":` + items(11, mrkdwnJSON(1)) + `}`, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
	{"a context takes no button", `{"type":"context","elements":[` + buttonJSON(1, "") + `]}`, "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"},
	{"actions take 25 elements", `{"type":"actions","elements":` + items(25, buttonJSON(1, "")) + `}`, ""},
	{"actions take no more", `{"type":"actions","elements":` + items(26, buttonJSON(1, "")) + `}`, "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
	{"action ids are unique in a block", actionsJSON(`{"type":"button","action_id":"a","text":` + plainJSON(1) + `},{"type":"button","action_id":"a","text":` + plainJSON(1) + `}`), "`action_id` \"a\" already exists [json-pointer:/blocks/0/elements/1/action_id]"},
	{"a button's text takes 75 characters", actionsJSON(buttonJSON(76, "")), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
	{"a button's value takes 2,000 characters", actionsJSON(buttonJSON(1, `,"value":"`+chars(2001)+`"`)), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
	{"a button's url takes 3,000 characters", actionsJSON(buttonJSON(1, `,"url":"https://`+chars(2993)+`"`)), "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"},
	{"a button has two styles", actionsJSON(buttonJSON(1, `,"style":"default"`)), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"},
	{"a button needs a text", actionsJSON(`{"type":"button","action_id":"a"}`), "missing required field: text [json-pointer:/blocks/0/elements/0]"},
	{"an action_id takes 255 characters", actionsJSON(`{"type":"button","action_id":"` + chars(256) + `","text":` + plainJSON(1) + `}`), "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"},
	{"a confirmation fits", actionsJSON(buttonJSON(1, `,"confirm":{"title":`+plainJSON(100)+`,"text":`+mrkdwnJSON(300)+`,"confirm":`+plainJSON(30)+`,"deny":`+plainJSON(30)+`}`)), ""},
	{"a confirmation's title takes 100 characters", actionsJSON(buttonJSON(1, `,"confirm":{"title":`+plainJSON(101)+`,"text":`+plainJSON(1)+`}`)), "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"},
	{"a confirmation's buttons take 30 characters", actionsJSON(buttonJSON(1, `,"confirm":{"text":`+plainJSON(1)+`,"deny":`+plainJSON(31)+`}`)), "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]"},
	{"a menu takes 100 options", actionsJSON(`{"type":"static_select","placeholder":` + plainJSON(150) + `,"options":` + items(100, option1) + `}`), ""},
	{"a menu takes no more", actionsJSON(`{"type":"static_select","options":` + items(101, option1) + `}`), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"},
	{"a menu has options or groups", actionsJSON(`{"type":"static_select"}`), "missing required field: options [json-pointer:/blocks/0/elements/0]"},
	{"an option's value takes 150 characters", actionsJSON(`{"type":"overflow","options":[{"text":` + plainJSON(75) + `,"value":"` + chars(151) + `"}]}`), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"},
	{"an option's text takes 75 characters", actionsJSON(`{"type":"overflow","options":[{"text":` + plainJSON(76) + `,"value":"1"}]}`), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"},
	{"an overflow menu takes five options", actionsJSON(`{"type":"overflow","options":` + items(6, option1) + `}`), "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"},
	{"radio buttons take ten options", actionsJSON(`{"type":"radio_buttons","options":` + items(11, option1) + `}`), "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"},
	{"the menus of people and channels stand", actionsJSON(`{"type":"users_select","initial_user":"U1"},{"type":"multi_users_select","initial_users":["U1"],"max_selected_items":3},{"type":"conversations_select","filter":{"include":["public"]}},{"type":"channels_select"},{"type":"external_select","min_query_length":2}`), ""},
	{"an image shows an address", `{"type":"image","image_url":"https://x.example/a.png","alt_text":"a rise"}`, ""},
	{"an image needs a text for those who do not see it", `{"type":"image","image_url":"https://x.example/a.png"}`, "missing required field: alt_text [json-pointer:/blocks/0]"},
	{"an image has one source", `{"type":"image","image_url":"https://x.example/a.png","slack_file":{"id":"F1"},"alt_text":"a"}`, "invalid slack file [json-pointer:/blocks/0/slack_file]"},
	{"an image shows no unknown file", `{"type":"image","slack_file":{"id":"F1"},"alt_text":"a"}`, "invalid slack file [json-pointer:/blocks/0/slack_file]"},
	{"markdown takes 12,000 characters", `{"type":"markdown","text":"` + chars(12001) + `"}`, "must be less than 12001 characters [json-pointer:/blocks/0/text]"},
	{"an input stands in a message", `{"type":"input","label":` + plainJSON(2000) + `,"element":{"type":"plain_text_input","max_length":3000}}`, ""},
	{"an input holds no button", `{"type":"input","label":` + plainJSON(1) + `,"element":` + buttonJSON(1, "") + `}`, "unsupported type: button [json-pointer:/blocks/0/element/type]"},
	{"rich text stands", `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"bold":true}},{"type":"user","user_id":"U1"}]},{"type":"rich_text_list","style":"bullet","indent":0,"elements":[{"type":"rich_text_section","elements":[]}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"x"}]}]}`, ""},
	{"rich text knows its elements", `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"mrkdwn","text":"x"}]}]}`, "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/elements/0/type]"},
	{"rich text is not empty", `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}`, "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"},
	{"an alert stands in modals alone", `{"type":"alert","text":` + plainJSON(1) + `}`, "unsupported type: alert in a message [json-pointer:/blocks/0/type]"},
	{"a card fits", `{"type":"card","title":` + mrkdwnJSON(150) + `,"actions":[` + buttonJSON(1, "") + `]}`, ""},
	{"a container needs a title", `{"type":"container","child_blocks":[{"type":"divider"}]}`, "missing required field: title [json-pointer:/blocks/0]"},
	{"a container holds no card", `{"type":"container","title":` + plainJSON(1) + `,"child_blocks":[{"type":"card"}]}`, "unsupported type: card [json-pointer:/blocks/0/child_blocks/0/type]"},
	{"an unknown block is refused", `{"type":"hero"}`, "unsupported type: hero [json-pointer:/blocks/0/type]"},
	{"a block has a type", `{"text":"x"}`, "missing required field: type [json-pointer:/blocks/0]"},
	{"a block is an object", `"x"`, "must provide an object [json-pointer:/blocks/0]"},
	{"a block_id takes 255 characters", `{"type":"divider","block_id":"` + chars(256) + `"}`, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
	{"emoji belongs to plain text", `{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}`, "invalid additional property: emoji [json-pointer:/blocks/0/text]"},
}

var tableRows = []struct{ name, block, problem string }{
	{"a table takes three kinds of cells", `{"type":"table","rows":[[{"type":"raw_text","text":"a"},{"type":"raw_number","value":1.5,"text":"1.5"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]],"column_settings":[{"align":"right","is_wrapped":true}]}`, ""},
	{"a table takes 100 rows", `{"type":"table","rows":` + items(100, `[{"type":"raw_text","text":"a"}]`) + `}`, ""},
	{"a table takes no more", `{"type":"table","rows":` + items(101, `[{"type":"raw_text","text":"a"}]`) + `}`, "no more than 100 items allowed [json-pointer:/blocks/0/rows]"},
	{"a row takes 20 cells", `{"type":"table","rows":[` + items(21, `{"type":"raw_text","text":"a"}`) + `]}`, "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"},
	{"rows are of one length", `{"type":"table","rows":[[{"type":"raw_text","text":"a"}],[]]}`, "no fewer than 1 items allowed [json-pointer:/blocks/0/rows/1]"},
	{"a cell is not empty", `{"type":"table","rows":[[{"type":"raw_text","text":""}]]}`, "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"},
	{"a cell is not null", `{"type":"table","rows":[[null]]}`, "must provide an object [json-pointer:/blocks/0/rows/0/0]"},
	{"a number needs its text", `{"type":"table","rows":[[{"type":"raw_number","value":1}]]}`, "missing required field: text [json-pointer:/blocks/0/rows/0/0]"},
	{"all cells take 10,000 characters", `{"type":"table","rows":` + items(100, `[{"type":"raw_text","text":"`+chars(101)+`"}]`) + `}`, "no more than 10000 characters in table blocks allowed [json-pointer:/blocks]"},
	{"a column is aligned in three ways", `{"type":"table","rows":[[{"type":"raw_text","text":"a"}]],"column_settings":[{"align":"middle"}]}`, "must be a valid enum value [json-pointer:/blocks/0/column_settings/0/align]"},
	{"a data table needs a caption", `{"type":"data_table","rows":` + items(2, `[{"type":"raw_text","text":"a"}]`) + `}`, "missing required field: caption [json-pointer:/blocks/0]"},
	{"a data table takes buttons below its header", `{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"a"}],[{"type":"action_cell","element":` + buttonJSON(1, "") + `}]],"page_size":5}`, ""},
	{"a data table's header is plain", `{"type":"data_table","caption":"c","rows":[[{"type":"rich_text","elements":[]}],[{"type":"raw_text","text":"a"}]]}`, "unsupported type: rich_text in the header row [json-pointer:/blocks/0/rows/0/0/type]"},
	{"a data table shows 100 rows a page", `{"type":"data_table","caption":"c","page_size":101,"rows":` + items(2, `[{"type":"raw_text","text":"a"}]`) + `}`, "must be at most 100 [json-pointer:/blocks/0/page_size]"},
	{"a line chart fits", chartJSON("t", `{"type":"line","series":[{"name":"s","data":[{"label":"Jan","value":1},{"label":"Feb","value":-2.5}]}],"axis_config":{"categories":["Jan","Feb"],"y_label":"TB"}}`), ""},
	{"a chart's title takes 50 characters", chartJSON(chars(51), `{"type":"pie","segments":[{"label":"a","value":1}]}`), "must be less than 51 characters [json-pointer:/blocks/0/title]"},
	{"a label takes 20 characters", chartJSON("t", `{"type":"pie","segments":[{"label":"`+chars(21)+`","value":1}]}`), "must be less than 21 characters [json-pointer:/blocks/0/chart/segments/0/label]"},
	{"a slice is greater than nothing", chartJSON("t", `{"type":"pie","segments":[{"label":"a","value":0}]}`), "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"},
	{"a series holds every category", chartJSON("t", `{"type":"bar","series":[{"name":"s","data":[{"label":"Jan","value":1}]}],"axis_config":{"categories":["Jan","Feb"]}}`), "must hold the category Feb exactly once [json-pointer:/blocks/0/chart/series/0/data]"},
	{"a series holds no other category", chartJSON("t", `{"type":"bar","series":[{"name":"s","data":[{"label":"Jan","value":1},{"label":"Feb","value":1}]}],"axis_config":{"categories":["Jan"]}}`), "unknown category: Feb [json-pointer:/blocks/0/chart/series/0/data]"},
	{"a chart needs axes", chartJSON("t", `{"type":"line","series":[{"name":"s","data":[{"label":"Jan","value":1}]}]}`), "missing required field: axis_config [json-pointer:/blocks/0/chart]"},
	{"series are named once", chartJSON("t", `{"type":"area","series":[{"name":"s","data":[{"label":"J","value":1}]},{"name":"s","data":[{"label":"J","value":1}]}],"axis_config":{"categories":["J"]}}`), "`name` \"s\" already exists [json-pointer:/blocks/0/chart/series/1/name]"},
	{"there are four charts", chartJSON("t", `{"type":"radar"}`), "unsupported type: radar [json-pointer:/blocks/0/chart/type]"},
}

// quiet is a workspace without rate limits.
func quiet() slacksim.Config {
	return slacksim.Config{RateLimits: slacksim.RateLimits{Off: true}}
}

func TestBlockLimits(t *testing.T) {
	s := start(t, quiet())
	for _, row := range slices.Concat(blockRows, tableRows) {
		t.Run(row.name, func(t *testing.T) {
			block := strings.ReplaceAll(row.block, "%d", "0")
			got := call(t, s, "chat.postEphemeral", map[string]any{"channel": budget, "user": alice, "text": "x", "blocks": json.RawMessage("[" + block + "]")})
			if row.problem == "" {
				if got["ok"] != true {
					t.Fatalf("refused: %v", got)
				}
				return
			}
			meta, _ := got["response_metadata"].(map[string]any)
			messages, _ := meta["messages"].([]any)
			if got["error"] != "invalid_blocks" || !slices.Contains(messages, any("[ERROR] "+row.problem)) {
				t.Fatalf("want %q, got %v", row.problem, got)
			}
		})
	}
}

// texts are a section of each length.
func texts(lengths ...int) string {
	sections := make([]string, len(lengths))
	for i, n := range lengths {
		sections[i] = `{"type":"section","text":` + mrkdwnJSON(n) + `}`
	}
	return "[" + strings.Join(sections, ",") + "]"
}

func TestLimitsOnTheWholeMessage(t *testing.T) {
	s := start(t, quiet())
	table := `{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}`
	chart := chartJSON("t", `{"type":"pie","segments":[{"label":"a","value":1}]}`)
	long := `{"type":"section","text":` + mrkdwnJSON(2900) + `}`
	for _, row := range []struct{ name, blocks, code string }{
		{"a message takes 50 blocks", items(50, `{"type":"divider"}`), ""},
		{"a message takes no more", items(51, `{"type":"divider"}`), "invalid_blocks"},
		{"a block_id is used once", items(2, `{"type":"divider","block_id":"a"}`), "invalid_blocks"},
		{"a message takes one table", items(2, table), "invalid_blocks"},
		{"a message takes two charts", items(2, chart), ""},
		{"a message takes no third chart", items(3, chart), "invalid_blocks"},
		{"all blocks together take some 13,200 characters", items(5, long), "msg_blocks_too_long"},
		{"all text together takes 11,340 characters", texts(2800, 2800, 2800, 2700, 240), ""},
		{"all text together takes no more", texts(2800, 2800, 2800, 2700, 241), "msg_blocks_too_long"},
		{"the text of markdown has a limit of its own", `[{"type":"markdown","text":"` + chars(11_900) + `"}]`, ""},
		{"markdown is counted over all blocks", items(2, `{"type":"markdown","text":"`+chars(6001)+`"}`), "invalid_blocks"},
		{"no blocks are as good as none", `[]`, ""},
		{"blocks are a list", `{"type":"divider"}`, "invalid_blocks_format"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "x", "blocks": json.RawMessage(row.blocks)})
			if code, _ := got["error"].(string); code != row.code {
				t.Fatalf("want %q, got %v", row.code, got)
			}
		})
	}
}

// TestLibraryBlocksAreAccepted shows that what slack-go writes for every block in use is within the rules here.
func TestLibraryBlocksAreAccepted(t *testing.T) {
	s := start(t, quiet())
	api := client(t, s)
	bold := slack.NewRichTextSection(slack.NewRichTextSectionTextElement("Month", &slack.RichTextSectionTextStyle{Bold: true}))
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Pick"), "pick",
		slack.NewOptionBlockObject("a", plain("A"), nil), slack.NewOptionBlockObject("b", plain("B"), plain("second")))
	confirmed := button("mute", "Mute")
	confirmed.Confirm = slack.NewConfirmationBlockObject(plain("Mute?"), plain("Say nothing more?"), plain("Mute"), plain("Keep"))
	confirmed.Style = slack.StyleDanger
	table := (&slack.TableBlock{Type: slack.MBTTable}).
		AddRow(slack.NewTableRichTextCell(bold), slack.NewTableRawTextCell("TB")).
		AddRow(slack.NewTableRawTextCell("Jan"), slack.NewTableRawNumberCell(1.5).WithText("1.5")).
		WithColumnSettings(slack.ColumnSetting{Align: slack.ColumnAlignmentLeft}, slack.ColumnSetting{Align: slack.ColumnAlignmentRight})
	data := slack.NewDataTableBlock("usage").WithPageSize(10)
	data.Rows = [][]slack.DataTableCell{
		{slack.NewDataTableRawTextCell("Month")}, {slack.NewDataTableActionCell(button("open", "Open"))},
	}
	_, _, err := api.PostMessageContext(soon(t), budget, slack.MsgOptionText("all", false), slack.MsgOptionBlocks(
		slack.NewHeaderBlock(plain("Usage")), slack.NewDividerBlock(),
		slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "*x*", false, true), nil, slack.NewAccessory(menu)),
		slack.NewSectionBlock(nil, []*slack.TextBlockObject{plain("a"), plain("b")}, nil),
		slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, "c", false, false)),
		slack.NewActionBlock("act", button("share", "Share"), confirmed, slack.NewOverflowBlockElement("more", slack.NewOptionBlockObject("x", plain("X"), nil))),
		slack.NewImageBlock("https://x.example/a.png", "a rise", "", plain("A")),
		slack.NewRichTextBlock("", bold, slack.NewRichTextList(slack.RTEListBullet, 0, bold)),
		slack.NewMarkdownBlock("", "**x**"), table, data,
		&slack.DataVisualizationBlock{Type: slack.MBTDataVisualization, Title: "Trend", Chart: slack.NewDataVisualizationLineChart(
			slack.NewDataVisualizationAxisConfig("Jan"), slack.NewDataVisualizationDataSeries("s", slack.NewDataVisualizationDataPoint("Jan", 1)))},
	))
	if err != nil {
		if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
			t.Fatalf("%v: %v", err, refused.ResponseMetadata.Messages)
		}
		t.Fatal(err)
	}
}

func TestBlocksAreNamed(t *testing.T) {
	s := start(t, quiet())
	call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "x", "blocks": json.RawMessage(
		`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"}}]}]`)})
	var blocks []struct {
		ID       string `json:"block_id"`
		Elements []struct {
			ID string `json:"action_id"`
		} `json:"elements"`
	}
	if err := json.Unmarshal(s.Messages(budget)[0].Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	if blocks[0].ID == "" || blocks[0].Elements[0].ID == "" {
		t.Errorf("ids are missing: %+v", blocks)
	}
}
