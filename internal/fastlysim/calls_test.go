package fastlysim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// eventually waits until a condition holds, or fails.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within ten seconds", what)
		}
	}
}

func TestCallsAreWrittenDown(t *testing.T) {
	s := begin(t, Config{})
	get(t, s, UsagePath, "start_month=2023-01&end_month=2023-02")
	get(t, s, TokenPath, "x=1")
	requests := s.Requests()
	if len(requests) != 2 || s.Calls() != 2 || s.InFlight() != 0 {
		t.Fatalf("%d of %d calls, %d under way", len(requests), s.Calls(), s.InFlight())
	}
	first, second := requests[0], requests[1]
	if first.Path != UsagePath || first.Query.Get("end_month") != "2023-02" || first.Status != 200 || !first.Token {
		t.Errorf("the first is %+v", first)
	}
	if second.Status != 400 || second.Method != http.MethodGet || second.UserAgent == "" || second.Duration <= 0 {
		t.Errorf("the second is %+v", second)
	}
	if s.MaxInFlight() != 1 {
		t.Errorf("one after the other counts as %d together", s.MaxInFlight())
	}
	s.Forget()
	if len(s.Requests()) != 0 || s.Calls() != 0 || s.MaxInFlight() != 0 {
		t.Error("the log is not forgotten")
	}
}

func TestTheLogHoldsNoToken(t *testing.T) {
	s := begin(t, Config{})
	get(t, s, TokenPath, "")
	if text := fmt.Sprintf("%+v", s.Requests()); len(text) == 0 || strings.Contains(text, testToken) {
		t.Errorf("the log is %q", text)
	}
}

func TestCallsTogetherAreCounted(t *testing.T) {
	s := begin(t, Config{})
	release := s.Hold()
	c := client(t)
	var calls sync.WaitGroup
	for range 4 {
		request := newRequest(t, http.MethodGet, s.URL()+TokenPath)
		calls.Go(func() {
			if got, err := read(c, request); err != nil || got.status != 200 {
				t.Errorf("%d %v", got.status, err)
			}
		})
	}
	eventually(t, "four calls wait", func() bool { return s.InFlight() == 4 })
	if waiting := s.Requests()[0]; waiting.Status != 0 || waiting.Duration != 0 {
		t.Errorf("a call that waits is %+v", waiting)
	}
	release()
	release()
	calls.Wait()
	if s.MaxInFlight() != 4 || s.InFlight() != 0 {
		t.Errorf("%d together, %d left", s.MaxInFlight(), s.InFlight())
	}
}

func TestLatencyIsAddedToEveryCall(t *testing.T) {
	s := begin(t, Config{Latency: 20 * time.Millisecond})
	get(t, s, TokenPath, "")
	if got := s.Requests()[0].Duration; got < 20*time.Millisecond {
		t.Errorf("it took %s", got)
	}
}

func TestTheLogForgetsTheOldest(t *testing.T) {
	var log callLog
	request := newRequest(t, http.MethodGet, "http://127.0.0.1/x")
	for range maxCalls + 1 {
		log.begin(request).end(200)
	}
	total, inFlight, _ := log.counts()
	if kept := len(log.list()); kept != maxCalls/2+1 || total != maxCalls+1 || inFlight != 0 {
		t.Errorf("%d kept of %d, %d under way", kept, total, inFlight)
	}
}

func TestCloseEndsCallsThatWait(t *testing.T) {
	s := begin(t, Config{})
	s.Fail(TokenPath, 1, fault.Hang)
	c := client(t)
	request := newRequest(t, http.MethodGet, s.URL()+TokenPath)
	failed := make(chan error, 1)
	go func() {
		_, err := read(c, request)
		failed <- err
	}()
	eventually(t, "the call hangs", func() bool { return s.InFlight() == 1 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the call was answered")
	}
	if s.InFlight() != 0 {
		t.Error("the call is still counted")
	}
}

func TestACallThatIsGivenUpIsNotKept(t *testing.T) {
	s := begin(t, Config{})
	defer s.Hold()()
	ctx, giveUp := context.WithCancel(t.Context())
	request := newRequest(t, http.MethodGet, s.URL()+TokenPath).WithContext(ctx)
	c := client(t)
	failed := make(chan error, 1)
	go func() {
		_, err := read(c, request)
		failed <- err
	}()
	eventually(t, "the call waits", func() bool { return s.InFlight() == 1 })
	giveUp()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	eventually(t, "the call is gone", func() bool { return s.InFlight() == 0 })
	if got := s.Requests()[0].Status; got != 0 {
		t.Errorf("it was answered %d", got)
	}
}

// TestEverythingAtOnce is for the race detector.
func TestEverythingAtOnce(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 20}})
	var busy sync.WaitGroup
	for _, act := range []func() error{
		func() error { s.Month("2026-11"); s.Services("2026-11", "cdn_usage", "Asia Bandwidth"); return nil },
		func() error { return s.Jump(account.Jump{Service: "www-shop", From: november, Factor: 1.1}) },
		func() error { return s.Restate("2026-11", "cdn_usage", "Asia Bandwidth", number("1.01")) },
		func() error { s.Fail(TokenPath, 1, fault.NoRows); s.Heal(); s.Requests(); s.Forget(); return nil },
	} {
		busy.Go(func() {
			for range 20 {
				if err := act(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		get(t, s, UsagePath, "start_month=2026-10&end_month=2026-11")
	}
	busy.Wait()
	s.Set(exactRow())
	busy.Go(func() { _ = s.Restate("2026-09", "cdn_usage", "North America Requests", number("2")) })
	get(t, s, UsagePath, "start_month=2026-09&end_month=2026-09")
	busy.Wait()
	if got := s.Month("2026-09")[0].Quantity; !got.Equal(number("292034.0738")) {
		t.Errorf("restated to %s", got)
	}
}
