package alertstest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// AlertKey is what may stand once in a ledger.
type AlertKey struct {
	alerts.BudgetID
	Kind  alerts.AlertKind
	Level rules.Level
}

// Book is a ledger's memory of one month, kept by the same rules: standings by revision, and alerts whose keys are unique.
type Book struct {
	Standings map[alerts.BudgetID]alerts.Standing
	Alerts    map[AlertKey]alerts.Alert
	ids       int
	// open are the deliveries that nobody has seen, as far as a test says that they wait: for their time, or in a channel that refuses.
	open    map[string]alerts.Delivery
	Refuses map[string]bool
	Seen    []alerts.Delivery
}

// NewBook returns a book in which nothing is recorded yet.
func NewBook() *Book {
	return &Book{
		Standings: map[alerts.BudgetID]alerts.Standing{}, Alerts: map[AlertKey]alerts.Alert{}, open: map[string]alerts.Delivery{}, Refuses: map[string]bool{},
	}
}

// Memory is what a process that has just started would read.
func (b *Book) Memory() alerts.Memory {
	m := alerts.Memory{Standings: slices.Collect(maps.Values(b.Standings)), Known: map[string]string{}}
	slices.SortFunc(m.Standings, func(a, b alerts.Standing) int { return a.Month.Compare(b.Month) })
	for _, standing := range m.Standings {
		if standing.RuleHash != "" {
			m.Known[standing.Rule] = standing.RuleHash // of the newest month
		}
	}
	m.Waiting = b.waiting()
	return m
}

// waiting are the levels in deliveries that nobody has seen.
func (b *Book) waiting() []alerts.Waiting {
	var waiting []alerts.Waiting
	for key, alert := range b.Alerts {
		d, open := b.open[alert.DeliveryID]
		if !open {
			continue
		}
		w := alerts.Waiting{BudgetID: key.BudgetID, Kind: key.Kind, Level: key.Level, DeliveryID: d.ID, Sort: d.Kind, Channel: d.Channel}
		for other, told := range b.Alerts {
			if _, unseen := b.open[told.DeliveryID]; !unseen && other.BudgetID == key.BudgetID && other.Kind == key.Kind {
				w.Seen = max(w.Seen, other.Level)
			}
		}
		waiting = append(waiting, w)
	}
	slices.SortFunc(waiting, func(a, b alerts.Waiting) int {
		return cmp.Or(cmp.Compare(a.DeliveryID, b.DeliveryID), cmp.Compare(a.Level, b.Level))
	})
	return waiting
}

// Post lets the channels hear what they can by now.
func (b *Book) Post(now time.Time) {
	for id, d := range b.open {
		if root, waits := b.open[d.RootID]; !b.Refuses[d.Channel] && !d.NotBefore.After(now) && (!waits || !b.Refuses[root.Channel] && !root.NotBefore.After(now)) {
			delete(b.open, id)
			b.Seen = append(b.Seen, d)
		}
	}
}

// NewID returns the next delivery id.
func (b *Book) NewID() string {
	b.ids++
	return fmt.Sprint("d", b.ids)
}

// Record writes an outcome or returns why it contradicts what is written.
func (b *Book) Record(outcome alerts.Outcome) error {
	for _, standing := range outcome.Standings {
		if have := b.Standings[standing.BudgetID].Revision; have != standing.Revision {
			return fmt.Errorf("standing of %s has revision %d, not %d", standing.BudgetID, have, standing.Revision)
		}
		standing.Revision++
		b.Standings[standing.BudgetID] = standing
	}
	for _, lift := range outcome.Lifts {
		for key := range b.Alerts {
			if key.BudgetID == lift.BudgetID && key.Kind == lift.Kind && key.Level > lift.Above {
				delete(b.Alerts, key)
			}
		}
	}
	for _, alert := range outcome.Alerts {
		key := AlertKey{alert.BudgetID, alert.Kind, alert.Level}
		if earlier, twice := b.Alerts[key]; twice {
			return fmt.Errorf("%s of %s is recorded twice; first at %s", alert.Level, alert.BudgetID, earlier.At)
		}
		b.Alerts[key] = alert
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
	b.Post(outcome.At)
	return nil
}

// Unlifted returns the levels of the budget that are recorded.
func (b *Book) Unlifted(id alerts.BudgetID) map[rules.Level]bool {
	levels := map[rules.Level]bool{}
	for key := range b.Alerts {
		if key.BudgetID == id && key.Kind == alerts.KindBudget {
			levels[key.Level] = true
		}
	}
	return levels
}

// LineOf returns the delivery's words about a budget, if it has any.
func LineOf(d alerts.Delivery, id alerts.BudgetID) (alerts.BudgetLine, bool) {
	for _, line := range d.Message.Budgets {
		if line.BudgetID == id {
			return line, true
		}
	}
	return alerts.BudgetLine{}, false
}

// BudgetOf is the budget of a rule in November.
func BudgetOf(rule string) alerts.BudgetID {
	return alerts.BudgetID{Rule: rule, Month: billing.NewMonth(2026, 11)}
}

// Waits returns what nobody has seen yet.
func (b *Book) Waits() []alerts.Delivery {
	var open []alerts.Delivery
	for _, d := range b.open {
		open = append(open, d)
	}
	return open
}
