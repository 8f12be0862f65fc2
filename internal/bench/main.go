package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// part is one thing to measure.
type part struct {
	name    string
	measure func(context.Context, *bench) error
}

var parts = []part{
	{"commands", measureCommands},
	{"latency", measureLatency},
	{"services", measureServices},
	{"rules", measureRules},
	{"backlog", measureBacklog},
	{"lanes", measureLanes},
	{"idle", measureIdle},
}

// bench is a run: what is measured with, and what came of it.
type bench struct {
	rounds   int
	dir      string // of the programs and their files; removed in the end
	programs map[string]string
	databases
	report report
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	chosen := flag.String("parts", names(), "what to measure, by commas")
	rounds := flag.Int("rounds", 5, "rounds of everything that is measured in rounds")
	postgres := flag.String("postgres", "", "postgres://… of a server to keep databases on, in place of SQLite files")
	flag.Parse()
	dir, err := os.MkdirTemp("", "budgetbot-bench-")
	if err != nil {
		return fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{rounds: *rounds, dir: dir, databases: databases{server: *postgres}}
	defer func() { err = errors.Join(err, b.drop()) }() //nolint:contextcheck // what was made is dropped, whatever has ended
	if err := b.build(ctx); err != nil {
		return err
	}
	b.report.begin()
	for _, p := range parts {
		if !slices.Contains(strings.Split(*chosen, ","), p.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s\n", p.name)
		if err := p.measure(ctx, b); err != nil {
			return fmt.Errorf("measure %s: %w", p.name, err)
		}
	}
	b.report.print(os.Stdout)
	return nil
}

func names() string {
	var all []string
	for _, p := range parts {
		all = append(all, p.name)
	}
	return strings.Join(all, ",")
}
