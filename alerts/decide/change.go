package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
)

// Turn is what becomes of an episode in one check, and why.
type Turn struct {
	alerts.Episode
	Reason  alerts.Reason
	Speak   alerts.DeliveryKind // empty to keep silent
	Changed bool                // whether there is anything to remember
}

// decideChange says what a check changes in what is remembered of a rule with change in its month.
//
// A change above both floors on two data versions is posted once a month. After that the message is edited: at most daily while it
// lasts, when it ends, when it comes back, and when the month is over.
func decideChange(before alerts.Episode, c evaluate.Change, now time.Time) Turn {
	t := Turn{Episode: before}
	t.Report.Growth = &c.Growth
	if !c.Known {
		return t.unknown(before, c)
	}
	fresh := before.Version != c.Version
	t.Version, t.CountedTo = c.Version, c.Growth.CountedTo
	t.Changed = fresh || before.State == "" || unknown(&before)
	if c.Growth.Closed {
		return t.close(before, now)
	}
	switch before.State {
	case alerts.EpisodeOpen:
		return t.goOn(before, c, now)
	case alerts.EpisodeOver:
		if c.Floors {
			t.State, t.EndedAt = alerts.EpisodeOpen, time.Time{}
			return t.edit(alerts.ReasonGrewAgain)
		}
		return t.silent(alerts.ReasonCalmSoFar)
	case alerts.EpisodeWatched, alerts.EpisodeQuiet:
	}
	switch {
	case !c.Floors:
		t.State, t.Since = alerts.EpisodeQuiet, time.Time{}
		return t.silent(alerts.ReasonCalmSoFar)
	case before.State != alerts.EpisodeWatched:
		t.State, t.Since = alerts.EpisodeWatched, now
		return t.silent(alerts.ReasonOneVersion)
	case !fresh:
		return t.silent(alerts.ReasonOneVersion)
	}
	t.State, t.Reason, t.Speak = alerts.EpisodeOpen, alerts.ReasonGrew, alerts.DeliverRoot
	return t
}

// unknown keeps the figures as they were, and says why there are no newer ones.
func (t Turn) unknown(before alerts.Episode, c evaluate.Change) Turn {
	t.State, t.Reason = before.State, alerts.ReasonUnknown
	if t.State == "" {
		t.State = alerts.EpisodeQuiet
	}
	last := c.Growth
	if before.Report.Growth.Known() {
		last = *before.Report.Growth
		last.Unknown, last.Versus.Unknown, last.Versus.Why = c.Growth.Unknown, c.Growth.Versus.Unknown, c.Growth.Versus.Why
	}
	t.Report.Growth = &last
	was := before.Report.Growth
	t.Changed = was == nil || was.Unknown != last.Unknown || was.Versus.Why != last.Versus.Why || was.Versus.Days != last.Versus.Days
	return t
}

func (t Turn) goOn(before alerts.Episode, c evaluate.Change, now time.Time) Turn {
	switch {
	case !c.Floors:
		t.State, t.EndedAt = alerts.EpisodeOver, now
		return t.edit(alerts.ReasonCalm)
	case (t.Changed || before.SaidAt.IsZero()) && now.Sub(before.SaidAt) >= refreshAfter: // a rule that was renamed has no time
		return t.edit(alerts.ReasonRefresh)
	}
	return t.silent(alerts.ReasonGrewSaid)
}

// close gives the posted message its final figures. A month without a message stays as it is.
func (t Turn) close(before alerts.Episode, now time.Time) Turn {
	if before.State != alerts.EpisodeOpen {
		t.Changed = false
		return t.silent(alerts.ReasonEnded)
	}
	t.State, t.EndedAt = alerts.EpisodeOver, now
	return t.edit(alerts.ReasonEnded)
}

func (t Turn) edit(why alerts.Reason) Turn {
	t.Reason, t.Speak, t.Changed = why, alerts.DeliverRefresh, true
	return t
}

func (t Turn) silent(why alerts.Reason) Turn {
	t.Reason = why
	return t
}

// unknown reports whether the last judgement could not be made.
func unknown(e *alerts.Episode) bool {
	g := e.Report.Growth
	return g != nil && (g.Unknown != "" || g.Versus.Unknown)
}
