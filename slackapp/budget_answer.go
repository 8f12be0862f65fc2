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

// budgetAnswers answers the budget command, and the buttons under alerts.
type budgetAnswers struct {
	*Config
	usage *usageAnswers
}

// serve answers the budget command's text. The bot's own records are enough for most of it.
func (a *budgetAnswers) serve(ctx context.Context, c *conversation, text string) {
	work := func(ctx context.Context) result { return a.answer(ctx, c, text) }
	if command.BudgetAsksFastly(text) {
		c.question(ctx, c.mayAsk, work)
		return
	}
	c.serve(ctx, c.mayAsk, work)
}

func (a *budgetAnswers) answer(ctx context.Context, c *conversation, text string) result {
	set := a.Rules()
	books, err := a.readBooks(ctx)
	names := command.BudgetNames{
		Rules:   namesOf(set.Rules, func(r rules.Rule) string { return r.Name }),
		Digests: namesOf(set.Digests, func(d rules.Digest) string { return d.Name }),
	}
	if err == nil {
		names.Instances = books.InstancesByRule()
	}
	asked, wrong := command.ParseBudget(text, names)
	switch {
	case asked.Help:
		return reply(a.usage.help(ctx), outcomeHelped)
	case err != nil:
		return c.unread(err)
	case wrong != nil:
		wrong.Command, wrong.ActionID = a.BudgetCommand, actionRunBudget
		return reply(wrong.Message(), outcomeMistake)
	case asked.Digest != "":
		return a.preview(ctx, c, set, asked.Digest)
	case asked.Rule == "":
		return a.overview(ctx, c, set, books, asked.All)
	}
	switch rule, _ := a.ruleNamed(asked.Rule); {
	case asked.Verb != "":
		return a.doVerb(ctx, c, asked, rule, books)
	case rule.Kind != rules.RuleBudget:
		return reply(a.watchDetail(rule, books), outcomeAnswered)
	default:
		return a.detail(ctx, c, &rule, asked.Instance, books)
	}
}

// books is what is recorded of this month: how budgets stand, incidents, and channels that cannot be posted to.
type books struct {
	*status.Snapshot
	incidents []alerts.Incident // of the month
	routes    []alerts.RouteTrouble
}

func (a *budgetAnswers) readBooks(ctx context.Context) (b books, err error) {
	if b.Snapshot, err = status.Read(ctx, a.Budgets, a.Rules(), a.Now()); err != nil {
		return books{}, err
	}
	if b.incidents, err = a.Budgets.Incidents(ctx, b.Month); err != nil {
		return books{}, fmt.Errorf("read the incidents of %s: %w", b.Month, err)
	}
	if b.routes, err = a.Budgets.Routes(ctx); err != nil {
		return books{}, fmt.Errorf("read the broken routes: %w", err)
	}
	return b, nil
}

// overview answers with every budget of the channel, or with all budgets if the channel has none or all are asked for.
func (a *budgetAnswers) overview(ctx context.Context, c *conversation, rules *rules.Rules, b books, all bool) result {
	o := budgetview.Overview{
		Month: b.Month, Now: b.Now, Checks: b.Checks,
		Routes: b.routes, RulesTrouble: a.RulesTrouble(), Command: a.BudgetCommand,
	}
	shown := rules.Rules
	if here := a.rulesHere(ctx, c, rules); !all && len(here) > 0 {
		shown, o.Others = here, len(rules.Rules)-len(here)
	}
	o.Watches = b.watches(shown)
	var err error
	if o.Lines, err = b.Budgets(ctx, shown); err != nil {
		return c.unread(err)
	}
	if o.Others > 0 {
		o.Actions = []blocks.Action{{Label: "Show All", ID: actionRunBudget + ":all", Value: "all"}}
	}
	return reply(budgetview.Budgets(o), outcomeAnswered)
}

// rulesHere are the rules whose alerts go to the channel of the request.
func (a *budgetAnswers) rulesHere(ctx context.Context, c *conversation, set *rules.Rules) []rules.Rule {
	name := c.nameOfChannel(ctx)
	var here []rules.Rule
	for _, rule := range set.Rules {
		channels := rule.Channels()
		if slices.Contains(channels, c.channel) || name != "" && slices.Contains(channels, name) {
			here = append(here, rule)
		}
	}
	return here
}

// detail answers with one budget and the history of its thresholds, or, if a rule has several budgets and the person
// named none, with all of them.
func (a *budgetAnswers) detail(ctx context.Context, c *conversation, rule *rules.Rule, instance string, b books) result {
	state := b.Instance(rule, instance)
	if instance == "" {
		state = b.Budget(rule)
	}
	d := a.described(rule, state, b)
	if len(state.Instances) > 0 {
		if err := b.Date(ctx, d.State.Instances); err != nil {
			return c.unread(err)
		}
		return reply(budgetview.BudgetDetail(d), outcomeAnswered)
	}
	reached, err := a.Budgets.Alerts(ctx, state.Line.BudgetID)
	if err != nil {
		return c.unread(fmt.Errorf("read the alerts of %s: %w", state.Line.BudgetID, err))
	}
	d.Reached = reached
	d.State.Since, d.State.FromStart = status.Since(state.Line, reached)
	return reply(budgetview.BudgetDetail(d), outcomeAnswered)
}
