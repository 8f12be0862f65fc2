package slackapp

import (
	"context"
	"fmt"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/view"
)

// Understand reads a question outside Slack, such as one typed in a terminal, with the names that had usage in the months
// that it asks for. What is not understood is a mistake, as of ParseUsage; the error is that of reading the names.
func Understand(ctx context.Context, usage billing.Reader, text string, now time.Time) (Asked, *view.Mistake, error) {
	month := billing.MonthOf(now)
	parts, wrong := takeApart(text, month)
	var catalog billing.Catalog
	if len(parts.names) > 0 {
		reading, err := usage.Read(ctx, withMonthBefore(parts.months))
		if err != nil {
			return Asked{}, nil, fmt.Errorf("read the names of %s: %w", parts.months, err)
		}
		catalog = billing.CatalogOf(reading.Rows)
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
