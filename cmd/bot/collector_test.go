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
		{"a small heap is collected less often", 10 << 20, slowPace},
		{"up to its bound", smallHeap, slowPace},
		{"a large one as the runtime does", smallHeap + 1, usualPace},
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
