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

// Selector is usage from where the account has it. Fastly tells usage by its usage endpoints to accounts that get no invoices, and
// says nothing of what those answer to the others. Rows there are taken first; without any, invoices or an estimate are. What decides
// is in choice; nothing is decided by a fault, and what was chosen is looked into again whenever the running month is read. It may be
// used by many goroutines.
type Selector struct {
	Metrics, Invoices billing.Source
	Bills             billing.BillReader // asked whether there are invoices at all
	Now               func() time.Time   // business time
	// Fixed is the choice where it was made beforehand; empty lets the account decide.
	Fixed billing.Origin
	// Chose is told of a choice when it is made or changes; nil tells nobody.
	Chose func(Selection)

	mu        sync.Mutex
	selection selection
}

var _ billing.Source = (*Selector)(nil)

// Selection is where usage is read from now on.
type Selection struct {
	Origin billing.Origin
	Before billing.Origin // empty where this is the first choice
	Why    string
	At     time.Time
}

// Origin returns where usage is read now: FromMetrics too while that is not decided.
func (c *Selector) Origin() billing.Origin { return cmp.Or(c.decided(), billing.FromMetrics) }

// decided returns the choice, empty where there is none yet.
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

// isInDoubt reports whether an answer of the usage endpoints calls for a look at both sources.
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

// take lets what was seen count, and tells of a choice that it makes.
func (c *Selector) take(usage, invoices sight) {
	now := c.Now()
	c.mu.Lock()
	before := c.selection.origin
	next, why := c.selection.after(usage, invoices, now)
	c.selection = next
	c.mu.Unlock()
	if next.origin != before && c.Chose != nil {
		c.Chose(Selection{Origin: next.origin, Before: before, Why: why, At: now})
	}
}

// sight is what one look at a source saw.
type sight int

const (
	sawFault   sight = iota // nothing can be told from it: it failed, or nobody looked
	sawRows                 // it has something of the account
	sawNone                 // it answered, and has nothing
	sawRefusal              // it does not answer this account, or this request
)

// sightOf sorts an answer. A token that is not accepted is no refusal of one source: it is accepted nowhere.
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

// How long what speaks against the usage endpoints must last, at every look, until invoices are read instead.
const (
	doubtLooks = 3
	refusedFor = 10 * time.Minute // refusals, where no usage was ever seen
	emptyFor   = 24 * time.Hour   // answers without rows, where usage was seen before
)

// selection is where usage is read, and what speaks against it so far. The zero choice has seen nothing.
type selection struct {
	origin billing.Origin // empty until it is decided
	looks  int            // in a row that spoke against the usage endpoints, and the first of them
	since  time.Time
}

// after is the choice once both sources were looked at, and why it is another one. Usage rows always win. Where none were ever seen
// an empty answer beside invoices decides at once, since that is how an account that gets invoices looks, and a refusal once it has
// lasted. Where they were seen a refusal is a fault, however long it lasts, and an empty answer decides once it has lasted a day.
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
		lasts, why = refusedFor, "Fastly goes on refusing to tell usage, but tells invoices"
	}
	if c.looks < doubtLooks || now.Sub(c.since) < lasts {
		return c, ""
	}
	return selection{origin: billing.FromInvoices}, why
}
