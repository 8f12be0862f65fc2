package alerts

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// fakeLedger answers as its fields do. A call of one that is not set fails the test.
type fakeLedger struct {
	t         *testing.T
	claim     func(ctx context.Context, owner string, now time.Time, every, lease time.Duration) (bool, error)
	finish    func(owner string, now time.Time, failure string) error
	release   func(owner string) error
	standings func(month billing.Month) ([]Standing, error)
	record    func(outcome Outcome) error
	known     func() (map[string]string, error)
	waiting   func(month billing.Month) ([]Waiting, error)
	onRoot    func(rootID string) (Delivery, bool, error)
	misses    func(since billing.Month) (map[BudgetName][]forecast.Miss, error)
	episodes  func(since billing.Month) ([]Episode, error)
	health    func(outcome Outcome) error // records outcomes of the bot's own health, which nobody compared anything for
}

func (l *fakeLedger) OnRoot(_ context.Context, rootID string) (Delivery, bool, error) {
	if l.onRoot == nil {
		l.t.Errorf("OnRoot was called with %s", rootID)
		return Delivery{}, false, nil
	}
	return l.onRoot(rootID)
}

// Waiting finds nothing where a test does not say.
func (l *fakeLedger) Waiting(_ context.Context, month billing.Month) ([]Waiting, error) {
	if l.waiting == nil {
		return nil, nil
	}
	return l.waiting(month)
}

// Misses finds nothing where a test does not say.
func (l *fakeLedger) Misses(_ context.Context, since billing.Month) (map[BudgetName][]forecast.Miss, error) {
	if l.misses == nil {
		return nil, nil
	}
	return l.misses(since)
}

func (l *fakeLedger) ClaimCheck(ctx context.Context, owner string, now time.Time, every, lease time.Duration) (bool, error) {
	if l.claim == nil {
		l.t.Error("ClaimCheck was called")
		return false, nil
	}
	return l.claim(ctx, owner, now, every, lease)
}

func (l *fakeLedger) FinishCheck(_ context.Context, owner string, now time.Time, failure string) error {
	if l.finish == nil {
		l.t.Errorf("FinishCheck was called with %q", failure)
		return nil
	}
	return l.finish(owner, now, failure)
}

func (l *fakeLedger) ReleaseCheck(_ context.Context, owner string) error {
	if l.release == nil {
		l.t.Errorf("ReleaseCheck was called by %s", owner)
		return nil
	}
	return l.release(owner)
}

func (l *fakeLedger) CheckStatus(context.Context) (CheckStatus, error) {
	l.t.Error("CheckStatus was called")
	return CheckStatus{}, nil
}

func (l *fakeLedger) Standings(_ context.Context, month billing.Month) ([]Standing, error) {
	if l.standings == nil {
		l.t.Errorf("Standings was called with %s", month)
		return nil, nil
	}
	return l.standings(month)
}

func (l *fakeLedger) Episodes(_ context.Context, since billing.Month) ([]Episode, error) {
	if l.episodes == nil {
		l.t.Errorf("Episodes was called with %s", since)
		return nil, nil
	}
	return l.episodes(since)
}

func (l *fakeLedger) Record(_ context.Context, outcome Outcome) error {
	if l.health != nil && len(outcome.Episodes) > 0 && outcome.Usage == nil {
		return l.health(outcome)
	}
	if l.record == nil {
		l.t.Errorf("Record was called with %+v", outcome)
		return nil
	}
	return l.record(outcome)
}

func (l *fakeLedger) KnownRules(context.Context) (map[string]string, error) {
	if l.known == nil {
		l.t.Error("KnownRules was called")
		return nil, nil
	}
	return l.known()
}

// fakeSource answers as its fields do. A call of one that is not set fails the test.
type fakeSource struct {
	t        *testing.T
	usage    func(ctx context.Context, months billing.Range) ([]billing.Usage, error)
	services func(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error
}

func (s *fakeSource) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	if s.usage == nil {
		s.t.Errorf("Usage was called with %s", months)
		return nil, nil
	}
	return s.usage(ctx, months)
}

func (s *fakeSource) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if s.services == nil {
		s.t.Errorf("ServiceUsage was called with %+v", query)
		return nil
	}
	return s.services(ctx, query, page)
}

// bench is a checker with a ledger and a source that a test sets up, and what it logs.
type bench struct {
	*Checker
	ledger   *fakeLedger
	source   *fakeSource
	finished []string // the failures that checks ended with, "" for none
	logged   *observer.ObservedLogs
}

const checkedRule = "rules: [{name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: cdn}]"

// newBench returns one where a check is due, is claimed, finds the account as it is, and remembers nothing.
func newBench(t *testing.T, set string) *bench {
	b := &bench{ledger: &fakeLedger{t: t}, source: &fakeSource{t: t}}
	b.ledger.claim = func(context.Context, string, time.Time, time.Duration, time.Duration) (bool, error) { return true, nil }
	b.ledger.finish = func(_ string, _ time.Time, failure string) error {
		b.finished = append(b.finished, failure)
		return nil
	}
	b.ledger.standings = func(billing.Month) ([]Standing, error) { return nil, nil }
	b.ledger.known = func() (map[string]string, error) { return map[string]string{}, nil }
	b.ledger.episodes = func(billing.Month) ([]Episode, error) { return nil, nil }
	b.ledger.health = func(Outcome) error { return nil }
	b.source.usage = func(context.Context, billing.Range) ([]billing.Usage, error) { return account(), nil }
	core, logged := observer.New(zapcore.DebugLevel)
	b.logged = logged
	loaded := load(t, set)
	b.Checker = NewChecker(CheckerConfig{
		Source: b.source, Ledger: b.ledger, Rules: func() *rules.Rules { return loaded }, Owner: "me", Every: time.Hour,
		Now: func() time.Time { return noon }, NewID: newBook().newID, Log: zap.New(core),
	})
	b.lateDay = billing.DayOf(noon) // the month before was looked at today
	return b
}

// messages returns what was logged at the level.
func (b *bench) messages(level zapcore.Level) []string {
	var texts []string
	for _, entry := range b.logged.FilterLevelExact(level).All() {
		texts = append(texts, entry.Message)
	}
	return texts
}
