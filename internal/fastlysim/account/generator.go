package account

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// Generator computes the figures of an account when they are asked for. Every
// figure is a sum of whole days, and every day of the account is the sum of its
// services' days, so that nothing has to be kept to make the sums right.
type Generator struct {
	account Account
	first   Month
	meters  []meter
	crowd   *crowd
	splits  splitCache

	mu          sync.RWMutex
	jumps       []jump
	corrections map[Figure]Correction
}

// Figure is one usage type in one month.
type Figure struct {
	Meter int
	Month Month
}

// NewGenerator refuses an account that cannot be: a month that cannot be read, or a jump of an unknown service.
func NewGenerator(account Account) (*Generator, error) {
	first, err := ParseMonth(account.First)
	if err != nil {
		return nil, fmt.Errorf("first month: %w", err)
	}
	if account.Services < 1 {
		return nil, fmt.Errorf("%d services", account.Services)
	}
	meters, err := newMeters(account)
	if err != nil {
		return nil, err
	}
	g := &Generator{
		account: account, first: first, meters: meters,
		crowd: newCrowd(account, first), corrections: map[Figure]Correction{},
	}
	for _, j := range account.Jumps {
		if err := g.AddJump(j); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Usage is the rows of a month, complete up to a moment.
func (g *Generator) Usage(m Month, until time.Time) []Row {
	days := m.DaysOver(until)
	if m < g.first || days == 0 {
		return nil
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	rows := make([]Row, len(g.meters))
	for i, meter := range g.meters {
		raw := g.accountRaw(Figure{i, m}, days)
		rows[i] = Row{
			Month: m.String(), ProductID: meter.ProductID, UsageType: meter.Name, Name: meter.Name,
			Region: meter.Region, Unit: meter.Unit,
			Quantity: decimal.New(raw, -meter.Power), Raw: decimal.NewFromInt(raw),
			UpdatedAt: g.updatedAt(Figure{i, m}, days),
		}
	}
	return rows
}

// accountRaw is a month's raw total over its first days.
func (g *Generator) accountRaw(f Figure, days int) int64 {
	var sum int64
	for _, raw := range g.accountDays(f, days) {
		sum += raw
	}
	return sum
}

// accountDays are the raw totals of a month's first days: what the days have, and
// what jumps add to or take from them.
func (g *Generator) accountDays(f Figure, days int) []int64 {
	daily := g.Daily(f)[:days]
	jumped := g.jumpedServices(f)
	if len(jumped) == 0 {
		return daily
	}
	total, split := slices.Clone(daily), g.splitOf(f)
	for _, service := range jumped {
		factors := g.factorsFor(f, service)
		for d := range total {
			one := daily[d : d+1]
			total[d] += serviceRaw(split, one, service, factors[d:]) - serviceRaw(split, one, service, nil)
		}
	}
	return total
}

func (g *Generator) updatedAt(f Figure, days int) time.Time {
	complete := f.Month.Start().Add(time.Duration(days) * Day)
	if correction := g.corrections[f]; correction.At.After(complete) {
		return correction.At
	}
	return complete
}

// Restated changes the generator itself, which later jumps and restatements
// build upon.
func (g *Generator) Restated(c Correction) (Ledger, error) {
	i := slices.IndexFunc(g.meters, func(meter meter) bool {
		return meter.ProductID == c.ProductID && meter.Name == c.UsageType
	})
	if i < 0 || c.Month < g.first {
		return nil, fmt.Errorf("no %s %s in %s", c.ProductID, c.UsageType, c.Month)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	f := Figure{i, c.Month}
	if before, ok := g.corrections[f]; ok {
		c.Factor = c.Factor.Mul(before.Factor)
	}
	g.corrections[f] = c
	return g, nil
}

// BilledDays is what each of a month's first days adds to the figure of a usage type, in billed units.
func (g *Generator) BilledDays(m Month, productID, usageType string, days int) []decimal.Decimal {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var billed []decimal.Decimal
	for i, meter := range g.meters {
		if meter.ProductID != productID || meter.Name != usageType || m < g.first {
			continue
		}
		for _, raw := range g.accountDays(Figure{i, m}, days) {
			billed = append(billed, decimal.New(raw, -meter.Power))
		}
	}
	return billed
}
