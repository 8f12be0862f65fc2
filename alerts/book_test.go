package alerts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// alertKey is what may stand once in a ledger.
type alertKey struct {
	BudgetID
	Kind  AlertKind
	Level rules.Level
}

// book is a ledger's memory of one month, kept by the same rules: standings by revision, and alerts whose keys are unique.
type book struct {
	standings map[BudgetID]Standing
	alerts    map[alertKey]Alert
	ids       int
	// open are the deliveries that nobody has seen, as far as a test says that they wait: for their time, or in a channel that refuses.
	open    map[string]Delivery
	refuses map[string]bool
	seen    []Delivery
}

func newBook() *book {
	return &book{
		standings: map[BudgetID]Standing{}, alerts: map[alertKey]Alert{}, open: map[string]Delivery{}, refuses: map[string]bool{},
	}
}

// memory is what a process that has just started would read.
func (b *book) memory() Memory {
	m := Memory{Standings: slices.Collect(maps.Values(b.standings)), Known: map[string]string{}}
	slices.SortFunc(m.Standings, func(a, b Standing) int { return a.Month.Compare(b.Month) })
	for _, standing := range m.Standings {
		if standing.RuleHash != "" {
			m.Known[standing.Rule] = standing.RuleHash // of the newest month
		}
	}
	m.Waiting = b.waiting()
	return m
}

// waiting are the levels in deliveries that nobody has seen.
func (b *book) waiting() []Waiting {
	var waiting []Waiting
	for key, alert := range b.alerts {
		d, open := b.open[alert.DeliveryID]
		if !open {
			continue
		}
		w := Waiting{BudgetID: key.BudgetID, Kind: key.Kind, Level: key.Level, DeliveryID: d.ID, Sort: d.Kind, Channel: d.Channel}
		for other, told := range b.alerts {
			if _, unseen := b.open[told.DeliveryID]; !unseen && other.BudgetID == key.BudgetID && other.Kind == key.Kind {
				w.Seen = max(w.Seen, other.Level)
			}
		}
		waiting = append(waiting, w)
	}
	slices.SortFunc(waiting, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(a.DeliveryID, b.DeliveryID), cmp.Compare(a.Level, b.Level))
	})
	return waiting
}

// post lets the channels hear what they can by now.
func (b *book) post(now time.Time) {
	for id, d := range b.open {
		if root, waits := b.open[d.RootID]; !b.refuses[d.Channel] && !d.NotBefore.After(now) && (!waits || !b.refuses[root.Channel] && !root.NotBefore.After(now)) {
			delete(b.open, id)
			b.seen = append(b.seen, d)
		}
	}
}

func (b *book) newID() string {
	b.ids++
	return fmt.Sprint("d", b.ids)
}

// record writes an outcome or returns why it contradicts what is written.
func (b *book) record(outcome Outcome) error {
	for _, standing := range outcome.Standings {
		if have := b.standings[standing.BudgetID].Revision; have != standing.Revision {
			return fmt.Errorf("standing of %s has revision %d, not %d", standing.BudgetID, have, standing.Revision)
		}
		standing.Revision++
		b.standings[standing.BudgetID] = standing
	}
	for _, lift := range outcome.Lifts {
		for key := range b.alerts {
			if key.BudgetID == lift.BudgetID && key.Kind == lift.Kind && key.Level > lift.Above {
				delete(b.alerts, key)
			}
		}
	}
	for _, alert := range outcome.Alerts {
		key := alertKey{alert.BudgetID, alert.Kind, alert.Level}
		if earlier, twice := b.alerts[key]; twice {
			return fmt.Errorf("%s of %s is recorded twice; first at %s", alert.Level, alert.BudgetID, earlier.At)
		}
		b.alerts[key] = alert
	}
	for _, id := range outcome.Withdrawn {
		if _, open := b.open[id]; !open {
			return fmt.Errorf("%s is not to be taken back", id)
		}
		delete(b.open, id)
	}
	for _, d := range outcome.Deliveries {
		b.open[d.ID] = d
	}
	b.post(outcome.At)
	return nil
}

// unlifted returns the levels of the budget that are recorded.
func (b *book) unlifted(id BudgetID) map[rules.Level]bool {
	levels := map[rules.Level]bool{}
	for key := range b.alerts {
		if key.BudgetID == id && key.Kind == KindBudget {
			levels[key.Level] = true
		}
	}
	return levels
}

// lineOf returns the delivery's words about a budget, if it has any.
func lineOf(d Delivery, id BudgetID) (BudgetLine, bool) {
	for _, line := range d.Message.Budgets {
		if line.BudgetID == id {
			return line, true
		}
	}
	return BudgetLine{}, false
}

// budgetOf is the budget of a rule in November.
func budgetOf(rule string) BudgetID { return BudgetID{Rule: rule, Month: billing.NewMonth(2026, 11)} }
