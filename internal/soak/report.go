package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"budgetbot/internal/soak/clock"
	"budgetbot/internal/soak/judge"
)

// report is what is printed.
type report struct {
	seed          uint64
	within        time.Duration
	clock         clock.Clock
	before, after string // the load of the machine
	rows          []conclusion
}

// leastDue is the share of the script's crossings that must have been due: a soak that can expect nothing proves nothing.
const leastDue = 0.25

func (r report) total() judge.Verdict {
	var all judge.Verdict
	crossings := 0
	for _, row := range r.rows {
		all.Expected += row.Expected
		all.Posted += row.Posted
		all.Missing += row.Missing
		all.Doubled += row.Doubled
		all.Late += row.Late
		crossings += row.crossings
		for _, problem := range row.Problems {
			all.Complain("%s: %s", row.name, problem)
		}
	}
	if float64(all.Expected) < leastDue*float64(crossings) {
		all.Complain("of %d crossings only %d could be expected to be posted", crossings, all.Expected)
	}
	return all
}

func (r report) failed() bool {
	all := r.total()
	return all.Missing > 0 || all.Doubled > 0 || len(all.Problems) > 0
}

// mostProblems is how many are printed.
const mostProblems = 200

func (r report) print(w io.Writer) {
	all := r.total()
	fmt.Fprintf(w, "seed %d, %s in %s, a check due every %s; %d cores, %s, load average before %s, after %s\n\n", r.seed,
		r.clock.Until.Sub(r.clock.From), r.within, r.clock.CheckEvery(), runtime.NumCPU(), runtime.Version(), r.before, r.after)
	for _, problem := range all.Problems[:min(len(all.Problems), mostProblems)] {
		fmt.Fprintln(w, "problem:", problem)
	}
	if more := len(all.Problems) - mostProblems; more > 0 {
		fmt.Fprintf(w, "and %d problems more\n", more)
	}
	r.table(w)
	fmt.Fprintf(w, "soak: expected %d, posted %d, missing %d, doubled %d, late %d\n", all.Expected, all.Posted, all.Missing, all.Doubled, all.Late)
}

func (r report) table(w io.Writer) {
	line := func(what string, cell func(conclusion) string) {
		cells := []string{what}
		for _, row := range r.rows {
			cells = append(cells, cell(row))
		}
		fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |")
	}
	number := func(what string, n func(conclusion) int) {
		line(what, func(c conclusion) string { return fmt.Sprint(n(c)) })
	}
	line("", func(c conclusion) string { return c.name })
	fmt.Fprintln(w, strings.Repeat("|---", len(r.rows)+1)+"|")
	number("processes", func(c conclusion) int { return len(c.memory) })
	number("checks", func(c conclusion) int { return c.checks })
	number("looks at a month in them", func(c conclusion) int { return c.looks })
	line("longest time without one", func(c conclusion) string { return c.blind.Round(100 * time.Millisecond).String() })
	number("kill -9", func(c conclusion) int { return c.kills })
	number("database cut off", func(c conclusion) int { return c.cuts })
	number("storms of 429; an answer lost in each", func(c conclusion) int { return c.storms })
	number("calls that Slack refused so", func(c conclusion) int { return c.refused })
	number("times that the channels' history lagged", func(c conclusion) int { return c.counts.lags })
	number("renewals and broken connections", func(c conclusion) int { return c.renewals })
	number("times that Fastly failed", func(c conclusion) int { return c.faults })
	number("processes stopped for a while (SIGSTOP)", func(c conclusion) int { return c.pauses })
	number("buttons pressed", func(c conclusion) int { return c.presses })
	number("starts that failed meanwhile", func(c conclusion) int { return c.restarts })
	number("crossings in the script", func(c conclusion) int { return c.crossings })
	number("of them, past when the service began", func(c conclusion) int { return c.Past })
	number("of them, expected to be posted", func(c conclusion) int { return c.Expected })
	number("posted", func(c conclusion) int { return c.Posted })
	number("of them, by a higher threshold that overtook", func(c conclusion) int { return c.Overtaken })
	number("of them, by an update of a message that called it likely over", func(c conclusion) int { return c.Shown })
	number("missing", func(c conclusion) int { return c.Missing })
	number("doubled", func(c conclusion) int { return c.Doubled })
	number("late", func(c conclusion) int { return c.Late })
	number("not expected, and posted", func(c conclusion) int { return c.Besides })
	number("not expected, and not posted", func(c conclusion) int { return c.Unposted })
	number("crossings of budgets that somebody had answered for", func(c conclusion) int { return c.Silenced })
	number("forecasts posted", func(c conclusion) int { return c.Forecasts })
	number("repeats that had to say so", func(c conclusion) int { return c.Repeated })
	number("closed months restated, posted", func(c conclusion) int { return c.Restated })
	number("summaries of edits, posted", func(c conclusion) int { return c.Summaries })
	number("posted to the operators", func(c conclusion) int { return c.Others })
	number("edits", func(c conclusion) int { return c.edits })
	line("from a crossing to its message, median and p99", func(c conclusion) string {
		if len(c.Delays) == 0 {
			return "–"
		}
		return quantile(c.Delays, 0.5).Round(10*time.Millisecond).String() + ", " + quantile(c.Delays, 0.99).Round(10*time.Millisecond).String()
	})
	line("resident memory of each process in the end", func(c conclusion) string {
		var all []string
		for _, bytes := range c.memory {
			all = append(all, fmt.Sprintf("%.0f", float64(bytes)/(1<<20)))
		}
		return strings.Join(all, ", ") + " MiB"
	})
}

func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// refusedBySlack counts the calls that were answered with 429.
func (g *group) refusedBySlack() int {
	n := 0
	for _, method := range []string{"chat.postMessage", "chat.update"} {
		for _, call := range g.slack.Calls(method) {
			if call.Status == http.StatusTooManyRequests {
				n++
			}
		}
	}
	return n
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
