package fastlysim

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// generator computes the figures of an account when they are asked for. Every
// figure is a sum of whole days, and every day of the account is the sum of its
// services' days, so that nothing has to be kept to make the sums right.
type generator struct {
	account Account
	first   month
	meters  []meter
	crowd   *crowd
	splits  splitCache

	mu          sync.RWMutex
	jumps       []jump
	corrections map[figure]correction
}

// figure is one usage type in one month.
type figure struct {
	meter int
	month month
}

func newGenerator(account Account) (*generator, error) {
	first, err := parseMonth(account.First)
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
	g := &generator{
		account: account, first: first, meters: meters,
		crowd: newCrowd(account, first), corrections: map[figure]correction{},
	}
	for _, j := range account.Jumps {
		if err := g.addJump(j); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *generator) usage(m month, until time.Time) []Row {
	days := m.daysOver(until)
	if m < g.first || days == 0 {
		return nil
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	rows := make([]Row, len(g.meters))
	for i, meter := range g.meters {
		raw := g.accountRaw(figure{i, m}, days)
		rows[i] = Row{
			Month: m.String(), ProductID: meter.ProductID, UsageType: meter.Name, Name: meter.Name,
			Region: meter.Region, Unit: meter.Unit,
			Quantity: decimal.New(raw, -meter.Power), Raw: decimal.NewFromInt(raw),
			UpdatedAt: g.updatedAt(figure{i, m}, days),
		}
	}
	return rows
}

// accountRaw is a month's raw total over its first days.
func (g *generator) accountRaw(f figure, days int) int64 {
	var sum int64
	for _, raw := range g.accountDays(f, days) {
		sum += raw
	}
	return sum
}

// accountDays are the raw totals of a month's first days: what the days have, and
// what jumps add to or take from them.
func (g *generator) accountDays(f figure, days int) []int64 {
	daily := g.daily(f)[:days]
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

func (g *generator) updatedAt(f figure, days int) time.Time {
	complete := f.month.start().Add(time.Duration(days) * day)
	if correction := g.corrections[f]; correction.at.After(complete) {
		return correction.at
	}
	return complete
}

// restated changes the generator itself, which later jumps and restatements
// build upon.
func (g *generator) restated(c correction) (ledger, error) {
	i := slices.IndexFunc(g.meters, func(meter meter) bool {
		return meter.ProductID == c.productID && meter.Name == c.usageType
	})
	if i < 0 || c.month < g.first {
		return nil, fmt.Errorf("no %s %s in %s", c.productID, c.usageType, c.month)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	f := figure{i, c.month}
	if before, ok := g.corrections[f]; ok {
		c.factor = c.factor.Mul(before.factor)
	}
	g.corrections[f] = c
	return g, nil
}
