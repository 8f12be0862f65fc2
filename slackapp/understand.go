package slackapp

import (
	"context"
	"errors"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// Understand reads a question outside Slack, such as one typed in a terminal, with the names that had usage, or were charged, in the
// months that it asks for. What is not understood is a mistake with complete corrected texts; its Command is for the caller to
// fill in. The error is that of reading the names.
func Understand(ctx context.Context, usage billing.Reader, bills billing.BillReader, text string, now time.Time) (Asked, *blocks.Mistake, error) {
	month := billing.MonthOf(now)
	parts, wrong := takeApart(text, month)
	var catalog billing.Catalog
	if len(parts.names) > 0 {
		var err error
		catalog, err = namesOf(ctx, usage, bills, parts, now)
		if errors.Is(err, errNoRows) {
			return parts.nameless(), nil, nil
		}
		if err != nil {
			return Asked{}, nil, err
		}
	}
	asked := Asked{}
	if wrong == nil {
		asked, wrong = parts.asked(catalog)
	}
	if wrong != nil {
		return Asked{}, mistake(wrong, month, catalog), nil
	}
	return asked, nil, nil
}
