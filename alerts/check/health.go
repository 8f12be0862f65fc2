package check

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// observationOf returns what the check of the current month saw.
func observationOf(r Result) decide.Observation {
	if !r.compared {
		return decide.Observation{Failure: r.Err}
	}
	return decide.Observation{
		Compared: true, CountedTo: evaluate.NewestOf(r.reading.Rows), Usual: r.reading.Archive.UsualGap(),
		Unread: r.reading.Services.Unread(), Services: r.reading.UnreadServices, Bill: r.reading.UnreadBill,
		Unknown: unknownsOf(r),
	}
}

// watchHealth posts troubles that a check saw to the operators. If that cannot be recorded, the next check tries again:
// what was compared stays recorded.
func (c *Checker) watchHealth(ctx context.Context, result Result, now time.Time) {
	var h decide.Health
	err := alerts.Retrying(func() (err error) {
		if h, err = c.examine(ctx, result, now); err != nil || len(h.Incidents) == 0 {
			return err
		}
		c.lookFirst(h.Deliveries)
		return c.Ledger.Record(ctx, h.Outcome)
	})
	if err != nil {
		c.Log.Warn("bot health not watched", zap.Error(err))
		return
	}
	logTroubles(c.Log, h.Incidents)
}

// examine decides on the bot's own health from what the ledger remembers of it.
func (c *Checker) examine(ctx context.Context, result Result, now time.Time) (decide.Health, error) {
	operators, seen := c.Rules().Operators, observationOf(result)
	h := decide.Health{Operators: operators.Channel, Now: now, NewID: c.NewID, Outcome: alerts.Outcome{At: now}}
	remembered, err := c.Ledger.Incidents(ctx, billing.MonthOf(now))
	if err != nil {
		return h, fmt.Errorf("read the incidents: %w", err)
	}
	if err := c.hadFigures(ctx, seen.Unknown, billing.MonthOf(now)); err != nil {
		return h, err
	}
	h.Watch(remembered, seen.Symptoms(operators.StaleAfter, c.Every, now))
	if seen.Compared {
		h.WatchUnknown(remembered, seen.Unknown, operators.StaleAfter)
	}
	return h, nil
}

func logTroubles(log *zap.Logger, incidents []alerts.Incident) {
	for _, e := range incidents {
		fields := []zap.Field{zap.String("kind", string(e.Kind)), zap.String("state", string(e.State)), zap.String("cause", e.Report.Trouble.Cause)}
		for _, u := range e.Report.Trouble.Unknown {
			fields = append(fields, zap.String("rule", u.Rule), zap.String("why", u.Why))
			break // one budget of many is enough
		}
		log.Info("trouble", fields...)
	}
}
