package main

import (
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"budgetbot/internal/slacksim"
)

// Where trying again cannot help, the process ends, with the reason and what to do. What each reason is, is for the tests of the service.
func TestEndsThatNothingMends(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		prepare func(*world)
		code    int
		says    []string
	}{
		{
			"a bot token that was revoked", func(w *world) { w.Slack.RevokeTokens() }, exitFailed,
			[]string{"budgetbot: error: Slack refuses SLACK_BOT_TOKEN (token_revoked)", "budgetbot: hint: install the app again"},
		},
		{
			"a rules file that is wrong, and none before it", func(w *world) { w.WriteRules("rules: [{nam: x}]\n") }, exitMisuse,
			[]string{"rules.yaml:1:", "in the rules file"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.prepare(w)
			w.expectEnd(w.launch(), test.code, test.says...)
		})
	}
	t.Run("tokens that are revoked while it runs", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.launch().connected()
		w.Slack.RevokeTokens()
		w.expectEnd(p, exitFailed, "budgetbot: error: Slack refuses SLACK_APP_TOKEN (token_revoked)", "budgetbot: hint: install the app again")
	})
}

// expectEnd demands that the process ends by itself, and says why.
func (w *world) expectEnd(p *process, code int, texts ...string) {
	w.T.Helper()
	if got, _ := p.ends(); got != code {
		w.T.Errorf("exit code %d, want %d", got, code)
	}
	for _, text := range texts {
		if !strings.Contains(p.wrote.String(), text) {
			w.T.Errorf("%q is not in what it says:\n%s", text, p.wrote)
		}
	}
}

// Command names are not namespaced in Slack, so that they may be changed. Words follow them.
func TestOtherCommandNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.launch("USAGE_COMMAND=/fastly-usage", "BUDGET_COMMAND=/fastly-budget", "LOG_FORMAT=console").connected()
	w.Says(w.Asks("/fastly-usage 2023-13"), "`/fastly-usage 2023-12`")
	w.Says(w.Asks("/fastly-budget"), "North America Bandwidth")
	w.Says(w.Asks("/usage 2023-01"), "I don't know that command", "/fastly-usage")
	p.says("INFO\tapp\trequest answered")
	p.signal(syscall.SIGINT)
	if code, _ := p.ends(); code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
}

// A service may start before its database does, and lose it again between two steps of the start.
func TestTheDatabaseIsReachedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	database, server := w.postgres()
	server.Sever()
	w.Slack.Fail("auth.test", -1, slacksim.Fault{Status: http.StatusServiceUnavailable, Body: "<html>"})
	p := w.launch(database)
	address := p.address()
	w.Await("the reason", func() bool {
		got := w.Readiness(address)
		return got.Status == http.StatusServiceUnavailable &&
			slices.Contains(got.Reasons, "the database cannot be opened: the database server cannot be reached") &&
			slices.Contains(got.Reasons, "the service is starting")
	})
	if _, text := w.Page(address + "/metrics"); !strings.Contains(text, "budgetbot_database_up 0") {
		t.Errorf("metrics without a database say otherwise:\n%s", text)
	}
	server.Mend()
	w.Await("the database", func() bool {
		return slices.Equal(w.Readiness(address).Reasons, []string{"Slack has not answered yet", "the service is starting"})
	})
	server.Sever()
	w.Slack.ClearFaults()
	w.Await("another try at the rules", func() bool { return strings.Contains(w.Written.String(), `"error":"join with the rules: `) })
	if got := w.Readiness(address); !slices.Contains(got.Reasons, "the database cannot be opened: the database server cannot be reached") {
		t.Errorf("readiness without a database: %+v", got)
	}
	server.Mend()
	p.connected()
	w.Await("readiness", func() bool { return w.Readiness(address).Ready })
	w.Says(w.Asks("/usage 2023-01 cdn_usage"), "January 2023")
	p.terminate()
}

// Whatever a start waits for, HTTP answers meanwhile, and to be stopped is a good end.
func TestStopsWhileItStarts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		block func(*testing.T, *world) (setting string, blocked func() bool)
	}{
		{"Fastly hangs", func(t *testing.T, w *world) (string, func() bool) {
			t.Cleanup(w.Fastly.Hold())
			return "FASTLY_API_URL=" + w.Fastly.URL(), func() bool { return w.Fastly.InFlight() > 0 }
		}},
		{"Slack hangs", func(_ *testing.T, w *world) (string, func() bool) {
			w.Slack.Fail("auth.test", -1, slacksim.Fault{Hang: true})
			return "LOG_LEVEL=info", func() bool { return w.Slack.CallCount("auth.test") > 0 }
		}},
		{"the database is not there", func(_ *testing.T, w *world) (string, func() bool) {
			database, server := w.postgres()
			server.Sever()
			return database, func() bool { return strings.Contains(w.Written.String(), "database not reached, trying again") }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			setting, blocked := test.block(t, w)
			p := w.launch(setting)
			w.Await("the start to wait", blocked)
			if got := w.Readiness(p.address()); got.Ready || len(got.Reasons) == 0 {
				t.Errorf("readiness while it starts: %+v", got)
			}
			p.signal(syscall.SIGTERM)
			if code, took := p.ends(); code != exitOK || took > longestStop {
				t.Errorf("exit code %d after %s, want %d at once; %s", code, took, exitOK, w.Log())
			}
		})
	}
}
