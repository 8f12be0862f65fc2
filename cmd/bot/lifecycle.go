package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"

	"go.uber.org/zap"
)

// closers are what has been opened, so that it can be closed in reverse, whatever went wrong on the way.
type closers struct {
	steps []closer
}

type closer struct {
	name  string
	close func() error
}

// add registers a closing step the moment that the thing exists.
func (c *closers) add(name string, close func() error) {
	c.steps = append(c.steps, closer{name, close})
}

// Close runs every step, the last one added first, and joins what they say. A second call does nothing.
func (c *closers) Close() error {
	var errs []error
	for _, step := range slices.Backward(c.steps) {
		if err := step.close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", step.name, err))
		}
	}
	c.steps = nil
	return errors.Join(errs...)
}

// noteHangups says of every SIGHUP that it changes nothing, until the function that it returns is called. The signal would end the process
// else, as it does a command that a person runs.
func noteHangups(log *zap.Logger) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	done := make(chan struct{})
	var noting sync.WaitGroup
	noting.Go(func() {
		for {
			select {
			case <-signals:
				log.Info("SIGHUP changes nothing; the rules file is read at start")
			case <-done:
				return
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(done)
		noting.Wait()
	}
}

// untilSignal returns a context that ends at the first SIGINT or SIGTERM. The second ends the process at once, for a
// person who will not wait for work in hand.
func untilSignal(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for received := 0; ; {
			select {
			case <-signals:
				if received++; received > 1 {
					os.Exit(exitFailed)
				}
				cancel()
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}
