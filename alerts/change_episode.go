package alerts

import "time"

// turn is what becomes of an episode in one check, and why.
type turn struct {
	Episode
	Reason  Reason
	Speak   DeliveryKind // empty to keep silent
	Changed bool         // whether there is anything to remember
}

// decideChange says what a check changes in what is remembered of a rule with change in its month.
//
// What is above both floors on two data versions is said once a month. After that the message is edited: at most daily while it
// lasts, when it ends, when it comes back, and when the month is over.
func decideChange(before Episode, c change, now time.Time) turn {
	t := turn{Episode: before}
	t.Report.Growth = &c.growth
	if !c.known {
		return t.unknown(before, c)
	}
	fresh := before.Version != c.version
	t.Version, t.CountedTo = c.version, c.growth.CountedTo
	t.Changed = fresh || before.State == "" || before.unknown()
	if c.growth.Closed {
		return t.close(before, now)
	}
	switch before.State {
	case EpisodeOpen:
		return t.goOn(before, c, now)
	case EpisodeOver:
		if c.floors {
			t.State, t.EndedAt = EpisodeOpen, time.Time{}
			return t.edit(ReasonGrewAgain)
		}
		return t.silent(ReasonCalmSoFar)
	case EpisodeWatched, EpisodeQuiet:
	}
	switch {
	case !c.floors:
		t.State, t.Since = EpisodeQuiet, time.Time{}
		return t.silent(ReasonCalmSoFar)
	case before.State != EpisodeWatched:
		t.State, t.Since = EpisodeWatched, now
		return t.silent(ReasonOneVersion)
	case !fresh:
		return t.silent(ReasonOneVersion)
	}
	t.State, t.Reason, t.Speak = EpisodeOpen, ReasonGrew, DeliverRoot
	return t
}

// unknown keeps the figures as they were, and says why there are no newer ones.
func (t turn) unknown(before Episode, c change) turn {
	t.State, t.Reason = before.State, ReasonUnknown
	if t.State == "" {
		t.State = EpisodeQuiet
	}
	last := c.growth
	if before.Report.Growth.Known() {
		last = *before.Report.Growth
		last.Unknown, last.Versus.Unknown, last.Versus.Why = c.growth.Unknown, c.growth.Versus.Unknown, c.growth.Versus.Why
	}
	t.Report.Growth = &last
	was := before.Report.Growth
	t.Changed = was == nil || was.Unknown != last.Unknown || was.Versus.Why != last.Versus.Why || was.Versus.Days != last.Versus.Days
	return t
}

func (t turn) goOn(before Episode, c change, now time.Time) turn {
	switch {
	case !c.floors:
		t.State, t.EndedAt = EpisodeOver, now
		return t.edit(ReasonCalm)
	case (t.Changed || before.SaidAt.IsZero()) && now.Sub(before.SaidAt) >= refreshAfter: // a rule that was renamed has no time
		return t.edit(ReasonRefresh)
	}
	return t.silent(ReasonGrewSaid)
}

// close gives what was said its last figures. A month of which nothing was said is left as it is.
func (t turn) close(before Episode, now time.Time) turn {
	if before.State != EpisodeOpen {
		t.Changed = false
		return t.silent(ReasonEnded)
	}
	t.State, t.EndedAt = EpisodeOver, now
	return t.edit(ReasonEnded)
}

func (t turn) edit(why Reason) turn {
	t.Reason, t.Speak, t.Changed = why, DeliverRefresh, true
	return t
}

func (t turn) silent(why Reason) turn {
	t.Reason = why
	return t
}

// unknown reports whether the last judgement could not be made.
func (e *Episode) unknown() bool {
	g := e.Report.Growth
	return g != nil && (g.Unknown != "" || g.Versus.Unknown)
}
