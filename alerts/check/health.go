package check

import (
	"context"
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
	var planner *decide.IncidentPlanner
	err := alerts.Retrying(func() (err error) {
		if planner, err = c.planIncidents(ctx, c.Rules(), billing.MonthOf(now), now); err != nil {
			return err
		}
		seen := observationOf(result)
		if err = c.hadFigures(ctx, seen.Unknown, billing.MonthOf(now)); err != nil {
			return err
		}
		planner.Health(seen, c.Every)
		return c.recordIncidents(ctx, planner)
	})
	if err != nil {
		c.Log.Warn("bot health not watched", zap.Error(err))
		return
	}
	logTroubles(c.Log, planner.Incidents)
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
