package decide

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
)

// How a budget that was spoken of goes on.
const (
	// refreshAfter is how long the figures of a root message stand before they are edited.
	refreshAfter = 24 * time.Hour
	// fallMargin is how far below a level usage must be restated for the level to come down, in percent of the level, so
	// that a figure that wavers around it is not said twice.
	fallMargin = 2
)

// Past is what is remembered of a budget when a check looks at it.
type Past struct {
	// Standing is the budget's own of this month; its Revision is 0 where there is none yet.
	Standing alerts.Standing
	// SeenHash is the rule's hash as last recorded for the budget, empty for a rule never seen before. Where the budget has no
	// standing in the month, it is the one that a rule that counts the same would have.
	SeenHash string
	// TakenBack tells that something waited to be posted of the budget and was taken back: the Standing is without it.
	TakenBack bool
	// Waits tells that something waits to be posted of the budget, and goes on waiting.
	Waits bool
	Hours rules.Calendar // when people work
}

// Decision is what to do about one finding, and why.
type Decision struct {
	Reason alerts.Reason
	// Speak is the kind of delivery, empty to keep silent. A rise or a note is a reply and an edit of the root.
	Speak alerts.DeliveryKind
	// Passed are the levels that this finding is the first to reach, rising.
	Passed []rules.Level
	// Foretells is the level above which the month is likely to end, where this finding is the first to tell; else 0.
	Foretells rules.Level
	// Taken are levels that the edit of a rule has put the budget past, rising, and that Passed are told with.
	Taken []rules.Level
	// Lift tells that levels above Standing.Level no longer hold, or, where LiftAll is set, that nothing said before does but
	// levels up to Kept.
	Lift, LiftAll bool
	Kept          rules.Level
	// LiftForecast tells that a forecast that was said no longer holds.
	LiftForecast bool
	// Since is when people were last told, where they are called.
	Since time.Time
	// Standing is what to remember, where Changed is set.
	Standing alerts.Standing
	Changed  bool
}

// Decide says what a finding changes in what is remembered of its budget, and whether that is worth a message.
func Decide(past Past, f evaluate.Finding, now time.Time) Decision {
	d := decide(past, f, now)
	if past.Waits && d.Reason == alerts.ReasonAlreadySaid {
		d.Reason = alerts.ReasonWaits
	}
	if past.TakenBack {
		d.Changed = true
		d.Standing.Ack.Level = min(d.Standing.Ack.Level, d.Standing.Level)
		dropAnswer(&d.Standing)
	}
	return d
}

func decide(past Past, f evaluate.Finding, now time.Time) Decision {
	before := past.Standing
	if f.Unknown != "" {
		return decideUnknown(before, f)
	}
	if f.Month.IsOver(now) && before.Revision > 0 {
		return decideLate(past, f, now)
	}
	d := takeOver(before, f)
	switch {
	case past.SeenHash == "":
		return d.takeSilently(before, f, now)
	case past.SeenHash != f.Hash():
		return d.takeEdit(past, f, now)
	}
	d.foresee(before, f)
	if f.Level > before.Level {
		return d.rise(before, f, now)
	}
	if held := held(f, before.Level); held < before.Level {
		return d.fall(before, f, held, now)
	}
	if d.isForecastDue(f) {
		return d.warn(before, f, now)
	}
	if isCallDue(&f, before, past.Hours, now) {
		return d.call(before, now)
	}
	return d.stay(before, f, now)
}

// takeOver takes the finding's figures over.
func takeOver(before alerts.Standing, f evaluate.Finding) Decision {
	next := before
	next.BudgetID, next.ServiceID, next.RuleHash, next.Unknown = f.BudgetID, f.ServiceID, f.Hash(), ""
	next.Used, next.Limit, next.Version, next.CountedTo = f.Used, f.Limit, f.Version, f.CountedTo
	return Decision{Standing: next, Changed: before.Revision == 0 || before.Version != f.Version || before.Unknown != "" || before.ServiceID != f.ServiceID}
}

// decideUnknown keeps the figures as they were: unknown is never zero, and never news. A budget without a standing gets one
// without a hash, so that people can read why there is no figure, and so that the rule is as new as before.
func decideUnknown(before alerts.Standing, f evaluate.Finding) Decision {
	d := Decision{Reason: alerts.ReasonUnknown, Standing: before}
	if before.Revision == 0 || before.Unknown != f.Unknown {
		d.Standing.BudgetID, d.Standing.Unknown, d.Changed = f.BudgetID, f.Unknown, true
	}
	return d
}

// takeSilently makes the levels reached so far the rule's past without an alert: a summary tells of them. A forecast is no past: it
// begins anew, and is said when it is sure.
func (d Decision) takeSilently(before alerts.Standing, f evaluate.Finding, now time.Time) Decision {
	d.Reason, d.Changed, d.LiftAll = alerts.ReasonNewRule, true, true
	d.Passed = f.Rule.Between(0, f.Level)
	d.Standing.Level, d.Standing.Ack = f.Level, alerts.Answer{}
	d.Standing.Falls = nil
	d.Standing.Foretold, d.Standing.Track = 0, forecast.Track{}.Next(f.Chance(), f.Version)
	return d.edit(before, now)
}

// takeEdit is takeSilently for a rule that was changed: what its edit alone has put past a level is taken, and what usage has crossed since
// the figures before is news. Where the rule counts the same as before, against another limit, levels that were posted and still
// hold stay posted; where it counts something else, nothing says when a level was crossed. What was posted in the month under the form that the
// rule has now, and still holds, stays posted as well.
func (d Decision) takeEdit(past Past, f evaluate.Finding, now time.Time) Decision {
	before, edited := past.Standing, f.Level
	form := before.FormOf(f.Hash())
	alike := before.Revision > 0 && rules.CountsAlike(past.SeenHash, f.Hash())
	if alike {
		then := f
		then.Used = before.Used
		edited = min(then.Reached(), f.Level)
	}
	posted := held(f, form.Level)
	edited = max(edited, posted)
	if alike {
		d.Kept = min(before.Level, edited)
	}
	edit := f
	edit.Level = edited
	d = d.takeSilently(before, edit, now)
	d.Standing.Forms = before.FormsAfter(past.SeenHash, f.Hash())
	d.Taken, d.Passed = f.Rule.Between(d.Kept, posted), f.Rule.Between(max(d.Kept, posted), edited)
	if d.Reason = alerts.ReasonChangedRule; form.Hash != "" && len(d.Passed) == 0 {
		d.Reason = alerts.ReasonRuleIsBack
	}
	if edited < alerts.OverLevel {
		d.Standing.OverAt, d.Standing.Calls = time.Time{}, 0
	}
	if alike {
		d.Standing.Ack = before.Ack
	}
	if form.Hash != "" {
		d.bringBack(form, f, now)
	}
	d.Standing.Ack.Level = min(d.Standing.Ack.Level, edited)
	dropAnswer(&d.Standing)
	if f.Level <= edited {
		return d
	}
	before.Level, d.Taken, d.Speak, d.Standing.SaidAt = edited, append(d.Taken, d.Passed...), "", past.Standing.SaidAt
	return d.rise(before, f, now)
}

func (d Decision) rise(before alerts.Standing, f evaluate.Finding, now time.Time) Decision {
	d.Passed = f.Rule.Between(before.Level, f.Level)
	d.Standing.Level, d.Changed = f.Level, true
	d.carryForecast(f)
	why := alerts.ReasonFirstLevel
	if before.Level > 0 {
		why = alerts.ReasonLevelRose
	}
	if d.Foretells == 0 && !before.Muted() && wavers(d.Standing, d.Passed, now) {
		return d.waver(before, now)
	}
	return d.tell(before, f, why, now)
}

// warn says that the month is likely to end above the budget.
func (d Decision) warn(before alerts.Standing, f evaluate.Finding, now time.Time) Decision {
	d.foretell(f.Rule.Forecast)
	return d.tell(before, f, alerts.ReasonLikelyOver, now)
}

// tell says something new in the channel: as a reply under the root where it has one there that people have seen.
func (d Decision) tell(before alerts.Standing, f evaluate.Finding, why alerts.Reason, now time.Time) Decision {
	if before.Muted() {
		d.Reason = alerts.ReasonMuted
		return d.edit(before, now)
	}
	if d.Standing.Level >= alerts.OverLevel && len(d.Passed) > 0 {
		d.Standing.OverAt = now
	}
	d.Reason, d.Speak, d.Standing.SaidAt = why, alerts.DeliverRoot, now
	if before.RootID != "" && isIn(before, f.Route().Channel) {
		d.Speak = alerts.DeliverRise
		return d
	}
	d.Standing.RootID, d.Standing.RootChannel, d.Standing.HeldUntil = "", "", time.Time{} // a root in a channel that the rule has left stays as it is
	return d
}

// waver lets the root show what was posted already. Where it is over, people have as long again to answer before they are called.
func (d Decision) waver(before alerts.Standing, now time.Time) Decision {
	d.Reason = alerts.ReasonWavers
	if d.Standing.Level >= alerts.OverLevel {
		d.Standing.OverAt = now
	}
	return d.edit(before, now)
}

func (d Decision) fall(before alerts.Standing, f evaluate.Finding, held rules.Level, now time.Time) Decision {
	d.Reason, d.Changed, d.Lift = alerts.ReasonRestated, true, true
	d.Standing.Level = held
	if !before.Muted() {
		d.Standing.Falls = fell(before.Falls, append(f.Rule.Between(held, before.Level-1), before.Level), now)
	}
	d.Standing.Ack.Level = min(before.Ack.Level, held) // what is reached again is said again, and wants a new answer
	if d.isForecastDue(f) {
		d.foretell(f.Rule.Forecast) // over became likely over: less than what was said, and no news
	}
	return d.edit(before, now)
}

func (d Decision) stay(before alerts.Standing, f evaluate.Finding, now time.Time) Decision {
	switch {
	case d.LiftForecast && tellsOther(before, f):
		d.Reason = alerts.ReasonChangedRule
		return d.edit(before, now)
	case d.LiftForecast:
		d.Reason = alerts.ReasonBackOn
		return d.edit(before, now)
	case before.RootID != "" && d.Changed && now.Sub(before.SaidAt) >= refreshAfter:
		d.Reason = alerts.ReasonRefresh
		return d.edit(before, now)
	case before.Level > 0:
		d.Reason = alerts.ReasonAlreadySaid
	case d.Standing.Foretold > 0:
		d.Reason = alerts.ReasonForetold
	default:
		d.Reason = alerts.ReasonBelow
	}
	return d
}

// edit lets the root show what is so now.
func (d Decision) edit(before alerts.Standing, now time.Time) Decision {
	dropAnswer(&d.Standing)
	if before.RootID != "" {
		d.Speak, d.Standing.SaidAt = alerts.DeliverRefresh, now
	}
	return d
}

// dropAnswer forgets an acknowledgement where nothing is left that somebody could have in hand.
func dropAnswer(s *alerts.Standing) {
	if s.Level == 0 && s.Foretold == 0 {
		s.Ack = alerts.Answer{}
	}
}

// isIn reports whether the root is where the rule speaks now. Of an older one it is not known where it is.
func isIn(s alerts.Standing, channel string) bool {
	return s.RootChannel == "" || s.RootChannel == channel
}

// held returns the highest level up to said that usage has not been restated clearly below: a threshold of the rule, or the level that was
// posted, also where an edit has taken that threshold out of the rule.
func held(f evaluate.Finding, said rules.Level) rules.Level {
	for _, threshold := range slices.Backward(append(f.Rule.Between(0, said-1), said)) {
		floor := f.At(threshold).Mul(decimal.New(100-fallMargin, -2))
		if f.Used.GreaterThan(floor) {
			return threshold
		}
	}
	return 0
}

// bringBack lets what was posted and answered under the form hold again. Where it is over, people have as long again to answer before they are
// called.
func (d *Decision) bringBack(form alerts.Form, f evaluate.Finding, now time.Time) {
	s := &d.Standing
	s.Calls, s.Falls = max(s.Calls, form.Calls), form.Falls
	if s.Level >= alerts.OverLevel && !form.OverAt.IsZero() {
		s.OverAt = now
	}
	if form.Foretold > max(s.Level, f.Level) {
		s.Foretold, d.Foretells = form.Foretold, form.Foretold
		s.Track = forecast.Track{Likely: true}.Next(f.Chance(), f.Version)
	}
	if !s.Ack.Given() || form.Ack.Level > s.Ack.Level {
		s.Ack = form.Ack
	}
}
