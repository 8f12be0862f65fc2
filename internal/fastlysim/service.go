package fastlysim

import (
	"github.com/shopspring/decimal"
)

// slice is one month of a usage type, as far as it is over.
type slice struct {
	figure figure
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

func (g *generator) blocks(query serviceQuery) []block {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var blocks []block
	for i, meter := range g.meters {
		if query.productID != "" && (meter.ProductID != query.productID || meter.Name != query.usageType) {
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
func (g *generator) slices(meter int, query serviceQuery) []slice {
	var parts []slice
	for _, m := range query.span.months() {
		days := m.daysOver(query.until)
		if m < g.first || days == 0 {
			continue
		}
		parts = append(parts, g.slice(figure{meter, m}, days))
	}
	return parts
}

// slice is a month's first days.
func (g *generator) slice(f figure, days int) slice {
	s := slice{figure: f, split: g.splitOf(f), daily: g.daily(f)[:days], factors: map[int][]int64{}}
	for _, service := range g.jumpedServices(f) {
		s.factors[service] = g.factorsFor(f, service)
	}
	return s
}

// block is a usage type's services; used is false when nobody used it.
func (g *generator) block(meter meter, parts []slice, query serviceQuery) (b block, used bool) {
	first, last := 0, g.account.Services
	if query.serviceID != "" {
		g.crowd.index()
		i, known := g.crowd.byID[query.serviceID]
		if !known {
			return block{}, false
		}
		first, last = i, i+1
	}
	t := tally{generator: g, meter: meter, parts: parts, first: first, last: last, month: query.span.first}
	b = block{
		productID: meter.ProductID, usageType: meter.Name, unit: meter.Unit,
		count: t.count(), rows: t.rows,
	}
	return b, b.count > 0
}

// tally reads the services from first up to but without last.
type tally struct {
	generator   *generator
	meter       meter
	parts       []slice
	first, last int
	month       month
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
	return rows, noMore
}

func (t tally) row(i int) ServiceRow {
	account := t.generator.account
	return ServiceRow{
		Month: t.month.String(), ProductID: t.meter.ProductID, UsageType: t.meter.Name, Unit: t.meter.Unit,
		ServiceID: account.serviceID(i), ServiceName: account.serviceName(i),
		Units: decimal.New(t.raw(i), -t.meter.Power),
	}
}
