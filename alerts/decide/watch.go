package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Lookout decides on the rules that are no budgets, and composes what is to be recorded and said.
type Lookout struct {
	rules *rules.Rules
	month billing.Month
	now   time.Time
	newID func() string
	// countedTo is up to when the newest figures count.
	CountedTo time.Time
	Services  evaluate.KnownServices // what is known of them, where a rule looks for services
	episodes  map[episodeKey]alerts.Episode
	said      map[alerts.BudgetName]bool // what was said to be new in any month
	Turns     []Turn                     // in the order of the rules, for the log
	Unknown   []UnknownNow               // the rules with change whose usage cannot be told
	alerts.Outcome
}

type episodeKey struct {
	alerts.BudgetID
	Kind alerts.EpisodeKind
}

// NewLookout remembers the incidents of rules other than budgets.
func NewLookout(rules *rules.Rules, month billing.Month, remembered []alerts.Episode, now time.Time, newID func() string) *Lookout {
	o := &Lookout{
		rules: rules, month: month, now: now, newID: newID, episodes: map[episodeKey]alerts.Episode{}, said: map[alerts.BudgetName]bool{},
		Outcome: alerts.Outcome{At: now},
	}
	for _, e := range remembered {
		o.episodes[episodeKey{e.BudgetID, e.Kind}] = e
		if e.Kind == alerts.EpisodeNew && e.Scope != "" {
			o.said[e.BudgetName()] = true
		}
	}
	return o
}

// episode returns what is remembered; its Revision is 0 where nothing is.
func (o *Lookout) episode(id alerts.BudgetID, kind alerts.EpisodeKind) alerts.Episode {
	if e, found := o.episodes[episodeKey{id, kind}]; found {
		return e
	}
	return alerts.Episode{BudgetID: id, Kind: kind}
}

// Changes looks at the rules with change, in the month that runs and, where that was spoken of, in the one before.
func (o *Lookout) Changes(reading evaluate.Reading) {
	rows := slices.Concat(reading.Rows, reading.Closed)
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		if rule.Kind != rules.RuleChange {
			continue
		}
		last := o.episode(alerts.BudgetID{Rule: rule.Name, Month: o.month.Add(-1)}, alerts.EpisodeChange)
		if last.State == alerts.EpisodeOpen {
			c := evaluate.ChangeOf(rule, last.Month, rows, reading.Archive, reading.ReadAt, reading.WhyNotCompared(rule.Match, last.Month))
			o.take(rule, o.lateChange(last, c))
		}
		now := o.episode(alerts.BudgetID{Rule: rule.Name, Month: o.month}, alerts.EpisodeChange)
		c := evaluate.ChangeOf(rule, o.month, rows, reading.Archive, reading.ReadAt, reading.WhyNotCompared(rule.Match, o.month))
		if c.Obstacle != "" {
			o.Unknown = append(o.Unknown, UnknownNow{
				UnknownBudget: alerts.UnknownBudget{Rule: rule.Name, Title: rule.Title, Why: c.Obstacle},
				Had:           now.Report.Growth.Known() || last.Report.Growth.Known(),
			})
		}
		o.take(rule, decideChange(now, c, o.now))
	}
}

// lateChange waits for the last days of a month that is over. Where they do not come in time its last figures stay.
func (o *Lookout) lateChange(last alerts.Episode, c evaluate.Change) Turn {
	late := o.now.Sub(last.Month.End()) >= alerts.LateFor
	if c.Known && !c.Growth.Closed && !late {
		return Turn{Episode: last, Reason: alerts.ReasonGrewSaid}
	}
	if !c.Growth.Closed && late && last.Report.Growth != nil {
		c.Growth, c.Version, c.Known = *last.Report.Growth, last.Version, true
		c.Growth.Closed = true
	}
	return decideChange(last, c, o.now)
}

// Withdraw edits the messages of rules that are no longer in the file to say that they have ended.
func (o *Lookout) Withdraw(remembered []alerts.Episode) {
	kinds := map[string]rules.RuleKind{}
	for _, rule := range o.rules.Rules {
		kinds[rule.Name] = rule.Kind
	}
	for _, r := range remembered {
		e := o.episode(r.BudgetID, r.Kind)
		if e.Kind != alerts.EpisodeChange || e.State != alerts.EpisodeOpen || kinds[e.Rule] == rules.RuleChange {
			continue
		}
		e.State, e.EndedAt = alerts.EpisodeOver, o.now
		o.take(nil, Turn{Episode: e, Reason: alerts.ReasonWithdrawn, Speak: alerts.DeliverRefresh, Changed: true})
	}
}

// take records a turn, and says what it has to say.
func (o *Lookout) take(rule *rules.Rule, t Turn) {
	if t.Speak == alerts.DeliverRoot {
		t.Report.Channel = rule.Channel
		d := t.Post(alerts.DeliverRoot, t.Reason, o.now, o.newID())
		d.NotBefore = o.holdUntil()
		o.Deliveries = append(o.Deliveries, d)
		g := t.Report.Growth
		o.Alerts = append(o.Alerts, alerts.Alert{
			BudgetID: t.BudgetID, Kind: alerts.KindChange, Level: rule.Change.Over, Reason: t.Reason,
			Used: g.PerDay, Limit: g.Before, At: o.now, DeliveryID: t.RootID,
		})
	}
	if t.Speak == alerts.DeliverRefresh && t.RootID != "" {
		o.Deliveries = append(o.Deliveries, t.Post(alerts.DeliverRefresh, t.Reason, o.now, o.newID()))
	}
	if t.Changed {
		o.Episodes = append(o.Episodes, t.Episode)
	}
	o.Turns = append(o.Turns, t)
}

// holdUntil is when people work next, for which a message that nobody has to act on waits; zero is at once.
func (o *Lookout) holdUntil() time.Time {
	if open := o.rules.Calendar().Open(o.now); open.After(o.now) {
		return open
	}
	return time.Time{}
}
