package main

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// Whatever Fastly does, the check says so in words, every level that was said stays said, nothing is said of it, and the first
// good answer after it is taken as if nothing had been.
func TestFastlyFails(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			w := newWorld(t)
			w.hurry(20)
			w.uses(390, 50)
			r := w.start()
			w.awaitChecks(2)
			w.uses(402.6, 50)
			w.message(cdnBudget, "80% Used")
			w.failFastly(fastlysim.UsagePath, -1, test.fault)
			w.await("a warning", func() bool { return strings.Contains(strings.Join(r.readiness().Warnings, "\n"), test.want) })
			if m := w.asks("/budget"); !strings.Contains(words(m), "80%") {
				t.Errorf("the last figures are gone: %s", words(m))
			}
			w.fastly.Heal()
			w.uses(505, 50)
			w.await("the next level", func() bool { return len(w.posts(cdnBudget)) == 2 })
			says(t, w.posts(cdnBudget)[1], "is over budget")
			w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 })
			w.expectPosts(cdnBudget, 2)
		})
	}
}

// A second that Fastly asks for is waited out within the check, which is none that failed.
func TestFastlyAsksForASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.failFastly(fastlysim.UsagePath, 1, fault.Fault{Status: 429, Wait: time.Second})
	w.uses(402.6, 50)
	w.message(cdnBudget, "80% Used")
	if got := r.readiness(); len(got.Warnings) > 0 {
		t.Errorf("warnings = %q", got.Warnings)
	}
}

// Whatever figures Fastly answers with, nothing is said twice and nothing is made of what is missing.
func TestFastlyChangesItsMind(t *testing.T) {
	t.Parallel()
	october := time.Date(2026, time.October, 31, 0, 0, 0, 0, time.UTC)
	at := func(northAmerica float64) []account.Row {
		return []account.Row{bandwidth(noon, "North America", northAmerica), bandwidth(noon, "Asia", 50)}
	}
	for _, test := range []struct {
		name string
		rows []account.Row
		want string // in /budget
		warn bool
	}{
		{"months out of order", append(at(405), bandwidth(october, "North America", 470), bandwidth(october.AddDate(0, -1, 0), "North America", 460)), "81%", false},
		{"a restated past month", append(at(405), bandwidth(october, "North America", 1)), "81%", false},
		{"a quantity that falls a little", at(401), "80%", false},
		{"a quantity that falls clearly", at(300), "60%", false},
		{"last month's row missing", at(405), "81%", false},
		{"this month's row missing", at(405)[1:], "No figure since", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.hurry(20)
			w.fastly.Set(append(at(300), bandwidth(october, "North America", 465))...)
			r := w.start()
			w.awaitChecks(2)
			w.fastly.Set(append(at(402.6), bandwidth(october, "North America", 465))...)
			w.message(cdnBudget, "80% Used")
			w.fastly.Set(test.rows...)
			w.awaitChecks(3)
			w.await("the new figures", func() bool { return strings.Contains(words(w.asks("/budget na-bandwidth")), test.want) })
			w.awaitChecks(manyChecks)
			w.expectPosts(cdnBudget, 1)
			if got := r.readiness(); len(got.Warnings) > 0 != test.warn {
				t.Errorf("warnings = %q", got.Warnings)
			}
		})
	}
}

// Whatever Slack refuses for good is said where operators look, costs no alert, and is over when it is mended.
func TestSlackRefuses(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"account_inactive", "is_archived", "channel_not_found", "invalid_blocks", "msg_too_long", "org_login_required", "a_code_of_next_year",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.hurry(20)
			w.uses(390, 50)
			r := w.start()
			w.awaitChecks(2)
			w.slack.Fail("chat.postMessage", -1, slacksim.Fault{Error: code})
			w.uses(402.6, 50)
			w.await("a warning", func() bool {
				return strings.Contains(strings.Join(r.readiness().Warnings, "\n"), "cannot be posted to ("+code+")")
			})
			says(t, w.asks("/budget all"), "I can't post to #cdn-budget")
			w.slack.ClearFaults()
			w.message(cdnBudget, "80% Used")
			w.await("no warning", func() bool { return len(r.readiness().Warnings) == 0 })
			w.awaitChecks(3)
			w.expectPosts(cdnBudget, 1)
		})
	}
}

// Where replies are not allowed any more, the next threshold is a message of its own, and what it is about goes on under that.
func TestAChannelWithoutThreads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	w.message(cdnBudget, "80% Used")
	w.slack.ForbidThreads(cdnBudget)
	w.uses(520, 50)
	alone := w.message(cdnBudget, "Over Budget, 104% Used")
	if alone.ThreadTS != "" {
		t.Errorf("the alert is a reply, in a channel that takes none")
	}
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	if warnings := r.readiness().Warnings; len(warnings) > 0 {
		t.Errorf("the channel takes messages, and /readyz warns: %q", warnings)
	}
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 2)
}

// A root that somebody deleted is replaced by the next news, which is the root from then on.
func TestADeletedRootIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	root := w.message(cdnBudget, "80% Used")
	api := slack.New(w.slack.BotToken(), slack.OptionAPIURL(w.slack.APIURL()))
	if _, _, err := api.DeleteMessageContext(t.Context(), cdnBudget, root.TS); err != nil {
		t.Fatal(err)
	}
	w.uses(501, 50)
	again := w.message(cdnBudget, "Over Budget, 100% Used")
	if again.ThreadTS != "" {
		t.Errorf("the news is in the thread %s of a message that is gone", again.ThreadTS)
	}
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	w.awaitChecks(3)
	w.uses(630, 50)
	w.await("a reply", func() bool {
		posts := w.posts(cdnBudget)
		return posts[len(posts)-1].ThreadTS == again.TS
	})
}
