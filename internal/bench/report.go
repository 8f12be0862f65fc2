package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is the table, and the machine that it holds for.
type report struct {
	before string
	rows   []row
}

// row is one figure. A verdict is empty where the figure has no target.
type row struct{ what, target, measured, verdict string }

func (r *report) begin() { r.before = load() }

// say adds a figure without a target.
func (r *report) say(what, measured string) {
	r.rows = append(r.rows, row{what: what, measured: measured})
}

// judge adds a figure with one.
func (r *report) judge(what, target, measured string, reached bool) {
	verdict := "missed"
	if reached {
		verdict = "reached"
	}
	r.rows = append(r.rows, row{what, target, measured, verdict})
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "%s, %d cores, %s, %s; load average before %s, after %s\n\n",
		processor(), runtime.NumCPU(), runtime.Version(), time.Now().UTC().Format(time.DateOnly), r.before, load())
	fmt.Fprintln(w, "| figure | target | measured | verdict |")
	fmt.Fprintln(w, "|---|---|---|---|")
	for _, row := range r.rows {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", row.what, row.target, row.measured, row.verdict)
	}
}

// load is how many programs wanted a core, over the last one, five and fifteen minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, model, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return runtime.GOARCH
}

// quantile returns the value below which the share q of the values lies.
func quantile[T cmp.Ordered](values []T, q float64) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func median[T cmp.Ordered](values []T) T { return quantile(values, 0.5) }

// brief is a duration to three figures.
func brief(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Microsecond).String()
}

func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
