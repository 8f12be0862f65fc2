package decide

import (
	"cmp"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// composer turns a plan into what is recorded and posted.
type composer struct {
	*Plan
	alerts.Outcome
	newID func() string
	// posted is the delivery about each budget.
	posted map[alerts.BudgetID]string
}

// Compose turns the plan into what is recorded and posted. newID makes the ids of deliveries. A plan is composed once.
func (p *Plan) Compose(newID func() string) alerts.Outcome {
	c := composer{Plan: p, newID: newID, posted: map[alerts.BudgetID]string{}}
	c.At = p.now
	c.recordWithdrawn()
	c.postParents()
	c.postSummary()
	for _, raised := range c.broadcasts {
		if raised.isList {
			c.postTogether(alerts.DeliverList, raised, alerts.BudgetState{}, alerts.Message{Reason: alerts.ReasonThresholdRose})
		}
	}
	c.postEscalations()
	for i := range c.Findings {
		c.postOnParent(i)
		c.record(&c.Findings[i], &c.Decisions[i])
	}
	c.endUnwatched()
	return c.Outcome
}

// postParents posts a parent message for each budget that needs one, or one list.
func (c *composer) postParents() {
	for _, crossed := range c.parents {
		if crossed.isList {
			c.postTogether(alerts.DeliverList, crossed, alerts.BudgetState{}, alerts.Message{Reason: alerts.ReasonFirstThreshold})
			continue
		}
		for _, i := range crossed.decisions {
			state := &c.Decisions[i].BudgetState
			state.ParentID = c.deliver(alerts.DeliverParent, crossed.channel, *state, c.Message(i))
			state.ParentChannel, state.DeferredUntil = crossed.channel, c.deferUntil(state.Threshold)
			c.posted[c.Findings[i].BudgetID] = state.ParentID
		}
	}
}

// postTogether posts one message about several budgets. It becomes the parent of none of them.
func (c *composer) postTogether(kind alerts.DeliveryKind, of posting, about alerts.BudgetState, message alerts.Message) {
	message.Budgets = c.lines(of.decisions)
	message.MayRepeat = slices.ContainsFunc(of.decisions, func(i int) bool { return c.withdrawn.mayBePosted(&c.Findings[i]) })
	id := c.deliver(kind, of.channel, about, message)
	for _, i := range of.decisions {
		c.posted[c.Findings[i].BudgetID] = id
	}
}

// lines are the budgets of several decisions, the worst first.
func (c *composer) lines(decisions []int) []alerts.BudgetLine {
	var lines []alerts.BudgetLine
	for _, i := range decisions {
		lines = append(lines, c.Line(i))
	}
	alerts.WorstFirst(lines)
	return lines
}

// postOnParent replies to and updates the parent that a budget already has.
func (c *composer) postOnParent(i int) {
	f, d := &c.Findings[i], &c.Decisions[i]
	message, channel := c.Message(i), cmp.Or(d.BudgetState.ParentChannel, f.Route().Channel)
	switch d.Posts {
	case alerts.DeliverBroadcast, alerts.DeliverReply:
		c.posted[f.BudgetID] = c.deliver(d.Posts, channel, d.BudgetState, message)
	case alerts.DeliverUpdate:
	default:
		return
	}
	c.deliver(alerts.DeliverUpdate, channel, d.BudgetState, message)
}

// postSummary posts one summary of the thresholds that new and changed rules were already past, in the channel of each rule. At the
// first start, when every rule is new, it goes to the operators' channel, if there is one.
func (c *composer) postSummary() {
	firstStart := len(c.memory.Known) == 0
	groups := c.byChannel(Decision.IsSummed, func(i int) string {
		channel := c.Findings[i].Route().Channel
		if firstStart {
			return cmp.Or(c.rules.Operators.Channel, channel)
		}
		return channel
	})
	for _, group := range groups {
		if !firstStart {
			c.postTogether(alerts.DeliverStart, group, alerts.BudgetState{}, alerts.Message{Reason: alerts.ReasonRulesNew})
			continue
		}
		message := alerts.Message{
			Reason: alerts.ReasonFirstStart, Budgets: c.lines(group.decisions), Rules: len(c.rules.Rules), Channels: c.rules.Channels(),
		}
		message.Rough, message.RoughUntil = rough(c.Findings, c.now)
		c.deliver(alerts.DeliverStart, group.channel, alerts.BudgetState{}, message)
	}
}

// rough counts the findings whose forecasts rest on too few days, and returns until when they do.
func rough(findings []evaluate.Finding, now time.Time) (n int, until time.Time) {
	for i := range findings {
		if o := findings[i].Forecast; o.Method == forecast.MethodMonthly || o.Method == forecast.MethodPace || o.Method == forecast.MethodNone {
			n++
		}
	}
	if n > 0 {
		until = billing.DayOf(now).AddDate(0, 0, forecast.FewestDays)
	}
	return n, until
}

// deliver queues a message about a budget, or about none. The caller writes the budget's state.
func (c *composer) deliver(kind alerts.DeliveryKind, channel string, about alerts.BudgetState, message alerts.Message) string {
	d := alerts.Delivery{
		ID: c.newID(), Kind: kind, Channel: channel, BudgetID: about.BudgetID, ParentID: about.ParentID, Revision: about.Revision + 1,
		Message: message, State: alerts.DeliveryPending, CreatedAt: c.now,
	}
	if kind == alerts.DeliverParent || kind == alerts.DeliverBroadcast || kind == alerts.DeliverList {
		d.NotBefore = c.deferUntil(message.Highest())
	}
	c.Outcome.Deliveries = append(c.Outcome.Deliveries, d)
	return d.ID
}

// record writes the budget state and the thresholds of one decision.
func (c *composer) record(f *evaluate.Finding, d *Decision) {
	if d.Changed {
		c.Outcome.BudgetStates = append(c.Outcome.BudgetStates, d.BudgetState)
	}
	if day, ok := forecastDay(f); ok && d.Changed {
		c.Outcome.Forecasts = append(c.Outcome.Forecasts, day)
	}
	c.Outcome.Lifts = append(c.Outcome.Lifts, d.Lifts...)
	for _, threshold := range slices.Concat(d.Applied, d.Passed) {
		c.recordAlert(f, d, alerts.KindBudget, threshold)
	}
	if d.ForecastThreshold > 0 {
		c.recordAlert(f, d, alerts.KindForecast, d.ForecastThreshold)
	}
}

func (c *composer) recordAlert(f *evaluate.Finding, d *Decision, kind alerts.AlertKind, threshold rules.Threshold) {
	alert := alerts.Alert{
		BudgetID: f.BudgetID, Kind: kind, Threshold: threshold, Reason: d.Reason,
		Used: f.Used, Limit: f.Limit, At: c.now, DeliveryID: c.posted[f.BudgetID],
	}
	if first, found := c.withdrawn.first(f, kind, threshold); found {
		alert.At = first.ReachedAt
		if first.Reason == alerts.ReasonNewRule && alert.DeliveryID != "" {
			alert.Reason = first.Reason // nobody knows when usage reached it
		}
	}
	c.Outcome.Alerts = append(c.Outcome.Alerts, alert)
}

// forecastDay is the finding's row in the forecast record. It reports false if there is no forecast.
func forecastDay(f *evaluate.Finding) (alerts.ForecastDay, bool) {
	o := f.Forecast
	if f.Unknown != "" || !o.IsKnown() || o.Method == forecast.MethodComplete {
		return alerts.ForecastDay{}, false
	}
	return alerts.ForecastDay{
		BudgetID: f.BudgetID, Day: billing.DayCounted(f.CountedTo), Used: f.Used, Limit: f.Limit,
		Low: o.Low, Expected: o.End, High: o.High, Deviation: o.Deviation, Method: o.Method, Version: f.Version,
	}, true
}

// postEscalations posts escalations as messages of their own, one a channel and check: to the owners of budgets without a parent, or to the
// operators.
func (c *composer) postEscalations() {
	for _, unanswered := range c.escalations {
		var about alerts.BudgetState
		message := alerts.Message{Reason: alerts.ReasonUnanswered}
		for _, i := range unanswered.decisions {
			if since := c.Decisions[i].Since; message.Since.IsZero() || since.Before(message.Since) {
				message.Since = since
			}
		}
		if len(unanswered.decisions) == 1 {
			about = c.Decisions[unanswered.decisions[0]].BudgetState
			about.ParentID = ""
		}
		c.postTogether(alerts.DeliverEscalation, unanswered, about, message)
	}
}

// write adds a budget state to the outcome, in place of an earlier one of that budget.
func (c *composer) write(s alerts.BudgetState) {
	at := slices.IndexFunc(c.Outcome.BudgetStates, func(noted alerts.BudgetState) bool { return noted.BudgetID == s.BudgetID })
	if at < 0 {
		c.Outcome.BudgetStates = append(c.Outcome.BudgetStates, s)
		return
	}
	c.Outcome.BudgetStates[at] = s
}

// withdraw records that waiting messages are not to be posted, and that their thresholds and forecasts may be posted again.
func (c *composer) withdraw(waiting []alerts.Waiting) {
	for _, w := range waiting {
		if !slices.Contains(c.Outcome.Withdrawn, w.DeliveryID) {
			c.Outcome.Withdrawn = append(c.Outcome.Withdrawn, w.DeliveryID)
		}
		c.Outcome.Lifts = append(c.Outcome.Lifts, alerts.Rearm{BudgetID: w.BudgetID, Kind: w.Kind, Above: w.Seen})
	}
}

// recordWithdrawn records what was withdrawn. It also writes the states of budgets that have no finding; the decisions write the others.
func (c *composer) recordWithdrawn() {
	decided := map[alerts.BudgetID]bool{}
	for i := range c.Findings {
		decided[c.Findings[i].BudgetID] = true
	}
	for _, before := range c.memory.BudgetStates {
		state, undone := c.withdrawn.undone[before.BudgetID]
		if !undone {
			continue
		}
		c.withdraw(c.withdrawn.waiting[before.BudgetID])
		if !decided[before.BudgetID] {
			c.write(state)
		}
	}
}

// endUnwatched ends the messages of budgets that are no longer watched: it drops what waits to be posted about them, and updates the parent
// message. What was posted stays posted: if the rule comes back, its next threshold gets a parent message of its own. A threshold that
// waited is forgotten with its message, so that it is posted if the rule comes back; in a closed month it stays, as no check would look at
// it again. A later check drops a message that was just being posted, if it still waits then.
func (c *composer) endUnwatched() {
	for _, state := range c.memory.BudgetStates {
		if watches(c.rules, state) || state.ParentID == "" && (!state.ClosedAt.IsZero() || len(c.waitingAlone(state)) == 0) {
			continue
		}
		parent, found := c.memory.Parents[state.ParentID]
		if state.ClosedAt.IsZero() {
			c.Outcome.Drops = append(c.Outcome.Drops, state.BudgetID)
			state = c.dropWaiting(state)
		}
		if found && state.ParentID != "" && state.ClosedAt.IsZero() && len(parent.Message.Budgets) == 1 {
			edited := parent.Message
			edited.Reason, edited.Act = alerts.ReasonUnwatched, nil
			c.deliver(alerts.DeliverUpdate, parent.Channel, state, edited)
		}
		state.ParentID, state.ParentChannel, state.PostedAt = "", "", time.Time{} // if the rule comes back, nobody has a message of it
		c.write(state)
	}
}

// dropWaiting drops the messages that wait about the budget alone. A list that names it too is posted as it is.
func (c *composer) dropWaiting(state alerts.BudgetState) alerts.BudgetState {
	if undone, done := c.withdrawn.undone[state.BudgetID]; done {
		return undone
	}
	own := c.waitingAlone(state)
	c.withdraw(own)
	return withoutWaiting(state, own)
}

// waitingAlone returns what waits of the budget in messages about nothing else.
func (c *composer) waitingAlone(state alerts.BudgetState) []alerts.Waiting {
	return slices.DeleteFunc(slices.Clone(c.withdrawn.waiting[state.BudgetID]), func(w alerts.Waiting) bool {
		return w.Sort == alerts.DeliverList || w.Sort == alerts.DeliverStart
	})
}
