package slackapp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/socket"
)

func TestCommandsMayHaveOtherNames(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) {
		c.UsageCommand, c.BudgetCommand = "/fastly-usage", "/fastly-budget"
	})
	says(t, w.types(alice, general, "/fastly-usage 2023-13", 1), "`/fastly-usage 2023-12`")
	says(t, w.types(alice, general, "/fastly-budget", 1), "North America Bandwidth")
	says(t, w.types(alice, general, "/usage", 1), "I don't know that command", "`/fastly-usage` and `/fastly-budget`")
	w.inOrder()
}

func TestAnExpiredAddressIsAnsweredInTheChannel(t *testing.T) {
	w := newWorld(t)
	w.slack.Fail("response_url", -1, slacksim.Fault{Error: "expired_url", Status: 404})
	watch := w.slack.Watch(0)
	defer watch.Stop()
	w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", Text: "2023-01"})
	answered := false
	for e := range watch.Events() {
		if answered = e.Message != nil && e.Message.EphemeralTo == alice; answered {
			says(t, *e.Message, `"type":"table"`)
			break
		}
	}
	if !answered {
		t.Error("nobody was answered")
	}
	w.inOrder()
}

func TestAnAnswerThatCannotBeDeliveredIsLogged(t *testing.T) {
	w := newWorld(t)
	w.slack.Fail("response_url", -1, slacksim.Fault{Error: "expired_url", Status: 404})
	w.slack.Fail("chat.postEphemeral", -1, slacksim.Fault{Error: "user_not_in_channel"})
	w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", Text: "help me"})
	if err := w.slack.WaitCalls(w.soon(), "chat.postEphemeral", 1); err != nil {
		t.Fatal(err)
	}
	lines := w.logged("answer not delivered")
	if len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0].ContextMap()), "user_not_in_channel") {
		t.Errorf("the log has %v", lines)
	}
}

func TestTheLogHasIDsAndNoWords(t *testing.T) {
	w := newWorld(t)
	w.types(alice, general, "/usage 2023-01 who-reads-this", 1)
	lines := w.logged("request answered")
	if len(lines) != 1 {
		t.Fatalf("the log has %v", w.logs.All())
	}
	fields := lines[0].ContextMap()
	for name, want := range map[string]any{"user_id": alice, "channel_id": general, "command": "/usage", "outcome": "mistake"} {
		if fields[name] != want {
			t.Errorf("%s is %v", name, fields[name])
		}
	}
	if strings.Contains(fmt.Sprint(w.logs.All()), "who-reads-this") {
		t.Error("what a person typed is in the log")
	}
}

func TestAPanicIsReportedWithItsReference(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.RulesTrouble = func() string { panic("no rules") } })
	says(t, w.types(alice, general, "/budget", 1), "Something went wrong on my side", "reference")
}

func TestOtherEnvelopesAreIgnoredOrAnsweredPolitely(t *testing.T) {
	w := newWorld(t)
	w.app.Handle(t.Context(), socket.Envelope{ID: "e1", Kind: socket.KindEvent})
	if n := w.logs.FilterMessage("envelope ignored").Len(); n != 1 {
		t.Errorf("the log has %d lines of it", n)
	}
	payload, err := w.app.Answer(t.Context(), socket.Envelope{ID: "e2", Kind: socket.KindViewSubmission})
	if payload != nil || err != nil {
		t.Errorf("a modal that is not ours gets %v, %v", payload, err)
	}
	m := w.types(alice, general, "/usage 2023-01", 1)
	asked := w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", Text: "help"})
	w.answer(asked, 1)
	w.app.Handle(t.Context(), socket.Envelope{ID: "e3", Kind: socket.KindMessageAction, Interaction: &slack.InteractionCallback{
		Type: slack.InteractionTypeMessageAction, ResponseURL: asked.ResponseURL(), Team: slack.Team{ID: "T0ACME001"},
		User: slack.User{ID: alice}, Container: slack.Container{MessageTs: m.TS},
	}})
	says(t, w.answer(asked, 2), "That button no longer works")
}

func TestBusyIsAMessageForThePersonAlone(t *testing.T) {
	payload, ok := Busy(socket.Envelope{}).(map[string]any)
	if !ok || payload["response_type"] != "ephemeral" || payload["text"] == "" {
		t.Errorf("the payload is %v", payload)
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct {
		name           string
		err            error
		sentence, next string
	}{
		{"a rate limit with its wait", &billing.APIError{Status: 429, RetryAfter: 40 * time.Second}, "Fastly asked for fewer requests", "in 40 seconds"},
		{"a rate limit with a long wait", &billing.APIError{Status: 429, RetryAfter: 10*time.Minute + time.Second}, "Fastly asked for fewer requests", "in 11 minutes"},
		{"a rate limit without a wait", &billing.APIError{Status: 429}, "Fastly asked for fewer requests", "in a minute"},
		{"a refused request in Fastly's words", &billing.APIError{Status: 400, Title: "bad `month`"}, "Fastly rejected the request: `bad ˋmonthˋ`", "other months"},
		{"a wide question", fmt.Errorf("x: %w", billing.ErrTooWide), "more requests to Fastly", "fewer months"},
		{
			"an account whose parent pays", fmt.Errorf("%w: %w", billing.ErrNoEstimate, &billing.APIError{Status: 422}),
			"no costs for this account: a parent account is billed", "leave out the word cost",
		},
		{
			"an account without an estimate", fmt.Errorf("%w: %w", billing.ErrNoEstimate, &billing.APIError{Status: 404}),
			"it gets no invoices or", "leave out the word cost",
		},
		{"services that need a product id", fmt.Errorf("x: %w", billing.ErrNoServices), "by product id only", "Ask by type"},
		{"an unreachable Fastly", fmt.Errorf("x: %w", billing.ErrUnreachable), "Fastly can't be reached", "in a minute"},
		{"a deadline", fmt.Errorf("x: %w", context.DeadlineExceeded), "taking too long", "fewer months"},
		{"a shutdown", context.Canceled, "shutting down", "Ask again"},
		{"a deadline of the bot's own records", fmt.Errorf("%w: %w", alerts.ErrRecords, context.DeadlineExceeded), "Something went wrong on my side", "the reference"},
		{"anything else", errors.New("secret detail"), "Something went wrong on my side", "the reference"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sentence, next := explain(test.err)
			if !strings.Contains(sentence, test.sentence) || !strings.Contains(next, test.next) {
				t.Errorf("%q %q", sentence, next)
			}
		})
	}
}
