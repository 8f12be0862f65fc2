package service_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/slack-go/slack"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// For each failure of Fastly the check reports its reason, keeps every posted threshold and posts nothing, and the first good answer
// afterwards counts as usual.
func TestFastlyFails(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault fault.Fault
		want  string // in the readiness warning
	}{
		{"401", fault.Unauthorized, "Fastly refused the token"},
		{"403", fault.Forbidden, "the Fastly token may not read usage"},
		{"429 with an hour", fault.Fault{Status: 429, Wait: time.Hour}, "Fastly asked for fewer requests"},
		{"500", fault.ServerError, "Fastly's API failed"},
		{"an answer that never comes", fault.Hang, "Fastly did not answer in time"},
		{"a connection that is cut", fault.Reset, "the connection to Fastly broke"},
		{"half a body", fault.Truncated, "the connection to Fastly broke"},
		{"HTML", fault.BadGateway, "Fastly's API failed"},
		{`{"data":[]}`, fault.NoRows, "Fastly lists no usage for the month yet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				r, _ := w.startPast80()
				w.FailFastly(fastlysim.UsagePath, -1, test.fault)
				w.Await("a warning", func() bool { return strings.Contains(strings.Join(r.Readiness().Warnings, "\n"), test.want) })
				if m := w.Asks("/budget"); !strings.Contains(servicetest.Words(m), "80%") {
					t.Errorf("the last figures are gone: %s", servicetest.Words(m))
				}
				w.Fastly.Heal()
				w.Uses(505, 50)
				w.AwaitPosts(cdnBudget, 2)
				w.Says(w.Posts(cdnBudget)[1], "is over budget")
				r.AwaitNoWarning()
				w.ExpectPosts(cdnBudget, 2)
			})
		})
	}
}

// A second that Fastly asks for is waited out within the check, which is none that failed.
func TestFastlyAsksForASecond(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		w.FailFastly(fastlysim.UsagePath, 1, fault.Fault{Status: 429, Wait: time.Second})
		w.Uses(402.6, 50)
		w.Message(cdnBudget, "80% Used")
		if got := r.Readiness(); len(got.Warnings) > 0 {
			t.Errorf("warnings = %q", got.Warnings)
		}
	})
}

// For any figures of Fastly, no alert is posted twice, and missing figures make none.
func TestFastlyChangesItsMind(t *testing.T) {
	october := time.Date(2026, time.October, 31, 0, 0, 0, 0, time.UTC)
	at := func(northAmerica float64) []account.Row {
		return []account.Row{servicetest.Bandwidth(servicetest.Noon, "North America", northAmerica), servicetest.Bandwidth(servicetest.Noon, "Asia", 50)}
	}
	for _, test := range []struct {
		name string
		rows []account.Row
		want string // in /budget
		warn bool
	}{
		{"months out of order", append(at(405), servicetest.Bandwidth(october, "North America", 470), servicetest.Bandwidth(october.AddDate(0, -1, 0), "North America", 460)), "81%", false},
		{"a restated past month", append(at(405), servicetest.Bandwidth(october, "North America", 1)), "81%", false},
		{"a quantity that falls a little", at(401), "80%", false},
		{"a quantity that falls clearly", at(300), "60%", false},
		{"last month's row missing", at(405), "81%", false},
		{"this month's row missing", at(405)[1:], "No figure since", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				w.Fastly.Set(append(at(300), servicetest.Bandwidth(october, "North America", 465))...)
				r := w.Start()
				w.AwaitChecks(2)
				w.Fastly.Set(append(at(402.6), servicetest.Bandwidth(october, "North America", 465))...)
				w.Message(cdnBudget, "80% Used")
				w.Fastly.Set(test.rows...)
				w.AwaitChecks(3)
				w.Await("the new figures", func() bool { return strings.Contains(servicetest.Words(w.Asks("/budget na-bandwidth")), test.want) })
				w.AwaitChecks(manyChecks)
				w.ExpectPosts(cdnBudget, 1)
				if got := r.Readiness(); len(got.Warnings) > 0 != test.warn {
					t.Errorf("warnings = %q", got.Warnings)
				}
			})
		})
	}
}

// Each lasting refusal by Slack is shown to operators and under the budget, loses no alert, and is over when its cause is.
func TestSlackRefuses(t *testing.T) {
	for _, code := range []string{
		"account_inactive", "is_archived", "channel_not_found", "invalid_blocks", "msg_too_long", "org_login_required", "a_code_of_next_year",
	} {
		t.Run(code, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				w.Uses(390, 50)
				r := w.Start()
				w.AwaitChecks(2)
				w.Slack.Fail("chat.postMessage", -1, slacksim.Fault{Error: code})
				w.Uses(402.6, 50)
				w.Await("a warning", func() bool {
					return strings.Contains(strings.Join(r.Readiness().Warnings, "\n"), "cannot be posted to ("+code+")")
				})
				w.Says(w.Asks("/budget na-bandwidth"), "I can't post to #cdn-budget")
				w.Slack.ClearFaults()
				w.Message(cdnBudget, "80% Used")
				r.AwaitNoWarning()
				w.AwaitChecks(3)
				w.ExpectPosts(cdnBudget, 1)
			})
		})
	}
}

// Where replies are not allowed any more, the next threshold is a message of its own, and what it is about goes on under that.
func TestAChannelWithoutThreads(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r, _ := w.startPast80()
		w.Slack.ForbidThreads(cdnBudget)
		w.Uses(520, 50)
		alone := w.Message(cdnBudget, "Over Budget, 104% Used")
		if alone.ThreadTS != "" {
			t.Errorf("the alert is a reply, in a channel that takes none")
		}
		r.AwaitDelivered()
		if warnings := r.Readiness().Warnings; len(warnings) > 0 {
			t.Errorf("the channel takes messages, and /readyz warns: %q", warnings)
		}
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 2)
	})
}

// The next alert replaces a deleted parent message and is the parent message from then on.
func TestADeletedRootIsReplaced(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r, root := w.startPast80()
		over := &http.Client{Transport: &http.Transport{DialContext: w.Network.Dial, DisableKeepAlives: true}}
		api := slack.New(w.Slack.BotToken(), slack.OptionAPIURL(w.Slack.APIURL()), slack.OptionHTTPClient(over))
		if _, _, err := api.DeleteMessageContext(t.Context(), cdnBudget, root.TS); err != nil {
			t.Fatal(err)
		}
		w.Uses(501, 50)
		again := w.Message(cdnBudget, "Over Budget, 100% Used")
		if again.ThreadTS != "" {
			t.Errorf("the news is in the thread %s of a message that is gone", again.ThreadTS)
		}
		r.AwaitDelivered()
		w.AwaitChecks(3)
		w.Uses(630, 50)
		w.Await("a reply", func() bool {
			posts := w.Posts(cdnBudget)
			return posts[len(posts)-1].ThreadTS == again.TS
		})
	})
}
