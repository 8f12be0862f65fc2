// Command reader answers one question by service, as the service does, and prints what it took as JSON: bench runs it so that
// its memory is not mixed with that of the simulated Fastly.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/billing/lookup"
	"budgetbot/billing/report"
	"budgetbot/billing/source"
	"budgetbot/internal/store"
)

// result is what is printed.
type result struct {
	Seconds  float64 `json:"seconds"`
	Services int     `json:"services"`
	// LiveHeap is the most that was reachable at the end of any garbage collection, in bytes.
	LiveHeap uint64 `json:"live_heap"`
	// Resident is the most memory that the process had, in bytes; 0 where the system does not report it.
	Resident uint64 `json:"resident"`
}

func main() {
	months := flag.Int("months", 12, "months from January 2023 on")
	pageSize := flag.Int("page", 0, "services a page; 0 is the client's own choice")
	parallel := flag.Int("parallel", 0, "reads at a time; 0 is the client's own choice")
	whole := flag.Bool("whole", false, "ask for every usage type, not for one")
	keep := flag.String("keep", "", "SQLite file in which services are kept; empty is none")
	flag.Parse()
	first := billing.NewMonth(2023, time.January)
	q := report.Question{Months: billing.Range{First: first, Last: first.Add(*months - 1)}, By: report.ByService, Top: 20}
	if !*whole {
		q.Product, q.UsageType = "cdn_usage", "North America Bandwidth"
	}
	got, err := read(context.Background(), q, *pageSize, *parallel, *keep)
	if err != nil {
		fmt.Fprintln(os.Stderr, "reader: error:", err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(got); err != nil {
		os.Exit(1)
	}
}

func read(ctx context.Context, q report.Question, pageSize, parallel int, keep string) (result, error) {
	client, err := fastly.NewClient(fastly.ClientConfig{
		BaseURL: os.Getenv("FASTLY_API_URL"), Token: os.Getenv("FASTLY_API_TOKEN"), PageSize: pageSize, Parallel: parallel,
	})
	if err != nil {
		return result{}, err
	}
	cache := source.NewCache(client, time.Now, nil)
	if keep != "" {
		kept, err := store.Open(ctx, store.Config{URL: "sqlite://" + keep})
		if err != nil {
			return result{}, err
		}
		defer func() { _ = kept.Close() }() //nolint:contextcheck // a context of its own bounds it
		cache.KeepServicesIn(kept, func(err error) { fmt.Fprintln(os.Stderr, "reader: warning:", err) })
	}
	defer cache.Close()
	largest := watchHeap()
	began := time.Now()
	table, err := lookup.Asker{Usage: cache}.Ask(ctx, q, time.Now())
	took := time.Since(began)
	live := largest()
	if err != nil {
		return result{}, err
	}
	services := 0
	for _, group := range table.Groups {
		services += len(group.Rows) + group.RestCount
	}
	return result{took.Seconds(), services, live, resident()}, nil
}

// resident reads the high-water mark. That of getrusage is of no use: it begins with what the parent of the process had.
func resident() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, _ := strconv.ParseUint(strings.Fields(rest)[0], 10, 64) // the kernel writes a number
			return kib << 10
		}
	}
	return 0
}

// watchHeap looks at the live heap often, until the function that it returns is called, which returns the most it saw.
func watchHeap() (largest func() uint64) {
	done := make(chan struct{})
	var watching sync.WaitGroup
	var most uint64
	watching.Go(func() {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		turns := time.NewTicker(5 * time.Millisecond)
		defer turns.Stop()
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-turns.C:
			case <-done:
				return
			}
		}
	})
	return func() uint64 {
		close(done)
		watching.Wait()
		return most
	}
}
