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

// Submission is a person's use of a modal's submit button.
type Submission struct {
	User, ViewID string
	// Values are what was filled in, by block_id and action_id: the state entries as Slack sends them, without "type".
	Values map[string]map[string]map[string]any
	// Fields are added to the payload, or replace what it holds.
	Fields map[string]any
}

// Submit submits the uppermost modal of a person. Errors that the app answers with are in the Outcome.
func (s *Server) Submit(ctx context.Context, c Submission) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, view, err := s.topView(ctx, c.User, c.ViewID)
	if err != nil {
		return nil, err
	}
	if view.content["submit"] == nil {
		return nil, fmt.Errorf("submit %s: the modal has no submit button", c.ViewID)
	}
	for blockID, actions := range c.Values {
		filled := map[string]any{}
		for actionID, entry := range actions {
			element, _, err := findElement(blockkit.Encode(view.content["blocks"]), Press{ActionID: actionID, BlockID: blockID})
			if err != nil {
				return nil, err
			}
			state := map[string]any{"type": element["type"]}
			for key, value := range entry {
				state[key] = value
			}
			filled[actionID] = state
		}
		view.values[blockID] = filled
	}
	v := s.invocation(u, nil, "submit "+cmp.Or(view.CallbackID, view.ID))
	v.trigger = s.newTrigger(u.ID, view.ID)
	payload := s.interaction("view_submission", u, v)
	payload["view"], payload["response_urls"] = s.viewJSON(view), []any{}
	maps.Copy(payload, c.Fields)
	v.answered = func(out *Outcome, answer any) { s.showSubmitted(out, view, answer) }
	s.issue("interactive", true, payload, v)
	return v, nil
}

func (s *Server) topView(ctx context.Context, user, id string) (User, *View, error) {
	u, err := s.person(ctx, user)
	if err != nil {
		return User{}, nil, err
	}
	stack := s.stacks[user]
	if len(stack) == 0 || stack[len(stack)-1] != id {
		return User{}, nil, fmt.Errorf("use the modal %s: it is not on top for %s", id, user)
	}
	return u, s.views[id], nil
}

// openView finds a view that a person has before them.
func (s *Server) openView(user, id string) (*View, error) {
	v, ok := s.views[id]
	if !ok || v.User != user {
		return nil, fmt.Errorf("use the view %s: it is not open for %s", id, user)
	}
	return v, nil
}

// showSubmitted carries out the response_action of an acknowledged submission.
func (s *Server) showSubmitted(out *Outcome, view *View, answer any) {
	if answer == nil {
		s.closeView(view)
		return
	}
	object, _ := answer.(map[string]any)
	var err error
	switch object["response_action"] {
	case "clear":
		s.dropStack(view.User)
	case "errors":
		err = s.showErrors(out, view, object["errors"])
	case "update":
		var content map[string]any
		if content, err = s.checkView(object["view"], blockkit.SurfaceModal, view.ID); err == nil {
			s.fill(view, content)
		}
	case "push":
		err = s.pushAnswer(view, object["view"])
	default:
		err = fmt.Errorf("unknown response_action %v", object["response_action"])
	}
	if err != nil {
		s.violate("ack_payload_invalid", err.Error())
	}
}

func (s *Server) pushAnswer(view *View, value any) error {
	if len(s.stacks[view.User]) >= maxStack {
		return refuse("push_limit_reached")
	}
	content, err := s.checkView(value, blockkit.SurfaceModal, "")
	if err == nil {
		s.showView(view.User, content)
	}
	return err
}

// showErrors checks that every error stands at an input block of the view.
func (s *Server) showErrors(out *Outcome, view *View, value any) error {
	errs, _ := value.(map[string]any)
	blocks, _ := view.content["blocks"].([]any)
	out.ViewErrors = map[string]string{}
	for _, blockID := range blockkit.SortedKeys(errs) {
		known := slices.ContainsFunc(blocks, func(one any) bool {
			block, _ := one.(map[string]any)
			return block["type"] == "input" && block["block_id"] == blockID
		})
		words, isText := errs[blockID].(string)
		if !known || !isText {
			return fmt.Errorf("an error at %s, which is no input block", blockID)
		}
		out.ViewErrors[blockID] = words
	}
	if len(errs) == 0 {
		return fmt.Errorf("response_action errors without errors")
	}
	return nil
}

func (s *Server) closeView(view *View) {
	stack := s.stacks[view.User]
	if len(stack) > 0 && stack[len(stack)-1] == view.ID {
		s.closeTop(view.User)
	}
}

// CloseView lets a person close the uppermost modal. The app gets an event only if it asked for one (notify_on_close);
// otherwise the Invocation is nil.
func (s *Server) CloseView(ctx context.Context, user, viewID string) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, view, err := s.topView(ctx, user, viewID)
	if err != nil {
		return nil, err
	}
	shown := s.viewJSON(view)
	s.closeTop(user)
	if view.content["notify_on_close"] != true {
		return nil, nil
	}
	v := s.invocation(u, nil, "close "+cmp.Or(view.CallbackID, view.ID))
	payload := s.interaction("view_closed", u, v)
	delete(payload, "trigger_id")
	payload["view"], payload["is_cleared"] = shown, false
	s.issue("interactive", false, payload, v)
	return v, nil
}

// Suggest lets a person type into a menu whose options come from the app; the options are the Outcome's payload.
func (s *Server) Suggest(ctx context.Context, p Press) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.person(ctx, p.User)
	if err != nil {
		return nil, err
	}
	v := s.invocation(u, nil, "suggest "+p.ActionID)
	payload := s.interaction("block_suggestion", u, v)
	delete(payload, "trigger_id")
	blocks, err := s.suggestionSource(ctx, payload, p)
	if err != nil {
		return nil, err
	}
	element, blockID, err := findElement(blocks, p)
	if err != nil {
		return nil, err
	}
	if kind := element["type"]; kind != "external_select" && kind != "multi_external_select" {
		return nil, fmt.Errorf("type into %s: its options do not come from the app", p.ActionID)
	}
	payload["action_id"], payload["block_id"], payload["value"] = p.ActionID, blockID, p.Value
	v.answered = func(_ *Outcome, answer any) {
		var c blockkit.Check
		blockkit.SuggestionRule()(&c, "", answer)
		if len(c.Problems) > 0 {
			s.violate("ack_payload_invalid", c.Problems[0])
		}
	}
	s.issue("interactive", true, payload, v)
	return v, nil
}

// suggestionSource returns where the menu is, and the blocks around it.
func (s *Server) suggestionSource(ctx context.Context, payload map[string]any, p Press) (json.RawMessage, error) {
	if p.ViewID != "" {
		view, err := s.openView(p.User, p.ViewID)
		if err != nil {
			return nil, err
		}
		payload["view"] = s.viewJSON(view)
		payload["container"] = map[string]any{"type": "view", "view_id": view.ID}
		return blockkit.Encode(view.content["blocks"]), nil
	}
	_, r, m, err := s.seen(ctx, p)
	if err != nil {
		return nil, err
	}
	payload["channel"] = map[string]any{"id": r.ID, "name": r.Name}
	payload["container"] = map[string]any{"type": "message", "message_ts": m.TS, "channel_id": r.ID}
	payload["message"] = s.messageJSON(m, false)
	return m.Blocks, nil
}

// OpenHome lets a person open the app's Home tab, which the app gets as the event app_home_opened.
func (s *Server) OpenHome(ctx context.Context, user string) (*Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, r, err := s.personIn(ctx, user, "@")
	if err != nil {
		return nil, err
	}
	event := map[string]any{
		"type": "app_home_opened", "user": u.ID, "channel": r.ID, "tab": "home", "event_ts": s.stamp(s.cfg.Now()),
	}
	if v, ok := s.homes[u.ID]; ok {
		event["view"] = s.viewJSON(v)
	}
	return s.happen(event), nil
}
