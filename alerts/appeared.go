package alerts

import (
	"cmp"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// SeenService is a service that used a product in a month, with its share of the product, in the unit where that share is largest.
type SeenService struct {
	Month    billing.Month
	Product  string
	ID, Name string
	Share    decimal.Decimal
}

// Item is a new or vanished entry of the bill.
type Item struct {
	Subject rules.Subject `json:"subject"`
	Product string        `json:"product"`
	Name    string        `json:"name"`         // of a usage type or a service; of a product its id
	ID      string        `json:"id,omitempty"` // of a service
	// Share is its share of its product's usage in the same unit; for a vanished item the smallest of the months before, for a product 1.
	Share decimal.Decimal `json:"share"`
	// Back means that a vanished item is used again.
	Back bool `json:"back,omitempty"`
}

// Key identifies an item within a rule.
func (t Item) Key() string { return string(t.Subject) + "|" + t.Product + "|" + cmp.Or(t.ID, t.Name) }

// ReportContext is the rule and the figures behind a message about items.
type ReportContext struct {
	Title     string          `json:"title"`
	AtLeast   rules.Threshold `json:"at_least,omitempty"` // the rule's floor
	Owners    []rules.Person  `json:"owners,omitempty"`
	CountedTo time.Time       `json:"counted_to"`
	ReadAt    time.Time       `json:"read_at"`
}

// Search is the result of looking for new or vanished items.
type Search struct {
	Unknown string `json:"unknown,omitempty"` // why it cannot be told, for a person; empty where it can
}

// LargerItem compares items by their share, the largest first.
func LargerItem(a, b Item) int {
	return cmp.Or(b.Share.Cmp(a.Share), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Name, b.Name))
}
