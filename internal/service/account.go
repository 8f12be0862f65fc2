package service

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// ReadAccount reads what rules are checked against: usage of the last months and, if there is a money budget, the newest
// bill. If the bill cannot be read, the currency stays unknown.
func (s *sources) ReadAccount(ctx context.Context, rules *rules.Rules, log *zap.Logger) (evaluate.Account, error) {
	var account evaluate.Account
	var asked sync.WaitGroup
	if rules.HaveMoney() {
		asked.Go(func() { account.Bill = s.newestBill(ctx, log) })
	}
	reading, err := s.Usage.Read(ctx, LastMonths(time.Now()))
	asked.Wait()
	account.Rows = reading.Rows
	return account, err
}

func (s *sources) newestBill(ctx context.Context, log *zap.Logger) *billing.Bill {
	reading, err := s.Bills.ReadBills(ctx, LastMonths(time.Now()), time.Now())
	if err != nil {
		log.Warn("rules not held against a bill", zap.Error(err))
	}
	return billing.NewestKnown(reading.Bills)
}

// LastMonths is the range that one call of the usage endpoint covers: this month and the two before.
func LastMonths(now time.Time) billing.Range {
	month := billing.MonthOf(now)
	return billing.Range{First: month.Add(-2), Last: month}
}
