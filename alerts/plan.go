package alerts

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// mostRoots is how many root messages one check posts in a channel; more crossings than that are one list.
const mostRoots = 3

// Memory is what the ledger holds when a check begins.
type Memory struct {
	Standings []Standing        // of the month
	Known     map[string]string // every rule ever seen, and its hash as last recorded
	Waiting   []Waiting         // what nobody has seen yet of the month
	// Roots are what the roots of budgets that are no longer watched show, by their ids.
	Roots map[string]Delivery
}

// Plan is what a check's findings come to.
type Plan struct {
	Outcome   Outcome
	Findings  []Finding  // what was decided on
	Decisions []Decision // in the order of the findings
}

// MakePlan decides on every finding and composes what is to be recorded and said. newID makes the ids of deliveries.
func MakePlan(rules *rules.Rules, findings []Finding, memory Memory, now time.Time, newID func() string) Plan {
	p := planner{rules: rules, hours: rules.Calendar(), now: now, newID: newID}
	findings = slices.Clone(findings)
	p.Outcome.At, p.Findings = now, findings
	p.takeBack(memory, findings)
	for i := range findings {
		f := &findings[i]
		standing, isBack := p.taken.standing(f.BudgetID)
		*f = f.asItWas(standing, now)
		past := memory.past(standing, f)
		past.Hours, past.TakenBack, past.Waits = p.hours, isBack, !isBack && len(p.taken.waiting[f.BudgetID]) > 0
		p.Decisions = append(p.Decisions, Decide(past, *f, now))
	}
	p.giveBack(findings)
	p.nameNarrower(findings)
	p.sayRoots(findings)
	p.saySummary(findings, len(memory.Known) == 0)
	p.sayRises(findings)
	p.sayCalls(findings)
	for i := range findings {
		p.sayOnRoot(&findings[i], &p.Decisions[i])
		p.record(&findings[i], &p.Decisions[i])
	}
	p.giveUp(memory)
	return p.Plan
}

// past is what is remembered of the finding's budget. One that has no standing in this month is held against what its rule
// counted when it was last seen: limits may differ by month and by scope.
func (m Memory) past(standing Standing, f *Finding) Past {
	seen := f.Rule.Modern(standing.RuleHash)
	if seen == "" {
		seen = f.Rule.Modern(m.Known[f.Rule.Name])
		if hash := f.hash(); rules.CountsAlike(hash, seen) {
			seen = hash
		}
	}
	return Past{Standing: standing, SeenHash: seen}
}

type planner struct {
	Plan
	rules *rules.Rules
	hours rules.Calendar
	now   time.Time
	newID func() string
	taken *takingBack
	// said is the delivery that speaks of a finding.
	said map[BudgetID]string
	// narrower are the budgets of a finding's parts that are spoken of in the same check.
	narrower map[BudgetID][]NarrowerLine
}

// sayRoots posts a root for each budget that needs one, or one list where they are too many for their channel.
func (p *planner) sayRoots(findings []Finding) {
	p.said = map[BudgetID]string{}
	for _, group := range p.byChannel(DeliverRoot, func(i int) string { return findings[i].route().Channel }) {
		channel, crossed := group.channel, group.decisions
		if len(crossed) > mostRoots {
			p.sayList(channel, ReasonFirstLevel, crossed, findings)
			for _, i := range crossed {
				p.Decisions[i].Speak = DeliverList
			}
			continue
		}
		for _, i := range crossed {
			f, d := &findings[i], &p.Decisions[i]
			root := p.deliver(DeliverRoot, channel, d.Standing, p.message(f, d))
			d.Standing.RootID, d.Standing.RootChannel, d.Standing.HeldUntil = root, channel, p.holdUntil(d.Standing.Level)
			p.said[f.BudgetID] = d.Standing.RootID
		}
	}
}

// spoken are the decisions, by their index, that speak in one channel.
type spoken struct {
	channel   string
	decisions []int
}

// byChannel gathers the decisions that speak in one way by the channel that each goes to, in the order of the first of each.
func (p *planner) byChannel(speak DeliveryKind, channelOf func(i int) string) []spoken {
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

// sayList names many crossings in one message. None of them gets a root by it: a later level of a listed budget does.
func (p *planner) sayList(channel string, why Reason, crossed []int, findings []Finding) {
	message := Message{Reason: why}
	for _, i := range crossed {
		message.Budgets = append(message.Budgets, p.line(&findings[i], &p.Decisions[i]))
	}
	worstFirst(message.Budgets)
	id := p.deliver(DeliverList, channel, Standing{}, message)
	for _, i := range crossed {
		p.said[findings[i].BudgetID] = id
	}
}

// sayRises names the budgets that have risen under roots of theirs in one list, where they are too many for their channel. Each root is
// edited, as it is for a rise of its own.
func (p *planner) sayRises(findings []Finding) {
	channelOf := func(i int) string { return cmp.Or(p.Decisions[i].Standing.RootChannel, findings[i].route().Channel) }
	for _, risen := range p.byChannel(DeliverRise, channelOf) {
		if len(risen.decisions) > mostRoots {
			p.sayList(risen.channel, ReasonLevelRose, risen.decisions, findings)
			for _, i := range risen.decisions {
				p.Decisions[i].Speak = DeliverRefresh
			}
		}
	}
}

// sayOnRoot replies to and edits the root that a budget already has.
func (p *planner) sayOnRoot(f *Finding, d *Decision) {
	message, channel := p.message(f, d), cmp.Or(d.Standing.RootChannel, f.route().Channel)
	switch d.Speak {
	case DeliverRise, DeliverNote:
		p.said[f.BudgetID] = p.deliver(d.Speak, channel, d.Standing, message)
	case DeliverRefresh:
	default:
		return
	}
	p.deliver(DeliverRefresh, channel, d.Standing, message)
}

// record notes the standing and the levels of one decision.
func (p *planner) record(f *Finding, d *Decision) {
	if d.Changed {
		p.Outcome.Standings = append(p.Outcome.Standings, d.Standing)
	}
	if day, ok := f.outlookDay(); ok && d.Changed {
		p.Outcome.Outlooks = append(p.Outcome.Outlooks, day)
	}
	switch {
	case d.LiftAll:
		p.lift(f, KindBudget, d.Kept)
	case d.Lift:
		p.lift(f, KindBudget, d.Standing.Level)
	}
	if d.LiftAll || d.LiftForecast {
		p.lift(f, KindForecast, 0)
	}
	for _, level := range slices.Concat(d.Taken, d.Passed) {
		p.recordAlert(f, d, KindBudget, level)
	}
	if d.Foretells > 0 {
		p.recordAlert(f, d, KindForecast, d.Foretells)
	}
}

func (p *planner) lift(f *Finding, kind AlertKind, above rules.Level) {
	p.Outcome.Lifts = append(p.Outcome.Lifts, Lift{f.BudgetID, kind, above})
}

func (p *planner) recordAlert(f *Finding, d *Decision, kind AlertKind, level rules.Level) {
	p.Outcome.Alerts = append(p.Outcome.Alerts, Alert{
		BudgetID: f.BudgetID, Kind: kind, Level: level, Reason: d.Reason,
		Used: f.Used, Limit: f.Limit, At: p.now, DeliveryID: p.said[f.BudgetID],
	})
}

// IsSummed reports whether the summary of new and changed rules tells of the decision.
func (d Decision) IsSummed() bool {
	isNew := d.Reason == ReasonNewRule || d.Reason == ReasonChangedRule
	return isNew && len(d.Passed) > 0 && !d.Standing.Muted()
}

// saySummary tells once what new and changed rules found already past a level, in the channel of each. At the first start, when every
// rule is new, it is the operators' channel, where there is one.
func (p *planner) saySummary(findings []Finding, firstStart bool) {
	byChannel := map[string][]BudgetLine{}
	var channels []string
	for i, d := range p.Decisions {
		if !d.IsSummed() {
			continue
		}
		channel := findings[i].route().Channel
		if firstStart {
			channel = cmp.Or(p.rules.Operators.Channel, channel)
		}
		if byChannel[channel] == nil {
			channels = append(channels, channel)
		}
		byChannel[channel] = append(byChannel[channel], p.line(&findings[i], &p.Decisions[i]))
	}
	for _, channel := range channels {
		message := Message{Reason: ReasonRulesNew, Budgets: byChannel[channel]}
		if firstStart {
			message.Reason = ReasonFirstStart
			message.Rules, message.Channels = len(p.rules.Rules), p.rules.Channels()
			message.Rough, message.RoughUntil = rough(findings, p.now)
		}
		worstFirst(message.Budgets)
		id := p.deliver(DeliverStart, channel, Standing{}, message)
		for _, line := range message.Budgets {
			if !firstStart {
				p.said[line.BudgetID] = id
			}
		}
	}
}

// rough counts the findings whose forecasts are made of too few days, and tells until when they are.
func rough(findings []Finding, now time.Time) (n int, until time.Time) {
	for i := range findings {
		if o := findings[i].Outlook; o.Method == forecast.MethodMonthly || o.Method == forecast.MethodPace || o.Method == forecast.MethodNone {
			n++
		}
	}
	if n > 0 {
		until = billing.DayOf(now).AddDate(0, 0, forecast.FewestDays)
	}
	return n, until
}

// deliver queues a message about a budget, or about none, whose standing is about to be written.
func (p *planner) deliver(kind DeliveryKind, channel string, about Standing, message Message) string {
	d := Delivery{
		ID: p.newID(), Kind: kind, Channel: channel, BudgetID: about.BudgetID, RootID: about.RootID, Revision: about.Revision + 1,
		Message: message, State: DeliveryPending, CreatedAt: p.now,
	}
	if kind == DeliverRoot || kind == DeliverRise || kind == DeliverList {
		d.NotBefore = p.holdUntil(message.highest())
	}
	p.Outcome.Deliveries = append(p.Outcome.Deliveries, d)
	return d.ID
}

// highest returns the highest level of the budgets that the message speaks of.
func (m Message) highest() rules.Level {
	var level rules.Level
	for _, line := range m.Budgets {
		level = max(level, line.Level)
	}
	return level
}

func (p *planner) message(f *Finding, d *Decision) Message {
	return Message{Reason: d.Reason, Budgets: []BudgetLine{p.line(f, d)}, Since: d.Since}
}

func (p *planner) line(f *Finding, d *Decision) BudgetLine {
	return BudgetLine{
		BudgetID: f.BudgetID, Title: f.Rule.Title, Level: d.Standing.Level, Passed: d.Passed,
		Next: f.Rule.Next(d.Standing.Level), Used: f.Used, Limit: f.Limit, Measure: f.Rule.Measure(), Estimate: f.Estimate,
		CountedTo: f.CountedTo, ReadAt: f.ReadAt, Owners: f.route().Owners, PingAt: f.Rule.PingAt, Largest: f.Largest,
		Drivers: f.Drivers, NoHistory: f.NoHistory, Above: f.Above,
		Final:    decimal.NullDecimal{Decimal: d.Standing.Final, Valid: !d.Standing.ClosedAt.IsZero()},
		Prospect: f.prospect(d.Standing.Track), Narrower: p.narrower[f.BudgetID], Answers: d.Standing.Answers,
	}
}

// worstFirst sorts by the share of the budget that is used.
func worstFirst(lines []BudgetLine) {
	slices.SortStableFunc(lines, func(a, b BudgetLine) int {
		return cmp.Or(b.Used.Mul(a.Limit).Cmp(a.Used.Mul(b.Limit)), cmp.Compare(a.Rule, b.Rule))
	})
}
