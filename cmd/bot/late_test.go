package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"budgetbot/internal/slacksim"
)

// TestTheDatabaseIsReachedLate: a service may start before its database does.
func TestTheDatabaseIsReachedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	database, server := w.postgres()
	server.Sever()
	p := w.launch(database)
	address := p.address()
	w.await("the reason", func() bool {
		got := readReadiness(t, address)
		return got.Status == http.StatusServiceUnavailable &&
			slices.Contains(got.Reasons, "the database cannot be opened: the database server cannot be reached") &&
			slices.Contains(got.Reasons, "the service is starting")
	})
	if _, text := readPage(t, address+"/metrics"); !strings.Contains(text, "budgetbot_database_up 0") {
		t.Errorf("metrics without a database say otherwise:\n%s", text)
	}
	server.Mend()
	p.connected()
	w.await("readiness", func() bool { return readReadiness(t, address).Ready })
	says(t, w.asks("/usage 2023-01 cdn_usage"), "January 2023")
	p.terminate()
}

// TestADatabaseThatRefusesIsNotWaitedFor: a database that there is not comes by no waiting.
func TestADatabaseThatRefusesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	database, _ := w.postgres()
	at, err := url.Parse(strings.TrimPrefix(database, "DATABASE_URL="))
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/there_is_no_such_database"
	w.expectEnd(w.launch("DATABASE_URL="+at.String()), exitFailed, "bot: error: the database cannot be opened")
}

// TestStopsWhileItStarts: whatever a start waits for, HTTP answers meanwhile, and to be stopped is a good end.
func TestStopsWhileItStarts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		block func(*testing.T, *world) (setting string, blocked func() bool)
	}{
		{"Fastly hangs", func(t *testing.T, w *world) (string, func() bool) {
			t.Cleanup(w.fastly.Hold())
			return "FASTLY_API_URL=" + w.fastly.URL(), func() bool { return w.fastly.InFlight() > 0 }
		}},
		{"Slack hangs", func(_ *testing.T, w *world) (string, func() bool) {
			w.slack.Fail("auth.test", -1, slacksim.Fault{Hang: true})
			return "LOG_LEVEL=info", func() bool { return w.slack.CallCount("auth.test") > 0 }
		}},
		{"the database is not there", func(_ *testing.T, w *world) (string, func() bool) {
			database, server := w.postgres()
			server.Sever()
			return database, func() bool { return strings.Contains(w.written.String(), "database not reached, trying again") }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, onWallTime)
			setting, blocked := test.block(t, w)
			p := w.launch(setting)
			w.await("the start to wait", blocked)
			if got := readReadiness(t, p.address()); got.Ready || len(got.Reasons) == 0 {
				t.Errorf("readiness while it starts: %+v", got)
			}
			p.signal(syscall.SIGTERM)
			if code, took := p.ends(); code != exitOK || took > 3*time.Second {
				t.Errorf("exit code %d after %s, want %d at once; %s", code, took, exitOK, w.log())
			}
		})
	}
}

// TestSlackAndFastlyAreAskedSideBySide: while both hang, both have been asked.
func TestSlackAndFastlyAreAskedSideBySide(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	release := w.fastly.Hold()
	defer release()
	w.slack.Fail("auth.test", 1, slacksim.Fault{Hang: true})
	p := w.launch()
	w.await("both", func() bool { return w.slack.CallCount("auth.test") == 1 && w.fastly.InFlight() > 0 })
	p.connected()
	release()
	p.terminate()
}

// TestSIGHUPIsNoEnd: whoever closes the terminal, or hopes that the rules are read anew, does not end the service.
func TestSIGHUPIsNoEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	p := w.launch().connected()
	p.signal(syscall.SIGHUP)
	p.says("SIGHUP changes nothing")
	says(t, w.asks("/usage 2023-01 cdn_usage"), "January 2023")
	p.terminate()
}
