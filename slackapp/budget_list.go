package slackapp

import (
	"context"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/budget"
	"budgetbot/slackapp/view/budget"
)

// overview answers with the budgets that were asked for.
func (a *budgetAnswers) overview(ctx context.Context, c *conversation, set *rules.Rules, b books, list budget.List, chosen chosenBudgets) result {
	o := budgetview.Overview{
		Month: b.Month, Now: b.Now, Checks: b.Checks, Routes: b.routesTo(chosen.channels), OldRules: a.RulesTrouble() != "", Command: a.BudgetCommand, Page: list.Page,
		Lines: chosen.budgets, Of: chosen.of, Hidden: chosen.hidden, Only: onlyOf(list),
	}
	if list.IsOfChannel() {
		o.Others = len(set.Rules) - chosen.rules
	}
	w := o.Sort()
	if err := b.Date(ctx, o.Lines[w.From:w.To]); err != nil {
		return c.unread(err)
	}
	if w.Page == 1 {
		o.Watches = b.watches(chosen.watches)
	}
	o.Actions = a.listActions(list, w, o)
	return reply(budgetview.Budgets(o), outcomeAnswered)
}

// routesTo returns the channels among these that cannot be posted to.
func (b books) routesTo(channels []string) []alerts.RouteTrouble {
	return slices.DeleteFunc(slices.Clone(b.routes), func(r alerts.RouteTrouble) bool { return !slices.Contains(channels, r.Channel) })
}

// listActions lead to the other pages of a list, to all budgets, and to a file.
func (a *budgetAnswers) listActions(list budget.List, w budgetview.Window, o budgetview.Overview) []blocks.Action {
	list.CSV = false
	actions := pageActions(list.Text(), w)
	if o.Others > 0 || len(o.Only) > 0 {
		all := budget.List{All: true, Month: list.Month}
		actions = append(actions, blocks.Action{Label: "Show All", ID: actionRunBudget + ":all", Value: all.Text()})
	}
	if list.CSV = true; a.Uploads && len(o.Lines) > 0 {
		actions = append(actions, blocks.Action{Label: "Export CSV", ID: actionRunBudget + ":csv", Value: list.Text()})
	}
	return actions
}

// pageActions lead to the pages before and after one. What they carry can be typed, too.
func pageActions(text string, w budgetview.Window) []blocks.Action {
	var actions []blocks.Action
	if w.Page > 1 {
		actions = append(actions, blocks.Action{Label: "Previous", ID: actionRunBudget + ":previous", Value: budget.PageText(text, w.Page-1)})
	}
	if w.Page < w.Pages {
		actions = append(actions, blocks.Action{Label: "Next", ID: actionRunBudget + ":next", Value: budget.PageText(text, w.Page+1)})
	}
	return actions
}

// onlyOf are the words for what narrows a list.
func onlyOf(list budget.List) []string {
	names := list.Names()
	if list.Rule != "" {
		names = []string{strings.TrimSuffix(list.Rule+": "+list.Instance, ": ")}
	}
	for i, name := range names {
		switch name {
		case "mine":
			names[i] = "owned by you"
		case "here":
			names[i] = "in this channel"
		}
	}
	return names
}

// chosenBudgets are the budgets of a list.
type chosenBudgets struct {
	rules   int // how many rules have something in it
	budgets []alerts.BudgetStatus
	of      []alerts.BudgetStatus // whatever their state, each for itself
	watches []rules.Rule          // which have no state
	// channels are those of the rules that have something in it.
	channels []string
	hidden   bool // Slack does not show who is in a group that owns some
}

// choose finds the budgets of a list. Where nothing was asked for, those are the channel's, or all if the channel has none.
func (a *budgetAnswers) choose(ctx context.Context, c *conversation, set *rules.Rules, b books, list budget.List) (chosenBudgets, *result) {
	if !list.IsOfChannel() {
		return a.chosenFrom(ctx, c, set, b, list)
	}
	here, no := a.chosenFrom(ctx, c, set, b, budget.List{Here: true, Month: list.Month})
	if no != nil || here.rules > 0 {
		return here, no
	}
	return a.chosenFrom(ctx, c, set, b, budget.List{All: true, Month: list.Month})
}

func (a *budgetAnswers) chosenFrom(ctx context.Context, c *conversation, set *rules.Rules, b books, list budget.List) (chosenBudgets, *result) {
	asked := newAsking(ctx, c, list)
	var chosen chosenBudgets
	for i := range set.Rules {
		rule := &set.Rules[i]
		switch {
		case list.Rule != "" && rule.Name != list.Rule:
		case rule.Kind == rules.RuleBudget:
			whole := b.Budget(rule)
			if kept := asked.among(ctx, set, rule, whole); len(kept) > 0 {
				chosen.channels = append(chosen.channels, rule.Channels()...)
				chosen.add(asked, whole, kept, b.Now)
			}
		case len(list.States) == 0 && list.Month.IsZero() && asked.wants(ctx, status.FacetOfRule(rule)):
			chosen.watches, chosen.channels = append(chosen.watches, *rule), append(chosen.channels, rule.Channels()...)
			chosen.rules++
		}
	}
	if asked.err != nil {
		return chosen, new(c.cannotTell(asked.err))
	}
	chosen.hidden = asked.hidden
	return chosen, nil
}

// add takes a rule's budgets that belong to the list.
func (b *chosenBudgets) add(asked *asking, whole alerts.BudgetStatus, kept []alerts.BudgetStatus, now time.Time) {
	b.rules++
	b.of = append(b.of, kept...)
	if !asked.single && whole.Count > 0 && (len(kept) > 1 || whole.Count == 1) {
		b.budgets = append(b.budgets, status.Group(kept, whole.Each, now))
		return
	}
	for _, s := range kept {
		if len(asked.list.States) == 0 || slices.Contains(asked.list.States, string(s.State(now))) {
			b.budgets = append(b.budgets, s)
		}
	}
}

// channelsOf are the ids and names of the channel that a list is of; none where it is of all.
func (c *conversation) channelsOf(ctx context.Context, list budget.List) []string {
	var channels []string
	if list.Here {
		channels = []string{c.Channel, c.access().NameOfChannel(ctx)}
	}
	if list.Channel != "" {
		channels = append(channels, list.Channel, c.otherName(ctx, list.Channel))
	}
	return slices.DeleteFunc(channels, func(channel string) bool { return channel == "" })
}

// otherName is the name of a channel that was given by its id, and its id where it was given by name; empty where that is not known.
func (c *conversation) otherName(ctx context.Context, channel string) string {
	if rules.IsChannelID(channel) {
		name, _ := c.Channels.Name(ctx, channel)
		return name
	}
	id, _ := c.Channels.ID(ctx, strings.ToLower(channel))
	return id
}

// asking decides what belongs to a list.
type asking struct {
	*conversation
	list   budget.List
	places []string // the ids and names of the channel that the list is of
	single bool     // each budget has a row of its own
	err    error    // why it cannot be known who is in a group
	hidden bool     // Slack does not show who is in a group
}

// newAsking begins a list. Where it is of states, of a team or of a service, each budget has a row of its own; otherwise those of one rule
// share one.
func newAsking(ctx context.Context, c *conversation, list budget.List) *asking {
	single := len(list.States) > 0 || list.Team != "" || list.Instance != "" || list.Rule != ""
	return &asking{conversation: c, list: list, places: c.channelsOf(ctx, list), single: single}
}

// among are the budgets of a rule that belong to the list, whatever their state.
func (a *asking) among(ctx context.Context, set *rules.Rules, rule *rules.Rule, whole alerts.BudgetStatus) []alerts.BudgetStatus {
	each := whole.Instances
	if len(each) == 0 {
		each = []alerts.BudgetStatus{whole}
	}
	var kept []alerts.BudgetStatus
	for _, s := range each {
		f := status.FacetOf(set, rule, s)
		if !a.single {
			f.Channels = rule.Channels() // the row of a rule is whole in the channel of each of its budgets
		}
		if a.wants(ctx, f) {
			kept = append(kept, s)
		}
	}
	return kept
}

// wants reports whether the facts are those of the list.
func (a *asking) wants(ctx context.Context, f status.Facet) bool {
	isOf := func(channel string) bool {
		return slices.ContainsFunc(a.places, func(asked string) bool { return strings.EqualFold(asked, channel) })
	}
	switch {
	case (a.list.Here || a.list.Channel != "") && !slices.ContainsFunc(f.Channels, isOf):
		return false
	case a.list.Team != "" && !slices.Contains(f.Teams, a.list.Team):
		return false
	case a.list.Instance != "" && f.Instance != a.list.Instance:
		return false
	}
	return !a.list.Mine || a.ownedBy(ctx, f.Owners)
}

// ownedBy reports whether the person is an owner. Where Slack does not show who is in a group, nobody can tell.
func (a *asking) ownedBy(ctx context.Context, owners []rules.Person) bool {
	if a.err != nil {
		return false
	}
	found, err := a.access().Among(ctx, owners)
	a.err = err
	a.hidden = a.hidden || !found.In && found.Hidden
	return found.In
}
