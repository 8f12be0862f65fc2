package alerts

import (
	"slices"
	"time"

	"budgetbot/alerts/rules"
)

// Waiting is a threshold or a forecast in a message that nobody has seen yet and that no attempt is under way for: it can still be
// taken back, whatever it waits for.
type Waiting struct {
	BudgetID
	Kind       AlertKind
	Level      rules.Level
	DeliveryID string
	Sort       DeliveryKind // of the delivery
	Channel    string       // of the delivery, as the rules named it then
	// Seen is the highest level of the kind that the budget stands at without what waits: posted, or passed over in silence.
	Seen rules.Level
}

// takingBack is what a check takes back of what waits, and how the budgets stand then.
type takingBack struct {
	waiting   map[BudgetID][]Waiting
	listed    map[string][]BudgetID // the budgets of a delivery
	standings map[BudgetID]Standing // as before the check
	back      map[BudgetID]Standing // of the budgets that are taken back
	dropped   map[string]bool       // the deliveries
	order     []BudgetID            // of back
}

func newTakingBack(memory Memory) *takingBack {
	t := &takingBack{
		waiting: map[BudgetID][]Waiting{}, listed: map[string][]BudgetID{}, standings: map[BudgetID]Standing{},
		back: map[BudgetID]Standing{}, dropped: map[string]bool{},
	}
	for _, standing := range memory.Standings {
		t.standings[standing.BudgetID] = standing
	}
	for _, w := range memory.Waiting {
		t.waiting[w.BudgetID] = append(t.waiting[w.BudgetID], w)
		t.listed[w.DeliveryID] = append(t.listed[w.DeliveryID], w.BudgetID)
	}
	return t
}

// take takes back all that waits of a budget. A message that tells of others too is taken back as a whole, and they are decided on
// anew with it.
func (t *takingBack) take(id BudgetID) {
	if _, done := t.back[id]; done {
		return
	}
	t.back[id] = t.standings[id].without(t.waiting[id])
	t.order = append(t.order, id)
	for _, w := range t.waiting[id] {
		t.dropped[w.DeliveryID] = true
		for _, other := range t.listed[w.DeliveryID] {
			t.take(other)
		}
	}
}

// without is the standing as if what waits had never been decided on.
func (s Standing) without(waiting []Waiting) Standing {
	for _, w := range waiting {
		switch w.Kind {
		case KindBudget:
			s.Level = min(s.Level, w.Seen)
		case KindForecast:
			s.Foretold = min(s.Foretold, w.Seen)
		case KindChange:
		}
		if s.RootID == w.DeliveryID {
			s.RootID, s.RootChannel, s.HeldUntil = "", "", time.Time{}
		}
	}
	if s.Level < overLevel {
		s.OverAt, s.Calls = time.Time{}, 0
	}
	return s
}

// isOutdated reports whether what waits of a budget would be told otherwise by now, or elsewhere, or not at all.
func isOutdated(waiting []Waiting, past Past, f *Finding, now time.Time) bool {
	before := past.Standing
	switch {
	case len(waiting) == 0 || f.Unknown != "":
		return false
	case hasMoved(waiting, f.route().Channel):
		return true
	case f.Month.IsOver(now):
		return false
	case before.Muted(), past.SeenHash != f.hash(), f.Level > before.Level, f.held(before.Level) < before.Level:
		return true
	}
	likely := before.Track.Next(f.chance(), f.Version).Likely
	isDue := likely && before.Foretold == 0 && before.Level < f.Rule.Forecast
	isOff := before.Foretold > 0 && (!likely || before.tellsOther(*f))
	isOld := before.Version != f.Version && !before.SaidAt.IsZero() && now.Sub(before.SaidAt) >= refreshAfter
	return isDue || isOff || isOld
}

// hasMoved reports whether something waits for another channel than the one that the budget speaks in now.
func hasMoved(waiting []Waiting, channel string) bool {
	for _, w := range waiting {
		if w.Channel != channel {
			return true
		}
	}
	return false
}

// takeBack takes back what waits and is out of date, so that it is decided on as if it had never been recorded.
func (p *planner) takeBack(memory Memory, findings []Finding) {
	p.taken = newTakingBack(memory)
	for i := range findings {
		f := &findings[i]
		if isOutdated(p.taken.waiting[f.BudgetID], memory.past(p.taken.standings[f.BudgetID], f), f, p.now) {
			p.taken.take(f.BudgetID)
		}
	}
}

// standing is the budget's before the check, without what is taken back.
func (t *takingBack) standing(id BudgetID) (s Standing, isBack bool) {
	if s, isBack = t.back[id]; isBack {
		return s, true
	}
	return t.standings[id], false
}

// write notes a standing, in place of what was noted of its budget before.
func (p *planner) write(s Standing) {
	at := slices.IndexFunc(p.Outcome.Standings, func(noted Standing) bool { return noted.BudgetID == s.BudgetID })
	if at < 0 {
		p.Outcome.Standings = append(p.Outcome.Standings, s)
		return
	}
	p.Outcome.Standings[at] = s
}

func (p *planner) withdraw(id string) {
	if !slices.Contains(p.Outcome.Withdrawn, id) {
		p.Outcome.Withdrawn = append(p.Outcome.Withdrawn, id)
	}
}

// giveBack writes down what was taken back: the deliveries are dropped, and what they were to tell is forgotten. Standings of budgets
// that no finding is about are written here, those of the others by their decisions.
func (p *planner) giveBack(findings []Finding) {
	decided := map[BudgetID]bool{}
	for i := range findings {
		decided[findings[i].BudgetID] = true
	}
	for _, id := range p.taken.order {
		for _, w := range p.taken.waiting[id] {
			if p.taken.dropped[w.DeliveryID] {
				p.withdraw(w.DeliveryID)
			}
			p.Outcome.Lifts = append(p.Outcome.Lifts, Lift{id, w.Kind, w.Seen})
		}
		if !decided[id] {
			p.write(p.taken.back[id])
		}
	}
}
