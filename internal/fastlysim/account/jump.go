package account

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// maxFactor, in thousandths, keeps every figure well within 64 bits.
const maxFactor = 100_000

// jump is a Jump whose service and day are found.
type jump struct {
	Jump
	service int
	from    time.Time
	factor  int64
}

// applies tells whether a jump changes any day of a figure.
func (j jump) applies(meter meter, m Month) bool {
	return j.from.Before((m + 1).Start()) &&
		Matches(j.ProductID, meter.ProductID) && Matches(j.UsageType, meter.Name) && Matches(j.Region, meter.Region)
}

// Matches takes every value where the filter is empty.
func Matches(wanted, given string) bool { return wanted == "" || wanted == given }

// AddJump adds a story while the account is in use.
func (g *Generator) AddJump(j Jump) error {
	g.crowd.index()
	service, known := g.crowd.byName[j.Service]
	if !known {
		return fmt.Errorf("jump of %s: no service has that name", j.Service)
	}
	factor := math.Round(j.Factor * 1000)
	if !(factor >= 0 && factor <= maxFactor) {
		return fmt.Errorf("jump of %s: factor %v is not between 0 and 100", j.Service, j.Factor)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.jumps = append(g.jumps, jump{Jump: j, service: service, from: j.From.UTC().Truncate(Day), factor: int64(factor)})
	return nil
}

// jumpedServices lists the services that a jump changes in a figure, each once.
func (g *Generator) jumpedServices(f Figure) []int {
	var services []int
	seen := map[int]bool{}
	for _, j := range g.jumps {
		if j.applies(g.meters[f.Meter], f.Month) && !seen[j.service] {
			seen[j.service] = true
			services = append(services, j.service)
		}
	}
	return services
}

// factorsFor is what each day of a service is multiplied by, in thousandths.
func (g *Generator) factorsFor(f Figure, service int) []int64 {
	factors := make([]int64, f.Month.days())
	for d := range factors {
		factors[d] = 1000
	}
	for _, j := range g.jumps {
		if j.service != service || !j.applies(g.meters[f.Meter], f.Month) {
			continue
		}
		for d := f.Month.DaysOver(j.from); d < len(factors); d++ {
			factors[d] = min(scale(factors[d], j.factor), maxFactor)
		}
	}
	return factors
}

// scale multiplies by thousandths.
func scale(value, thousandths int64) int64 {
	hi, lo := bits.Mul64(uint64(value), uint64(thousandths))
	scaled, _ := bits.Div64(hi, lo, 1000)
	return int64(scaled)
}
