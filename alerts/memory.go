package alerts

import (
	"budgetbot/alerts/rules"
)

// Memory is what the ledger holds when a check begins.
type Memory struct {
	BudgetStates []BudgetState     // of the month
	Known        map[string]string // every rule ever seen, and its hash as last recorded
	Waiting      []Waiting         // what nobody has seen yet of the month
	// Parents are what the roots of budgets that are no longer watched show, by their ids.
	Parents map[string]Delivery
}

// Waiting is a threshold or a forecast in a message that nobody has seen yet and that no attempt is under way for: it can still be
// taken back, whatever it waits for.
type Waiting struct {
	BudgetID
	Kind       AlertKind
	Threshold  rules.Threshold
	DeliveryID string
	Sort       DeliveryKind // of the delivery
	Channel    string       // of the delivery, as the rules named it then
	// Seen is the highest level of the kind that the budget stands at without what waits: posted, or passed over in silence.
	Seen rules.Threshold
}
