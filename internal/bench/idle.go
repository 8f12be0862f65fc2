package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"budgetbot/internal/fastlysim"
)

const (
	starts  = 10
	settles = 5 * time.Second // after a start, until the service is idle
	idles   = 30 * time.Second
)

// measureIdle starts the service again and again on one database, and leaves the last one alone.
func measureIdle(ctx context.Context, b *bench) error {
	var took []time.Duration
	for i := range starts {
		w, err := b.open(ctx, "bot", filepath.Join(b.dir, "idle"), fastlysim.Config{})
		if err != nil {
			return err
		}
		if took = append(took, w.connected); i == starts-1 {
			err = b.leaveAlone(ctx, w)
		}
		if err := errors.Join(err, w.close()); err != nil {
			return err
		}
	}
	b.report.judge(fmt.Sprintf("both connections open after the start, median of %d starts", starts), "≤ 150 ms",
		fmt.Sprintf("%s (first, on an empty directory: %s)", brief(median(took)), brief(took[0])), median(took) <= 150*time.Millisecond)
	return nil
}

// leaveAlone measures what the service takes while nothing happens.
func (b *bench) leaveAlone(ctx context.Context, w *world) error {
	if err := rest(ctx, settles); err != nil {
		return err
	}
	before, err := w.program.CPU()
	if err != nil {
		return err
	}
	if err := rest(ctx, idles); err != nil {
		return err
	}
	after, err := w.program.CPU()
	if err != nil {
		return err
	}
	resident, err := w.program.Resident()
	if err != nil {
		return err
	}
	share := 100 * (after - before).Seconds() / idles.Seconds()
	b.report.judge("idle, resident", "≤ 40 MiB", mebibytes(resident), resident <= 40<<20)
	b.report.judge("idle, of a core", "≤ 1 %", fmt.Sprintf("%.2f %%", share), share <= 1)
	return nil
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
