package main

import (
	"syscall"
	"testing"
	"time"

	"budgetbot/internal/servicetest"
	"budgetbot/internal/wire"
)

const (
	alice     = servicetest.Alice
	cdnBudget = servicetest.CDNBudget
)

// longestStop is how long the program may take to finish its work in hand.
const longestStop = 10 * time.Second

// world is that of a program in a process of its own.
type world struct {
	*servicetest.World

	user *syscall.Credential // who runs the program; nil is who runs the test
}

func newWorld(t testing.TB, options ...servicetest.Option) *world {
	t.Helper()
	return &world{World: servicetest.New(t, append(options, servicetest.OnWallTime)...)}
}

// postgres returns the setting of an empty database, and the wire to its server.
func (w *world) postgres() (setting string, server *wire.Wire) {
	w.T.Helper()
	database, server := w.Postgres()
	return "DATABASE_URL=" + database, server
}

// eventually returns when the condition holds. Where it does not in time the test ends with the message.
func eventually(t testing.TB, holds func() bool, message string, args ...any) {
	t.Helper()
	patiently(t, servicetest.Patience, holds, message, args...)
}

// patiently is eventually for what takes longer where the machine is busy.
func patiently(t testing.TB, patience time.Duration, holds func() bool, message string, args ...any) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-look.C {
		if holds() {
			return
		}
	}
	t.Fatalf(message, args...)
}
