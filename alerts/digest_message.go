package alerts

import (
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Bulletin is the content of a digest, as values.
type Bulletin struct {
	Digest string        `json:"digest"` // its name in the rules file
	Month  billing.Month `json:"month"`  // the month that it covers
	MadeAt time.Time     `json:"made_at"`
	// Budgets are the budgets' states, in the order of the rules; nil if not shown.
	Budgets []BudgetStatus `json:"budgets,omitempty"`
	// CheckFailure is why the newest check failed, for a person; empty if it succeeded. Checked is when a check last succeeded.
	CheckFailure string    `json:"check_failure,omitempty"`
	Checked      time.Time `json:"checked,omitzero"`
	// TopChanges is what changed most, by usage type: of each measure the few rows that moved it most; nil where that is not shown.
	TopChanges *report.Table `json:"movers,omitempty"`
	// Close is the result of the month; nil if the digest is not for a month's close.
	Close *Close `json:"close,omitempty"`
	// File goes into the thread of the message; nil if there is none.
	File *File `json:"-"`
	// IsLate means that the last check of usage failed or is late, so that the next one may still change the digest.
	IsLate bool `json:"-"`
	// Missing are sentences for people about what could not be read, and why.
	Missing []string `json:"untold,omitempty"`
}

// File is a file to be uploaded to a channel.
type File struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}
