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
	var noting sync.WaitGroup
	noting.Go(func() {
		for range signals {
			log.Info("SIGHUP ignored: the rules file is read only at start")
		}
	})
	return func() {
		signal.Stop(signals)
		close(signals)
		noting.Wait()
	}
}

// untilSignal returns a context that ends at the first SIGINT or SIGTERM. The second ends the process at once, for a
// person who will not wait for work in hand.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() { // ends with the process
		<-signals
		cancel()
		<-signals
		os.Exit(exitFailed)
	}()
	return ctx
}
