package check

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// eachQuery calls read for every query, all at once: the source bounds its own concurrency. It returns the errors of those that failed.
func eachQuery(queries []billing.ServiceQuery, read func(query billing.ServiceQuery) error) error {
	errs := make([]error, len(queries))
	var reads sync.WaitGroup
	for i, query := range queries {
		reads.Go(func() {
			if err := read(query); err != nil {
				errs[i] = fmt.Errorf("read services of %s for %s: %w", query.UsageType, query.Month, err)
			}
		})
	}
	reads.Wait()
	return errors.Join(errs...)
}

// queriesOf returns a query for each metric of the rows.
func queriesOf(rows []billing.Usage, month billing.Month) []billing.ServiceQuery {
	var queries []billing.ServiceQuery
	for _, row := range evaluate.MetricsOf(rows) {
		queries = append(queries, billing.ServiceQuery{Month: month, Product: row.Product, UsageType: row.UsageType})
	}
	return queries
}

// deadline returns when reading has to end: after the timeout, or earlier where the check needs what is left of its own time for the rest of it.
func deadline(ctx context.Context, timeout, left time.Duration) time.Time {
	until := time.Now().Add(timeout)
	if end, bounded := ctx.Deadline(); bounded {
		until = billing.Earlier(until, end.Add(-left))
	}
	return until
}
