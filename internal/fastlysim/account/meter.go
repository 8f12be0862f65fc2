package account

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/shopspring/decimal"
)

// meter is a usage type whose anchors are read.
type meter struct {
	UsageType
	kind           kind
	anchors        map[Month]int64
	first, last    Month
	salt, areaSalt uint64
}

// maxRaw is the largest raw total of a month; a hundred times as much still
// fits 64 bits.
const maxRaw = 10_000_000_000_000_000

// kind is what a service's tilt looks at.
type kind uint64

const (
	countsRequests kind = iota
	countsBytes
)

func newMeters(account Account) ([]meter, error) {
	meters := make([]meter, 0, len(account.Types))
	seen := map[string]bool{}
	for _, t := range account.Types {
		key := t.ProductID + " " + t.Name
		if seen[key] {
			return nil, fmt.Errorf("usage type %s is there twice", key)
		}
		seen[key] = true
		if t.Growth+account.Growth <= -1 {
			return nil, fmt.Errorf("usage type %s: it shrinks to nothing within a month", key)
		}
		if err := t.Price.check(); err != nil {
			return nil, fmt.Errorf("usage type %s: %w", key, err)
		}
		m, err := newMeter(t)
		if err != nil {
			return nil, fmt.Errorf("usage type %s: %w", t.Name, err)
		}
		meters = append(meters, m)
	}
	return meters, nil
}

func newMeter(t UsageType) (meter, error) {
	if len(t.Anchors) == 0 {
		return meter{}, errors.New("no anchor")
	}
	m := meter{
		UsageType: t, anchors: map[Month]int64{}, first: math.MaxInt,
		salt: textChance(t.ProductID + "/" + t.Name), areaSalt: textChance(t.Region),
	}
	if t.Unit == "gb" {
		m.kind = countsBytes
	}
	for text, raw := range t.Anchors {
		at, err := ParseMonth(text)
		if err != nil {
			return meter{}, fmt.Errorf("anchor: %w", err)
		}
		if raw < 0 || raw > maxRaw {
			return meter{}, fmt.Errorf("anchor of %s: %d is not between 0 and %d", text, raw, maxRaw)
		}
		m.anchors[at] = raw
		m.first, m.last = min(m.first, at), max(m.last, at)
	}
	return m, nil
}

// nearest is the anchor that a month's figure grows from: the latest one not
// after it, and the first one for what is earlier.
func (m meter) nearest(to Month) Month {
	best := m.first
	for at := range m.anchors {
		if at <= to && at > best {
			best = at
		}
	}
	return best
}

// season is the time of year in thousandths: December is busy, August is not.
var season = [12]float64{990, 985, 995, 1000, 1005, 995, 980, 970, 1000, 1010, 1035, 1045}

// weekday is the shape of a week in thousandths, from Sunday on.
var weekday = [7]uint64{905, 1030, 1045, 1040, 1030, 1010, 940}

// weights is the relative size of each day of a month.
func (g *Generator) weights(f Figure) []uint64 {
	weights := make([]uint64, f.Month.days())
	start := f.Month.Start()
	for i := range weights {
		date := start.Add(time.Duration(i) * Day)
		noise := chance(g.account.Seed, saltDay, g.meters[f.Meter].salt, uint64(date.Unix()/86_400))
		weights[i] = weekday[date.Weekday()] * around(noise, 35)
	}
	return weights
}

// monthRaw is a whole month's raw total before jumps.
func (g *Generator) monthRaw(f Figure, weight uint64) int64 {
	meter := g.meters[f.Meter]
	near := meter.nearest(f.Month)
	total := meter.anchors[near]
	if near != f.Month {
		total = g.grown(f, weight, near)
	}
	if correction, ok := g.corrections[f]; ok {
		again := correction.Factor.Mul(decimal.NewFromInt(total))
		total = decimal.Min(again, decimal.NewFromInt(maxRaw)).IntPart()
	}
	// Every service gets at least one raw unit a day, so a day needs that many;
	// the quietest day has more than half of an average one.
	return max(total, 2*int64(g.account.Services)*int64(f.Month.days()))
}

// grown carries an anchor's figure to another month: by growth, season, the
// days it has, and a little chance.
func (g *Generator) grown(f Figure, weight uint64, near Month) int64 {
	meter := g.meters[f.Meter]
	anchor := Figure{f.Meter, near}
	perWeight := float64(meter.anchors[near]) / float64(sum(g.weights(anchor)))
	growth := math.Pow(1+meter.Growth+g.account.Growth, float64(f.Month-near))
	seasonal := season[f.Month%12] / season[near%12]
	noise := around(chance(g.account.Seed, saltMonth, meter.salt, uint64(f.Month)), 15)
	raw := perWeight * float64(weight) * growth * seasonal * float64(noise) / 1000
	return int64(min(raw, maxRaw))
}

// Daily cuts a month's raw total into its days.
func (g *Generator) Daily(f Figure) []int64 {
	weights := g.weights(f)
	whole := sum(weights)
	total := g.monthRaw(f, whole)
	shares := newShares(weights)
	daily := make([]int64, len(weights))
	for i := range daily {
		daily[i] = shares.of(i, total)
	}
	return daily
}

func sum(values []uint64) uint64 {
	var total uint64
	for _, value := range values {
		total += value
	}
	return total
}
