package program_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"budgetbot/internal/program"
)

// role is what this test is to be in a process of its own.
const role = "PROGRAM_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "good":
		terminated, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		fmt.Println("ready")
		<-terminated.Done()
		stop()
		fmt.Println("good bye")
	case "bad":
		fmt.Println("ready")
		time.Sleep(time.Hour)
	}
}

func start(t *testing.T, as string) *program.Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := program.Start(t.Context(), self, t.TempDir(), []string{role + "=" + as})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(p.Wrote(), "ready"); {
		if time.Now().After(deadline) {
			t.Fatal("it does not begin")
		}
	}
	return p
}

func TestStop(t *testing.T) {
	p := start(t, "good")
	if bytes, err := p.Resident(); err != nil || bytes < 1<<20 {
		t.Errorf("it has %d bytes, %v", bytes, err)
	}
	if _, err := p.CPU(); err != nil {
		t.Error(err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if !strings.HasSuffix(p.LastWords(), "good bye\n") {
		t.Errorf("its last words are %q", p.LastWords())
	}
	if p.Stop() == nil {
		t.Error("what has ended is ended again")
	}
}

func TestStopOfAProgramThatEndsBadly(t *testing.T) {
	if err := start(t, "bad").Stop(); err == nil || !strings.Contains(err.Error(), "ended badly") {
		t.Errorf("the end by the signal is %v, want an error", err)
	}
}

func TestKill(t *testing.T) {
	p := start(t, "good")
	p.Kill()
	<-p.Ended()
	p.Kill()
	if strings.Contains(p.Wrote(), "good bye") {
		t.Error("it was asked and not killed")
	}
}
