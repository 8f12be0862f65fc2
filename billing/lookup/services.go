package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

const (
	maxServiceReads  = 600 // month and usage type pairs in one question by service
	parallelServices = 12
	// wrapUp is how much of a question's time is kept for adding up and showing what was read.
	wrapUp = 3 * time.Second
)

// serviceQueries lists the queries of a question by service: one for each metric that had usage and each month, the newest month first. For a single
// month it includes the month before, to compare the two.
func serviceQueries(q report.Question, rows []billing.Usage) []billing.ServiceQuery {
	seen := map[billing.ServiceQuery]bool{}
	var queries []billing.ServiceQuery
	for _, u := range rows {
		query := u.Metric().In(u.Month)
		if (q.AsksFor(u.Month) || q.Months.Len() == 1) && q.Wants(u) && !seen[query] {
			seen[query] = true
			queries = append(queries, query)
		}
	}
	slices.SortStableFunc(queries, func(a, b billing.ServiceQuery) int { return b.Month.Compare(a.Month) })
	return queries
}

// readServices reads service-level usage, and hands over each page as it arrives.
func readServices(ctx context.Context, usage billing.Reader, queries []billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	_, err := readMost(ctx, ctx, usage, queries, page)
	return err
}

// readInTime is readServices for a question that is answered with what was read in time. It returns the months that were not read to their end,
// in order, and has them read on. Their pages were handed over in part.
func (a Asker) readInTime(ctx context.Context, queries []billing.ServiceQuery, page func([]billing.ServiceUsage) error) (unread []billing.Month, err error) {
	end, bounded := ctx.Deadline()
	if a.Finish == nil || !bounded {
		return nil, readServices(ctx, a.Usage, queries, page)
	}
	inTime, cancel := context.WithDeadline(ctx, end.Add(-wrapUp))
	defer cancel()
	left, err := readMost(ctx, inTime, a.Usage, queries, page)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	a.Finish(left)
	for _, query := range left {
		unread = append(unread, query.Month)
	}
	slices.SortFunc(unread, billing.Month.Compare)
	return slices.Compact(unread), nil
}

// readMost reads until inTime ends, and returns the queries that were not read by then. Without more time than ctx has, their end is an error.
func readMost(
	ctx, inTime context.Context, usage billing.Reader, queries []billing.ServiceQuery, page func([]billing.ServiceUsage) error,
) (left []billing.ServiceQuery, err error) {
	if len(queries) > maxServiceReads {
		return nil, fmt.Errorf("%d months and usage types: %w", len(queries), billing.ErrTooWide)
	}
	var mu sync.Mutex
	read := map[billing.ServiceQuery]bool{}
	group, reads := errgroup.WithContext(inTime)
	group.SetLimit(parallelServices)
	for _, query := range queries {
		group.Go(func() error {
			if err := usage.ServiceUsage(reads, query, page); err != nil {
				return fmt.Errorf("read %s by service for %s: %w", query.UsageType, query.Month, err)
			}
			mu.Lock()
			defer mu.Unlock()
			read[query] = true
			return nil
		})
	}
	err = group.Wait()
	if isTimeUp := errors.Is(inTime.Err(), context.DeadlineExceeded) && ctx.Err() == nil; err == nil || !isTimeUp {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(queries), func(query billing.ServiceQuery) bool { return read[query] }), nil
}

// tabulate answers the question, or, while some of its months are still being read, the same question about the newest of them. The error is
// report.ErrStillReading if that has no figures.
func tabulate(q report.Question, data read, now time.Time) (report.Table, error) {
	if len(data.unread) == 0 {
		return report.Tabulate(q, data.Data, now), nil
	}
	isUnread := func(m billing.Month) bool { return slices.Contains(data.unread, m) }
	if q.IsComparison() || isUnread(q.Months.Last) {
		return report.Table{}, report.ErrStillReading
	}
	for first := q.Months.First; first.Before(q.Months.Last); first = first.Add(1) {
		if isUnread(first) {
			q.Months.First = first.Add(1)
		}
	}
	data.Services.Forget(data.unread)
	data.Rows = slices.DeleteFunc(slices.Clone(data.Rows), func(u billing.Usage) bool { return isUnread(u.Month) })
	data.Unread = slices.DeleteFunc(slices.Clone(data.Unread), func(u billing.Usage) bool { return isUnread(u.Month) })
	data.Bills = slices.DeleteFunc(slices.Clone(data.Bills), func(b billing.Bill) bool { return isUnread(b.Month) })
	if isUnread(q.Months.Last.Add(-1)) {
		data.Prior = report.Prior{}
	}
	table := report.Tabulate(q, data.Data, now)
	if len(table.Groups) == 0 {
		return report.Table{}, report.ErrStillReading
	}
	table.StillReading = data.unread
	return table, nil
}
