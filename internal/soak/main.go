package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"budgetbot/internal/soak/judge"
)

const usualSeconds = 480

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	result, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak: error:", err)
		os.Exit(1)
	}
	result.print(os.Stdout)
	if result.failed() {
		os.Exit(1)
	}
}

// run reads what is wanted from the environment, and does it.
func run(ctx context.Context) (report, error) {
	seconds, err := number("SOAK_SECONDS", usualSeconds)
	if err != nil {
		return report{}, err
	}
	if seconds < 10 || seconds > 24*60*60 {
		return report{}, fmt.Errorf("SOAK_SECONDS has to be from 10 to %d", 24*60*60)
	}
	seed, err := number("SOAK_SEED", uint64(rand.N(1_000_000)))
	if err != nil {
		return report{}, err
	}
	s := judge.TheQuarter()
	if err := s.Write(100); err != nil {
		return report{}, fmt.Errorf("write the rules: %w", err)
	}
	return soak{
		script: &s, within: time.Duration(seconds) * time.Second, lead: 8 * time.Second, seed: seed, torment: true, out: os.Stderr,
		groups: []groupConfig{
			{name: "PostgreSQL", replicas: 3, lag: 6 * time.Hour, postgres: true},
			{name: "SQLite", replicas: 1, lag: 48 * time.Hour},
		},
	}.run(ctx)
}

func number(name string, usual uint64) (uint64, error) {
	text := os.Getenv(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is no number", name)
	}
	return n, nil
}
