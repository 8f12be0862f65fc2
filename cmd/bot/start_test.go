package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// Where trying again cannot help, the process ends, with the reason and what to do.
func TestStartsThatCannotSucceed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		prepare func(*world) []string
		code    int
		says    []string
	}{
		{
			"a bot token that was revoked", func(w *world) []string { w.slack.RevokeTokens(); return nil }, exitFailed,
			[]string{"bot: error: Slack refuses SLACK_BOT_TOKEN (token_revoked)", "bot: hint: install the app again"},
		},
		{
			"a bot token that Slack does not know", func(*world) []string { return []string{"SLACK_BOT_TOKEN=xoxb-mistyped"} }, exitFailed,
			[]string{"bot: error: Slack refuses SLACK_BOT_TOKEN (invalid_auth)", "bot: hint: copy the token again"},
		},
		{
			"a bot token without a required scope", func(w *world) []string { w.slack.SetScopes("commands"); return nil }, exitFailed,
			[]string{"bot: error: the bot token lacks the scope chat:write: no alert can be posted", "bot: hint: add it under OAuth"},
		},
		{
			"an app token that Slack does not know", func(*world) []string { return []string{"SLACK_APP_TOKEN=xapp-mistyped"} }, exitFailed,
			[]string{"bot: error: Slack refuses SLACK_APP_TOKEN (invalid_auth)", "bot: hint: copy the token again"},
		},
		{
			"an address that is not Slack's", func(w *world) []string { return []string{"SLACK_API_URL=" + w.slack.APIURL() + "elsewhere/"} },
			exitFailed,
			[]string{"bot: error: Slack's Web API is not at SLACK_API_URL", "bot: hint: see whether SLACK_API_URL is right"},
		},
		{
			"a rules file that is wrong, and none before it", func(w *world) []string { w.writeRules("rules: [{nam: x}]\n"); return nil },
			exitMisuse,
			[]string{"rules.yaml:1:", "in the rules file"},
		},
		{
			"a port that is taken", func(w *world) []string { return []string{"HTTP_ADDR=" + strings.TrimPrefix(w.fastly.URL(), "http://")} },
			exitFailed,
			[]string{"bot: error: HTTP_ADDR cannot be listened on", "bot: hint: free the port"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, onWallTime)
			p := w.launch(test.prepare(w)...)
			w.expectEnd(p, test.code, test.says...)
		})
	}
	t.Run("an app token without connections:write", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, onWallTime, func(s *slacksim.Config, _ *fastlysim.Config) { s.AppScopes = []string{"authorizations:read"} })
		w.expectEnd(w.launch(), exitFailed,
			"bot: error: Slack refuses SLACK_APP_TOKEN (missing_scope, needs connections:write)", "bot: hint: add the scope to the token")
	})
	t.Run("a database that another service holds", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, onWallTime)
		first := w.launch().connected()
		w.expectEnd(w.launch(), exitFailed,
			"bot: error: the database cannot be opened: another service is using this database", "bot: hint: stop the other service")
		says(t, w.asks("/usage 2023-01 cdn_usage"), "January 2023")
		first.terminate()
	})
	t.Run("tokens that are revoked while it runs", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, onWallTime)
		p := w.launch().connected()
		w.slack.RevokeTokens()
		w.expectEnd(p, exitFailed, "bot: error: Slack refuses SLACK_APP_TOKEN (token_revoked)", "bot: hint: install the app again")
	})
}

// expectEnd demands that the process ends by itself, and says why.
func (w *world) expectEnd(p *process, code int, texts ...string) {
	w.t.Helper()
	if got, _ := p.ends(); got != code {
		w.t.Errorf("exit code %d, want %d", got, code)
	}
	for _, text := range texts {
		if !strings.Contains(p.wrote.String(), text) {
			w.t.Errorf("%q is not in what it says:\n%s", text, p.wrote)
		}
	}
}

// While Slack cannot be reached the service lives, says that it is not ready, and tries again.
func TestSlackIsReachedLate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, method, reason string }{
		{"the Web API fails", "auth.test", "Slack has not answered yet"},
		{"no connection is given", "apps.connections.open", "no connection to Slack"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, onWallTime)
			w.slack.Fail(test.method, -1, slacksim.Fault{Status: http.StatusServiceUnavailable, Body: "<html>"})
			p := w.launch()
			if err := w.slack.WaitCalls(w.soon(), test.method, 1); err != nil {
				t.Fatal(err)
			}
			address := p.address()
			w.await("the reason", func() bool {
				got := readReadiness(t, address)
				return got.Status == http.StatusServiceUnavailable && strings.HasPrefix(strings.Join(got.Reasons, ""), test.reason)
			})
			if status, text := readPage(t, address+"/healthz"); status != http.StatusOK {
				t.Errorf("/healthz answers %d %s, want 200: a restart mends nothing", status, text)
			}
			w.slack.ClearFaults()
			p.connected()
			w.await("readiness", func() bool { return readReadiness(t, address).Ready })
			p.terminate()
		})
	}
}

// A rules file that is wrong does not end a service that has run before: it goes on with the last good rules, loudly.
func TestTheLastGoodRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start().stop()
	w.writeRules(strings.Replace(worldRules, "500 TB", "500 apples", 1))
	r := w.start()
	got := r.readiness()
	if got.Status != http.StatusOK || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "running on the last good rules: ") ||
		!strings.Contains(got.Warnings[0], "rules.yaml:5:") {
		t.Errorf("readiness = %+v, want one warning with file and line", got)
	}
	says(t, w.asks("/budget all"), "North America Bandwidth", "500 TB")
}

// What only the account makes wrong is the trouble of that rule, also where there is no database yet to have good rules of before: the
// service starts, says so, and watches the others.
func TestARuleThatDoesNotFitTheAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules(worldRules + "  - {name: all-cdn, product: cdn_usage, budget: 500 TB}\n")
	r := w.start()
	got := r.readiness()
	if got.Status != http.StatusOK || len(got.Warnings) != 1 ||
		!strings.HasSuffix(got.Warnings[0], " in unit, but a budget needs a single unit") || !strings.Contains(got.Warnings[0], "rules.yaml:7:30: rule all-cdn: it covers ") {
		t.Errorf("readiness = %+v, want one warning with file and line", got)
	}
	w.awaitChecks(1)
	says(t, w.asks("/budget all"), "North America Bandwidth", "500 TB", "%")
	says(t, w.asks("/budget all-cdn"), "No figure yet: it covers usage in gb and in unit, but a budget needs a single unit")
}

// Fastly may be down when the service starts: it starts.
func TestFastlyIsReachedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.failFastly(fastlysim.UsagePath, -1, fault.ServerError)
	r := w.start()
	w.await("a warning", func() bool { return len(r.readiness().Warnings) == 1 })
	says(t, w.asks("/usage 2023-01 cdn_usage"), "Fastly's API is failing right now")
	w.fastly.Heal()
	w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 })
	want := readiness{Status: http.StatusOK, Ready: true, Reasons: []string{}, Warnings: []string{}}
	if diff := cmp.Diff(want, r.readiness()); diff != "" {
		t.Errorf("readiness (-want +got):\n%s", diff)
	}
}

// Command names are not namespaced in Slack, so that they may be changed. Words follow them.
func TestOtherCommandNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	p := w.launch("USAGE_COMMAND=/fastly-usage", "BUDGET_COMMAND=/fastly-budget", "LOG_FORMAT=console").connected()
	says(t, w.asks("/fastly-usage 2023-13"), "`/fastly-usage 2023-12`")
	says(t, w.asks("/fastly-budget"), "North America Bandwidth")
	says(t, w.asks("/usage 2023-01"), "I don't know that command", "/fastly-usage")
	p.says("INFO\tapp\trequest answered")
	p.signal(syscall.SIGINT)
	if code, _ := p.ends(); code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
}

// TestARuleThatCoversNothingIsAWarning: the service starts, and says so where a machine looks.
func TestARuleThatCoversNothingIsAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeRules("rules: [{name: typo, product: cdn_usage, usage_type: Asia Bandwidt, budget: 1 TB, channel: cdn-budget}]")
	r := w.start()
	got := r.readiness()
	if !got.Ready || len(got.Warnings) == 0 || !strings.Contains(got.Warnings[0], `did you mean "Asia Bandwidth"?`) {
		t.Errorf("readiness = %+v, want ready with a warning that names the nearest usage type", got)
	}
	r.stop()
}
