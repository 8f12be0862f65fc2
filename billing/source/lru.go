package source

import (
	"time"
)

// shelf holds lots of rows up to a number of rows in all; what was not looked at for longest goes first. It is not safe
// for concurrent use.
type shelf[K comparable, V any] struct {
	most, rows int
	weigh      func(V) int // one row, as rows
	looks      uint64      // how often something was looked at or put: it only grows
	lots       map[K]*lot[V]
}

// lot is what was read at one time. Its rows must not be changed.
type lot[V any] struct {
	rows   []V
	readAt time.Time
	looked uint64 // shelf.looks then
	weight int
}

func newShelf[K comparable, V any](most int, weigh func(V) int) shelf[K, V] {
	return shelf[K, V]{most: most, weigh: weigh, lots: map[K]*lot[V]{}}
}

// single is the weight of a row that is like any other.
func single[V any](V) int { return 1 }

// weight counts an empty lot too, since there could be any number of those.
func (s *shelf[K, V]) weight(rows []V) int {
	weight := 1
	for _, row := range rows {
		weight += s.weigh(row)
	}
	return weight
}

func (s *shelf[K, V]) get(key K) *lot[V] {
	found := s.lots[key]
	if found != nil {
		s.looks++
		found.looked = s.looks
	}
	return found
}

// put keeps rows unless newer ones are there already, or they are more than the shelf holds.
func (s *shelf[K, V]) put(key K, rows []V, readAt time.Time) {
	before := s.lots[key]
	if before != nil && before.readAt.After(readAt) {
		return
	}
	s.drop(key)
	s.looks++
	s.lots[key] = &lot[V]{rows, readAt, s.looks, s.weight(rows)}
	s.rows += s.lots[key].weight
	for s.rows > s.most {
		s.drop(s.longestUnseen())
	}
}

func (s *shelf[K, V]) clear() {
	s.rows = 0
	clear(s.lots)
}

func (s *shelf[K, V]) drop(key K) {
	if l := s.lots[key]; l != nil {
		s.rows -= l.weight
		delete(s.lots, key)
	}
}

func (s *shelf[K, V]) longestUnseen() K {
	var key K
	least := ^uint64(0)
	for k, l := range s.lots {
		if l.looked <= least {
			key, least = k, l.looked
		}
	}
	return key
}
