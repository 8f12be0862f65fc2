package store

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store/engine"
)

func TestStopWaitsForTheAttemptInHand(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		begun, release, stopped := make(chan string, 1), make(chan bool), make(chan error, 1)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
			begun <- a.ID
			<-release
			return sent(a)
		}})
		next(t, "the attempt", begun)
		go func() { stopped <- s.StopDelivery(context.Background()) }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped with an attempt in hand: %v", err)
		case release <- true:
		}
		if err := next(t, "the end", stopped); err != nil {
			t.Error(err)
		}
		if d := delivery(t, s, "r1"); d.State != alerts.DeliverySent {
			t.Errorf("state = %s, want %s", d.State, alerts.DeliverySent)
		}
		if err := s.StopDelivery(t.Context()); err != nil {
			t.Errorf("the second stop: %v", err)
		}
	})
}

func TestStopCancelsAnAttemptThatHangs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, begun := openAt(t, url), make(chan string, 1)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, script{attempt: func(ctx context.Context, a deliver.Attempt) deliver.Verdict {
			begun <- a.ID
			<-ctx.Done()
			return deliver.Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: ctx.Err()}
		}})
		next(t, "the attempt", begun)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := s.StopDelivery(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want %v", err, context.DeadlineExceeded)
		}
		row, err := s.queries.Delivery(t.Context(), "r1")
		if err != nil || row.State != string(alerts.DeliveryPending) || !row.Unsettled {
			t.Errorf("delivery = %+v, %v; want it pending and unsettled", row, err)
		}
		if n := lanes(t, s); n != 1 {
			t.Errorf("%d jobs, want the one that goes on at the next start", n)
		}
	})
}

func TestAnAttemptHasADeadline(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, left := openAt(t, url), make(chan time.Duration, 1)
		enqueue(t, s, parent("r1", "cdn-budget"))
		start(t, s, script{attempt: func(ctx context.Context, a deliver.Attempt) deliver.Verdict {
			deadline, _ := ctx.Deadline()
			left <- time.Until(deadline)
			return sent(a)
		}})
		if got := next(t, "the attempt", left); got <= 0 || got > attemptTimeout {
			t.Errorf("an attempt has %s, want at most %s", got, attemptTimeout)
		}
		awaitState(t, s, "r1", alerts.DeliverySent)
	})
}

func TestDeliveryStartsOnceAtATime(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		start(t, s, sends(attempts))
		if err := s.StartDelivery(t.Context(), sends(attempts)); err == nil {
			t.Error("a second start succeeded")
		}
		if err := s.StopDelivery(t.Context()); err != nil {
			t.Fatal(err)
		}
		start(t, s, sends(attempts))
		enqueue(t, s, parent("r1", "cdn-budget"))
		awaitState(t, s, "r1", alerts.DeliverySent)
	})
}

func TestDeliveryOutlivesTheContextOfItsStart(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
		ctx, cancel := context.WithCancel(t.Context())
		if err := s.StartDelivery(ctx, sends(attempts)); err != nil {
			t.Fatal(err)
		}
		cancel()
		enqueue(t, s, parent("r1", "cdn-budget"))
		awaitState(t, s, "r1", alerts.DeliverySent)
	})
}

// TestKill kills a service between Slack's answer and its receipt, with the check claimed.
func TestKill(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	before := openAt(t, url)
	enqueue(t, before, parent("r1", "cdn-budget"))
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	service := exec.CommandContext(t.Context(), os.Args[0])
	service.Env = append(os.Environ(), crashURL+"="+url)
	service.Stderr = os.Stderr
	output, err := service.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil || line != "r1\n" {
		t.Fatalf("the service wrote %q, %v", line, err)
	}
	if _, err := Open(t.Context(), Config{URL: url}); !errors.Is(err, engine.ErrLocked) {
		t.Fatalf("while it lives: error = %v, want %v", err, engine.ErrLocked)
	}
	if err := service.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = service.Wait() // the error is that it was killed

	after, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
	if claimed := must(claimCheck(after, t.Context(), "after", noon, time.Hour, time.Hour))(t); !claimed {
		t.Error("the claim of the dead service still holds")
	}
	restarted := time.Now()
	start(t, after, sends(attempts))
	a := next(t, "its delivery", attempts)
	if !a.Unsettled || a.Attempts != 2 {
		t.Errorf("attempt %d is unsettled = %t, want attempt 2 with true", a.Attempts, a.Unsettled)
	}
	if took := time.Since(restarted); took > rescueAfter {
		t.Errorf("taken up after %s, want at once: the lock proves the other dead", took)
	}
	if unsure := a.UnsureFor; unsure <= 0 || unsure > time.Since(began) {
		t.Errorf("the dead service's attempt began %s ago, want at most %s", unsure, time.Since(began))
	}
	awaitState(t, after, "r1", alerts.DeliverySent)
}

// TestRescue lets a replica die with a delivery in hand: another one takes it up.
func TestRescue(t *testing.T) {
	t.Parallel()
	url := postgresURL(t)
	s, attempts := openAt(t, url), make(chan deliver.Attempt, 10)
	enqueue(t, s, parent("r1", "cdn-budget"))
	began := time.Now().Add(-rescueAfter)
	on(t, s, "UPDATE lane SET busy_until = $1", millis(began.Add(rescueAfter)))
	on(t, s, "UPDATE delivery SET unsettled = TRUE, attempts = 1, begun_at = $1, retry_at = $2, unsure_at = $1", millis(began), millis(began.Add(rescueAfter)))
	start(t, s, sends(attempts))
	if a := next(t, "its delivery", attempts); !a.Unsettled || a.UnsureFor < rescueAfter {
		t.Errorf("what a dead replica had in hand is unsettled = %t for %s, want true for at least %s", a.Unsettled, a.UnsureFor, rescueAfter)
	}
	awaitState(t, s, "r1", alerts.DeliverySent)
}
