package slackapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/budget"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/phrase"
)

// actByVerb are the verbs that change something.
var actByVerb = map[budget.Verb]alerts.Act{
	budget.VerbAck: alerts.ActAcknowledge, budget.VerbUnack: alerts.ActUnacknowledge, budget.VerbMute: alerts.ActMute, budget.VerbUnmute: alerts.ActUnmute,
	budget.VerbUndo: alerts.ActUnacknowledge,
}

// Trials is a consumer contract of App. It makes a check without recording it; check.Checker implements it.
type Trials interface {
	// Try returns what a check would do about one budget of the rule now, and records nothing.
	Try(ctx context.Context, rule rules.Rule, id alerts.BudgetID, now time.Time) (check.Trial, error)
}

// doVerb does what a verb says about one budget of this month.
func (a *budgetAnswers) doVerb(ctx context.Context, c *conversation, asked budget.Asked, rule rules.Rule, b books) result {
	id := alerts.BudgetID{Rule: rule.Name, Instance: asked.Instance, Month: b.Month}
	switch isBudget := rule.Kind == rules.RuleBudget; {
	case asked.Verb == budget.VerbHistory:
		return a.pastOf(ctx, c, rule, id)
	case asked.Verb == budget.VerbTry && isBudget:
		return a.try(ctx, c, rule, id)
	case asked.Verb == budget.VerbTry:
		return a.tryWatch(rule, b)
	case asked.Verb == budget.VerbWhy && isBudget && b.Instance(&rule, id.Instance).Known:
		return a.whyOf(ctx, c, rule, id, false)
	case asked.Verb == budget.VerbWhy: // without a figure the reason is in the detail
		return a.shown(ctx, c, &rule, asked, b)
	case !isBudget:
		return reply(noAnswer(rule, a.BudgetCommand), outcomeAnswered)
	}
	if no := c.mayAnswer(ctx, rule.Route(id.Instance).Owners); no != nil {
		return *no
	}
	act := actByVerb[asked.Verb]
	if answers := b.Instance(&rule, asked.Instance).Line.Answers; asked.Verb == budget.VerbUndo && answers.Muted() {
		if answers.Ack.Given() {
			return a.mistaken(budget.WhichToUndo(rule.Name, asked.Instance))
		}
		act = alerts.ActUnmute
	}
	return a.apply(ctx, c, rule, id, alerts.Press{Act: act, By: c.User, Reason: asked.Reason, Until: asked.Until})
}

// mistaken offers the right forms of a text that was not understood.
func (a *budgetAnswers) mistaken(wrong *blocks.Mistake) result {
	wrong.Command, wrong.ActionID = a.BudgetCommand, actionRunBudget
	return reply(wrong.Message(), outcomeMistake)
}

// How many events of a history are shown, and how much of each kind is looked through.
const (
	maxEvents  = 20
	maxHistory = 500
)

// pastOf answers with a budget's events of this month, from the stored thresholds, answers and messages.
func (a *budgetAnswers) pastOf(ctx context.Context, c *conversation, rule rules.Rule, id alerts.BudgetID) result {
	reached, err1 := a.Budgets.Alerts(ctx, id)
	acts, err2 := a.Budgets.Audit(ctx, id, maxHistory)
	messages, err3 := a.Budgets.DeliveriesAbout(ctx, id, maxHistory)
	if err := errors.Join(err1, err2, err3); err != nil {
		return c.unread(fmt.Errorf("read the history of %s: %w", id, err))
	}
	events := eventsOf(reached, acts, messages)
	h := budgetview.History{Line: alerts.BudgetLine{BudgetID: id, Title: rule.Title}, Now: a.Now()}
	h.Events = events[:min(len(events), maxEvents)]
	h.Earlier = len(events) - len(h.Events)
	return reply(budgetview.BudgetHistory(h), outcomeAnswered)
}

// eventsOf merges reached thresholds, people's answers and messages into one list, newest first. A threshold whose usage
// came down again is no longer among those reached, but its messages are.
func eventsOf(reached []alerts.Alert, acts []alerts.AuditEntry, messages []alerts.Delivery) []budgetview.Event {
	var events []budgetview.Event
	ofItsOwn := map[string]bool{}
	for _, d := range messages {
		ofItsOwn[d.ID] = true
		if e, ok := eventOf(d); ok {
			events = append(events, e)
		}
	}
	for _, alert := range reached {
		if ofItsOwn[alert.DeliveryID] {
			continue
		}
		e := budgetview.Event{At: alert.At, Threshold: alert.Threshold, Reason: alert.Reason, ForecastThreshold: alert.Kind == alerts.KindForecast}
		if alert.DeliveryID != "" { // in a list, which is not among the messages about this budget alone
			e.Channel, e.State = alert.Channel, alert.Delivery
		}
		events = append(events, e)
	}
	for i := range acts {
		events = append(events, budgetview.Event{At: acts[i].At, Act: &acts[i]})
	}
	events = withoutSuperseded(events)
	slices.SortStableFunc(events, func(a, b budgetview.Event) int { return b.At.Compare(a.At) })
	return events
}

// withoutSuperseded leaves out what a dropped message told of a moment that a later message or alert tells of too.
func withoutSuperseded(events []budgetview.Event) []budgetview.Event {
	type moment struct {
		at        int64
		threshold rules.Threshold
		forecast  bool
	}
	of := func(e budgetview.Event) moment { return moment{e.At.UnixMilli(), e.Threshold, e.ForecastThreshold} }
	isDropped := func(e budgetview.Event) bool {
		return e.State == alerts.DeliveryDropped && e.Growth == nil && e.Spike == nil && len(e.Items) == 0 && e.Act == nil
	}
	told := map[moment]bool{}
	for _, e := range events {
		if e.Threshold > 0 && !isDropped(e) {
			told[of(e)] = true
		}
	}
	return slices.DeleteFunc(events, func(e budgetview.Event) bool {
		wasTold := told[of(e)]
		if isDropped(e) {
			told[of(e)] = true // of several, one is left
		}
		return isDropped(e) && wasTold
	})
}

// eventOf returns the event that a delivery reports; false for an edit that only shows newer figures.
func eventOf(d alerts.Delivery) (budgetview.Event, bool) {
	if d.Message.Growth != nil || d.Message.Spike != nil || len(d.Message.Items) > 0 {
		e := budgetview.Event{
			At: d.CreatedAt, Reason: d.Message.Reason, Growth: d.Message.Growth, Spike: d.Message.Spike, Items: d.Message.Items, Channel: d.Channel, State: d.State,
		}
		return e, e.Reason != alerts.ReasonUpdate
	}
	isNews := d.Kind == alerts.DeliverParent || d.Kind == alerts.DeliverBroadcast
	withdraws := d.Kind == alerts.DeliverUpdate && (d.Message.Reason == alerts.ReasonRestated || d.Message.Reason == alerts.ReasonBackOn)
	if !isNews && !withdraws || len(d.Message.Budgets) != 1 {
		return budgetview.Event{}, false
	}
	line := d.Message.Budgets[0]
	e := budgetview.Event{
		At: cmp.Or(d.Message.ReachedAt, d.CreatedAt), Threshold: line.Threshold, Reason: d.Message.Reason, Channel: d.Channel, State: d.State,
	}
	if d.Message.Reason == alerts.ReasonLikelyOver && line.Forecast != nil {
		e.Threshold, e.ForecastThreshold = line.Forecast.Threshold, true
	}
	return e, true
}

// try shows the message about a budget as it would be now, from figures read for it alone. It touches no state.
func (a *budgetAnswers) try(ctx context.Context, c *conversation, rule rules.Rule, id alerts.BudgetID) result {
	now := a.Now()
	trial, err := a.Trials.Try(ctx, rule, id, now)
	switch {
	case err != nil:
		return c.trouble(fmt.Errorf("try %s: %w", id, err))
	case trial.Unknown != "":
		return reply(blocks.Refusal("I can't preview this budget: "+trial.Unknown+".", "A check now would post nothing."), outcomeAnswered)
	}
	channel, kind := rule.Route(id.Instance).Channel, trial.Posts
	parent := alerts.Delivery{Kind: cmp.Or(kind, alerts.DeliverUpdate), Channel: channel, BudgetID: id, Message: trial.Message}
	shown := view.Alert(parent, phrase.AlertContext{Now: now, BudgetCommand: a.BudgetCommand})
	return reply(budgetview.Trial(shown, kind, channel, trial.Message.Reason, trial.Posted), outcomeAnswered)
}
