package billing

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Chooser is usage from where the account has it. Fastly tells usage by its usage endpoints to accounts that get no invoices, and
// says nothing of what those answer to the others. Rows there are taken first; without any, invoices or an estimate are. What is found
// holds for good, but is looked into again where it has no rows for the month that runs. It may be used by many goroutines.
type Chooser struct {
	Metrics, Invoices Source
	Bills             BillReader       // asked whether there are invoices at all
	Now               func() time.Time // business time
	// Fixed is the choice where it was made beforehand; empty lets the account decide.
	Fixed Origin
	// Chose is told of a choice and of its reason when it is made or changes; nil tells nobody.
	Chose func(origin Origin, why string)

	mu     sync.Mutex
	chosen Origin // empty until it is known
}

var _ Source = (*Chooser)(nil)

// Origin returns where usage is read now: FromMetrics too while that is not decided.
func (c *Chooser) Origin() Origin {
	if c.decided() == FromInvoices {
		return FromInvoices
	}
	return FromMetrics
}

// decided returns the choice, empty where there is none yet.
func (c *Chooser) decided() Origin {
	if c.Fixed != "" {
		return c.Fixed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chosen
}

func (c *Chooser) source() Source {
	if c.Origin() == FromInvoices {
		return c.Invoices
	}
	return c.Metrics
}

// Usage is Source.Usage.
func (c *Chooser) Usage(ctx context.Context, months Range) ([]Usage, error) {
	rows, err := c.source().Usage(ctx, months)
	if !c.isInDoubt(months, rows, err) {
		if err == nil && c.decided() == "" {
			c.choose(FromMetrics, "the account has usage rows")
		}
		return rows, err
	}
	before := c.Origin()
	if c.examine(ctx); c.Origin() == before {
		return rows, err
	}
	return c.source().Usage(ctx, months)
}

// ServiceUsage is Source.ServiceUsage.
func (c *Chooser) ServiceUsage(ctx context.Context, query ServiceQuery, page func([]ServiceUsage) error) error {
	return c.source().ServiceUsage(ctx, query, page)
}

// isInDoubt reports whether an answer calls for a look at both sources. A failure that may pass does not.
func (c *Chooser) isInDoubt(months Range, rows []Usage, err error) bool {
	switch decided := c.decided(); {
	case c.Fixed != "", err != nil && !isClosed(err):
		return false
	case decided == "":
		return len(rows) == 0
	default:
		running := MonthOf(c.Now())
		return months.Contains(running) && !slices.ContainsFunc(rows, func(u Usage) bool { return u.Month == running })
	}
}

// isClosed reports whether an error means that this account will never be answered here. A token that is not accepted is no
// such reason: it is accepted nowhere.
func isClosed(err error) bool {
	return errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrBadRequest)
}

// examine looks at both sources over this month and the two before. Where it finds nothing sure the choice stays as it was.
func (c *Chooser) examine(ctx context.Context) {
	now := c.Now()
	months := Range{MonthOf(now).Add(1 - maxMonthsPerCall), MonthOf(now)}
	rows, err := c.Metrics.Usage(ctx, months)
	switch {
	case err == nil && len(rows) > 0:
		c.choose(FromMetrics, "the account has usage rows")
		return
	case err != nil && !isClosed(err):
		return
	}
	why := "there are no usage rows, but invoices"
	if err != nil {
		why = "usage cannot be read, but invoices can"
	}
	if reading, err := c.Bills.ReadBills(ctx, months, now); err == nil && len(reading.Bills) > 0 {
		c.choose(FromInvoices, why)
	}
}

func (c *Chooser) choose(origin Origin, why string) {
	c.mu.Lock()
	changed := c.chosen != origin
	c.chosen = origin
	c.mu.Unlock()
	if changed && c.Chose != nil {
		c.Chose(origin, why)
	}
}
