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
	Kind      alerts.AlertKind
	Threshold rules.Threshold
}

// Book is a ledger's memory of one month, kept by the same rules: budget states by revision, and alerts whose keys are unique.
type Book struct {
	BudgetStates map[alerts.BudgetID]alerts.BudgetState
	Alerts       map[AlertKey]alerts.Alert
	ids          int
	// open are the deliveries that nobody has seen, as far as a test says that they wait: for their time, or in a channel that refuses.
	open    map[string]alerts.Delivery
	Refuses map[string]bool
	Unsure  map[string]bool // the deliveries that an attempt may have posted before their channels refused
	Seen    []alerts.Delivery
}

// NewBook returns a book in which nothing is recorded yet.
func NewBook() *Book {
	return &Book{
		BudgetStates: map[alerts.BudgetID]alerts.BudgetState{}, Alerts: map[AlertKey]alerts.Alert{}, open: map[string]alerts.Delivery{}, Refuses: map[string]bool{},
		Unsure: map[string]bool{},
	}
}

// Memory is what a process that has just started would read.
func (b *Book) Memory() alerts.Memory {
	m := alerts.Memory{BudgetStates: slices.Collect(maps.Values(b.BudgetStates)), Known: map[string]string{}}
	slices.SortFunc(m.BudgetStates, func(a, b alerts.BudgetState) int { return a.Month.Compare(b.Month) })
	for _, state := range m.BudgetStates {
		if state.RuleHash != "" {
			m.Known[state.Rule] = state.RuleHash // of the newest month
		}
	}
	m.Waiting = b.waiting()
	return m
}

// waiting are the thresholds in deliveries that nobody has seen.
func (b *Book) waiting() []alerts.Waiting {
	var waiting []alerts.Waiting
	for key, alert := range b.Alerts {
		d, open := b.open[alert.DeliveryID]
		if !open {
			continue
		}
		w := alerts.Waiting{
			BudgetID: key.BudgetID, Kind: key.Kind, Threshold: key.Threshold, DeliveryID: d.ID, Sort: d.Kind, Channel: d.Channel,
			ReachedAt: alert.At, Reason: alert.Reason, MayBePosted: b.Unsure[d.ID],
		}
		for other, alert := range b.Alerts {
			if _, unseen := b.open[alert.DeliveryID]; !unseen && other.BudgetID == key.BudgetID && other.Kind == key.Kind {
				w.Seen = max(w.Seen, other.Threshold)
			}
		}
		waiting = append(waiting, w)
	}
	slices.SortFunc(waiting, func(a, b alerts.Waiting) int {
		return cmp.Or(cmp.Compare(a.DeliveryID, b.DeliveryID), cmp.Compare(a.Threshold, b.Threshold))
	})
	return waiting
}

// Post posts what the channels can take by now.
func (b *Book) Post(now time.Time) {
	for id, d := range b.open {
		if parent, waits := b.open[d.ParentID]; !b.Refuses[d.Channel] && !d.NotBefore.After(now) && (!waits || !b.Refuses[parent.Channel] && !parent.NotBefore.After(now)) {
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
	for _, state := range outcome.BudgetStates {
		if have := b.BudgetStates[state.BudgetID].Revision; have != state.Revision {
			return fmt.Errorf("state of %s has revision %d, not %d", state.BudgetID, have, state.Revision)
		}
		state.Revision++
		b.BudgetStates[state.BudgetID] = state
	}
	for _, lift := range outcome.Lifts {
		for key := range b.Alerts {
			if key.BudgetID == lift.BudgetID && key.Kind == lift.Kind && key.Threshold > lift.Above {
				delete(b.Alerts, key)
			}
		}
	}
	for _, alert := range outcome.Alerts {
		key := AlertKey{alert.BudgetID, alert.Kind, alert.Threshold}
		if earlier, twice := b.Alerts[key]; twice {
			return fmt.Errorf("%s of %s is recorded twice; first at %s", alert.Threshold, alert.BudgetID, earlier.At)
		}
		b.Alerts[key] = alert
	}
	for _, id := range outcome.Withdrawn {
		if _, open := b.open[id]; !open {
			return fmt.Errorf("%s is not to be withdrawn", id)
		}
		delete(b.open, id)
	}
	for _, d := range outcome.Deliveries {
		b.open[d.ID] = d
	}
	b.Post(outcome.At)
	return nil
}

// Unlifted returns the thresholds of the budget that are recorded.
func (b *Book) Unlifted(id alerts.BudgetID) map[rules.Threshold]bool {
	thresholds := map[rules.Threshold]bool{}
	for key := range b.Alerts {
		if key.BudgetID == id && key.Kind == alerts.KindBudget {
			thresholds[key.Threshold] = true
		}
	}
	return thresholds
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
