package source

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
)

// Selector reads usage if the account has it. Fastly documents its usage endpoints for accounts without invoices, and does not document
// what they answer to others. Selector prefers rows there, and without any takes invoices or an estimate; type selection has the rule. A
// failure decides nothing, and each read of the running month examines the choice again. It may be used by many goroutines.
type Selector struct {
	Metrics, Invoices billing.Source
	Bills             billing.BillReader // asked whether there are invoices at all
	Now               func() time.Time   // business time
	// Fixed is a configured choice; empty lets the account decide.
	Fixed billing.Origin
	// Chose is called with each choice and each change of it; before is empty at the first one. It may be nil.
	Chose func(before, chosen billing.Origin, why string)

	mu        sync.Mutex
	selection selection
}

var _ billing.Source = (*Selector)(nil)

// Origin returns where usage is read now: FromMetrics too while that is not decided.
func (c *Selector) Origin() billing.Origin { return cmp.Or(c.decided(), billing.FromMetrics) }

// decided returns the choice, empty if there is none yet.
func (c *Selector) decided() billing.Origin {
	if c.Fixed != "" {
		return c.Fixed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.selection.origin
}

func (c *Selector) source() billing.Source {
	if c.Origin() == billing.FromInvoices {
		return c.Invoices
	}
	return c.Metrics
}

// Usage is Source.Usage.
func (c *Selector) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	switch {
	case c.Fixed != "":
		return c.source().Usage(ctx, months)
	case c.decided() == billing.FromInvoices:
		if months.Contains(billing.MonthOf(c.Now())) {
			c.look(ctx)
		}
		return c.source().Usage(ctx, months)
	}
	rows, err := c.Metrics.Usage(ctx, months)
	if !c.isInDoubt(months, rows, err) {
		return rows, err
	}
	if c.look(ctx); c.Origin() == billing.FromMetrics {
		return rows, err
	}
	return c.Invoices.Usage(ctx, months)
}

// ServiceUsage is Source.ServiceUsage.
func (c *Selector) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return c.source().ServiceUsage(ctx, query, page)
}

// isInDoubt reports whether both sources must be read after this answer of the usage endpoints.
func (c *Selector) isInDoubt(months billing.Range, rows []billing.Usage, err error) bool {
	running, first := billing.MonthOf(c.Now()), c.decided() == ""
	isRunning := func(u billing.Usage) bool { return first || u.Month == running }
	saw := sightOf(rows, err)
	switch {
	case saw == sawRows && slices.ContainsFunc(rows, isRunning):
		c.take(saw, sawFault)
		return false
	case saw == sawFault:
		return false
	case first:
		return true
	}
	return saw != sawRefusal && months.Contains(running)
}

// look looks at both sources over this month and the two before.
func (c *Selector) look(ctx context.Context) {
	now := c.Now()
	months := billing.Range{First: billing.MonthOf(now).Add(1 - billing.MaxMonthsPerCall), Last: billing.MonthOf(now)}
	usage, invoices := sightOf(c.Metrics.Usage(ctx, months)), sawFault
	if usage == sawNone || usage == sawRefusal {
		reading, err := c.Bills.ReadBills(ctx, months, now)
		invoices = sightOf(reading.Bills, err)
	}
	c.take(usage, invoices)
}

// take updates the choice by what both sources answered, and reports a new one to Chose.
func (c *Selector) take(usage, invoices sight) {
	c.mu.Lock()
	before := c.selection.origin
	next, why := c.selection.after(usage, invoices, c.Now())
	c.selection = next
	c.mu.Unlock()
	if next.origin != before && c.Chose != nil {
		c.Chose(before, next.origin, why)
	}
}

// sight is what one look at a source saw.
type sight int

const (
	sawFault   sight = iota // it decides nothing: the read failed or was not made
	sawRows                 // it has something of the account
	sawNone                 // it answered, and has nothing
	sawRefusal              // it does not answer this account, or this request
)

// sightOf classifies an answer. A token that Fastly does not accept is not a refusal by one source: no source accepts it.
func sightOf[V any](rows []V, err error) sight {
	switch {
	case errors.Is(err, billing.ErrForbidden) || errors.Is(err, billing.ErrNotFound) || errors.Is(err, billing.ErrBadRequest):
		return sawRefusal
	case err != nil:
		return sawFault
	case len(rows) == 0:
		return sawNone
	}
	return sawRows
}

// For how long every read must show nothing at the usage endpoints until Selector reads invoices instead.
const (
	doubtLooks = 3
	refusedFor = 10 * time.Minute // refusals, if no usage was ever seen
	emptyFor   = 24 * time.Hour   // answers without rows, if usage was seen before
)

// selection is where usage is read, and the evidence against it so far. The zero value has no evidence.
type selection struct {
	origin billing.Origin // empty until it is decided
	looks  int            // in a row that showed nothing at the usage endpoints, and the first of them
	since  time.Time
}

// after returns the choice after a read of both sources, and why it changed. Usage rows always win. For an account that never had usage rows,
// an empty answer beside invoices selects invoices at once, since accounts with invoices look like that, and a refusal after refusedFor. For an
// account that had some, a refusal is a failure, however long it lasts, and an empty answer selects invoices after emptyFor.
func (c selection) after(usage, invoices sight, now time.Time) (next selection, why string) {
	switch {
	case usage == sawRows:
		return selection{origin: billing.FromMetrics}, "the account has usage rows"
	case usage == sawFault || invoices != sawRows || c.origin == billing.FromInvoices, usage == sawRefusal && c.origin == billing.FromMetrics:
		return c, ""
	case usage == sawNone && c.origin == "":
		return selection{origin: billing.FromInvoices}, "there are no usage rows, but invoices"
	}
	if c.looks == 0 {
		c.since = now
	}
	c.looks++
	lasts, why := emptyFor, "there have been no usage rows for a day, but there are invoices"
	if c.origin == "" {
		lasts, why = refusedFor, "Fastly keeps refusing to show usage, but shows invoices"
	}
	if c.looks < doubtLooks || now.Sub(c.since) < lasts {
		return c, ""
	}
	return selection{origin: billing.FromInvoices}, why
}
