package answer

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// Respond applies a press to a budget state and returns the new state and its audit entry. The state keeps its Revision, by which the
// ledger notices that another writer was first. The error is a *Refusal.
func Respond(before alerts.BudgetState, p alerts.Press, now time.Time) (alerts.BudgetState, alerts.AuditEntry, error) {
	if obstacle := obstacleTo(p, before, now); obstacle != "" {
		return before, alerts.AuditEntry{}, &alerts.Refusal{Press: p, Obstacle: obstacle, BudgetState: before}
	}
	now = now.UTC().Truncate(time.Millisecond)
	next := before
	switch p.Act {
	case alerts.ActAcknowledge:
		next.Ack = alerts.Answer{By: p.By, At: now, Reason: p.Reason, Threshold: before.Threshold}
	case alerts.ActExplain:
		next.Ack.Reason = p.Reason
	case alerts.ActUnacknowledge:
		next.Ack, next.Forms = alerts.Answer{}, alerts.WithoutAcks(before.Forms)
	case alerts.ActMute:
		next.Mute = alerts.Answer{By: p.By, At: now, Threshold: before.Threshold}
	case alerts.ActUnmute:
		next.Mute = alerts.Answer{}
	}
	return next, alerts.AuditEntry{
		At: now, Actor: p.By, Act: p.Act, BudgetID: before.BudgetID, Threshold: before.Threshold, Detail: p.Reason,
		Revision: before.Revision + 1,
	}, nil
}

// obstacleTo checks the most specific obstacles first, so that the second of two people reads that the first has answered rather than that
// the message is outdated.
func obstacleTo(p alerts.Press, s alerts.BudgetState, now time.Time) alerts.Obstacle {
	acknowledged := s.Acknowledged(s.Threshold)
	switch {
	case s.Revision == 0:
		return alerts.ObstacleUnwatched
	case isLate(p.Act, s.Month, now), !s.ClosedAt.IsZero():
		return alerts.ObstacleMonthOver
	case p.Act == alerts.ActAcknowledge && acknowledged:
		return alerts.ObstacleAcknowledged
	case p.Act == alerts.ActAcknowledge && s.Threshold == 0 && s.ForecastThreshold == 0:
		return alerts.ObstacleNoAlert
	case p.Act == alerts.ActMute && s.Muted():
		return alerts.ObstacleMuted
	case p.Act == alerts.ActUnmute && !s.Muted():
		return alerts.ObstacleUnmuted
	case (p.Act == alerts.ActUnacknowledge || p.Act == alerts.ActExplain) && !acknowledged:
		return alerts.ObstacleUnacknowledged
	case p.Act == alerts.ActExplain && s.Ack.By != p.By:
		return alerts.ObstacleOthers
	case p.Shown != nil && !sameShown(*p.Shown, alerts.ShownOf(s.Threshold, s.Answers)):
		return alerts.ObstacleChanged
	}
	return ""
}

// isLate reports whether the action comes too late for the month. A message about a month's last day is posted in the next month and can
// still be acknowledged then, but muting it would have no effect.
func isLate(act alerts.Act, month billing.Month, now time.Time) bool {
	if act == alerts.ActMute {
		return month.IsOver(now)
	}
	return !now.Before(month.End().Add(alerts.LateFor))
}

func sameShown(a, b alerts.Shown) bool {
	return a.Threshold == b.Threshold && a.Answered.Equal(b.Answered)
}
