package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// CheckerConfig is what a Checker is made of.
type CheckerConfig struct {
	// Source is asked afresh at every check: a cache in front of it would delay the news.
	Source billing.Source
	// Trial is what Try reads usage from: it may take what was read a moment ago. Source where nil.
	Trial billing.Source
	// Bills is where budgets of money are read from, afresh too; nil where bills cannot be read.
	Bills  billing.BillSource
	Ledger Ledger
	// Record and Traffic are where forecasts take the days before from; nil where there is no such place.
	Record  Recorder
	Traffic TrafficSource
	// Seen is where it is kept which services were seen; nil where it is not, and rules cannot tell which are new.
	Seen  ServiceRecord
	Rules func() *rules.Rules
	// Owner names this process among replicas.
	Owner string
	// Every is the interval of checks, in business time.
	Every time.Duration
	// Now is business time; time.Now where nil.
	Now func() time.Time
	// Poll is how often the ledger is asked, in wall time, whether a check is due; a twentieth of Every, but at least 100 ms
	// and at most 15 s, where 0.
	Poll  time.Duration
	NewID func() string
	Log   *zap.Logger
	// Checked, if set, is called after every check that this process made.
	Checked func(Result)
}

// How long the parts of a check may take, in wall time.
const (
	checkLease = 45 * time.Second // a whole check; another replica takes over after that
)

// Checker compares usage with the rules whenever the ledger says that it is time.
type Checker struct {
	CheckerConfig
	loop     Loop
	reader   reader
	past     past
	services inventory
	lateDay  time.Time // the day on which the month before was last looked at
	unread   string    // the row that was set aside, as it was last logged
	sure     bool      // a check of this process has been recorded, so that the ledger knows what was posted before
	behind   bool      // other rules than those of this process are current
}

// NewChecker returns a checker with the defaults of its configuration filled in.
func NewChecker(config CheckerConfig) *Checker {
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Poll = cmp.Or(config.Poll, min(max(config.Every/20, 100*time.Millisecond), 15*time.Second))
	config.Log = cmp.Or(config.Log, zap.NewNop())
	if config.Trial == nil {
		config.Trial = config.Source
	}
	c := &Checker{CheckerConfig: config, services: inventory{record: config.Seen, log: config.Log, tried: map[billing.Month]time.Time{}}}
	c.loop, c.reader = Loop{What: "check", Poll: config.Poll, Log: config.Log}, c.newReader(config.Source)
	return c
}

// Result is what one turn of the checker did.
type Result struct {
	Claimed  bool // false where no check was due
	OldRules bool // no check was made, since other rules than those of this process are current
	Early    bool // the month is so young that Fastly lists nothing yet, which is no failure
	Month    billing.Month
	Findings []evaluate.Finding
	Plan     decide.Plan
	Said     int // deliveries recorded
	Took     time.Duration
	Err      error
	// Failure is why the check itself failed, for a person; empty where it did not. Err may also be of recording how it ended.
	Failure string

	compared bool // the month that runs was compared, and what was found recorded
	reading  evaluate.Reading
	// unknownChanges are the rules with change that cannot be told.
	unknownChanges []decide.UnknownNow
}

// Run checks whenever a check is due, until ctx ends.
func (c *Checker) Run(ctx context.Context) {
	c.loop.Run(ctx, func(ctx context.Context) (worked bool, err error) {
		result := c.RunOnce(ctx, c.Now())
		c.report(result)
		return result.Claimed, result.Err
	})
}

// RunOnce makes the check that is due at now, if one is and no other process holds it. It takes no longer than the lease of
// its claim.
func (c *Checker) RunOnce(ctx context.Context, now time.Time) (result Result) {
	claim := Claim{alerts.TaskCheck, c.Owner, now, now.Add(c.Every), checkLease}
	claimed, err := claim.Do(ctx, c.Ledger, func(ctx context.Context) *alerts.Finished {
		started := time.Now()
		result = c.contained(ctx, now)
		result.Took = time.Since(started)
		if ctx.Err() != nil || errors.Is(result.Err, alerts.ErrOldRules) {
			return nil
		}
		c.watchHealth(ctx, result, now)
		c.sure = c.sure || result.compared && result.Err == nil
		if result.Err != nil {
			result.Failure = alerts.CauseOf(result.Err)
		}
		return &alerts.Finished{Failure: result.Failure}
	})
	switch {
	case errors.Is(result.Err, alerts.ErrOldRules):
		return Result{OldRules: true, Err: err}
	case errors.Is(err, alerts.ErrOldRules):
		return Result{OldRules: true}
	}
	result.Claimed, result.Err = claimed, errors.Join(result.Err, err)
	return result
}

// contained is Check, with a panic in it as a failure: an odd answer of Fastly must not end the answers to people with it.
func (c *Checker) contained(ctx context.Context, now time.Time) (result Result) {
	defer func() {
		if p := recover(); p != nil {
			result = Result{Month: billing.MonthOf(now), Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	return c.Check(ctx, now)
}

// Check compares and records at once, due or not. The ledger makes sure that nothing is posted twice. The result is of
// the current month; what was posted about the month before, while that is still being counted, is in Said and Err alone.
func (c *Checker) Check(ctx context.Context, now time.Time) Result {
	ctx = billing.ForCheck(ctx)
	rules, month := c.Rules(), billing.MonthOf(now)
	var late Result
	if before := month.Add(-1); c.isLateDue(before, now) {
		late = c.checkLate(ctx, rules, before, now)
		if errors.Is(late.Err, alerts.ErrNoUsage) && now.Sub(before.End()) >= alerts.LateFor {
			late.Err = nil // what stands of a closed month stands
		}
		if late.Err == nil {
			c.lateDay = billing.DayOf(now)
		}
	}
	result := c.checkMonth(ctx, rules, rules.Rules, month, now)
	result.Said += late.Said
	result.Err = errors.Join(late.Err, result.Err)
	return result
}

// checkLate compares a month that is over with the rules that were watching it. A rule that came later has no say in it.
func (c *Checker) checkLate(ctx context.Context, set *rules.Rules, month billing.Month, now time.Time) Result {
	states, err := c.Ledger.BudgetStates(ctx, month)
	if err != nil {
		return Result{Err: fmt.Errorf("read the state of %s: %w", month, err)}
	}
	watched := map[string]bool{}
	for _, state := range states {
		if state.ClosedAt.IsZero() || now.Before(month.End().Add(alerts.WatchedFor)) {
			watched[state.Rule] = true
		}
	}
	watching := slices.DeleteFunc(slices.Clone(set.Rules), func(r rules.Rule) bool { return !watched[r.Name] })
	if len(watching) > 0 {
		return c.checkMonth(ctx, set, watching, month, now)
	}
	result := Result{Month: month}
	if len(decide.Unwatched(set, states)) > 0 {
		result.Plan, result.Said, result.Err = c.record(ctx, set, nil, evaluate.Reading{Month: month}, now)
	}
	return result
}

// checkMonth compares one month with some of the rules.
func (c *Checker) checkMonth(ctx context.Context, rules *rules.Rules, compared []rules.Rule, month billing.Month, now time.Time) Result {
	result := Result{Month: month}
	reading, err := c.reader.read(ctx, compared, month, now)
	if errors.Is(err, alerts.ErrNoUsage) && now.Sub(month.Start()) < rules.Operators.StaleAfter {
		result.Early = true
		return result
	}
	if err != nil {
		result.Err = err
		return result
	}
	c.logUnread(reading)
	if result.Plan, result.Said, err = c.record(ctx, rules, evaluate.Evaluate(compared, reading), reading, now); err != nil {
		result.Err = err
		return result
	}
	result.Findings, result.Err = result.Plan.Findings, reading.Incomplete
	result.compared, result.reading = true, reading
	if month == billing.MonthOf(now) {
		c.observe(ctx, rules, &result, now)
	}
	c.logDecisions(result.Plan)
	return result
}

// logUnread warns of rows that were set aside, when the first of them is another one.
func (c *Checker) logUnread(reading evaluate.Reading) {
	first := reading.UnreadOf(rules.Match{}, reading.Month)
	if first != "" && first != c.unread {
		c.Log.Warn("skipped a row of Fastly's answer", zap.Stringer("month", reading.Month), zap.String("why", first),
			zap.Int("rows", len(reading.Unread)))
	}
	c.unread = first
}

// lookFirst marks what the first check of this process says: a ledger that was put back says it anew.
func (c *Checker) lookFirst(deliveries []alerts.Delivery) {
	for i := range deliveries {
		deliveries[i].LookFirst = !c.sure && deliveries[i].Key() != ""
	}
}

// record decides by what the ledger holds, explains and composes what is posted, and writes it down. Where somebody else wrote meanwhile
// it decides anew; what is explained already stays so.
func (c *Checker) record(ctx context.Context, set *rules.Rules, findings []evaluate.Finding, reading evaluate.Reading, now time.Time) (plan decide.Plan, posted int, err error) {
	explained := explanations{}
	err = alerts.Retrying(func() error {
		if plan, err = c.plan(ctx, set, findings, reading.Month, now); err != nil {
			return err
		}
		c.reader.explain(ctx, &plan, reading, explained, func(i int) bool { return plan.Decisions[i].Speaks() })
		outcome := plan.Compose(explained, c.NewID)
		outcome.Usage, posted = reading.Rows, len(outcome.Deliveries)
		c.lookFirst(outcome.Deliveries)
		if err := c.Ledger.Record(ctx, outcome); err != nil {
			return fmt.Errorf("record the check of %s: %w", reading.Month, err)
		}
		return nil
	})
	if err != nil {
		return decide.Plan{}, 0, err
	}
	return plan, posted, nil
}

// logDecisions leaves a line for everything that is said, and for what cannot be told.
func (c *Checker) logDecisions(plan decide.Plan) {
	for i, d := range plan.Decisions {
		f := plan.Findings[i]
		fields := []zap.Field{
			zap.String("rule", f.BudgetID.Rule), zap.String("scope", f.Instance), zap.Stringer("month", f.Month), zap.String("reason", string(d.Reason)),
			zap.Int("threshold", int(d.BudgetState.Threshold)), zap.String("data_version", f.Version),
		}
		switch {
		case d.Speak != "":
			c.Log.Info("budget alert", append(fields, zap.String("kind", string(d.Speak)))...)
		case f.Unknown != "" && d.Changed:
			c.Log.Warn("budget without a figure", append(fields, zap.String("why", f.Unknown))...)
		default:
			c.Log.Debug("budget checked", fields...)
		}
	}
}

// report logs a check that was made, and when this process stops and begins to make them.
func (c *Checker) report(result Result) {
	if c.Checked != nil && (result.Claimed || result.Err != nil) {
		c.Checked(result)
	}
	if result.OldRules != c.behind && result.Err == nil {
		if c.behind = result.OldRules; c.behind {
			c.Log.Warn("checks stopped here: another replica started with a different rules file; questions are still answered")
		} else {
			c.Log.Info("checks resumed here: this process has the current rules file")
		}
	}
	if result.Claimed && result.Err == nil {
		c.Log.Info("checked", zap.Stringer("month", result.Month), zap.Int("rules", len(result.Findings)),
			zap.Int("said", result.Said), zap.Duration("took", result.Took))
	}
}

// isLateDue reports whether the month before is to be looked at: at every check while it is still being counted, and once a
// day after that.
func (c *Checker) isLateDue(month billing.Month, now time.Time) bool {
	return now.Sub(month.End()) < alerts.LateFor || !billing.DayOf(now).Equal(c.lateDay)
}
