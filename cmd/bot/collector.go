package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// The pace of the garbage collector, as GOGC has it: by how many percent the heap may grow between two collections.
const (
	usualPace = 100
	slowPace  = 400

	smallHeap = 80 << 20 // bytes up to which a heap may grow before it is collected
)

// paceFor returns the pace for a heap of so many bytes in use. A small one would be collected after every few answers.
func paceFor(live uint64) int {
	room := smallHeap - min(live, smallHeap)
	return int(min(max(room*100/max(live, 1), usualPace), slowPace))
}

// keepPace sets the collector's pace every second until the function that it returns is called. Where the operator has set GOGC it does nothing.
func keepPace() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	done := make(chan struct{})
	var keeper sync.WaitGroup
	keeper.Go(func() {
		every := time.NewTicker(time.Second)
		defer every.Stop()
		heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		pace := usualPace
		for {
			metrics.Read(heap)
			if next := paceFor(heap[0].Value.Uint64()); next != pace {
				debug.SetGCPercent(next)
				pace = next
			}
			select {
			case <-every.C:
			case <-done:
				return
			}
		}
	})
	return func() { close(done); keeper.Wait() }
}
