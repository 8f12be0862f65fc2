package decide

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// mostParents is how many root messages one check posts in a channel; more crossings than that are one list.
const mostParents = 3

// Plan is what a check's findings come to.
type Plan struct {
	Outcome   alerts.Outcome
	Findings  []evaluate.Finding // what was decided on
	Decisions []Decision         // in the order of the findings
}

// MakePlan decides on every finding and composes what is to be recorded and said. newID makes the ids of deliveries.
func MakePlan(rules *rules.Rules, findings []evaluate.Finding, memory alerts.Memory, now time.Time, newID func() string) Plan {
	p := Planner{rules: rules, hours: rules.Calendar(), Now: now, newID: newID}
	findings = slices.Clone(findings)
	p.Outcome.At, p.Findings = now, findings
	p.undo(memory, findings)
	for i := range findings {
		f := &findings[i]
		state, isBack := p.taken.budgetState(f.BudgetID)
		*f = asItWas(*f, state, now)
		past := pastOf(memory, state, f)
		past.Hours, past.Undone, past.Waits = p.hours, isBack, !isBack && len(p.taken.waiting[f.BudgetID]) > 0
		p.Decisions = append(p.Decisions, Decide(past, *f, now))
	}
	p.giveBack(findings)
	p.nameNarrower(findings)
	p.postParents(findings)
	p.postSummary(findings, len(memory.Known) == 0)
	p.postBroadcasts(findings)
	p.postEscalations(findings)
	for i := range findings {
		p.postOnParent(&findings[i], &p.Decisions[i])
		p.record(&findings[i], &p.Decisions[i])
	}
	p.giveUp(memory)
	return p.Plan
}

// pastOf is what is remembered of the finding's budget. One that has no standing in this month is held against what its rule
// counted when it was last seen: limits may differ by month and by scope.
func pastOf(m alerts.Memory, state alerts.BudgetState, f *evaluate.Finding) Past {
	seen := f.Rule.Modern(state.RuleHash)
	if seen == "" {
		seen = f.Rule.Modern(m.Known[f.Rule.Name])
		if hash := f.Hash(); rules.CountsAlike(hash, seen) {
			seen = hash
		}
	}
	return Past{BudgetState: state, SeenHash: seen}
}

// Planner collects what a check will post and record.
type Planner struct {
	Plan
	rules *rules.Rules
	hours rules.Calendar
	Now   time.Time
	newID func() string
	taken *takingBack
	// posted is the delivery that speaks of a finding.
	posted map[alerts.BudgetID]string
	// narrower are the budgets of a finding's parts that are spoken of in the same check.
	narrower map[alerts.BudgetID][]alerts.NarrowerLine
}

// postParents posts a root for each budget that needs one, or one list where they are too many for their channel.
func (p *Planner) postParents(findings []evaluate.Finding) {
	p.posted = map[alerts.BudgetID]string{}
	for _, group := range p.byChannel(alerts.DeliverParent, func(i int) string { return findings[i].Route().Channel }) {
		channel, crossed := group.channel, group.decisions
		if len(crossed) > mostParents {
			p.postList(channel, alerts.ReasonFirstThreshold, crossed, findings)
			for _, i := range crossed {
				p.Decisions[i].Speak = alerts.DeliverList
			}
			continue
		}
		for _, i := range crossed {
			f, d := &findings[i], &p.Decisions[i]
			parent := p.deliver(alerts.DeliverParent, channel, d.BudgetState, p.Message(f, d))
			d.BudgetState.ParentID, d.BudgetState.ParentChannel, d.BudgetState.DeferredUntil = parent, channel, p.deferUntil(d.BudgetState.Threshold)
			p.posted[f.BudgetID] = d.BudgetState.ParentID
		}
	}
}

// spoken are the decisions, by their index, that speak in one channel.
type spoken struct {
	channel   string
	decisions []int
}

// byChannel gathers the decisions that speak in one way by the channel that each goes to, in the order of the first of each.
func (p *Planner) byChannel(speak alerts.DeliveryKind, channelOf func(i int) string) []spoken {
	var groups []spoken
	at := map[string]int{}
	for i, d := range p.Decisions {
		if d.Speak != speak {
			continue
		}
		channel := channelOf(i)
		if _, known := at[channel]; !known {
			at[channel] = len(groups)
			groups = append(groups, spoken{channel: channel})
		}
		group := &groups[at[channel]]
		group.decisions = append(group.decisions, i)
	}
	return groups
}

// postList names many crossings in one message. None of them gets a root by it: a later level of a listed budget does.
func (p *Planner) postList(channel string, why alerts.Reason, crossed []int, findings []evaluate.Finding) {
	message := alerts.Message{Reason: why}
	for _, i := range crossed {
		message.Budgets = append(message.Budgets, p.line(&findings[i], &p.Decisions[i]))
	}
	alerts.WorstFirst(message.Budgets)
	id := p.deliver(alerts.DeliverList, channel, alerts.BudgetState{}, message)
	for _, i := range crossed {
		p.posted[findings[i].BudgetID] = id
	}
}

// postBroadcasts names the budgets that have risen under roots of theirs in one list, where they are too many for their channel. Each root is
// edited, as it is for a rise of its own.
func (p *Planner) postBroadcasts(findings []evaluate.Finding) {
	channelOf := func(i int) string {
		return cmp.Or(p.Decisions[i].BudgetState.ParentChannel, findings[i].Route().Channel)
	}
	for _, risen := range p.byChannel(alerts.DeliverBroadcast, channelOf) {
		if len(risen.decisions) > mostParents {
			p.postList(risen.channel, alerts.ReasonThresholdRose, risen.decisions, findings)
			for _, i := range risen.decisions {
				p.Decisions[i].Speak = alerts.DeliverUpdate
			}
		}
	}
}

// postOnParent replies to and edits the root that a budget already has.
func (p *Planner) postOnParent(f *evaluate.Finding, d *Decision) {
	message, channel := p.Message(f, d), cmp.Or(d.BudgetState.ParentChannel, f.Route().Channel)
	switch d.Speak {
	case alerts.DeliverBroadcast, alerts.DeliverReply:
		p.posted[f.BudgetID] = p.deliver(d.Speak, channel, d.BudgetState, message)
	case alerts.DeliverUpdate:
	default:
		return
	}
	p.deliver(alerts.DeliverUpdate, channel, d.BudgetState, message)
}

// record notes the standing and the levels of one decision.
func (p *Planner) record(f *evaluate.Finding, d *Decision) {
	if d.Changed {
		p.Outcome.BudgetStates = append(p.Outcome.BudgetStates, d.BudgetState)
	}
	if day, ok := forecastDay(f); ok && d.Changed {
		p.Outcome.Forecasts = append(p.Outcome.Forecasts, day)
	}
	switch {
	case d.RearmAll:
		p.rearm(f, alerts.KindBudget, d.Kept)
	case d.Rearm:
		p.rearm(f, alerts.KindBudget, d.BudgetState.Threshold)
	}
	if d.RearmAll || d.RearmForecast {
		p.rearm(f, alerts.KindForecast, 0)
	}
	for _, threshold := range slices.Concat(d.Applied, d.Passed) {
		p.recordAlert(f, d, alerts.KindBudget, threshold)
	}
	if d.ForecastThreshold > 0 {
		p.recordAlert(f, d, alerts.KindForecast, d.ForecastThreshold)
	}
}

func (p *Planner) rearm(f *evaluate.Finding, kind alerts.AlertKind, above rules.Threshold) {
	p.Outcome.Lifts = append(p.Outcome.Lifts, alerts.Rearm{BudgetID: f.BudgetID, Kind: kind, Above: above})
}

func (p *Planner) recordAlert(f *evaluate.Finding, d *Decision, kind alerts.AlertKind, threshold rules.Threshold) {
	p.Outcome.Alerts = append(p.Outcome.Alerts, alerts.Alert{
		BudgetID: f.BudgetID, Kind: kind, Threshold: threshold, Reason: d.Reason,
		Used: f.Used, Limit: f.Limit, At: p.Now, DeliveryID: p.posted[f.BudgetID],
	})
}

// IsSummed reports whether the summary of new and changed rules tells of the decision.
func (d Decision) IsSummed() bool {
	isNew := d.Reason == alerts.ReasonNewRule || d.Reason == alerts.ReasonChangedRule
	return isNew && len(d.Passed) > 0 && !d.BudgetState.Muted()
}

// postSummary tells once what new and changed rules found already past a level, in the channel of each. At the first start, when every
// rule is new, it is the operators' channel, where there is one.
func (p *Planner) postSummary(findings []evaluate.Finding, firstStart bool) {
	byChannel := map[string][]alerts.BudgetLine{}
	var channels []string
	for i, d := range p.Decisions {
		if !d.IsSummed() {
			continue
		}
		channel := findings[i].Route().Channel
		if firstStart {
			channel = cmp.Or(p.rules.Operators.Channel, channel)
		}
		if byChannel[channel] == nil {
			channels = append(channels, channel)
		}
		byChannel[channel] = append(byChannel[channel], p.line(&findings[i], &p.Decisions[i]))
	}
	for _, channel := range channels {
		message := alerts.Message{Reason: alerts.ReasonRulesNew, Budgets: byChannel[channel]}
		if firstStart {
			message.Reason = alerts.ReasonFirstStart
			message.Rules, message.Channels = len(p.rules.Rules), p.rules.Channels()
			message.Rough, message.RoughUntil = rough(findings, p.Now)
		}
		alerts.WorstFirst(message.Budgets)
		id := p.deliver(alerts.DeliverStart, channel, alerts.BudgetState{}, message)
		for _, line := range message.Budgets {
			if !firstStart {
				p.posted[line.BudgetID] = id
			}
		}
	}
}

// rough counts the findings whose forecasts are made of too few days, and tells until when they are.
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

// deliver queues a message about a budget, or about none, whose standing is about to be written.
func (p *Planner) deliver(kind alerts.DeliveryKind, channel string, about alerts.BudgetState, message alerts.Message) string {
	d := alerts.Delivery{
		ID: p.newID(), Kind: kind, Channel: channel, BudgetID: about.BudgetID, ParentID: about.ParentID, Revision: about.Revision + 1,
		Message: message, State: alerts.DeliveryPending, CreatedAt: p.Now,
	}
	if kind == alerts.DeliverParent || kind == alerts.DeliverBroadcast || kind == alerts.DeliverList {
		d.NotBefore = p.deferUntil(message.Highest())
	}
	p.Outcome.Deliveries = append(p.Outcome.Deliveries, d)
	return d.ID
}

// Message is what a delivery says of one finding.
func (p *Planner) Message(f *evaluate.Finding, d *Decision) alerts.Message {
	return alerts.Message{Reason: d.Reason, Budgets: []alerts.BudgetLine{p.line(f, d)}, Since: d.Since}
}

func (p *Planner) line(f *evaluate.Finding, d *Decision) alerts.BudgetLine {
	return alerts.BudgetLine{
		BudgetID: f.BudgetID, Title: f.Rule.Title, Threshold: d.BudgetState.Threshold, Passed: d.Passed,
		Next: f.Rule.Next(d.BudgetState.Threshold), Used: f.Used, Limit: f.Limit, Measure: f.Rule.Measure(), Estimate: f.Estimate,
		CountedTo: f.CountedTo, ReadAt: f.ReadAt, Owners: f.Route().Owners, PingAt: f.Rule.PingAt, Largest: f.Largest,
		Drivers: f.Drivers, NoHistory: f.NoHistory, Above: f.Above,
		Final:    decimal.NullDecimal{Decimal: d.BudgetState.Final, Valid: !d.BudgetState.ClosedAt.IsZero()},
		Forecast: f.ForecastSummary(d.BudgetState.Track), Narrower: p.narrower[f.BudgetID], Answers: d.BudgetState.Answers,
	}
}

// Speaks reports whether a message that shows this budget in full is posted or edited.
func (d *Decision) Speaks() bool {
	return d.Speak == alerts.DeliverParent || d.Speak == alerts.DeliverBroadcast || d.Speak == alerts.DeliverUpdate || d.Reason == alerts.ReasonUnanswered && d.Speak == alerts.DeliverReply
}

// HasDrivers reports whether some of the plan's messages would say what grew.
func (p *Plan) HasDrivers() bool {
	return slices.ContainsFunc(p.Decisions, func(d Decision) bool { return d.Speaks() })
}

// nameNarrower lets the message of a wide budget name the budgets of its parts that are spoken of in the same check, so that
// people see at once that the two messages are about the same usage.
func (p *Planner) nameNarrower(findings []evaluate.Finding) {
	var speaking []*evaluate.Finding
	for i, d := range p.Decisions {
		if d.Speak == alerts.DeliverParent || d.Speak == alerts.DeliverBroadcast {
			speaking = append(speaking, &findings[i])
		}
	}
	p.narrower = map[alerts.BudgetID][]alerts.NarrowerLine{}
	for _, wide := range speaking {
		for _, narrow := range speaking {
			if wide != narrow && wide.Contains(narrow) && len(p.narrower[wide.BudgetID]) < evaluate.MostParts {
				p.narrower[wide.BudgetID] = append(p.narrower[wide.BudgetID], alerts.NarrowerLine{Title: narrow.Rule.Title, Instance: narrow.Instance, Used: narrow.Used, Limit: narrow.Limit})
			}
		}
	}
}
