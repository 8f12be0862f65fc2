package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
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
		w, connected, err := b.startUp(ctx)
		if err != nil {
			return err
		}
		if took = append(took, connected); i == starts-1 {
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

// startUp measures from the start of the process, and not of the world around it.
func (b *bench) startUp(ctx context.Context) (*world, time.Duration, error) {
	w := &world{}
	var err error
	if w.slack, err = slacksim.Start(slacksim.Config{}); err != nil {
		return nil, 0, err
	}
	if w.fastly, err = fastlysim.Start(fastlysim.Config{Token: fastlyToken}); err != nil {
		return nil, 0, errors.Join(err, w.close())
	}
	environment, err := w.environment(filepath.Join(b.dir, "idle"))
	if err != nil {
		return nil, 0, errors.Join(err, w.close())
	}
	began := time.Now()
	if w.program, err = b.start(ctx, "bot", environment); err != nil {
		return nil, 0, errors.Join(err, w.close())
	}
	soon, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := w.slack.WaitConnected(soon, 2); err != nil {
		return nil, 0, errors.Join(err, w.close())
	}
	return w, time.Since(began), nil
}

// leaveAlone measures what the service takes while nothing happens.
func (b *bench) leaveAlone(ctx context.Context, w *world) error {
	if err := rest(ctx, settles); err != nil {
		return err
	}
	before, err := w.program.cpu()
	if err != nil {
		return err
	}
	if err := rest(ctx, idles); err != nil {
		return err
	}
	after, err := w.program.cpu()
	if err != nil {
		return err
	}
	resident, err := w.program.resident()
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
