package slacksim

import (
	"encoding/json"
	"maps"
	"slices"

	"budgetbot/internal/slacksim/blockkit"
)

// View is a modal, or a person's Home tab.
type View struct {
	ID         string `json:"id"`
	User       string `json:"user"`
	Type       string `json:"type"`
	CallbackID string `json:"callback_id,omitempty"`
	Title      string `json:"title,omitempty"`
	Hash       string `json:"hash"`
	// Content is the view as the app gave it, with ids for all blocks and elements.
	Content json.RawMessage `json:"content"`

	content  map[string]any
	values   map[string]any
	previous string
}

// maxStack is how many modals may lie on each other.
const maxStack = 3

func (s *Server) viewOpen(c *call) (reply, error) {
	t, err := s.spendTrigger(c)
	if err != nil {
		return nil, err
	}
	content, err := s.readView(c.args, blockkit.SurfaceModal, "")
	if err != nil {
		return nil, err
	}
	t.used = true
	s.dropStack(t.user)
	return reply{"view": s.viewJSON(s.showView(t.user, content))}, nil
}

func (s *Server) viewPush(c *call) (reply, error) {
	t, err := s.spendTrigger(c)
	if err != nil {
		return nil, err
	}
	if t.view == "" || len(s.stacks[t.user]) == 0 {
		return nil, refuse("invalid_trigger_id")
	}
	if len(s.stacks[t.user]) >= maxStack {
		return nil, refuse("push_limit_reached")
	}
	content, err := s.readView(c.args, blockkit.SurfaceModal, "")
	if err != nil {
		return nil, err
	}
	t.used = true
	return reply{"view": s.viewJSON(s.showView(t.user, content))}, nil
}

func (s *Server) viewUpdate(c *call) (reply, error) {
	v := s.views[c.args.text("view_id")]
	if external := c.args.text("external_id"); v == nil && external != "" {
		v = s.external(external)
	}
	if v == nil {
		return nil, refuse("not_found")
	}
	if hash := c.args.text("hash"); hash != "" && hash != v.Hash {
		return nil, refuse("hash_conflict")
	}
	content, err := s.readView(c.args, blockkit.Surface{Name: v.Type, MaxBlocks: 100}, v.ID)
	if err != nil {
		return nil, err
	}
	s.fill(v, content)
	return reply{"view": s.viewJSON(v)}, nil
}

func (s *Server) viewPublish(c *call) (reply, error) {
	user, ok := s.users[c.args.text("user_id")]
	switch {
	case !ok:
		return nil, refuse("invalid_arguments")
	case s.cfg.HomeDisabled:
		return nil, refuse("not_enabled")
	}
	v := s.homes[user.ID]
	if hash := c.args.text("hash"); hash != "" && v != nil && hash != v.Hash {
		return nil, refuse("hash_conflict")
	}
	id := ""
	if v != nil {
		id = v.ID
	}
	content, err := s.readView(c.args, blockkit.SurfaceHome, id)
	if err != nil {
		return nil, err
	}
	if v == nil {
		v = &View{ID: s.newID("V"), User: user.ID, values: map[string]any{}}
		s.views[v.ID], s.homes[user.ID] = v, v
	}
	s.fill(v, content)
	return reply{"view": s.viewJSON(v)}, nil
}

// spendTrigger checks the trigger_id of a call.
func (s *Server) spendTrigger(c *call) (*trigger, error) {
	t, known := s.triggers[c.args.text("trigger_id")]
	switch {
	case !known:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.cfg.Now().Sub(t.born) > s.cfg.TriggerLife:
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// readView checks the view of a call; self is the id of the view that it replaces.
func (s *Server) readView(a args, on blockkit.Surface, self string) (map[string]any, error) {
	value, present, err := a.nested("view")
	if err != nil || !present {
		return nil, refuse("invalid_arguments")
	}
	return s.checkView(value, on, self)
}

func (s *Server) checkView(value any, on blockkit.Surface, self string) (map[string]any, error) {
	if len(blockkit.Encode(value)) > blockkit.MaxView {
		return nil, refuse("view_too_large")
	}
	c := s.newCheck(on)
	blockkit.ViewRule(on)(c, "/view", value)
	if len(c.Problems) > 0 {
		return nil, &refusal{code: "invalid_arguments", messages: c.Problems}
	}
	content, _ := value.(map[string]any)
	if external, _ := content["external_id"].(string); external != "" {
		if other := s.external(external); other != nil && other.ID != self {
			return nil, refuse("duplicate_external_id")
		}
	}
	s.nameBlocks(content["blocks"])
	return content, nil
}

func (s *Server) external(id string) *View {
	for _, v := range s.views {
		if v.content["external_id"] == id {
			return v
		}
	}
	return nil
}

// showView lays a new modal on a person's stack.
func (s *Server) showView(user string, content map[string]any) *View {
	v := &View{ID: s.newID("V"), User: user, values: map[string]any{}}
	if stack := s.stacks[user]; len(stack) > 0 {
		v.previous = stack[len(stack)-1]
	}
	s.views[v.ID] = v
	s.stacks[user] = append(s.stacks[user], v.ID)
	s.fill(v, content)
	return v
}

// fill gives a view its content.
func (s *Server) fill(v *View, content map[string]any) {
	v.content, v.Hash = content, s.stamp(s.cfg.Now())+"."+secret()[:8]
	v.Type, _ = content["type"].(string)
	v.CallbackID, _ = content["callback_id"].(string)
	title, _ := content["title"].(map[string]any)
	v.Title, _ = title["text"].(string)
	v.Content = blockkit.Encode(content)
	s.publish(Event{Kind: ViewShown, User: v.User, Detail: v.ID})
}

// shown is the copy of a view for tests and pages.
func (s *Server) shown(v *View) View {
	return View{ID: v.ID, User: v.User, Type: v.Type, CallbackID: v.CallbackID, Title: v.Title, Hash: v.Hash, Content: v.Content}
}

func (s *Server) dropStack(user string) {
	for _, id := range s.stacks[user] {
		delete(s.views, id)
	}
	delete(s.stacks, user)
}

// viewJSON is a view as answers and payloads show it.
func (s *Server) viewJSON(v *View) map[string]any {
	out := map[string]any{
		"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
		"close": nil, "submit": nil, "title": nil,
	}
	maps.Copy(out, v.content)
	maps.Copy(out, map[string]any{
		"id": v.ID, "team_id": s.cfg.TeamID, "app_id": s.cfg.AppID, "app_installed_team_id": s.cfg.TeamID, "bot_id": s.cfg.BotID,
		"hash": v.Hash, "state": map[string]any{"values": maps.Clone(v.values)}, "root_view_id": v.ID, "previous_view_id": nil,
	})
	if v.Type == "modal" {
		out["root_view_id"] = s.stacks[v.User][0]
	}
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	return out
}

// Modals lists a person's open modals, the lowest first.
func (s *Server) Modals(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []View{}
	for _, id := range s.stacks[user] {
		out = append(out, s.shown(s.views[id]))
	}
	return out
}

// Home is a person's Home tab; it reports false when the app published none.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.homes[user]
	if !ok {
		return View{}, false
	}
	return s.shown(v), true
}

// closeTop takes the uppermost modal away.
func (s *Server) closeTop(user string) {
	stack := s.stacks[user]
	delete(s.views, stack[len(stack)-1])
	s.stacks[user] = slices.Delete(stack, len(stack)-1, len(stack))
	if len(s.stacks[user]) == 0 {
		delete(s.stacks, user)
	}
}
