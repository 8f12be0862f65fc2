package main

import (
	"runtime/debug"
	"testing"
)

func TestThePaceFollowsTheHeap(t *testing.T) {
	for _, tt := range []struct {
		name string
		live uint64
		want int
	}{
		{"before the first collection", 0, slowPace},
		{"a small heap is collected less often", 10 << 20, slowPace},
		{"up to five times what is in use", 16 << 20, slowPace},
		{"and up to a bound", 32 << 20, 150},
		{"a large one as the runtime does", 40 << 20, usualPace},
		{"however large", 1 << 40, usualPace},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := paceFor(tt.live); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestThePaceIsTheOperatorsWhereGOGCIsSet(t *testing.T) {
	before := debug.SetGCPercent(150)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "150")
	keepPace()()
	if got := debug.SetGCPercent(150); got != 150 {
		t.Errorf("the pace is %d, want the operator's 150", got)
	}
}
