package check

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// bench is a checker with a ledger and a source that a test sets up, and what it logs.
type bench struct {
	*Checker
	ledger   *alertstest.FakeLedger
	source   *alertstest.FakeSource
	finished []string // the failures that checks ended with, "" for none
	logged   *observer.ObservedLogs
}

const checkedRule = "rules: [{name: na, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: cdn, thresholds: [80%, 100%]}]"

// newBench returns one where a check is due, is claimed, finds the account as it is, and remembers nothing.
func newBench(t *testing.T, set string) *bench {
	b := &bench{ledger: &alertstest.FakeLedger{T: t}, source: &alertstest.FakeSource{T: t}}
	b.ledger.OnClaim = func(context.Context, string, time.Time, time.Duration, time.Duration) (bool, error) { return true, nil }
	b.ledger.OnFinish = func(_ string, _ time.Time, failure string) error {
		b.finished = append(b.finished, failure)
		return nil
	}
	b.ledger.OnBudgetStates = func(billing.Month) ([]alerts.BudgetState, error) { return nil, nil }
	b.ledger.Known = func() (map[string]string, error) { return map[string]string{}, nil }
	b.ledger.OnIncidents = func(billing.Month) ([]alerts.Incident, error) { return nil, nil }
	b.ledger.Health = func(alerts.Outcome) error { return nil }
	b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return alertstest.Account(), nil }
	core, logged := observer.New(zapcore.DebugLevel)
	b.logged = logged
	loaded := alertstest.Load(t, set)
	b.Checker = NewChecker(CheckerConfig{
		Source: b.source, Trial: b.source, Ledger: b.ledger, Rules: func() *rules.Rules { return loaded }, Owner: "me", Every: time.Hour,
		Now: func() time.Time { return alertstest.Noon }, NewID: alertstest.NewBook().NewID, Log: zap.New(core),
	})
	b.lateDay = billing.DayOf(alertstest.Noon) // the month before was looked at today
	return b
}

// messages returns what was logged at the threshold.
func (b *bench) messages(threshold zapcore.Level) []string {
	var texts []string
	for _, entry := range b.logged.FilterLevelExact(threshold).All() {
		texts = append(texts, entry.Message)
	}
	return texts
}

// serveServices answers every usage type with one page of services, and notes what it was asked for.
func (b *bench) serveServices(asked *[]string, page func(q billing.ServiceQuery) ([]billing.ServiceUsage, error)) {
	mu := make(chan struct{}, 1)
	b.source.Services = func(_ context.Context, q billing.ServiceQuery, add func([]billing.ServiceUsage) error) error {
		mu <- struct{}{}
		defer func() { <-mu }()
		*asked = append(*asked, q.Month.String())
		rows, err := page(q)
		if err != nil {
			return err
		}
		return add(rows)
	}
}
