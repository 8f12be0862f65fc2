package slackapp

import (
	"context"
	"fmt"
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view/budget"
)

// budget answers the budget command's text.
func (a *App) budget(ctx context.Context, q *request, text string) result {
	set := a.Rules()
	books, err := a.readBooks(ctx)
	names := command.BudgetNames{Rules: ruleNames(set), Digests: digestNames(set)}
	if err == nil {
		names.Scopes = books.InstancesByRule()
	}
	asked, wrong := command.ParseBudget(text, names)
	switch {
	case asked.Help:
		return told(a.help(ctx), outcomeHelped)
	case err != nil:
		return a.unread(q, err)
	case wrong != nil:
		wrong.Command, wrong.ActionID = a.BudgetCommand, actionRunBudget
		return told(wrong.Message(), outcomeMistake)
	}
	if asked.Digest != "" {
		return a.preview(ctx, q, set, asked.Digest)
	}
	if asked.Rule == "" {
		m, err := a.overview(ctx, q, set, books, asked.All)
		if err != nil {
			return a.unread(q, err)
		}
		return told(m, outcomeAnswered)
	}
	for _, rule := range set.Rules {
		if rule.Name != asked.Rule {
			continue
		}
		if asked.Verb != "" {
			return a.doVerb(ctx, q, asked, rule, books)
		}
		if rule.Kind != rules.RuleBudget {
			return told(a.watchDetail(rule, books), outcomeAnswered)
		}
		m, err := a.detail(ctx, &rule, asked.Scope, books)
		if err != nil {
			return a.unread(q, err)
		}
		return told(m, outcomeAnswered)
	}
	return a.trouble(q, fmt.Errorf("rule %s was there a moment ago", asked.Rule))
}

// unread is for records that could not be read.
func (a *App) unread(q *request, err error) result {
	return a.trouble(q, fmt.Errorf("%w: %w", errBooks, err))
}

func ruleNames(rules *rules.Rules) []string {
	names := make([]string, len(rules.Rules))
	for i, rule := range rules.Rules {
		names[i] = rule.Name
	}
	return names
}

// overview is every budget of the channel, or of all of them where the channel has none or all are asked for.
func (a *App) overview(ctx context.Context, q *request, rules *rules.Rules, b books, all bool) (blocks.Message, error) {
	o := budgetview.Overview{
		Month: b.Month, Now: b.Now, Checked: b.Checks.SucceededAt, NextCheck: b.Checks.NextAt, CheckFailure: b.Checks.Trouble(),
		Routes: b.routes, RulesTrouble: a.RulesTrouble(), Command: a.BudgetCommand,
	}
	shown := rules.Rules
	if here := a.rulesHere(ctx, q, rules); !all && len(here) > 0 {
		shown, o.Others = here, len(rules.Rules)-len(here)
	}
	o.Watches = b.watches(shown)
	var err error
	if o.Lines, err = b.Budgets(ctx, shown); err != nil {
		return blocks.Message{}, err
	}
	if o.Others > 0 {
		o.Actions = []blocks.Action{{Label: "Show All", ID: actionRunBudget + ":all", Value: "all"}}
	}
	return budgetview.Budgets(o), nil
}

// rulesHere are the rules whose alerts go to the channel of the request.
func (a *App) rulesHere(ctx context.Context, q *request, set *rules.Rules) []rules.Rule {
	name := a.channelName(ctx, q)
	var here []rules.Rule
	for _, rule := range set.Rules {
		channels := rule.Channels()
		if slices.Contains(channels, q.channel) || name != "" && slices.Contains(channels, name) {
			here = append(here, rule)
		}
	}
	return here
}

// detail is one budget with the history of its levels, or every budget of a rule that has several and of which none is named.
func (a *App) detail(ctx context.Context, rule *rules.Rule, instance string, b books) (blocks.Message, error) {
	state := b.Instance(rule, instance)
	if instance == "" {
		state = b.Budget(rule)
	}
	d := a.described(rule, state, b)
	if len(state.Instances) > 0 {
		if err := b.Date(ctx, d.State.Instances); err != nil {
			return blocks.Message{}, err
		}
		return budgetview.BudgetDetail(d), nil
	}
	reached, err := a.Budgets.Alerts(ctx, state.Line.BudgetID)
	if err != nil {
		return blocks.Message{}, fmt.Errorf("read the alerts of %s: %w", state.Line.BudgetID, err)
	}
	for _, threshold := range rule.Thresholds {
		d.Thresholds = append(d.Thresholds, thresholdState(threshold, reached))
	}
	d.State.Since = status.Since(state.Line, reached)
	return budgetview.BudgetDetail(d), nil
}

// described is a budget, or several, with what its rule says.
func (a *App) described(rule *rules.Rule, state alerts.BudgetStatus, b books) budgetview.Detail {
	d := budgetview.Detail{
		State: state, Now: b.Now, Product: rule.Match.Product, UsageType: rule.Match.UsageType, Region: rule.Match.Region,
		Service: rule.Match.Service, Charges: rule.Charges, Silence: silence(state), BudgetCommand: a.BudgetCommand, RulesURL: a.Rules().URL,
		Checked: b.Checks.SucceededAt, NextCheck: b.Checks.NextAt, CheckFailure: b.Checks.Trouble(),
	}
	if rule.Per != rules.PerTeam && len(rule.Teams) > 0 {
		d.Team = rule.Teams[0].Name
	}
	for _, route := range b.routes {
		if slices.Contains(rule.Channels(), route.Channel) && (len(state.Instances) > 0 || route.Channel == state.Channel) {
			d.Route = &route
		}
	}
	if len(state.Instances) > 0 {
		d.Per, d.Silence = rule.Per, ""
		if len(rule.Channels()) > 1 {
			d.State.Channel = ""
		}
	}
	return d
}

// thresholdState is what became of one threshold. It counts as posted where Slack has given a receipt for its message, and nowhere else.
func thresholdState(threshold rules.Threshold, reached []alerts.Alert) budgetview.ThresholdState {
	state := budgetview.ThresholdState{Threshold: threshold}
	for _, alert := range reached {
		if alert.Kind == alerts.KindForecast || alert.Threshold != threshold {
			continue
		}
		state.ReachedAt, state.Reason = alert.At, alert.Reason
		if alert.DeliveryID != "" && alert.Delivery != alerts.DeliveryDropped {
			state.Channel, state.Pending = alert.Channel, !alert.Posted
		}
	}
	return state
}

// silence is why nothing is being said of the budget now.
func silence(s alerts.BudgetStatus) alerts.Reason {
	switch {
	case !s.Known || s.Unknown != "":
		return alerts.ReasonUnknown
	case s.Line.Muted():
		return alerts.ReasonMuted
	case s.Line.Threshold == 0:
		return alerts.ReasonBelow
	}
	return alerts.ReasonAlreadySaid
}
