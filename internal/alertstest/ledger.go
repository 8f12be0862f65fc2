package alertstest

import (
	"context"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
)

// FakeLedger answers as its fields do. A call of one that is not set fails the test.
type FakeLedger struct {
	T                *testing.T
	OnClaim          func(ctx context.Context, owner string, now time.Time, every, lease time.Duration) (bool, error)
	OnFinish         func(owner string, now time.Time, failure string) error
	OnRelease        func(owner string) error
	OnBudgetStates   func(month billing.Month) ([]alerts.BudgetState, error)
	OnRecord         func(outcome alerts.Outcome) error
	Known            func() (map[string]string, error)
	OnWaiting        func(month billing.Month) ([]alerts.Waiting, error)
	OnByParent       func(parentID string) (alerts.Delivery, bool, error)
	OnForecastErrors func(since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error)
	OnIncidents      func(since billing.Month) ([]alerts.Incident, error)
	OnRecordedSince  func(ctx context.Context, since billing.Month) ([]daily.Recorded, error)
	DrawerOfServices
	Health func(outcome alerts.Outcome) error // records outcomes of the bot's own health, which nobody compared anything for
}

// ByParent answers as the test says.
func (l *FakeLedger) ByParent(_ context.Context, parentID string) (alerts.Delivery, bool, error) {
	if l.OnByParent == nil {
		l.T.Errorf("ByParent was called with %s", parentID)
		return alerts.Delivery{}, false, nil
	}
	return l.OnByParent(parentID)
}

// Waiting finds nothing where a test does not say.
func (l *FakeLedger) Waiting(_ context.Context, month billing.Month) ([]alerts.Waiting, error) {
	if l.OnWaiting == nil {
		return nil, nil
	}
	return l.OnWaiting(month)
}

// ForecastErrors finds nothing where a test does not say.
func (l *FakeLedger) ForecastErrors(_ context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error) {
	if l.OnForecastErrors == nil {
		return nil, nil
	}
	return l.OnForecastErrors(since)
}

// RecordedSince finds nothing where a test does not say.
func (l *FakeLedger) RecordedSince(ctx context.Context, since billing.Month) ([]daily.Recorded, error) {
	if l.OnRecordedSince == nil {
		return nil, nil
	}
	return l.OnRecordedSince(ctx, since)
}

// Claim answers as the test says.
func (l *FakeLedger) Claim(ctx context.Context, task, owner string, now, next time.Time, lease time.Duration) (bool, error) {
	if l.OnClaim == nil || task != alerts.TaskCheck {
		l.T.Errorf("Claim was called of %s", task)
		return false, nil
	}
	return l.OnClaim(ctx, owner, now, next.Sub(now), lease)
}

// Finish answers as the test says.
func (l *FakeLedger) Finish(_ context.Context, end alerts.Finished) error {
	if l.OnFinish == nil || len(end.Deliveries) > 0 {
		l.T.Errorf("Finish was called with %+v", end)
		return nil
	}
	return l.OnFinish(end.Owner, end.At, end.Failure)
}

// Release answers as the test says.
func (l *FakeLedger) Release(_ context.Context, _, owner string) error {
	if l.OnRelease == nil {
		l.T.Errorf("Release was called by %s", owner)
		return nil
	}
	return l.OnRelease(owner)
}

// BudgetStates answers as the test says.
func (l *FakeLedger) BudgetStates(_ context.Context, month billing.Month) ([]alerts.BudgetState, error) {
	if l.OnBudgetStates == nil {
		l.T.Errorf("BudgetStates was called with %s", month)
		return nil, nil
	}
	return l.OnBudgetStates(month)
}

// Incidents answers as the test says.
func (l *FakeLedger) Incidents(_ context.Context, since billing.Month) ([]alerts.Incident, error) {
	if l.OnIncidents == nil {
		l.T.Errorf("Incidents was called with %s", since)
		return nil, nil
	}
	return l.OnIncidents(since)
}

// Record answers as the test says.
func (l *FakeLedger) Record(_ context.Context, outcome alerts.Outcome) error {
	if l.Health != nil && len(outcome.Incidents) > 0 && outcome.Usage == nil {
		return l.Health(outcome)
	}
	if l.OnRecord == nil {
		l.T.Errorf("Record was called with %+v", outcome)
		return nil
	}
	return l.OnRecord(outcome)
}

// KnownRules answers as the test says.
func (l *FakeLedger) KnownRules(context.Context) (map[string]string, error) {
	if l.Known == nil {
		l.T.Error("KnownRules was called")
		return nil, nil
	}
	return l.Known()
}

// FakeSource answers as its fields do. A call of one that is not set fails the test.
type FakeSource struct {
	T        *testing.T
	OnUsage  func(ctx context.Context, months billing.Range) ([]billing.Usage, error)
	Services func(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error
}

// Usage answers as the test says.
func (s *FakeSource) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	if s.OnUsage == nil {
		s.T.Errorf("Usage was called with %s", months)
		return nil, nil
	}
	return s.OnUsage(ctx, months)
}

// ServiceUsage answers as the test says.
func (s *FakeSource) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if s.Services == nil {
		s.T.Errorf("ServiceUsage was called with %+v", query)
		return nil
	}
	return s.Services(ctx, query, page)
}
