package alerts

import (
	"cmp"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// SeenService is a service that used a product in a month, and its share of the product, in the unit where that share is largest.
type SeenService struct {
	Month    billing.Month
	Product  string
	ID, Name string
	Share    decimal.Decimal
}

// Item is something on the bill that is new, or that has vanished from it.
type Item struct {
	Subject rules.Subject `json:"subject"`
	Product string        `json:"product"`
	Name    string        `json:"name"`         // of a usage type or a service; of a product its id
	ID      string        `json:"id,omitempty"` // of a service
	// Share is how much of its product it makes, of the same unit, or made at least in each of the months before; 1 of a product.
	Share decimal.Decimal `json:"share"`
	// Back tells that what had vanished is used again.
	Back bool `json:"back,omitempty"`
}

// Key tells things apart within a rule.
func (t Item) Key() string { return string(t.Subject) + "|" + t.Product + "|" + cmp.Or(t.ID, t.Name) }

// ReportContext is what a message about things tells of the rule and of its figures.
type ReportContext struct {
	Title     string          `json:"title"`
	AtLeast   rules.Threshold `json:"at_least,omitempty"` // the rule's floor
	Owners    []rules.Person  `json:"owners,omitempty"`
	CountedTo time.Time       `json:"counted_to"`
	ReadAt    time.Time       `json:"read_at"`
}

// Search is what became of looking for things that are new or have vanished.
type Search struct {
	Unknown string `json:"unknown,omitempty"` // why it cannot be told, for a person; empty where it can
}

// LargerItem sorts things by their share, the largest first.
func LargerItem(a, b Item) int {
	return cmp.Or(b.Share.Cmp(a.Share), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Name, b.Name))
}
