package alerts

import (
	"fmt"
	"maps"
	"slices"

	"budgetbot/billing"
)

// alertKey is what may stand once in a ledger.
type alertKey struct {
	BudgetID
	Kind  AlertKind
	Level Level
}

// book is a ledger's memory of one month, kept by the same rules: standings by revision, and alerts whose keys are unique.
type book struct {
	standings map[BudgetID]Standing
	alerts    map[alertKey]Alert
	ids       int
}

func newBook() *book { return &book{map[BudgetID]Standing{}, map[alertKey]Alert{}, 0} }

// memory is what a process that has just started would read.
func (b *book) memory() Memory {
	m := Memory{Standings: slices.Collect(maps.Values(b.standings)), Known: map[string]string{}}
	slices.SortFunc(m.Standings, func(a, b Standing) int { return a.Month.Compare(b.Month) })
	for _, standing := range m.Standings {
		if standing.RuleHash != "" {
			m.Known[standing.Rule] = standing.RuleHash // of the newest month
		}
	}
	return m
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
	return nil
}

// unlifted returns the levels of the budget that are recorded.
func (b *book) unlifted(id BudgetID) map[Level]bool {
	levels := map[Level]bool{}
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
