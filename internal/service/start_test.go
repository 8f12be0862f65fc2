package service_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/service"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

// Where trying again cannot help, a start ends, with the reason and what to do.
func TestStartsThatCannotSucceed(t *testing.T) {
	set := func(change func(*service.Config)) servicetest.Change {
		return func(c *service.Config, _ *service.Options) { change(c) }
	}
	for _, test := range []struct {
		name          string
		prepare       func(*world) servicetest.Change
		problem, hint string
	}{
		{
			"a bot token that was revoked", func(w *world) servicetest.Change { w.Slack.RevokeTokens(); return nil },
			"Slack refuses SLACK_BOT_TOKEN (token_revoked)", "install the app again",
		},
		{
			"a bot token that Slack does not know",
			func(*world) servicetest.Change {
				return set(func(c *service.Config) { c.SlackBotToken = "xoxb-mistyped" })
			},
			"Slack refuses SLACK_BOT_TOKEN (invalid_auth)", "copy the token again",
		},
		{
			"a bot token without a required scope", func(w *world) servicetest.Change { w.Slack.SetScopes("commands"); return nil },
			"the bot token lacks the scope chat:write: no alert can be posted", "add it under OAuth",
		},
		{
			"an app token that Slack does not know",
			func(*world) servicetest.Change {
				return set(func(c *service.Config) { c.SlackAppToken = "xapp-mistyped" })
			},
			"Slack refuses SLACK_APP_TOKEN (invalid_auth)", "copy the token again",
		},
		{
			"an address that is not Slack's",
			func(*world) servicetest.Change { return set(func(c *service.Config) { c.SlackAPIURL += "elsewhere/" }) },
			"Slack's Web API is not at SLACK_API_URL", "see whether SLACK_API_URL is right",
		},
		{
			"a port that is taken",
			func(w *world) servicetest.Change {
				return set(func(c *service.Config) { c.HTTPAddr = strings.TrimPrefix(w.Fastly.URL(), "http://") })
			},
			"HTTP_ADDR cannot be listened on", "free the port",
		},
		{
			"a database that another service holds", func(w *world) servicetest.Change { w.Start(); return nil },
			"the database cannot be opened: another service is using this database", "stop the other service",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				change := test.prepare(w)
				if change == nil {
					change = set(func(*service.Config) {})
				}
				w.expectFailure(w.run(change), test.problem, test.hint)
			})
		})
	}
	t.Run("an app token without connections:write", func(t *testing.T) {
		onVirtualTime(t, func(t *testing.T) {
			w := newWorld(t, func(s *slacksim.Config, _ *fastlysim.Config) { s.AppScopes = []string{"authorizations:read"} })
			w.expectFailure(w.run(), "Slack refuses SLACK_APP_TOKEN (missing_scope, needs connections:write)", "add the scope to the token")
		})
	})
	t.Run("a database that the server does not have is not waited for", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, servicetest.OnMachineNetwork)
		database, _ := w.Postgres()
		at, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		at.Path = "/there_is_no_such_database"
		w.expectFailure(w.run(on(at.String()), patiently), "the database cannot be opened", "")
	})
}

// patiently has a service wait for its database.
func patiently(_ *service.Config, o *service.Options) { o.Patient = true }

// run opens a service and runs it until it ends by itself.
func (w *world) run(changes ...servicetest.Change) error {
	w.T.Helper()
	r, err := w.Build(w.Soon(), changes...)
	if err != nil {
		return err
	}
	return errors.Join(r.Service.Run(w.Soon()), r.Service.Close())
}

// expectFailure demands an error with these words for the operator.
func (w *world) expectFailure(err error, problem, hint string) {
	w.T.Helper()
	failed, ok := errors.AsType[*service.Failure](err)
	if !ok || !strings.HasPrefix(failed.Problem, problem) || !strings.HasPrefix(failed.Hint, hint) {
		w.T.Errorf("it ends with %+v, want %q and %q", err, problem, hint)
	}
}

// pageAddress is where a service has its pages that is asked before it is open.
const pageAddress = "127.0.0.1:8080"

// starts opens and runs a service in the background. It is stopped at the end of the test.
func (w *world) starts() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w.T.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.T.Error(err)
		}
	})
	go func() {
		r, err := w.Build(ctx, func(c *service.Config, _ *service.Options) { c.HTTPAddr = pageAddress })
		if err == nil {
			err = errors.Join(r.Service.Run(ctx), r.Service.Close())
		}
		ended <- err
	}()
}

// While Slack cannot be reached the service lives, says that it is not ready, and tries again.
func TestSlackIsReachedLate(t *testing.T) {
	for _, test := range []struct{ name, method, reason string }{
		{"the Web API fails", "auth.test", "Slack has not answered yet"},
		{"no connection is given", "apps.connections.open", "no connection to Slack"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				w.Slack.Fail(test.method, -1, slacksim.Fault{Status: http.StatusServiceUnavailable, Body: "<html>"})
				w.starts()
				if err := w.Slack.WaitCalls(w.Soon(), test.method, 1); err != nil {
					t.Fatal(err)
				}
				const address = "http://" + pageAddress
				w.Await("the reason", func() bool {
					got := w.Readiness(address)
					return got.Status == http.StatusServiceUnavailable && strings.HasPrefix(strings.Join(got.Reasons, ""), test.reason)
				})
				if status, text := w.Page(address + "/healthz"); status != http.StatusOK {
					t.Errorf("/healthz answers %d %s, want 200: a restart mends nothing", status, text)
				}
				w.Slack.ClearFaults()
				w.Await("readiness", func() bool { return w.Readiness(address).Ready })
			})
		})
	}
}

// While both hang, both have been asked.
func TestSlackAndFastlyAreAskedSideBySide(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		release := w.Fastly.Hold()
		defer release()
		w.Slack.Fail("auth.test", 1, slacksim.Fault{Hang: true})
		w.starts()
		w.Await("both", func() bool { return w.Slack.CallCount("auth.test") == 1 && w.Fastly.InFlight() > 0 })
		if err := w.Slack.WaitConnected(w.Soon(), 2); err != nil {
			t.Fatal(err)
		}
	})
}

// A rules file that is wrong does not end a service that has run before: it goes on with the last good rules, loudly.
func TestTheLastGoodRules(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Start().Stop()
		w.WriteRules(strings.Replace(servicetest.Rules, "500 TB", "500 apples", 1))
		got := w.Start().Readiness()
		if got.Status != http.StatusOK || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "running on the last good rules: ") ||
			!strings.Contains(got.Warnings[0], "rules.yaml:5:") {
			t.Errorf("readiness = %+v, want one warning with file and line", got)
		}
		w.Says(w.Asks("/budget all"), "North America Bandwidth", "500 TB")
	})
}

// What only the account makes wrong is the trouble of that rule, also where there is no database yet to have good rules of before: the
// service starts, says so, and watches the others.
func TestARuleThatDoesNotFitTheAccount(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(servicetest.Rules + "  - {name: all-cdn, product: cdn_usage, budget: 500 TB}\n")
		got := w.Start().Readiness()
		if got.Status != http.StatusOK || len(got.Warnings) != 1 ||
			!strings.HasSuffix(got.Warnings[0], " in unit, but a budget needs a single unit") || !strings.Contains(got.Warnings[0], "rules.yaml:7:30: rule all-cdn: it covers ") {
			t.Errorf("readiness = %+v, want one warning with file and line", got)
		}
		w.AwaitChecks(1)
		w.Says(w.Asks("/budget all"), "North America Bandwidth", "500 TB", "%")
		w.Says(w.Asks("/budget all-cdn"), "No figure yet: it covers usage in gb and in unit, but a budget needs a single unit")
	})
}

// Fastly may be down when the service starts: it starts.
func TestFastlyIsReachedLate(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.FailFastly(fastlysim.UsagePath, -1, fault.ServerError)
		r := w.Start()
		w.Await("a warning", func() bool { return len(r.Readiness().Warnings) == 1 })
		w.Says(w.Asks("/usage 2023-01 cdn_usage"), "Fastly's API failed")
		w.Fastly.Heal()
		r.AwaitNoWarning()
		want := servicetest.Readiness{Status: http.StatusOK, Ready: true, Reasons: []string{}, Warnings: []string{}}
		if diff := cmp.Diff(want, r.Readiness()); diff != "" {
			t.Errorf("readiness (-want +got):\n%s", diff)
		}
	})
}

// The service starts with a rule that covers nothing, and says so where a machine looks.
func TestARuleThatCoversNothingIsAWarning(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules("rules: [{name: typo, product: cdn_usage, usage_type: Asia Bandwidt, budget: 1 TB, channel: cdn-budget}]")
		got := w.Start().Readiness()
		if !got.Ready || len(got.Warnings) == 0 || !strings.Contains(got.Warnings[0], `did you mean "Asia Bandwidth"?`) {
			t.Errorf("readiness = %+v, want ready with a warning that names the nearest usage type", got)
		}
	})
}

// The system keeps a removed database file for who has it open, so that nothing else would show.
func TestARemovedDatabaseFileIsAWarning(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start()
		if err := os.Remove(w.Path("budgetbot.db")); err != nil {
			t.Fatal(err)
		}
		want := "the database file " + w.Path("budgetbot.db") + " was removed; the service goes on with the old one, which is lost when it ends: stop it, and put the right file in place"
		w.Await("the warning", func() bool {
			got := r.Readiness()
			return got.Status == http.StatusOK && slices.Contains(got.Warnings, want)
		})
		w.awaitWritten(want)
	})
}

// awaitWritten waits until a program of this world has written the text.
func (w *world) awaitWritten(text string) {
	w.T.Helper()
	w.Await("the program to say "+text, func() bool { return strings.Contains(w.Written.String(), text) })
}
