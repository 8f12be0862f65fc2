package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"go.uber.org/zap"
)

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
				log.Info("SIGHUP ignored: the rules file is read only at start")
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
