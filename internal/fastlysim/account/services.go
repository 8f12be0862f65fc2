package account

import (
	"math"
	"sync"
)

const (
	// topWeight is what rank 1 would weigh if sizes were a plain power law; the
	// shift flattens its head, since no single service carries an account.
	topWeight, headShift, steepness = 1e10, 2.5, 1.08
	// everywhere is how many of the largest services use every region, never
	// arrive late, and so keep the account's shape steady.
	everywhere = 10
)

// crowd is what is known of every service without looking at a month.
type crowd struct {
	account         Account
	first           Month
	weights         []uint64
	bytes, requests []uint8

	once   sync.Once
	byID   map[string]int
	byName map[string]int
}

func newCrowd(account Account, first Month) *crowd {
	c := &crowd{
		account: account, first: first,
		weights: make([]uint64, account.Services),
		bytes:   make([]uint8, account.Services), requests: make([]uint8, account.Services),
	}
	for i := range account.Services {
		bytes, requests := tilt(account.ServiceName(i))
		c.weights[i] = uint64(topWeight / math.Pow(float64(i+1)+headShift, steepness))
		c.bytes[i], c.requests[i] = uint8(bytes), uint8(requests)
	}
	return c
}

// index reads every service once, for the few questions that name one.
func (c *crowd) index() {
	c.once.Do(func() {
		c.byID = make(map[string]int, c.account.Services)
		c.byName = make(map[string]int, c.account.Services)
		for i := range c.account.Services {
			c.byID[c.account.ServiceID(i)] = i
			c.byName[c.account.ServiceName(i)] = i
		}
	})
}

// weight is how much service i uses of a meter in a month, against the others;
// 0 when it uses none. The largest service uses everything.
func (c *crowd) weight(i int, m meter, at Month) uint64 {
	if i > 0 && !c.uses(i, m) || at < c.arrival(i) {
		return 0
	}
	lean := uint64(c.requests[i])
	if m.kind == countsBytes {
		lean = uint64(c.bytes[i])
	}
	seed, service := c.account.Seed, uint64(i)
	region := 500 + chance(seed, saltRegion, service, m.areaSalt)%1001
	mix := around(chance(seed, saltMix, service, m.salt, uint64(at)), 90)
	return max(c.weights[i]*lean/100*region/1000*mix/1000, 1)
}

// uses tells whether a service has any usage of a meter: everybody delivers,
// smaller services not in every region, and other products have fewer users.
func (c *crowd) uses(i int, m meter) bool {
	seed, service := c.account.Seed, uint64(i)
	if m.Region != "" {
		return i < everywhere || chance(seed, saltRegion, service, m.areaSalt, 1)%100 < 75
	}
	return chance(seed, saltProduct, service, textChance(m.ProductID))%100 < 35
}

// arrival is a service's first month. One in eight comes after the account's
// first month, in the five years from then on.
func (c *crowd) arrival(i int) Month {
	draw := chance(c.account.Seed, saltArrival, uint64(i))
	if i < everywhere || draw%8 != 0 {
		return c.first
	}
	return c.first + Month(draw/8%60)
}

// split is how a usage type's month is divided among services.
type split struct {
	shares
	used  []bool
	users int
}

func (g *Generator) newSplit(f Figure) *split {
	n := g.account.Services
	weights, used, users := make([]uint64, n), make([]bool, n), 0
	for i := range n {
		weights[i] = g.crowd.weight(i, g.meters[f.Meter], f.Month)
		if weights[i] > 0 {
			used[i] = true
			users++
		}
	}
	return &split{newShares(weights), used, users}
}

// keptWeights is how many weights the cache holds before it starts anew: about
// 50 MB.
const keptWeights = 5_000_000

// splitCache keeps the splits in use, since every page of an answer needs the
// same one.
type splitCache struct {
	mu     sync.Mutex
	splits map[Figure]*split
	kept   int
}

func (g *Generator) splitOf(f Figure) *split {
	cache := &g.splits
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if known := cache.splits[f]; known != nil {
		return known
	}
	if cache.splits == nil || cache.kept > keptWeights {
		cache.splits, cache.kept = map[Figure]*split{}, 0
	}
	made := g.newSplit(f)
	cache.splits[f] = made
	cache.kept += len(made.used)
	return made
}
