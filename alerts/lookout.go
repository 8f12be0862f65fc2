package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// lookout decides on the rules that are no budgets, and composes what is to be recorded and said.
type lookout struct {
	rules *rules.Rules
	month billing.Month
	now   time.Time
	newID func() string
	// countedTo is up to when the newest figures count.
	countedTo time.Time
	services  knownServices // what is known of them, where a rule looks for services
	episodes  map[episodeKey]Episode
	said      map[BudgetName]bool // what was said to be new in any month
	turns     []turn              // in the order of the rules, for the log
	unknown   []unknownNow        // the rules with change whose usage cannot be told
	Outcome
}

type episodeKey struct {
	BudgetID
	Kind EpisodeKind
}

func newLookout(rules *rules.Rules, month billing.Month, remembered []Episode, now time.Time, newID func() string) *lookout {
	o := &lookout{
		rules: rules, month: month, now: now, newID: newID, episodes: map[episodeKey]Episode{}, said: map[BudgetName]bool{},
		Outcome: Outcome{At: now},
	}
	for _, e := range remembered {
		o.episodes[episodeKey{e.BudgetID, e.Kind}] = e
		if e.Kind == EpisodeNew && e.Scope != "" {
			o.said[e.BudgetName()] = true
		}
	}
	return o
}

// episode returns what is remembered; its Revision is 0 where nothing is.
func (o *lookout) episode(id BudgetID, kind EpisodeKind) Episode {
	if e, found := o.episodes[episodeKey{id, kind}]; found {
		return e
	}
	return Episode{BudgetID: id, Kind: kind}
}

// changes looks at the rules with change, in the month that runs and, where that was spoken of, in the one before.
func (o *lookout) changes(reading Reading) {
	rows := slices.Concat(reading.Rows, reading.Closed)
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		if rule.Kind != rules.RuleChange {
			continue
		}
		last := o.episode(BudgetID{Rule: rule.Name, Month: o.month.Add(-1)}, EpisodeChange)
		if last.State == EpisodeOpen {
			c := evaluateChange(rule, last.Month, rows, reading.Archive, reading.ReadAt, reading.whyNotCompared(rule.Match, last.Month))
			o.take(rule, o.lateChange(last, c))
		}
		now := o.episode(BudgetID{Rule: rule.Name, Month: o.month}, EpisodeChange)
		c := evaluateChange(rule, o.month, rows, reading.Archive, reading.ReadAt, reading.whyNotCompared(rule.Match, o.month))
		if c.obstacle != "" {
			o.unknown = append(o.unknown, unknownNow{
				UnknownBudget: UnknownBudget{Rule: rule.Name, Title: rule.Title, Why: c.obstacle},
				had:           now.Report.Growth.Known() || last.Report.Growth.Known(),
			})
		}
		o.take(rule, decideChange(now, c, o.now))
	}
}

// lateChange waits for the last days of a month that is over. Where they do not come in time its last figures stay.
func (o *lookout) lateChange(last Episode, c change) turn {
	late := o.now.Sub(last.Month.End()) >= lateFor
	if c.known && !c.growth.Closed && !late {
		return turn{Episode: last, Reason: ReasonGrewSaid}
	}
	if !c.growth.Closed && late && last.Report.Growth != nil {
		c.growth, c.version, c.known = *last.Report.Growth, last.Version, true
		c.growth.Closed = true
	}
	return decideChange(last, c, o.now)
}

// withdraw ends what was said by rules that are no longer in the file, by an edit.
func (o *lookout) withdraw(remembered []Episode) {
	kinds := map[string]rules.RuleKind{}
	for _, rule := range o.rules.Rules {
		kinds[rule.Name] = rule.Kind
	}
	for _, r := range remembered {
		e := o.episode(r.BudgetID, r.Kind)
		if e.Kind != EpisodeChange || e.State != EpisodeOpen || kinds[e.Rule] == rules.RuleChange {
			continue
		}
		e.State, e.EndedAt = EpisodeOver, o.now
		o.take(nil, turn{Episode: e, Reason: ReasonWithdrawn, Speak: DeliverRefresh, Changed: true})
	}
}

// take records a turn, and says what it has to say.
func (o *lookout) take(rule *rules.Rule, t turn) {
	if t.Speak == DeliverRoot {
		t.Report.Channel = rule.Channel
		d := t.post(DeliverRoot, t.Reason, o.now, o.newID())
		d.NotBefore = o.holdUntil()
		o.Deliveries = append(o.Deliveries, d)
		g := t.Report.Growth
		o.Alerts = append(o.Alerts, Alert{
			BudgetID: t.BudgetID, Kind: KindChange, Level: rule.Change.Over, Reason: t.Reason,
			Used: g.PerDay, Limit: g.Before, At: o.now, DeliveryID: t.RootID,
		})
	}
	if t.Speak == DeliverRefresh && t.RootID != "" {
		o.Deliveries = append(o.Deliveries, t.post(DeliverRefresh, t.Reason, o.now, o.newID()))
	}
	if t.Changed {
		o.Episodes = append(o.Episodes, t.Episode)
	}
	o.turns = append(o.turns, t)
}

// holdUntil is when people work next, for which a message that nobody has to act on waits; zero is at once.
func (o *lookout) holdUntil() time.Time {
	if open := o.rules.Calendar().Open(o.now); open.After(o.now) {
		return open
	}
	return time.Time{}
}

// observe looks at the rules that are no budgets, once the budgets of the month are recorded. What cannot be recorded is a failure of
// the check, which looks again at the next.
func (c *Checker) observe(ctx context.Context, rules *rules.Rules, result *Result, now time.Time) {
	for try := 1; ; try++ {
		o, err := c.look(ctx, rules, result.reading, now)
		if errors.Is(err, ErrConflict) && try < recordTries {
			continue
		}
		if err != nil {
			result.Err = errors.Join(result.Err, fmt.Errorf("watch for changes in %s: %w", result.Month, err))
			return
		}
		result.Said += len(o.Deliveries)
		result.unknownChanges = o.unknown
		c.logTurns(o.turns)
		return
	}
}

func (c *Checker) look(ctx context.Context, rules *rules.Rules, reading Reading, now time.Time) (*lookout, error) {
	remembered, err := c.Ledger.Episodes(ctx, reading.Month.Add(-1))
	if err != nil {
		return nil, err
	}
	o := newLookout(rules, reading.Month, remembered, now, c.NewID)
	o.withdraw(remembered)
	o.changes(reading)
	if rules.LooksBack() {
		rows, why := c.past.before(ctx, c.Source, reading.Month, now, c.Log)
		rows, unread := billing.Readable(rows)
		reading.Unread = slices.Concat(reading.Unread, unread)
		o.countedTo = newestOf(reading.Rows)
		o.services = c.services.look(ctx, c.Source, rules, reading, rows, now)
		o.things(reading, rows, why)
	}
	if len(o.Episodes) == 0 {
		return o, nil
	}
	c.lookFirst(o.Deliveries)
	return o, c.Ledger.Record(ctx, o.Outcome)
}

func (c *Checker) logTurns(turns []turn) {
	for _, t := range turns {
		fields := []zap.Field{
			zap.String("rule", t.Rule), zap.String("scope", t.Scope), zap.Stringer("month", t.Month), zap.String("kind", string(t.Kind)),
			zap.String("reason", string(t.Reason)), zap.String("data_version", t.Version),
		}
		if t.Speak != "" {
			c.Log.Info("rule spoken of", append(fields, zap.String("speak", string(t.Speak)))...)
			continue
		}
		c.Log.Debug("rule looked at", fields...)
	}
}
