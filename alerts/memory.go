package alerts

import (
	"budgetbot/alerts/rules"
)

// Memory is what the ledger contains when a check begins.
type Memory struct {
	BudgetStates []BudgetState     // of the month
	Known        map[string]string // every rule ever seen, and its hash as last recorded
	Waiting      []Waiting         // the month's thresholds and forecasts that nobody has seen yet
	// Parents are the parent messages of budgets that are no longer watched, by their ids.
	Parents map[string]Delivery
}

// Waiting is a threshold or a forecast in a message that nobody has seen yet and that is not being posted right now, so that a check can
// still withdraw it.
type Waiting struct {
	BudgetID
	Kind       AlertKind
	Threshold  rules.Threshold
	DeliveryID string
	Sort       DeliveryKind // of the delivery
	Channel    string       // of the delivery, as the rules named it then
	// Seen is the highest threshold of the kind without the waiting ones: posted, or recorded without a message.
	Seen rules.Threshold
}
