package decide

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// mostParents is how many parent messages, and how many broadcasts, one check posts in a channel; more than that are one list.
const mostParents = 3

// Plan is what a check decides on its findings. Compose makes messages of it.
type Plan struct {
	Findings  []evaluate.Finding
	Decisions []Decision // in the order of the findings
	// Explained is what messages show beside their news; nil if nothing is explained.
	Explained map[alerts.BudgetID]alerts.Explanation

	rules  *rules.Rules
	hours  rules.Calendar
	now    time.Time
	memory alerts.Memory
	// withdrawn are the waiting messages that are not to be posted.
	withdrawn *withdrawal
	// parents, broadcasts and escalations are the decisions that post such a message, by channel.
	parents, broadcasts, escalations []posting
	// narrower are the budgets of a finding's parts that are posted in the same check.
	narrower map[alerts.BudgetID][]alerts.NarrowerLine
}

// MakePlan decides on every finding.
func MakePlan(rules *rules.Rules, findings []evaluate.Finding, memory alerts.Memory, now time.Time) Plan {
	p := Plan{Findings: slices.Clone(findings), rules: rules, hours: rules.Calendar(), now: now, memory: memory}
	p.undo()
	for i := range p.Findings {
		f := &p.Findings[i]
		state, isUndone := p.withdrawn.state(f.BudgetID)
		*f = evaluate.AsItWas(*f, state, now)
		past := pastOf(memory, state, f)
		past.Hours, past.Undone, past.Waits = p.hours, isUndone, !isUndone && len(p.withdrawn.waiting[f.BudgetID]) > 0
		d := Decide(past, *f, now)
		p.withdrawn.keepEscalation(f, &d.BudgetState)
		p.Decisions = append(p.Decisions, d)
	}
	p.nameNarrower()
	p.group()
	return p
}

// posting are the decisions, by their index, that post in one channel.
type posting struct {
	channel   string
	decisions []int
	isList    bool // they share one message
}

// group gathers what is posted by channel. If parents or broadcasts are too many for their channel they are one list: a later threshold
// of a listed budget gets a parent of its own, and the parents of broadcasts are updated as they are for a broadcast of its own.
func (p *Plan) group() {
	routed := func(i int) string { return p.Findings[i].Route().Channel }
	posts := func(kind alerts.DeliveryKind) func(Decision) bool {
		return func(d Decision) bool { return d.Posts == kind }
	}
	p.parents = p.byChannel(posts(alerts.DeliverParent), routed)
	p.listMany(p.parents, alerts.DeliverList)
	p.broadcasts = p.byChannel(posts(alerts.DeliverBroadcast), func(i int) string {
		return cmp.Or(p.Decisions[i].BudgetState.ParentChannel, routed(i))
	})
	p.listMany(p.broadcasts, alerts.DeliverUpdate)
	for i := range p.Decisions {
		if d := &p.Decisions[i]; d.Posts == alerts.DeliverEscalation && p.escalationChannel(i) == "" {
			d.Posts = "" // no channel to escalate in
		}
	}
	p.escalations = p.byChannel(posts(alerts.DeliverEscalation), p.escalationChannel)
}

// listMany turns the decisions of a channel that has too many into one list; their parents then get what instead names.
func (p *Plan) listMany(groups []posting, instead alerts.DeliveryKind) {
	for n := range groups {
		if len(groups[n].decisions) <= mostParents {
			continue
		}
		groups[n].isList = true
		for _, i := range groups[n].decisions {
			p.Decisions[i].Posts = instead
		}
	}
}

// byChannel groups the wanted decisions by channel, in the order in which the channels first occur.
func (p *Plan) byChannel(wanted func(Decision) bool, channelOf func(i int) string) []posting {
	var groups []posting
	at := map[string]int{}
	for i, d := range p.Decisions {
		if !wanted(d) {
			continue
		}
		channel := channelOf(i)
		if _, known := at[channel]; !known {
			at[channel] = len(groups)
			groups = append(groups, posting{channel: channel})
		}
		group := &groups[at[channel]]
		group.decisions = append(group.decisions, i)
	}
	return groups
}

// nameNarrower adds to the message of a wide budget the budgets of its parts that are posted in the same check, so that people see at
// once that the messages are about the same usage.
func (p *Plan) nameNarrower() {
	var posted []*evaluate.Finding
	for i, d := range p.Decisions {
		if d.Posts == alerts.DeliverParent || d.Posts == alerts.DeliverBroadcast {
			posted = append(posted, &p.Findings[i])
		}
	}
	p.narrower = map[alerts.BudgetID][]alerts.NarrowerLine{}
	for _, wide := range posted {
		for _, narrow := range posted {
			if wide != narrow && wide.Contains(narrow) && len(p.narrower[wide.BudgetID]) < evaluate.MostParts {
				line := alerts.NarrowerLine{Title: narrow.Rule.Title, Instance: narrow.Instance, Used: narrow.Used, Limit: narrow.Limit}
				p.narrower[wide.BudgetID] = append(p.narrower[wide.BudgetID], line)
			}
		}
	}
}

// Message shows one finding, whether it is posted or not.
func (p *Plan) Message(i int) alerts.Message {
	d := &p.Decisions[i]
	kind, threshold := alerts.KindBudget, d.BudgetState.Threshold
	if d.Reason == alerts.ReasonLikelyOver {
		kind, threshold = alerts.KindForecast, d.ForecastThreshold
	}
	first, _ := p.withdrawn.first(&p.Findings[i], kind, threshold)
	return alerts.Message{
		Reason: d.Reason, Budgets: []alerts.BudgetLine{p.Line(i)}, Since: d.Since, ReachedAt: first.ReachedAt,
		MayRepeat: p.withdrawn.mayBePosted(&p.Findings[i]),
	}
}

// Line is the budget of one finding as a message shows it.
func (p *Plan) Line(i int) alerts.BudgetLine {
	f, d := &p.Findings[i], &p.Decisions[i]
	return alerts.BudgetLine{
		BudgetID: f.BudgetID, Title: f.Rule.Title, Threshold: d.BudgetState.Threshold, Passed: d.Passed,
		Next: d.BudgetState.Next(f.Rule), Used: f.Used, Limit: f.Limit, Measure: f.Rule.Measure(), Estimate: f.Estimate,
		CountedTo: f.CountedTo, ReadAt: f.ReadAt, Owners: f.Route().Owners, PingAt: f.Rule.PingAt, Largest: f.Largest,
		Explanation: p.Explained[f.BudgetID],
		Final:       decimal.NullDecimal{Decimal: d.BudgetState.Final, Valid: !d.BudgetState.ClosedAt.IsZero()},
		Forecast:    f.ForecastSummary(d.BudgetState.Track), Narrower: p.narrower[f.BudgetID], Answers: d.BudgetState.Answers,
	}
}

// PostsInFull reports whether a message that shows this budget in full is posted or edited.
func (d *Decision) PostsInFull() bool {
	full := []alerts.DeliveryKind{alerts.DeliverParent, alerts.DeliverBroadcast, alerts.DeliverUpdate}
	return slices.Contains(full, d.Posts) || d.Posts == alerts.DeliverReply && d.Reason == alerts.ReasonUnanswered
}

// IsSummed reports whether the decision belongs in the summary of new and changed rules.
func (d Decision) IsSummed() bool {
	isNew := d.Reason == alerts.ReasonNewRule || d.Reason == alerts.ReasonChangedRule
	return isNew && len(d.Passed) > 0 && !d.BudgetState.Muted()
}

// deferUntil returns when a message about the threshold may be posted: at once from 100 % on and during working hours.
func (p *Plan) deferUntil(threshold rules.Threshold) time.Time {
	if threshold >= alerts.OverThreshold {
		return time.Time{}
	}
	return p.hours.DeferUntil(p.now)
}

// escalationChannel is where an escalation without a parent message goes: the owners' channel, or the second time the operators'.
func (p *Plan) escalationChannel(i int) string {
	if p.Decisions[i].BudgetState.Escalations == mostEscalations {
		return p.rules.Operators.Channel
	}
	return p.Findings[i].Route().Channel
}
