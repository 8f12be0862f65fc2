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
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
)

// CheckerConfig is what a Checker is made of.
type CheckerConfig struct {
	// Source is read again at every check: a cache in front of it would delay alerts.
	Source billing.Source
	// Trial is what Try reads usage from, which may be a moment old.
	Trial billing.Source
	// Bills is what money budgets are read from, again at every check too.
	Bills billing.BillSource
	// Ledger may be nil for Preview, which then takes nothing for recorded.
	Ledger Ledger
	// Traffic gives forecasts days that the record does not have.
	Traffic TrafficSource
	// Days are what rules that compare days read; nil if no days are kept.
	Days  daily.Reader
	Rules func() *rules.Rules
	// Owner names this process among replicas.
	Owner string
	// Every is the interval of checks, in business time.
	Every time.Duration
	// Now is business time.
	Now func() time.Time
	// Poll is how often, in wall time, the checker asks the ledger whether a check is due. 0 means a twentieth of Every, but at least 100 ms
	// and at most 15 s.
	Poll  time.Duration
	NewID func() string
	Log   *zap.Logger
	// Checked, if set, is called after every check that this process made.
	Checked func(Result)
}

// checkLease is how long a check may take, in wall time; another replica takes over after that.
const checkLease = 45 * time.Second

// Checker compares usage with the rules whenever the ledger says that a check is due.
type Checker struct {
	CheckerConfig
	loop    Loop
	reader  reader
	lateDay time.Time // the day on which the month before was last checked
	unread  string    // the skipped row that was last logged
	sure    bool      // a check of this process has been recorded, so that the ledger knows what was posted before
	behind  bool      // other rules than those of this process are current
}

// NewChecker returns a checker with the defaults of its configuration filled in.
func NewChecker(config CheckerConfig) *Checker {
	config.Poll = cmp.Or(config.Poll, min(max(config.Every/20, 100*time.Millisecond), 15*time.Second))
	config.Log = cmp.Or(config.Log, zap.NewNop())
	c := &Checker{CheckerConfig: config}
	c.loop, c.reader = Loop{What: "check", Poll: config.Poll, Log: config.Log}, c.newReader(config.Source)
	return c
}

// Result is what one turn of the checker did.
type Result struct {
	Claimed  bool // false if no check was due
	OldRules bool // no check was made, since other rules than those of this process are current
	Early    bool // the month is so young that Fastly lists nothing yet, which is no failure
	Month    billing.Month
	Plan     decide.Plan
	Posted   int // deliveries recorded
	Took     time.Duration
	Err      error
	// Failure is why the check itself failed, for a person; empty if it did not. Err may also come from recording how the check ended, or
	// from a bill that could not be read: budgets of money have no figure then, and those of usage were checked.
	Failure string

	seen       decide.Observation // of the current month, once it was compared and the findings recorded
	failed     error              // the part of Err that is of usage, services and the ledger
	unreadBill error              // the part of Err that is of bills
}

// failure is why the check failed. An unread bill alone is a failure only if nothing was compared.
func (r Result) failure() error {
	if r.seen.Compared {
		return r.failed
	}
	return r.Err
}

// OnlyBillUnread reports whether everything but money budgets was checked and recorded, because a bill could not be read. Err says why.
func (r Result) OnlyBillUnread() bool { return r.unreadBill != nil && r.failure() == nil }

// Run checks whenever a check is due, until ctx ends.
func (c *Checker) Run(ctx context.Context) {
	c.loop.Run(ctx, func(ctx context.Context) (worked bool, err error) {
		result := c.RunOnce(ctx, c.Now())
		c.report(result)
		return result.Claimed, result.Err
	})
}

// RunOnce makes the check that is due at now, if one is and no other process has claimed it. It takes no longer than the lease of
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
		c.sure = c.sure || result.seen.Compared && result.Err == nil
		if failure := result.failure(); failure != nil {
			result.Failure = alerts.CauseOf(failure)
		}
		return &alerts.Finished{Failure: result.Failure}
	})
	switch {
	case errors.Is(result.Err, alerts.ErrOldRules):
		return Result{OldRules: true, Err: err}
	case errors.Is(err, alerts.ErrOldRules):
		return Result{OldRules: true}
	}
	result.Claimed, result.Err, result.failed = claimed, errors.Join(result.Err, err), errors.Join(result.failed, err)
	return result
}

// contained is Check with a panic turned into a failure: an odd answer of Fastly must not end the process that answers people.
func (c *Checker) contained(ctx context.Context, now time.Time) (result Result) {
	defer func() {
		if p := recover(); p != nil {
			result = Result{Month: billing.MonthOf(now), Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	return c.Check(ctx, now)
}

// Check compares and records at once, due or not. The ledger makes sure that nothing is posted twice. The result is of
// the current month; of the month before, which is checked while it is still being counted, only Posted and errors are part of it.
func (c *Checker) Check(ctx context.Context, now time.Time) Result {
	ctx = billing.ForCheck(ctx)
	rules, month := c.Rules(), billing.MonthOf(now)
	var late Result
	// The month before is checked every time while it is still being counted, and once a day after that.
	if before := month.Add(-1); now.Sub(before.End()) < alerts.LateFor || !billing.DayOf(now).Equal(c.lateDay) {
		late = c.checkLate(ctx, rules, before, now)
		if errors.Is(late.Err, alerts.ErrNoUsage) && now.Sub(before.End()) >= alerts.LateFor {
			late.Err = nil // the last figures of a closed month stay
		}
		if late.Err == nil && late.unreadBill == nil {
			c.lateDay = billing.DayOf(now)
		}
	}
	result := c.checkMonth(ctx, rules, rules.Rules, month, now)
	result.Posted += late.Posted
	result.failed, result.unreadBill = errors.Join(late.Err, result.Err), errors.Join(late.unreadBill, result.unreadBill)
	result.Err = errors.Join(result.failed, result.unreadBill)
	if late.unreadBill != nil && result.seen.Bill == nil {
		result.seen.Bill, result.seen.BillOf = late.unreadBill, late.Month
	}
	return result
}

// checkLate compares a month that is over with the rules that were watching it, and with no rule that was added later.
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
		result.Plan, result.Posted, result.Err = c.record(ctx, set, nil, evaluate.Reading{Month: month}, now)
	}
	return result
}

// checkMonth compares one month with some of the rules. A bill that could not be read is no part of Err yet.
func (c *Checker) checkMonth(ctx context.Context, rules *rules.Rules, compared []rules.Rule, month billing.Month, now time.Time) Result {
	result := Result{Month: month}
	reading, err := c.reader.read(ctx, compared, month, now)
	result.Early = errors.Is(err, alerts.ErrNoUsage) && now.Sub(month.Start()) < rules.Operators.StaleAfter
	if result.Early {
		return result
	}
	if result.Err = err; err != nil {
		return result
	}
	c.logUnread(reading)
	if result.Plan, result.Posted, result.Err = c.record(ctx, rules, evaluate.Evaluate(compared, reading), reading, now); result.Err != nil {
		return result
	}
	result.Err, result.unreadBill = reading.UnreadServices, reading.UnreadBill
	if month == billing.MonthOf(now) {
		c.observe(ctx, rules, &result, reading, now)
	}
	c.logDecisions(result.Plan)
	return result
}

// logUnread warns of skipped rows when the first of them is not the one last logged.
func (c *Checker) logUnread(reading evaluate.Reading) {
	first := reading.UnreadOf(rules.Match{}, reading.Month)
	if first != "" && first != c.unread {
		c.Log.Warn("skipped a row of Fastly's answer", zap.Stringer("month", reading.Month), zap.String("why", first),
			zap.Int("rows", len(reading.Unread)))
	}
	c.unread = first
}

// record decides from what the ledger remembers, explains and composes what is posted, and records it. If another process recorded
// meanwhile it decides again, and keeps the explanations that it has.
func (c *Checker) record(
	ctx context.Context, set *rules.Rules, findings []evaluate.Finding, reading evaluate.Reading, now time.Time,
) (plan decide.Plan, posted int, err error) {
	explained := map[alerts.BudgetID]alerts.Explanation{}
	err = alerts.Retrying(func() error {
		if plan, err = c.plan(ctx, set, findings, reading.Month, now); err != nil {
			return err
		}
		plan.Explained = explained
		c.reader.explain(ctx, &plan, reading, func(i int) bool { return plan.Decisions[i].PostsInFull() })
		outcome := plan.Compose(c.NewID)
		outcome.Usage = reading.Rows
		c.lookFirst(outcome.Deliveries)
		if err := c.Ledger.Record(ctx, outcome); err != nil {
			return fmt.Errorf("record the check of %s: %w", reading.Month, err)
		}
		posted = len(outcome.Deliveries)
		return nil
	})
	return plan, posted, err
}

// logDecisions logs everything that is posted, and every budget without a figure.
func (c *Checker) logDecisions(plan decide.Plan) {
	for i, d := range plan.Decisions {
		f := plan.Findings[i]
		fields := []zap.Field{
			zap.String("rule", f.BudgetID.Rule), zap.String("instance", f.Instance), zap.Stringer("month", f.Month),
			zap.String("reason", string(d.Reason)), zap.Int("threshold", int(d.BudgetState.Threshold)), zap.String("data_version", f.Version),
		}
		switch {
		case d.Posts != "":
			c.Log.Info("budget alert", append(fields, zap.String("kind", string(d.Posts)))...)
		case f.Unknown != "" && d.Changed:
			c.Log.Warn("budget without a figure", append(fields, zap.String("why", f.Unknown))...)
		default:
			c.Log.Debug("budget checked", fields...)
		}
	}
}

// report logs a check that was made, and when this process stops and resumes checks.
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
		c.Log.Info("checked", zap.Stringer("month", result.Month), zap.Int("rules", len(result.Plan.Findings)),
			zap.Int("posted", result.Posted), zap.Duration("took", result.Took))
	}
}

// Ledger is a consumer contract of Checker. It remembers checks, budget states and what was posted; the store implements it.
type Ledger interface {
	Tasks
	// RecordedSince returns the recorded usage by day, from the month on.
	RecordedSince(ctx context.Context, month billing.Month) ([]daily.Recorded, error)
	// SeenServices returns the services seen in the month and those after it, and when each of these months was read
	// to the end, in business time.
	SeenServices(ctx context.Context, since billing.Month) ([]alerts.SeenService, map[billing.Month]time.Time, error)
	// RecordServices replaces what was kept of the month by what was seen in a reading that ended at the instant.
	RecordServices(ctx context.Context, month billing.Month, at time.Time, seen []alerts.SeenService) error
	// BudgetStates returns the states of the month's budgets.
	BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error)
	// Record writes what a check found in one transaction, deliveries included. It returns ErrConflict, and writes
	// nothing, if an alert of the same key exists or a budget state has a newer revision, and ErrOldRules if the rules of this process
	// are no longer the current ones.
	Record(ctx context.Context, outcome alerts.Outcome) error
	// ByParent returns what the parent message shows once all its deliveries have arrived, or false if it is not kept.
	ByParent(ctx context.Context, parentID string) (alerts.Delivery, bool, error)
	// Waiting returns the month's thresholds and forecasts that are not posted yet, by delivery.
	Waiting(ctx context.Context, month billing.Month) ([]alerts.Waiting, error)
	// ForecastErrors returns how far each budget's forecasts were off, in the closed months from the given one on.
	ForecastErrors(ctx context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error)
	// Incidents returns the incidents of the month and those after it, those of no month, and all kept incidents about new items.
	Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error)
	// KnownRules returns the names of all rules that ever had a budget state, mapped to the hash last recorded.
	KnownRules(ctx context.Context) (map[string]string, error)
}
