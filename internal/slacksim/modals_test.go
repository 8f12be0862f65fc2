package slacksim_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/slacksim"
)

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
