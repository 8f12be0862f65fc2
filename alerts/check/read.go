package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// BillTimeout bounds how long a check waits for the bill, which Fastly may have to make first, so that time is left for services.
const BillTimeout = 20 * time.Second

// Sources are what a check reads from.
type Sources struct {
	Usage billing.Source
	Bills billing.BillSource
}

// Read reads everything that the rules need of the month: usage, with the months before, which cost no further request; the bill, if
// there is a money budget; and services. A month without any row of usage is ErrNoUsage. If the bill or some services cannot be read
// the reading says so, and what depends on them is unknown.
func Read(ctx context.Context, from Sources, set []rules.Rule, month billing.Month, now time.Time) (evaluate.Reading, error) {
	reads, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	reading := evaluate.Reading{Month: month, ReadAt: now}
	var asked sync.WaitGroup
	var billErr error
	if rules.HaveMoney(set) {
		asked.Go(func() { billErr = readBill(&reading, reads, from.Bills, now) })
	}
	rows, err := from.Usage.Usage(reads, readFor(month))
	asked.Wait()
	if err != nil {
		return evaluate.Reading{}, fmt.Errorf("read usage for %s: %w", month, err)
	}
	setUsage(&reading, rows)
	if len(reading.Rows) == 0 && reading.UnreadOf(rules.Match{}, month) == "" {
		return evaluate.Reading{}, fmt.Errorf("read usage for %s: %w", month, alerts.ErrNoUsage)
	}
	reading.UnreadBill = billErr
	reading = ofOneInstant(reads, from.Usage, set, reading)
	reading.Incomplete = errors.Join(reading.UnreadBill, reading.UnreadServices)
	if err := ctx.Err(); err != nil {
		return evaluate.Reading{}, fmt.Errorf("read usage for %s: %w", month, errors.Join(reading.Incomplete, err))
	}
	return reading, nil
}

// readFor returns the months whose rows a check of the month reads.
func readFor(month billing.Month) billing.Range {
	return billing.Range{First: month.Add(-archiveMonths), Last: month}
}

// setUsage parts the month's rows from those of the months before.
func setUsage(reading *evaluate.Reading, rows []billing.Usage) {
	rows, reading.Unread = billing.Readable(rows)
	reading.Rows = slices.DeleteFunc(slices.Clone(rows), func(u billing.Usage) bool { return u.Month != reading.Month })
	reading.Closed = slices.DeleteFunc(slices.Clone(rows), func(u billing.Usage) bool { return !u.Month.Before(reading.Month) })
}

// Evaluate reads what the rules need of the month, and evaluates them. What could not be read beside usage is the reason of the findings that
// need it.
func (s Sources) Evaluate(ctx context.Context, set []rules.Rule, month billing.Month, now time.Time) ([]evaluate.Finding, error) {
	reading, err := Read(ctx, s, set, month, now)
	if err != nil {
		return nil, err
	}
	return evaluate.Evaluate(set, reading), nil
}

// readBill reads what the month costs: Fastly's estimate while it runs, its invoices once it is over. The error is one that may pass; an
// account without a bill is no failure of a check.
func readBill(r *evaluate.Reading, ctx context.Context, bills billing.BillSource, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, BillTimeout)
	defer cancel()
	bill, err := billOf(ctx, bills, r.Month, now)
	switch {
	case err != nil:
		r.BillUnknown = alerts.CauseOf(err)
	case bill == nil:
		r.BillPending = true
	case bill.Unknown != "":
		r.BillUnknown = "Fastly's bill of " + r.Month.String() + " can't be read: " + bill.Unknown
		err = bill.Err()
	default:
		r.Bill = bill
		if bill.IsEstimate() {
			// If the newest invoice before the month cannot be read, only the forecast suffers.
			invoiced, _ := bills.Bills(ctx, billing.Range{First: r.Month.Add(-billing.InvoiceLag), Last: r.Month.Add(-1)})
			r.LastBill = billing.NewestKnown(invoiced)
		}
	}
	if err == nil || errors.Is(err, billing.ErrNoEstimate) || errors.Is(err, alerts.ErrOtherMonth) {
		return nil
	}
	return fmt.Errorf("read the bill of %s: %w", r.Month, err)
}

// billOf returns nil if the month is over and not invoiced yet.
func billOf(ctx context.Context, bills billing.BillSource, month billing.Month, now time.Time) (*billing.Bill, error) {
	if month.IsOver(now) {
		invoiced, err := bills.Bills(ctx, billing.One(month))
		if err != nil || len(invoiced) == 0 {
			return nil, err
		}
		return &invoiced[0], nil
	}
	bill, err := bills.MonthToDate(ctx)
	if err != nil {
		return nil, err
	}
	if bill.Month != month {
		return nil, alerts.ErrOtherMonth
	}
	return &bill, nil
}

// ofOneInstant adds to the reading the services that the rules need. Services have no date: their budgets have that of the account's rows. So
// while Fastly still counts the month, these are read again afterwards; if they moved, services are read once more, beside the new rows.
func ofOneInstant(ctx context.Context, source billing.Source, set []rules.Rule, reading evaluate.Reading) evaluate.Reading {
	first := withServices(ctx, source, set, reading)
	if len(first.Services.Queries(first.Month)) == 0 || first.UnreadServices != nil {
		return first
	}
	rows, moved := movedSince(ctx, source, &reading)
	if !moved {
		return first
	}
	setUsage(&reading, rows)
	if second := withServices(ctx, source, set, reading); second.UnreadServices == nil {
		return second
	}
	return first
}

// movedSince reads the rows of a reading again, and reports whether the account's moved in the month. It takes a month that is settled, and rows
// that cannot be read again, as not moved.
func movedSince(ctx context.Context, source billing.Source, reading *evaluate.Reading) (rows []billing.Usage, moved bool) {
	if reading.Month.IsSettled(reading.ReadAt) {
		return nil, false
	}
	rows, err := source.Usage(ctx, readFor(reading.Month))
	again := evaluate.Reading{Month: reading.Month}
	setUsage(&again, rows)
	return rows, err == nil && len(again.Rows) > 0 && billing.Moved(reading.Rows, again.Rows)
}

// withServices reads every usage type that the rules need by service. If one fails, only the budgets that need it are unknown.
func withServices(ctx context.Context, source billing.Source, set []rules.Rule, reading evaluate.Reading) evaluate.Reading {
	reading.Services = evaluate.NewServiceTally(set, reading)
	reading.UnreadServices = readServices(ctx, source, reading.Services, reading.Month)
	return reading
}

func readServices(ctx context.Context, source billing.Source, tally *evaluate.ServiceTally, month billing.Month) error {
	return eachQuery(tally.Queries(month), func(query billing.ServiceQuery) error {
		err := source.ServiceUsage(ctx, query, func(page []billing.ServiceUsage) error {
			tally.Add(page)
			return nil
		})
		if err != nil {
			tally.Fail(query, alerts.CauseOf(err))
		} else if why := tally.Failure(query.Metric()); why != "" {
			err = &billing.BodyError{Reason: why}
		}
		return err
	})
}

const readTimeout = 30 * time.Second // for everything that is read from Fastly

// reader reads what a check compares and what explains it, and keeps what changes once a day. One check at a time may use it.
type reader struct {
	*CheckerConfig
	usage      billing.Source
	traffic    []billing.DayTraffic
	trafficAt  time.Time // when traffic was last asked for
	pastErrors map[alerts.BudgetName][]forecast.PastError
	errorsDay  time.Time // when these were last read
	rates      rateBook
	days       dayBook
	past       []billing.Usage // of the months that were read last for rules that look back
	pastMonths billing.Range
	pastAt     time.Time                   // when they were read, in business time
	tried      map[billing.Month]time.Time // when reading a month's services last failed
	broken     string                      // why, for a person
}

func (c *Checker) newReader(usage billing.Source) reader {
	return reader{CheckerConfig: &c.CheckerConfig, usage: usage, tried: map[billing.Month]time.Time{}}
}

// read reads the month for the rules, with what their forecasts need.
func (r *reader) read(ctx context.Context, compared []rules.Rule, month billing.Month, now time.Time) (evaluate.Reading, error) {
	reading, err := Read(ctx, Sources{r.usage, r.Bills}, compared, month, now)
	if err != nil {
		return evaluate.Reading{}, err
	}
	reading.Archive = r.archive(ctx, reading, now)
	reading.ForecastErrors = r.forecastErrors(ctx, month, now)
	return reading, nil
}

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

// deadline returns when reading has to end: after the timeout, or earlier if the check needs what is left of its own time for the rest
// of it.
func deadline(ctx context.Context, timeout, left time.Duration) time.Time {
	until := time.Now().Add(timeout)
	if end, bounded := ctx.Deadline(); bounded {
		until = billing.Earlier(until, end.Add(-left))
	}
	return until
}
