package slacksim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/slacksim"
)

func TestOnlyWhatIsThereCanBePressed(t *testing.T) {
	s, _, w := timed(t)
	v := commanded(t, s, w)
	respond(t, v, `{"text":"x","blocks":[
		{"type":"actions","block_id":"one","elements":[
			{"type":"button","action_id":"go","value":"v1","text":{"type":"plain_text","text":"Go"}},
			{"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]},
			{"type":"users_select","action_id":"who"},
			{"type":"button","action_id":"mute","text":{"type":"plain_text","text":"Mute"},"confirm":{"text":{"type":"plain_text","text":"Mute?"}}}]},
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
		{"a button that asks first, without a yes", slacksim.Press{User: alice, ActionID: "mute"}, "it asks whether it was meant: true, and was confirmed: false"},
		{"a yes to what does not ask", slacksim.Press{User: alice, ActionID: "pick", Value: "a", Confirmed: true}, "it asks whether it was meant: false"},
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
		{slacksim.Press{ActionID: "mute", Confirmed: true}, map[string]any{"type": "button"}},
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

// TestEveryElementReportsItsChoice uses one element of each kind and reads what the app receives.
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
