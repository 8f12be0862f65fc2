package slackapp

import (
	"fmt"
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/phrase"
)

// watches is how the rules stand that are no budgets.
func (b books) watches(set []rules.Rule) []budgetview.Watch {
	var watches []budgetview.Watch
	for _, rule := range set {
		if rule.Kind != rules.RuleBudget {
			watches = append(watches, b.watch(rule))
		}
	}
	return watches
}

// watch is how a rule that is no budget stands.
func (b books) watch(rule rules.Rule) budgetview.Watch {
	w := budgetview.Watch{Rule: rule}
	for _, e := range b.incidents {
		if e.Rule == rule.Name && e.Kind == alerts.IncidentSpike && rule.IsDaily() && e.Report.Spike != nil {
			w.Spikes = append(w.Spikes, budgetview.SpikeWatch{Spike: *e.Report.Spike, State: e.State})
		}
		if e.Rule != rule.Name || e.Month != b.Month || string(e.Kind) != string(rule.Kind) {
			continue
		}
		if e.Instance != "" {
			w.Items = append(w.Items, e.Report.Items...)
			continue
		}
		w.Growth, w.Search, w.State, w.Since = e.Report.Growth, e.Report.Search, e.State, e.Since
		if e.State == alerts.IncidentOver {
			w.Since = e.EndedAt
		}
	}
	slices.SortFunc(w.Items, alerts.LargerItem)
	return w
}

// described is a rule in detail: its budget or budgets, or what it watches with change, new or vanished.
func (a *budgetAnswers) described(rule *rules.Rule, state alerts.BudgetStatus, b books) budgetview.Detail {
	d := budgetview.Detail{
		Rule: *rule, State: state, Now: b.Now, Checks: b.Checks, BudgetCommand: a.BudgetCommand, RulesURL: a.Rules().URL,
	}
	for _, route := range b.routes {
		if slices.Contains(rule.Channels(), route.Channel) && (len(state.Instances) > 0 || route.Channel == state.Channel) {
			d.Route = &route
		}
	}
	return d
}

// watchDetail shows a rule with change, new or vanished in full.
func (a *budgetAnswers) watchDetail(rule rules.Rule, b books) blocks.Message {
	state := alerts.BudgetStatus{Line: alerts.BudgetLine{BudgetID: alerts.BudgetID{Rule: rule.Name, Month: b.Month}}, Channel: rule.Channel}
	return budgetview.WatchOf(a.described(&rule, state, b), b.watch(rule))
}

// tryWatch shows the message about a rule with change as it would be by the newest check.
func (a *budgetAnswers) tryWatch(rule rules.Rule, b books) result {
	w := b.watch(rule)
	if len(w.Spikes) == 1 && w.Spikes[0].Known() {
		return a.trySpike(rule, w.Spikes[0], b)
	}
	if !w.Growth.Known() {
		return reply(a.watchDetail(rule, b), outcomeAnswered)
	}
	id := alerts.BudgetID{Rule: rule.Name, Month: b.Month}
	m := alerts.Message{Reason: alerts.ReasonGrew, Report: alerts.Report{Growth: w.Growth}}
	if w.State == alerts.IncidentQuiet || w.State == alerts.IncidentOver {
		m.Reason = alerts.ReasonCalm
	}
	d := alerts.Delivery{Kind: alerts.DeliverParent, Channel: rule.Channel, BudgetID: id, Message: m}
	return reply(view.Alert(d, phrase.AlertContext{Now: a.Now(), BudgetCommand: a.BudgetCommand}), outcomeAnswered)
}

// trySpike shows the message about a rule that compares days as it would be by the newest check.
func (a *budgetAnswers) trySpike(rule rules.Rule, s budgetview.SpikeWatch, b books) result {
	m := alerts.Message{Reason: alerts.ReasonSpike, Report: alerts.Report{Spike: &s.Spike}}
	if s.State != alerts.IncidentOpen {
		m.Reason = alerts.ReasonSpikeOver
		s.Spike.Days = 0
	}
	d := alerts.Delivery{Kind: alerts.DeliverParent, Channel: rule.Channel, BudgetID: alerts.BudgetID{Rule: rule.Name, Month: b.Month}, Message: m}
	return reply(view.Alert(d, phrase.AlertContext{Now: a.Now(), BudgetCommand: a.BudgetCommand}), outcomeAnswered)
}

// noAnswer explains that only budgets can be answered.
func noAnswer(rule rules.Rule, command string) blocks.Message {
	return blocks.Refusal(fmt.Sprintf("%s isn't a budget. It's posted once, so there's nothing to acknowledge or mute.", blocks.Quote(rule.Name)),
		fmt.Sprintf("`%s %s` shows its state.", command, rule.Name))
}
