package command

import (
	"errors"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// Names are the names that a question may have.
type Names struct {
	// Read returns those that had usage in the months, and for a question of cost those that were charged. Its error is ErrNoNames where there
	// are none; along with another error it may return names that were read before.
	Read func(months billing.Range, cost bool) (billing.Catalog, error)
	// Known are names that were read before, by which the corrections of a question without a name are checked.
	Known billing.Catalog
}

// Unchecked is that a name is not known, and that names could not be read.
type Unchecked struct {
	Name string
	Err  error
}

func (u *Unchecked) Error() string { return u.Err.Error() }

func (u *Unchecked) Unwrap() error { return u.Err }

// Understand reads the text of a question. What is not understood is a mistake with complete corrected texts; its Command is for the caller to
// fill in. The error is Unchecked.
func Understand(text string, now time.Time, names Names) (Asked, *blocks.Mistake, error) {
	month := billing.MonthOf(now)
	parts, wrong := takeApart(text, month)
	catalog := names.Known
	var err error
	if len(parts.names) > 0 {
		catalog, err = names.Read(parts.months, parts.cost)
	}
	if errors.Is(err, report.ErrNoNames) { // no name can be known then, and the answer says why
		return parts.nameless(), nil, nil
	}
	var asked Asked
	if wrong == nil {
		asked, wrong = parts.asked(catalog)
	}
	switch {
	case wrong == nil:
		return asked, nil, nil
	case err != nil && wrong.name != "":
		return Asked{}, nil, &Unchecked{wrong.name, err}
	}
	return Asked{}, mistake(wrong, month, catalog), nil
}

// nameless is the question without its names, for an account without usage to name: the answer says why.
func (p parts) nameless() Asked {
	return Asked{Question: report.Question{Months: p.months, Cost: p.cost, By: report.ByProduct}}
}
