package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
)

// takingBack is what a check drops of the waiting messages, and the budget states without them.
type takingBack struct {
	waiting      map[alerts.BudgetID][]alerts.Waiting
	listed       map[string][]alerts.BudgetID           // the budgets of a delivery
	budgetStates map[alerts.BudgetID]alerts.BudgetState // as before the check
	back         map[alerts.BudgetID]alerts.BudgetState // of the budgets that are taken back
	dropped      map[string]bool                        // the deliveries
	order        []alerts.BudgetID                      // of back
}

func newTakingBack(memory alerts.Memory) *takingBack {
	t := &takingBack{
		waiting: map[alerts.BudgetID][]alerts.Waiting{}, listed: map[string][]alerts.BudgetID{}, budgetStates: map[alerts.BudgetID]alerts.BudgetState{},
		back: map[alerts.BudgetID]alerts.BudgetState{}, dropped: map[string]bool{},
	}
	for _, state := range memory.BudgetStates {
		t.budgetStates[state.BudgetID] = state
	}
	for _, w := range memory.Waiting {
		t.waiting[w.BudgetID] = append(t.waiting[w.BudgetID], w)
		t.listed[w.DeliveryID] = append(t.listed[w.DeliveryID], w.BudgetID)
	}
	return t
}

// take drops every waiting message about a budget. A message that lists other budgets is dropped as a whole, and those are decided
// anew too.
func (t *takingBack) take(id alerts.BudgetID) {
	if _, done := t.back[id]; done {
		return
	}
	t.back[id] = withoutWaiting(t.budgetStates[id], t.waiting[id])
	t.order = append(t.order, id)
	for _, w := range t.waiting[id] {
		t.dropped[w.DeliveryID] = true
		for _, other := range t.listed[w.DeliveryID] {
			t.take(other)
		}
	}
}

// withoutWaiting is the budget state as if the waiting messages had never been decided on.
func withoutWaiting(s alerts.BudgetState, waiting []alerts.Waiting) alerts.BudgetState {
	for _, w := range waiting {
		switch w.Kind {
		case alerts.KindBudget:
			s.Threshold = min(s.Threshold, w.Seen)
		case alerts.KindForecast:
			s.ForecastThreshold = min(s.ForecastThreshold, w.Seen)
		case alerts.KindChange:
		}
		if s.ParentID == w.DeliveryID {
			s.ParentID, s.ParentChannel, s.DeferredUntil = "", "", time.Time{}
		}
	}
	if s.Threshold < alerts.OverThreshold {
		s.OverAt, s.Escalations = time.Time{}, 0
	}
	return s
}

// isOutdated reports whether a waiting message about the budget would now read otherwise, go elsewhere, or not be posted at all.
func isOutdated(waiting []alerts.Waiting, past Past, f *evaluate.Finding, now time.Time) bool {
	before := past.BudgetState
	switch {
	case len(waiting) == 0 || f.Unknown != "":
		return false
	case hasMoved(waiting, f.Route().Channel):
		return true
	case f.Month.IsOver(now):
		return false
	case before.Muted(), past.SeenHash != f.Hash(), f.Threshold > before.Threshold, stillReached(*f, before.Threshold) < before.Threshold:
		return true
	}
	likely := before.Track.Next(f.Chance(), f.Version).Likely
	isDue := likely && before.ForecastThreshold == 0 && before.Threshold < f.Rule.Forecast
	isOff := before.ForecastThreshold > 0 && (!likely || isOfOtherThreshold(before, *f))
	isOld := before.Version != f.Version && !before.PostedAt.IsZero() && now.Sub(before.PostedAt) >= updateAfter
	return isDue || isOff || isOld
}

// hasMoved reports whether a message waits for another channel than the budget's.
func hasMoved(waiting []alerts.Waiting, channel string) bool {
	for _, w := range waiting {
		if w.Channel != channel {
			return true
		}
	}
	return false
}

// undo drops the waiting messages that are out of date, so that their budgets are decided on as if these had never been recorded.
func (p *Plan) undo() {
	p.taken = newTakingBack(p.memory)
	for i := range p.Findings {
		f := &p.Findings[i]
		if isOutdated(p.taken.waiting[f.BudgetID], pastOf(p.memory, p.taken.budgetStates[f.BudgetID], f), f, p.now) {
			p.taken.take(f.BudgetID)
		}
	}
}

// budgetState is the budget's state before the check, without the dropped messages.
func (t *takingBack) budgetState(id alerts.BudgetID) (s alerts.BudgetState, isBack bool) {
	if s, isBack = t.back[id]; isBack {
		return s, true
	}
	return t.budgetStates[id], false
}

// write adds a budget state to the outcome, in place of an earlier one of that budget.
func (c *composer) write(s alerts.BudgetState) {
	at := slices.IndexFunc(c.Outcome.BudgetStates, func(noted alerts.BudgetState) bool { return noted.BudgetID == s.BudgetID })
	if at < 0 {
		c.Outcome.BudgetStates = append(c.Outcome.BudgetStates, s)
		return
	}
	c.Outcome.BudgetStates[at] = s
}

func (c *composer) withdraw(id string) {
	if !slices.Contains(c.Outcome.Withdrawn, id) {
		c.Outcome.Withdrawn = append(c.Outcome.Withdrawn, id)
	}
}

// giveBack records what was dropped: the deliveries, and the thresholds and forecasts in them. It also writes the states of budgets
// that have no finding; the decisions write the others.
func (c *composer) giveBack() {
	decided := map[alerts.BudgetID]bool{}
	for i := range c.Findings {
		decided[c.Findings[i].BudgetID] = true
	}
	for _, id := range c.taken.order {
		for _, w := range c.taken.waiting[id] {
			if c.taken.dropped[w.DeliveryID] {
				c.withdraw(w.DeliveryID)
			}
			c.Outcome.Lifts = append(c.Outcome.Lifts, alerts.Rearm{BudgetID: id, Kind: w.Kind, Above: w.Seen})
		}
		if !decided[id] {
			c.write(c.taken.back[id])
		}
	}
}
