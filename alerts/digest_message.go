package alerts

import (
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Bulletin is what a digest says, as values.
type Bulletin struct {
	Digest string        `json:"digest"` // its name in the rules file
	Month  billing.Month `json:"month"`  // what it is about
	MadeAt time.Time     `json:"made_at"`
	// Budgets is how the budgets stand, in the order of the rules; nil where that is not shown.
	Budgets []BudgetStatus `json:"budgets,omitempty"`
	// CheckFailure is why the newest check did not succeed, for a person; empty where it did. Checked is when one last did.
	CheckFailure string    `json:"check_failure,omitempty"`
	Checked      time.Time `json:"checked,omitzero"`
	// TopChanges is what changed most, by usage type: of each measure the few rows that moved it most; nil where that is not shown.
	TopChanges *report.Table `json:"movers,omitempty"`
	// Close is what the month came to; nil where the digest is not of a month's close.
	Close *Close `json:"close,omitempty"`
	// File is what goes into the thread of the message; nil where nothing does.
	File *File `json:"-"`
	// IsLate tells that the last check of usage failed or is late, so that the next one may still change what the digest says.
	IsLate bool `json:"-"`
	// Untold says of what could not be read why, for a person, in sentences.
	Untold []string `json:"untold,omitempty"`
}

// File is a file that is put into a channel.
type File struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}
