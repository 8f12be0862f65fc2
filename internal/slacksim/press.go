package slacksim

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"budgetbot/internal/slacksim/blockkit"
)

// Press is a person's use of an element of a message, of a modal or of the Home tab.
type Press struct {
	User string
	// Channel and TS name the message, or ViewID the view.
	Channel, TS, ViewID string
	// ActionID names the element; BlockID is needed only when several blocks have that action_id.
	ActionID, BlockID string
	// Value is what was chosen: an option's value for a menu, a person's or channel's id, a date; nothing for a button.
	Value string
	// Values are the choices of an element that takes several.
	Values []string
	// Confirmed agrees to the dialog of an element that asks whether it was meant. Such an element does nothing without it,
	// and one that does not ask cannot be confirmed.
	Confirmed bool
	// Fields are added to the payload, or replace what it holds.
	Fields map[string]any
}

// Press uses an element that must exist and be visible to the person, and returns at once.
func (s *Server) Press(ctx context.Context, p Press) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ViewID != "" {
		return s.pressView(ctx, p)
	}
	u, r, m, err := s.seen(ctx, p)
	if err != nil {
		return nil, err
	}
	element, blockID, err := findElement(m.Blocks, p)
	if err != nil {
		return nil, err
	}
	action, err := s.action(element, blockID, p)
	if err != nil {
		return nil, err
	}
	v := s.invocation(u, r, "press "+p.ActionID)
	s.newAnswerURL(v, r, m)
	v.trigger = s.newTrigger(u.ID, "")
	payload := s.interaction("block_actions", u, v)
	payload["response_url"] = v.url
	payload["channel"] = map[string]any{"id": r.ID, "name": r.Name}
	payload["actions"] = []any{action}
	payload["state"] = map[string]any{"values": stateOf(action, blockID)}
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": r.ID, "is_ephemeral": m.EphemeralTo != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload["container"] = container
	// Slack leaves the message out when it is an ephemeral one.
	if m.EphemeralTo == "" {
		payload["message"] = s.messageJSON(m, false)
	}
	maps.Copy(payload, p.Fields)
	s.issue("interactive", false, payload, v)
	return v, nil
}

// seen finds the message of a press, which the person must see.
func (s *Server) seen(ctx context.Context, p Press) (User, *room, *Message, error) {
	u, r, err := s.personIn(ctx, p.User, p.Channel)
	if err != nil {
		return User{}, nil, nil, err
	}
	m := r.find(p.TS)
	if m == nil || m.Deleted || (m.EphemeralTo != "" && m.EphemeralTo != u.ID) {
		return User{}, nil, nil, fmt.Errorf("press %s: %s sees no message %s in %s", p.ActionID, p.User, p.TS, p.Channel)
	}
	return u, r, m, nil
}

func (s *Server) pressView(ctx context.Context, p Press) (*Invocation, error) {
	u, err := s.person(ctx, p.User)
	if err != nil {
		return nil, err
	}
	view, err := s.openView(u.ID, p.ViewID)
	if err != nil {
		return nil, err
	}
	element, blockID, err := findElement(blockkit.Encode(view.content["blocks"]), p)
	if err != nil {
		return nil, err
	}
	action, err := s.action(element, blockID, p)
	if err != nil {
		return nil, err
	}
	v := s.invocation(u, nil, "press "+p.ActionID)
	v.trigger = s.newTrigger(u.ID, view.ID)
	payload := s.interaction("block_actions", u, v)
	payload["container"] = map[string]any{"type": "view", "view_id": view.ID}
	maps.Copy(view.values, stateOf(action, blockID))
	payload["view"] = s.viewJSON(view)
	payload["actions"] = []any{action}
	maps.Copy(payload, p.Fields)
	s.issue("interactive", false, payload, v)
	return v, nil
}

// findElement finds the one element that a press names.
func findElement(blocks json.RawMessage, p Press) (element map[string]any, blockID string, err error) {
	value, err := decode([]byte(cmp.Or(string(blocks), "[]")))
	if err != nil {
		return nil, "", fmt.Errorf("press %s: %w", p.ActionID, err)
	}
	list, _ := value.([]any)
	for _, one := range list {
		block, _ := one.(map[string]any)
		id, _ := block["block_id"].(string)
		for e := range blockkit.ElementsOf(block) {
			if e["action_id"] != p.ActionID || (p.BlockID != "" && p.BlockID != id) {
				continue
			}
			if element != nil {
				return nil, "", fmt.Errorf("press %s: several blocks have it; name the block", p.ActionID)
			}
			element, blockID = e, id
		}
	}
	if element == nil {
		return nil, "", fmt.Errorf("press %s: no such element", p.ActionID)
	}
	return element, blockID, nil
}

// action is the entry of a block_actions payload.
func (s *Server) action(element map[string]any, blockID string, p Press) (map[string]any, error) {
	if asks := element["confirm"] != nil; asks != p.Confirmed {
		return nil, fmt.Errorf("press %s: it asks whether it was meant: %t, and was confirmed: %t", p.ActionID, asks, p.Confirmed)
	}
	out := map[string]any{
		"type": element["type"], "action_id": element["action_id"], "block_id": blockID, "action_ts": s.stamp(s.cfg.Now()),
	}
	if element["type"] == "button" {
		for _, key := range []string{"text", "value", "style", "url", "confirm"} {
			if value, ok := element[key]; ok {
				out[key] = value
			}
		}
		return out, nil
	}
	key, chosen, err := choose(element, p)
	if err != nil {
		return nil, err
	}
	out[key] = chosen
	return out, nil
}

// plainChoices are the elements whose choice is a plain value, and the field that carries it.
var plainChoices = map[string]string{
	"users_select": "selected_user", "channels_select": "selected_channel", "conversations_select": "selected_conversation",
	"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time",
	"plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
}

var pluralChoices = map[string]string{
	"multi_users_select": "selected_users", "multi_channels_select": "selected_channels",
	"multi_conversations_select": "selected_conversations",
}

// choose turns a press into what its element reports.
func choose(element map[string]any, p Press) (key string, value any, err error) {
	kind, _ := element["type"].(string)
	if key, ok := plainChoices[kind]; ok {
		if kind == "datetimepicker" {
			return key, json.Number(p.Value), nil
		}
		return key, p.Value, nil
	}
	if key, ok := pluralChoices[kind]; ok {
		return key, slices.Concat([]string{}, p.Values), nil
	}
	if kind == "checkboxes" || kind == "multi_static_select" {
		chosen := []any{}
		for _, value := range p.Values {
			option, err := findOption(element, value)
			if err != nil {
				return "", nil, err
			}
			chosen = append(chosen, option)
		}
		return "selected_options", chosen, nil
	}
	if kind == "external_select" {
		return "selected_option", map[string]any{"text": map[string]any{"type": "plain_text", "text": p.Value}, "value": p.Value}, nil
	}
	option, err := findOption(element, p.Value)
	return "selected_option", option, err
}

func findOption(element map[string]any, value string) (any, error) {
	groups, _ := element["option_groups"].([]any)
	for _, from := range append(groups, element) {
		group, _ := from.(map[string]any)
		options, _ := group["options"].([]any)
		for _, one := range options {
			if option, _ := one.(map[string]any); option["value"] == value {
				return option, nil
			}
		}
	}
	return nil, fmt.Errorf("choose %q in %v: no such option", value, element["action_id"])
}

// stateOf is the state of a message after a choice; a button leaves none.
func stateOf(action map[string]any, blockID string) map[string]any {
	if action["type"] == "button" || action["type"] == "overflow" {
		return map[string]any{}
	}
	entry := map[string]any{"type": action["type"]}
	for _, key := range []string{"selected_option", "selected_options", "selected_user", "selected_channel", "selected_conversation", "selected_date", "value"} {
		if value, ok := action[key]; ok {
			entry[key] = value
		}
	}
	id, _ := action["action_id"].(string)
	return map[string]any{blockID: map[string]any{id: entry}}
}
