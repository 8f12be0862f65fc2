package source

import (
	"math"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// shelf holds lots of rows up to a number of rows in all, and evicts the least recently used. It is not safe for concurrent use.
type shelf[K comparable, V any] struct {
	most, rows int
	weigh      func(V) int // one row, as rows
	lots       *simplelru.LRU[K, *lot[V]]
}

// lot is the rows of one read. Do not change them.
type lot[V any] struct {
	rows   []V
	readAt time.Time
	weight int
}

func newShelf[K comparable, V any](most int, weigh func(V) int) *shelf[K, V] {
	s := &shelf[K, V]{most: most, weigh: weigh}
	// Rows bound the shelf, not lots; New fails only for a size below one.
	s.lots, _ = simplelru.NewLRU(math.MaxInt, func(_ K, gone *lot[V]) { s.rows -= gone.weight })
	return s
}

// single is the weight of a row that is like any other.
func single[V any](V) int { return 1 }

// get returns the lot under the key, nil if there is none.
func (s *shelf[K, V]) get(key K) *lot[V] {
	found, _ := s.lots.Get(key)
	return found
}

// drop removes lots by their keys.
func (s *shelf[K, V]) drop(gone func(K) bool) {
	for _, key := range s.lots.Keys() {
		if gone(key) {
			s.lots.Remove(key)
		}
	}
}

// put keeps rows unless newer ones are there already, or they are more than the shelf holds. An empty lot has a weight too, since there could
// be any number of those.
func (s *shelf[K, V]) put(key K, rows []V, readAt time.Time) {
	if before, found := s.lots.Peek(key); found && before.readAt.After(readAt) {
		return
	}
	weight := 1
	for _, row := range rows {
		weight += s.weigh(row)
	}
	s.lots.Remove(key)
	s.lots.Add(key, &lot[V]{rows, readAt, weight})
	for s.rows += weight; s.rows > s.most; {
		s.lots.RemoveOldest()
	}
}
