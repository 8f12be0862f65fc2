package statement

import (
	"cmp"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// NotItemized is the name of the charge that stands for what a bill's lines leave out of its total.
const NotItemized = "Not Itemized"

// Statement is one statement of Fastly's, such as an invoice or a credit note, or its estimate of a month that is not invoiced yet.
type Statement struct {
	ID, Number  string
	Month       billing.Month
	From, To    time.Time // the first and the last of its days, or the day after
	Void        bool
	Posted      time.Time // zero if it is not stated; it does not decide the month, but which of two statements is later
	CountedTo   time.Time // the end of the month, or up to when an estimate counts; zero if it is not stated
	Currency    string
	Total       decimal.Decimal
	Charges     []billing.Charge
	UnreadLines []billing.UnreadCharge
	Unread      string // why it cannot be read, though its month can; empty if it can
}

// name is what a statement is called in texts for people.
func (v Statement) name() string { return cmp.Or(v.ID, "a statement without an id") }
