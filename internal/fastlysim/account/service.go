package account

import (
	"github.com/shopspring/decimal"
)

// slice is one month of a usage type, as far as it is over.
type slice struct {
	figure Figure
	split  *split
	daily  []int64
	// factors are those of jumped services alone.
	factors map[int][]int64
}

// raw is what service i used of the slice.
func (s slice) raw(i int) int64 { return serviceRaw(s.split, s.daily, i, s.factors[i]) }

// rawOn is what service i used on day d, from 0.
func (s slice) rawOn(d, i int) int64 {
	factors := s.factors[i]
	if factors != nil {
		factors = factors[d:]
	}
	return serviceRaw(s.split, s.daily[d:d+1], i, factors)
}

// serviceRaw adds up a service's days: one raw unit for being there and its
// share of the rest, each day times its jumps, which are in thousandths.
func serviceRaw(split *split, daily []int64, i int, factors []int64) int64 {
	if !split.used[i] {
		return 0
	}
	var sum int64
	for d, raw := range daily {
		own := 1 + split.of(i, raw-int64(split.users))
		if factors != nil {
			own = scale(own, factors[d])
		}
		sum += own
	}
	return sum
}

// Blocks lists what services used, a block for each usage type.
func (g *Generator) Blocks(query ServiceQuery) []Block {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var blocks []Block
	for i, meter := range g.meters {
		if query.ProductID != "" && (meter.ProductID != query.ProductID || meter.Name != query.UsageType) {
			continue
		}
		parts := g.slices(i, query)
		if b, used := g.block(meter, parts, query); used {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// slices are the months of a query that have data.
func (g *Generator) slices(meter int, query ServiceQuery) []slice {
	var parts []slice
	for _, m := range query.Span.Months() {
		days := m.DaysOver(query.Until)
		if m < g.first || days == 0 {
			continue
		}
		parts = append(parts, g.slice(Figure{meter, m}, days))
	}
	return parts
}

// slice is a month's first days.
func (g *Generator) slice(f Figure, days int) slice {
	s := slice{figure: f, split: g.splitOf(f), daily: g.Daily(f)[:days], factors: map[int][]int64{}}
	for _, service := range g.jumpedServices(f) {
		s.factors[service] = g.factorsFor(f, service)
	}
	return s
}

// block is a usage type's services; used is false when nobody used it.
func (g *Generator) block(meter meter, parts []slice, query ServiceQuery) (b Block, used bool) {
	first, last := 0, g.account.Services
	if query.ServiceID != "" {
		g.crowd.index()
		i, known := g.crowd.byID[query.ServiceID]
		if !known {
			return Block{}, false
		}
		first, last = i, i+1
	}
	t := tally{generator: g, meter: meter, parts: parts, first: first, last: last, month: query.Span.First}
	b = Block{
		productID: meter.ProductID, UsageType: meter.Name, Unit: meter.Unit,
		Count: t.count(), Rows: t.rows,
	}
	return b, b.Count > 0
}

// tally reads the services from first up to but without last.
type tally struct {
	generator   *Generator
	meter       meter
	parts       []slice
	first, last int
	month       Month
}

func (t tally) raw(i int) int64 {
	var sum int64
	for _, s := range t.parts {
		sum += s.raw(i)
	}
	return sum
}

// uses answers without adding up days unless a jump may have ended them.
func (t tally) uses(i int) bool {
	for _, s := range t.parts {
		if s.split.used[i] && (s.factors[i] == nil || s.raw(i) > 0) {
			return true
		}
	}
	return false
}

func (t tally) count() int {
	if len(t.parts) == 1 && len(t.parts[0].factors) == 0 && t.last-t.first == len(t.parts[0].split.used) {
		return t.parts[0].split.users
	}
	count := 0
	for i := t.first; i < t.last; i++ {
		if t.uses(i) {
			count++
		}
	}
	return count
}

func (t tally) rows(from, want int) (rows []ServiceRow, next int) {
	for i := max(from, t.first); i < t.last; i++ {
		if !t.uses(i) {
			continue
		}
		if len(rows) == want {
			return rows, i
		}
		rows = append(rows, t.row(i))
	}
	return rows, NoMore
}

func (t tally) row(i int) ServiceRow {
	account := t.generator.account
	return ServiceRow{
		Month: t.month.String(), ProductID: t.meter.ProductID, UsageType: t.meter.Name, Unit: t.meter.Unit,
		ServiceID: account.ServiceID(i), ServiceName: account.ServiceName(i),
		Units: decimal.New(t.raw(i), -t.meter.Power),
	}
}
