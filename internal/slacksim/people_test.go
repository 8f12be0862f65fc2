package slacksim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

// clock is a settable time.
type clock struct{ micros atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMicro(c.micros.Load()) }
func (c *clock) pass(d time.Duration) { c.micros.Add(d.Microseconds()) }

// timed is a workspace with a settable clock and one open connection.
func timed(t *testing.T) (*slacksim.Server, *clock, *wire) {
	t.Helper()
	c := &clock{}
	c.pass(1_800_000_000 * time.Second)
	cfg := quiet()
	cfg.Now = c.now
	s := start(t, cfg)
	return s, c, dial(t, s)
}

func respond(t *testing.T, v *slacksim.Invocation, content string) (body, int) {
	t.Helper()
	got, answer := send(t, v.ResponseURL(), "", "application/json", content)
	return got, answer.StatusCode
}

// commanded types a command and acknowledges it.
func commanded(t *testing.T, s *slacksim.Server, w *wire) *slacksim.Invocation {
	t.Helper()
	v := typeCommand(t, s, "x")
	w.ack(t, w.next(t).EnvelopeID, nil)
	outcome(t, v)
	return v
}

func TestResponseURLWorksFiveTimes(t *testing.T) {
	s, _, w := timed(t)
	v := commanded(t, s, w)
	for _, content := range []string{
		`{"text":"working"}`,
		`{"text":"done","replace_original":true}`,
		`{"text":"for all","response_type":"in_channel"}`,
		`{"text":"for all, changed","replace_original":true}`,
		`{"delete_original":true}`,
	} {
		if got, status := respond(t, v, content); status != http.StatusOK || got["raw"] != "ok" {
			t.Fatalf("%s: %d %v", content, status, got)
		}
	}
	if got, status := respond(t, v, `{"text":"one more"}`); status != http.StatusNotFound || got["error"] != "used_url" {
		t.Errorf("the sixth: %d %v", status, got)
	}
	broken(t, s, "response_url_used")
	messages := s.Messages(budget)
	if len(messages) != 1 || messages[0].Text != "done" || messages[0].EphemeralTo != alice || messages[0].Edits != 1 {
		t.Errorf("what stays: %+v", messages)
	}
	var texts []string
	for _, m := range v.Answers() {
		texts = append(texts, m.Text)
	}
	if diff := cmp.Diff([]string{"working", "done", "for all", "for all, changed", "for all, changed"}, texts); diff != "" {
		t.Errorf("the answers (-want +got):\n%s", diff)
	}
	if last := answer(t, v, 5); !last.Deleted {
		t.Errorf("the last answer is a deletion: %+v", last)
	}
}

func TestResponseURLExpires(t *testing.T) {
	s, c, w := timed(t)
	v := commanded(t, s, w)
	c.pass(30 * time.Minute)
	if got, status := respond(t, v, `{"text":"in time"}`); status != http.StatusOK {
		t.Errorf("after 30 minutes: %d %v", status, got)
	}
	c.pass(time.Second)
	if got, status := respond(t, v, `{"text":"too late"}`); status != http.StatusNotFound || got["error"] != "expired_url" {
		t.Errorf("later: %d %v", status, got)
	}
	broken(t, s, "response_url_expired")
}

func TestResponseURLRefusesJunk(t *testing.T) {
	s, _, w := timed(t)
	v := commanded(t, s, w)
	for _, row := range []struct{ name, content, code string }{
		{"what is not JSON", `hello`, "invalid_payload"},
		{"what is no object", `[]`, "invalid_payload"},
		{"nothing", `{}`, "no_text"},
		{"wrong blocks", `{"text":"x","blocks":[{"type":"hero"}]}`, "invalid_blocks"},
		{"an unknown kind of answer", `{"text":"x","response_type":"loud"}`, "invalid_response_type"},
		{"an unknown thread", `{"text":"x","thread_ts":"1.000000"}`, "thread_not_found"},
		{"a deletion of nothing", `{"delete_original":true}`, "message_not_found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, status := respond(t, v, row.content); status != http.StatusBadRequest || got["error"] != row.code {
				t.Errorf("want %s, got %d %v", row.code, status, got)
			}
		})
	}
	if got, status := respond(t, v, `{"text":"x","colour":"red"}`); status != http.StatusOK {
		t.Errorf("an unknown field is ignored: %d %v", status, got)
	}
	broken(t, s, "response_url_junk")
	s.Fail("response_url", 1, slacksim.Fault{Status: 500})
	if _, status := respond(t, v, `{"text":"x"}`); status != http.StatusInternalServerError {
		t.Errorf("a planned fault: %d", status)
	}
	if got, answer := send(t, v.ResponseURL()+"0", "", "application/json", `{"text":"x"}`); answer.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown address: %d %v", answer.StatusCode, got)
	}
}

func TestOnlyWhatIsThereCanBePressed(t *testing.T) {
	s, _, w := timed(t)
	v := commanded(t, s, w)
	respond(t, v, `{"text":"x","blocks":[
		{"type":"actions","block_id":"one","elements":[
			{"type":"button","action_id":"go","value":"v1","text":{"type":"plain_text","text":"Go"}},
			{"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]},
			{"type":"users_select","action_id":"who"}]},
		{"type":"section","block_id":"two","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}}]}`)
	ts := answer(t, v, 1).TS
	for _, row := range []struct {
		name  string
		press slacksim.Press
		why   string
	}{
		{"an unknown element", slacksim.Press{User: alice, ActionID: "stop"}, "no such element"},
		{"an element of two blocks", slacksim.Press{User: alice, ActionID: "go"}, "name the block"},
		{"an option that is not offered", slacksim.Press{User: alice, ActionID: "pick", Value: "b"}, "no such option"},
		{"another person's ephemeral message", slacksim.Press{User: boris, ActionID: "pick", Value: "a"}, "sees no message"},
		{"nobody", slacksim.Press{User: "U0NOBODY1", ActionID: "pick"}, "no such person"},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.press.Channel, row.press.TS = budget, ts
			if _, err := s.Press(soon(t), row.press); err == nil || !strings.Contains(err.Error(), row.why) {
				t.Errorf("want %q, got %v", row.why, err)
			}
		})
	}
	for _, row := range []struct {
		press slacksim.Press
		want  map[string]any
	}{
		{slacksim.Press{ActionID: "go", BlockID: "one"}, map[string]any{"type": "button", "value": "v1"}},
		{slacksim.Press{ActionID: "pick", Value: "a"}, map[string]any{"selected_option": map[string]any{"text": map[string]any{"type": "plain_text", "text": "A"}, "value": "a"}}},
		{slacksim.Press{ActionID: "who", Value: boris}, map[string]any{"selected_user": boris}},
	} {
		row.press.User, row.press.Channel, row.press.TS = alice, budget, ts
		if _, err := s.Press(soon(t), row.press); err != nil {
			t.Fatal(err)
		}
		var payload struct {
			Container map[string]any   `json:"container"`
			Actions   []map[string]any `json:"actions"`
			Message   any              `json:"message"`
		}
		f := w.next(t)
		if err := json.Unmarshal(f.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		for key, want := range row.want {
			if diff := cmp.Diff(want, payload.Actions[0][key]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", key, diff)
			}
		}
		if payload.Container["is_ephemeral"] != true || payload.Message != nil || f.Accepts {
			t.Errorf("the press of an ephemeral message: %+v", payload)
		}
	}
}

func TestPressesMayReplaceTheMessage(t *testing.T) {
	s, _, w := timed(t)
	posted := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "alert", "blocks": json.RawMessage(
		`[{"type":"actions","elements":[{"type":"button","action_id":"ack","text":{"type":"plain_text","text":"Acknowledge"}}]}]`)})
	press := func() *slacksim.Invocation {
		v, err := s.Press(soon(t), slacksim.Press{User: boris, Channel: budget, TS: posted["ts"].(string), ActionID: "ack"})
		if err != nil {
			t.Fatal(err)
		}
		w.ack(t, w.next(t).EnvelopeID, nil)
		return v
	}
	respond(t, press(), `{"text":"only for you"}`)
	respond(t, press(), `{"text":"acknowledged","replace_original":true}`)
	got := s.Messages(budget)
	if len(got) != 2 || got[0].Text != "acknowledged" || got[0].EphemeralTo != "" || got[0].Blocks != nil || got[1].EphemeralTo != boris {
		t.Errorf("got %+v", got)
	}
}

const modalJSON = `{"type":"modal","callback_id":"cb","title":{"type":"plain_text","text":"T"},"submit":{"type":"plain_text","text":"Save"},"notify_on_close":true,
	"blocks":[{"type":"input","block_id":"b","label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input","action_id":"a"}},
		{"type":"actions","block_id":"m","elements":[{"type":"external_select","action_id":"menu"}]}]}`

func TestTriggersWorkOnceAndBriefly(t *testing.T) {
	s, c, w := timed(t)
	open := func(v *slacksim.Invocation) body {
		return call(t, s, "views.open", map[string]any{"trigger_id": v.TriggerID(), "view": json.RawMessage(modalJSON)})
	}
	v := commanded(t, s, w)
	if got := open(v); got["ok"] != true {
		t.Fatalf("got %v", got)
	}
	if got := open(v); got["error"] != "exchanged_trigger_id" {
		t.Errorf("the second time: %v", got)
	}
	late := commanded(t, s, w)
	c.pass(3*time.Second + time.Millisecond)
	if got := open(late); got["error"] != "expired_trigger_id" {
		t.Errorf("too late: %v", got)
	}
	if got := call(t, s, "views.open", map[string]any{"trigger_id": "1.2.3", "view": json.RawMessage(modalJSON)}); got["error"] != "invalid_trigger_id" {
		t.Errorf("an invented one: %v", got)
	}
}

// opened opens the modal and gives it.
func opened(t *testing.T, s *slacksim.Server, w *wire) slacksim.View {
	t.Helper()
	v := commanded(t, s, w)
	got := call(t, s, "views.open", map[string]any{"trigger_id": v.TriggerID(), "view": json.RawMessage(modalJSON)})
	if got["ok"] != true {
		t.Fatalf("views.open: %v", got)
	}
	return s.Modals(alice)[0]
}

func submitted(t *testing.T, s *slacksim.Server, w *wire, view string, payload any) slacksim.Outcome {
	t.Helper()
	v, err := s.Submit(soon(t), slacksim.Submission{User: alice, ViewID: view, Values: map[string]map[string]map[string]any{"b": {"a": {"value": "x"}}}})
	if err != nil {
		t.Fatal(err)
	}
	f := w.next(t)
	if !f.Accepts || !bytes.Contains(f.Payload, []byte(`"b":{"a":{"type":"plain_text_input","value":"x"}}`)) {
		t.Errorf("the submission: %s", f.Payload)
	}
	w.ack(t, f.EnvelopeID, payload)
	return outcome(t, v)
}

func TestSubmissions(t *testing.T) {
	s, _, w := timed(t)
	view := opened(t, s, w)
	out := submitted(t, s, w, view.ID, map[string]any{"response_action": "errors", "errors": map[string]any{"b": "no"}})
	if out.ViewErrors["b"] != "no" || len(s.Modals(alice)) != 1 {
		t.Errorf("errors keep the modal: %+v", out)
	}
	other := strings.Replace(modalJSON, `"text":"T"`, `"text":"U"`, 1)
	submitted(t, s, w, view.ID, map[string]any{"response_action": "update", "view": json.RawMessage(other)})
	if got := s.Modals(alice); got[0].Title != "U" || got[0].Hash == view.Hash {
		t.Errorf("update changes the modal: %+v", got)
	}
	submitted(t, s, w, view.ID, map[string]any{"response_action": "push", "view": json.RawMessage(modalJSON)})
	stack := s.Modals(alice)
	if len(stack) != 2 {
		t.Fatalf("push adds a modal: %+v", stack)
	}
	if _, err := s.Submit(soon(t), slacksim.Submission{User: alice, ViewID: view.ID}); err == nil {
		t.Error("a covered modal was submitted")
	}
	submitted(t, s, w, stack[1].ID, nil)
	if got := s.Modals(alice); len(got) != 1 {
		t.Errorf("a plain acknowledgement closes one modal: %+v", got)
	}
	submitted(t, s, w, view.ID, map[string]any{"response_action": "clear"})
	if got := s.Modals(alice); len(got) != 0 {
		t.Errorf("clear closes all: %+v", got)
	}
	clean(t, s)
	view = opened(t, s, w)
	submitted(t, s, w, view.ID, map[string]any{"response_action": "errors", "errors": map[string]any{"elsewhere": "no"}})
	broken(t, s, "ack_payload_invalid")
}

func TestModalsStackAndClose(t *testing.T) {
	s, _, w := timed(t)
	first := opened(t, s, w)
	push := func(viewID string) body {
		v, err := s.Press(soon(t), slacksim.Press{User: alice, ViewID: viewID, ActionID: "menu", Value: "x"})
		if err != nil {
			t.Fatal(err)
		}
		w.ack(t, w.next(t).EnvelopeID, nil)
		return call(t, s, "views.push", map[string]any{"trigger_id": v.TriggerID(), "view": json.RawMessage(modalJSON)})
	}
	for range 2 {
		if got := push(first.ID); got["ok"] != true {
			t.Fatalf("got %v", got)
		}
	}
	if got := push(first.ID); got["error"] != "push_limit_reached" {
		t.Errorf("the fourth modal: %v", got)
	}
	top := s.Modals(alice)[2]
	v, err := s.CloseView(soon(t), alice, top.ID)
	if err != nil {
		t.Fatal(err)
	}
	f := w.next(t)
	if f.Accepts || !bytes.Contains(f.Payload, []byte(`"type":"view_closed"`)) {
		t.Errorf("got %+v", f)
	}
	w.ack(t, f.EnvelopeID, nil)
	outcome(t, v)
	if n := len(s.Modals(alice)); n != 2 {
		t.Errorf("%d modals are open", n)
	}
	got := call(t, s, "views.update", map[string]any{"view_id": first.ID, "hash": "old", "view": json.RawMessage(modalJSON)})
	if got["error"] != "hash_conflict" {
		t.Errorf("an old hash: %v", got)
	}
	got = call(t, s, "views.update", map[string]any{"view_id": first.ID, "hash": first.Hash, "view": json.RawMessage(modalJSON)})
	if got["ok"] != true {
		t.Errorf("the right hash: %v", got)
	}
	if got := call(t, s, "views.update", map[string]any{"view_id": top.ID, "view": json.RawMessage(modalJSON)}); got["error"] != "not_found" {
		t.Errorf("a closed view: %v", got)
	}
}

func TestViewLimits(t *testing.T) {
	s, _, w := timed(t)
	title := `"title":` + plainJSON(24)
	divider := `"blocks":[{"type":"divider"}]`
	for _, row := range []struct{ name, view, problem string }{
		{"a title takes 24 characters", `{"type":"modal","title":` + plainJSON(25) + `,` + divider + `}`, "must be less than 25 characters [json-pointer:/view/title/text]"},
		{"a modal takes 100 blocks", `{"type":"modal",` + title + `,"blocks":` + items(101, `{"type":"divider"}`) + `}`, "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"a modal shows no table", `{"type":"modal",` + title + `,"blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}]}`, "unsupported type: table in a modal [json-pointer:/view/blocks/0/type]"},
		{"an input needs a submit button", `{"type":"modal",` + title + `,"blocks":[{"type":"input","label":` + plainJSON(1) + `,"element":{"type":"plain_text_input"}}]}`, "missing required field: submit [json-pointer:/view]"},
		{"private metadata takes 3,000 characters", `{"type":"modal",` + title + `,` + divider + `,"private_metadata":"` + chars(3001) + `"}`, "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{"a modal is no Home tab", `{"type":"home",` + divider + `}`, "must be a valid enum value [json-pointer:/view/type]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := commanded(t, s, w)
			got := call(t, s, "views.open", map[string]any{"trigger_id": v.TriggerID(), "view": json.RawMessage(row.view)})
			raw, _ := json.Marshal(got)
			if got["error"] != "invalid_arguments" || !strings.Contains(string(raw), row.problem) {
				t.Errorf("want %q, got %s", row.problem, raw)
			}
		})
	}
	v := commanded(t, s, w)
	huge := `{"type":"modal",` + title + `,"blocks":` + items(90, `{"type":"section","text":`+mrkdwnJSON(2999)+`}`) + `}`
	if got := call(t, s, "views.open", map[string]any{"trigger_id": v.TriggerID(), "view": json.RawMessage(huge)}); got["error"] != "view_too_large" {
		t.Errorf("a huge view: %v", got["error"])
	}
}

func TestHomeTab(t *testing.T) {
	s, _, w := timed(t)
	home := `{"type":"home","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]}`
	got := call(t, s, "views.publish", map[string]any{"user_id": alice, "view": json.RawMessage(home)})
	if got["ok"] != true {
		t.Fatalf("got %v", got)
	}
	view, ok := s.Home(alice)
	if !ok || view.Type != "home" {
		t.Fatalf("got %+v", view)
	}
	if got := call(t, s, "views.publish", map[string]any{"user_id": alice, "hash": "old", "view": json.RawMessage(home)}); got["error"] != "hash_conflict" {
		t.Errorf("an old hash: %v", got)
	}
	if _, err := s.OpenHome(soon(t), alice); err != nil {
		t.Fatal(err)
	}
	if f := w.next(t); f.Type != "events_api" || !bytes.Contains(f.Payload, []byte(view.ID)) {
		t.Errorf("the event holds the view: %s", f.Payload)
	}
	if _, err := s.Press(soon(t), slacksim.Press{User: boris, ViewID: view.ID, ActionID: "go"}); err == nil {
		t.Error("another person's Home tab was pressed")
	}
	if _, err := s.Press(soon(t), slacksim.Press{User: alice, ViewID: view.ID, ActionID: "go"}); err != nil {
		t.Error(err)
	}
	cfg := quiet()
	cfg.HomeDisabled = true
	off := start(t, cfg)
	if got := call(t, off, "views.publish", map[string]any{"user_id": alice, "view": json.RawMessage(home)}); got["error"] != "not_enabled" {
		t.Errorf("a Home tab that is off: %v", got)
	}
}

func TestSuggestions(t *testing.T) {
	s, _, w := timed(t)
	view := opened(t, s, w)
	ask := func(payload any) slacksim.Outcome {
		v, err := s.Suggest(soon(t), slacksim.Press{User: alice, ViewID: view.ID, ActionID: "menu", Value: "cd"})
		if err != nil {
			t.Fatal(err)
		}
		f := w.next(t)
		if !f.Accepts || !bytes.Contains(f.Payload, []byte(`"value":"cd"`)) {
			t.Errorf("got %+v", f)
		}
		w.ack(t, f.EnvelopeID, payload)
		return outcome(t, v)
	}
	good := map[string]any{"options": json.RawMessage(items(100, option1))}
	if out := ask(good); len(out.Payload) == 0 {
		t.Errorf("got %+v", out)
	}
	clean(t, s)
	ask(map[string]any{"options": json.RawMessage(items(101, option1))})
	broken(t, s, "ack_payload_invalid")
	if _, err := s.Suggest(soon(t), slacksim.Press{User: alice, ViewID: view.ID, ActionID: "a"}); err == nil {
		t.Error("a text field has no suggestions")
	}
}

func TestShortcuts(t *testing.T) {
	s, _, w := timed(t)
	said, err := s.Say(soon(t), boris, budget, "what is this?", "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Shortcut(soon(t), slacksim.Shortcut{User: alice, CallbackID: "explain", Channel: budget, TS: said.TS})
	if err != nil {
		t.Fatal(err)
	}
	f := w.next(t)
	for _, want := range []string{`"type":"message_action"`, `"callback_id":"explain"`, `"what is this?"`} {
		if !bytes.Contains(f.Payload, []byte(want)) {
			t.Errorf("%s is missing in %s", want, f.Payload)
		}
	}
	w.ack(t, f.EnvelopeID, nil)
	if got, status := respond(t, v, `{"text":"an alert"}`); status != http.StatusOK {
		t.Errorf("got %d %v", status, got)
	}
	global, err := s.Shortcut(soon(t), slacksim.Shortcut{User: alice, CallbackID: "ask"})
	if err != nil {
		t.Fatal(err)
	}
	if f := w.next(t); global.ResponseURL() != "" || !bytes.Contains(f.Payload, []byte(`"type":"shortcut"`)) {
		t.Errorf("got %s", f.Payload)
	}
	if _, err := s.Shortcut(soon(t), slacksim.Shortcut{User: alice, CallbackID: "explain", Channel: budget, TS: "1.0"}); err == nil {
		t.Error("a shortcut on no message")
	}
}

func TestFiles(t *testing.T) {
	s, c, _ := timed(t)
	api := client(t, s)
	root := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "root"})
	file, err := api.UploadFileContext(soon(t), slack.UploadFileParameters{
		Filename: "usage.csv", FileSize: 7, Reader: strings.NewReader("a,b\n1,2"), Title: "Usage", Channel: budget,
		InitialComment: "as asked", ThreadTimestamp: root["ts"].(string),
	})
	if err != nil {
		t.Fatal(err)
	}
	if name, content, ok := s.File(file.ID); !ok || name != "usage.csv" || string(content) != "a,b\n1,2" {
		t.Errorf("the stored file: %q %q", name, content)
	}
	m := s.Messages(budget)[1]
	if m.Text != "as asked" || m.ThreadTS != root["ts"] || len(m.Files) != 1 || m.Files[0] != file.ID || m.Via != "file" {
		t.Errorf("the message: %+v", m)
	}
	image := map[string]any{"channel": budget, "text": "x", "blocks": json.RawMessage(
		`[{"type":"image","slack_file":{"id":"` + file.ID + `"},"alt_text":"a"}]`)}
	if got := call(t, s, "chat.postMessage", image); got["error"] != "invalid_blocks" {
		t.Errorf("a file that is not ready: %v", got)
	}
	c.pass(time.Second)
	if got := call(t, s, "chat.postMessage", image); got["ok"] != true {
		t.Errorf("a file that is ready: %v", got)
	}
	again := map[string]any{"files": []any{map[string]any{"id": file.ID}}}
	if got := call(t, s, "files.completeUploadExternal", again); got["error"] != "file_not_found" {
		t.Errorf("completing twice: %v", got)
	}
	got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 3})
	address, _ := got["upload_url"].(string)
	if got, answer := send(t, address, "", "application/octet-stream", "four"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("another length than announced: %d %v", answer.StatusCode, got)
	}
	broken(t, s, "upload_length")
	s.Fail("upload", 1, slacksim.Fault{Status: 503})
	if _, answer := send(t, address, "", "application/octet-stream", "abc"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a planned fault: %d", answer.StatusCode)
	}
	if got, answer := send(t, address, "", "application/octet-stream", "abc"); answer.StatusCode != http.StatusOK {
		t.Errorf("raw bytes: %d %v", answer.StatusCode, got)
	}
}

func TestPeopleSeeTheirChannels(t *testing.T) {
	s := start(t, rooms())
	dial(t, s)
	if _, err := s.Command(soon(t), slacksim.Slash{User: boris, Channel: "C0FINOPS1", Command: "/usage"}); err == nil || !strings.Contains(err.Error(), "no such channel") {
		t.Errorf("a command in a foreign channel: %v", err)
	}
	if _, err := s.Command(soon(t), slacksim.Slash{User: alice, Channel: "@", Command: "/usage"}); err != nil {
		t.Errorf("a command in the direct message: %v", err)
	}
	if _, err := s.Command(soon(t), slacksim.Slash{User: alice, Channel: general, Command: "usage"}); err == nil {
		t.Error("a command without its slash")
	}
	if got := call(t, s, "chat.postEphemeral", map[string]any{"channel": "C0FINOPS1", "user": boris, "text": "x"}); got["error"] != "user_not_in_channel" {
		t.Errorf("whispering to a stranger of the channel: %v", got)
	}
}

// TestEveryElementReportsItsChoice uses one element of each kind and reads what the app is told.
func TestEveryElementReportsItsChoice(t *testing.T) {
	s, _, w := timed(t)
	options := `"options":[{"text":{"type":"plain_text","text":"A"},"value":"a"},{"text":{"type":"plain_text","text":"B"},"value":"b"}]`
	posted := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "x", "blocks": json.RawMessage(
		`[{"type":"actions","elements":[
			{"type":"checkboxes","action_id":"boxes",` + options + `},
			{"type":"radio_buttons","action_id":"radio",` + options + `},
			{"type":"multi_static_select","action_id":"some",` + options + `},
			{"type":"static_select","action_id":"grouped","option_groups":[{"label":{"type":"plain_text","text":"G"},` + options + `}]},
			{"type":"multi_users_select","action_id":"people"},
			{"type":"conversations_select","action_id":"where"},
			{"type":"external_select","action_id":"outside"},
			{"type":"datepicker","action_id":"day"},
			{"type":"datetimepicker","action_id":"moment"},
			{"type":"overflow","action_id":"more",` + options + `}]}]`)})
	for _, row := range []struct {
		press     slacksim.Press
		key, want string
	}{
		{slacksim.Press{ActionID: "boxes", Values: []string{"a", "b"}}, "selected_options", `"value":"b"`},
		{slacksim.Press{ActionID: "radio", Value: "b"}, "selected_option", `"value":"b"`},
		{slacksim.Press{ActionID: "some", Values: []string{"a"}}, "selected_options", `"value":"a"`},
		{slacksim.Press{ActionID: "grouped", Value: "a"}, "selected_option", `"value":"a"`},
		{slacksim.Press{ActionID: "people", Values: []string{alice}}, "selected_users", `["U0ALICE01"]`},
		{slacksim.Press{ActionID: "where", Value: general}, "selected_conversation", `"C0GENERAL"`},
		{slacksim.Press{ActionID: "outside", Value: "cdn"}, "selected_option", `"value":"cdn"`},
		{slacksim.Press{ActionID: "day", Value: "2026-12-01"}, "selected_date", `"2026-12-01"`},
		{slacksim.Press{ActionID: "moment", Value: "1800000000"}, "selected_date_time", `1800000000`},
		{slacksim.Press{ActionID: "more", Value: "a"}, "selected_option", `"value":"a"`},
	} {
		row.press.User, row.press.Channel, row.press.TS = alice, budget, posted["ts"].(string)
		if _, err := s.Press(soon(t), row.press); err != nil {
			t.Fatal(err)
		}
		var payload struct {
			Actions []map[string]json.RawMessage `json:"actions"`
		}
		if err := json.Unmarshal(w.next(t).Payload, &payload); err != nil {
			t.Fatal(err)
		}
		if got := payload.Actions[0][row.key]; !strings.Contains(string(got), row.want) {
			t.Errorf("%s: want %s with %s, got %s", row.press.ActionID, row.key, row.want, got)
		}
	}
	asked, err := s.Suggest(soon(t), slacksim.Press{User: alice, Channel: budget, TS: posted["ts"].(string), ActionID: "outside", Value: "c"})
	if err != nil {
		t.Fatal(err)
	}
	w.ack(t, w.next(t).EnvelopeID, map[string]any{"options": []any{}})
	if out := outcome(t, asked); string(out.Payload) != `{"options":[]}` {
		t.Errorf("the suggestions: %+v", out)
	}
	clean(t, s)
}

func TestExternalIDsAreUnique(t *testing.T) {
	s, _, w := timed(t)
	named := strings.Replace(modalJSON, `"callback_id":"cb"`, `"external_id":"mine"`, 1)
	open := func() body {
		return call(t, s, "views.open", map[string]any{"trigger_id": commanded(t, s, w).TriggerID(), "view": json.RawMessage(named)})
	}
	if got := open(); got["ok"] != true {
		t.Fatalf("got %v", got)
	}
	if got := open(); got["error"] != "duplicate_external_id" {
		t.Errorf("a second view of that name: %v", got)
	}
	if got := call(t, s, "views.update", map[string]any{"external_id": "mine", "view": json.RawMessage(named)}); got["ok"] != true {
		t.Errorf("an update by that name: %v", got)
	}
}

func TestFileInfoSaysWhenAFileIsReady(t *testing.T) {
	s, c, _ := timed(t)
	api := client(t, s)
	file, err := api.UploadFileContext(soon(t), slack.UploadFileParameters{Filename: "a.txt", FileSize: 5, Reader: strings.NewReader("hello"), Channel: general})
	if err != nil {
		t.Fatal(err)
	}
	kind := func() string {
		info, _, _, err := api.GetFileInfoContext(soon(t), file.ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mimetype
	}
	if got := kind(); got != "" {
		t.Errorf("at once: %q", got)
	}
	c.pass(time.Second)
	if got := kind(); got != "text/plain; charset=utf-8" {
		t.Errorf("later: %q", got)
	}
	got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 1})
	for _, id := range []any{got["file_id"], "F0NOWHERE"} {
		if got := call(t, s, "files.info", map[string]any{"file": id}); got["error"] != "file_not_found" {
			t.Errorf("a file that is not there: %v", got)
		}
	}
	s.Kick(general)
	for channel, code := range map[string]string{general: "not_in_channel", "C0NOWHERE": "channel_not_found"} {
		got := call(t, s, "files.getUploadURLExternal", map[string]any{"filename": "a", "length": 1})
		send(t, got["upload_url"].(string), "", "text/plain", "x")
		got = call(t, s, "files.completeUploadExternal", map[string]any{"files": []any{map[string]any{"id": got["file_id"]}}, "channel_id": channel})
		if got["error"] != code {
			t.Errorf("%s: want %s, got %v", channel, code, got)
		}
	}
}
