package alerts

import (
	"budgetbot/alerts/rules"
)

// Memory is what the ledger holds when a check begins.
type Memory struct {
	Standings []Standing        // of the month
	Known     map[string]string // every rule ever seen, and its hash as last recorded
	Waiting   []Waiting         // what nobody has seen yet of the month
	// Roots are what the roots of budgets that are no longer watched show, by their ids.
	Roots map[string]Delivery
}

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
