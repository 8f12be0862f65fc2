package slackapp

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/socket"
)

func TestTheSeedsQuestion(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2023-01..2023-03 cdn_usage", 1)
	if m.EphemeralTo != alice {
		t.Errorf("the answer is shown to %q", m.EphemeralTo)
	}
	says(t, m, "cdn_usage, Jan–Mar 2023", `"type":"table"`, "North America Bandwidth", "Asia Requests", "Months are UTC and closed")
	w.inOrder()
}

func TestNoTextIsThisMonthSoFar(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, general, "/usage", 1), "November 2026 So Far", "cdn_usage", "data to the end of Nov 2", "By Service")
	w.inOrder()
}

func TestByServiceReadsServices(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage north america bandwidth by service top 5", 1)
	says(t, m, "North America Bandwidth by Service, Oct", "others")
	if calls := w.fastly.Requests(); len(calls) < 2 {
		t.Errorf("Fastly was asked %d times", len(calls))
	}
	w.inOrder()
}

// TestAPartOfTheAccount asks for parts by their bare names.
func TestAPartOfTheAccount(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		typed string
		shows []string
	}{
		{"october bandwidth", []string{"Bandwidth, October 2026", "North America Bandwidth", "Europe Bandwidth"}},
		{"october na", []string{"Fastly Usage in North America, October 2026", "North America Requests"}},
		{"october na bandwidth", []string{"North America Bandwidth, October 2026"}},
		{"october www-shop bandwidth", []string{"Bandwidth of www-shop, October 2026", "Asia Bandwidth"}},
		{"october www-shop cost", []string{"Fastly gives no month-to-date estimate"}},
		{"last 3 months bandwidth by region", []string{"Aug", "Sep", "Oct", "Share", "Oct vs Sep, per Day"}},
		{"show me the bandwidth of october, please", []string{"I read this as `/usage 2026-10 bandwidth`", "Bandwidth, October 2026"}},
		{"october www-shp", []string{"There's nothing called `www-shp`. Did you mean `service www-shop`?"}},
	} {
		t.Run(test.typed, func(t *testing.T) { says(t, w.types(alice, general, "/usage "+test.typed, 1), test.shows...) })
	}
	w.inOrder()
}

func TestHelpIsMadeOfThisAccount(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, general, "/usage help", 1), "cdn_usage", "/budget na-bandwidth", "last 3 months")
	w.inOrder()
}

func TestAMistakeIsCorrectedByOnePress(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2023-01..2023-03 cdn_usge", 1)
	says(t, m, "There's no product called `cdn_usge`. Did you mean `cdn_usage`?", "/usage 2023-01..2023-03 cdn_usage", "Run It")
	run := w.presses(alice, m, "run_it:0", 1)
	says(t, run, "cdn_usage, Jan–Mar 2023", `"type":"table"`)
	if run.TS != m.TS || run.Edits != 1 {
		t.Errorf("the answer does not stand in the mistake's place: %s, %d edits", run.TS, run.Edits)
	}
	w.inOrder()
}

// Bad input of every kind gets one sentence and a correction, and costs nothing.
func TestBadInputIsAnsweredInASentence(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, text, want string }{
		{"3,000 characters", strings.Repeat("x", 3000), "3000 characters; a question"},
		{"a month 13", "2023-13", "A year has months 1 to 12, not 13"},
		{"no year at all", "0000", "Fastly has no usage from January 0000"},
		{"a reversed range", "2023-03..2023-01", "Put the earlier month first"},
		{"the future", "2027-01", "hasn't started yet"},
		{"thirty years", "1996-01..2026-01", "at most 60 months"},
		{"an unknown name", "2023-01 foo", "There's nothing called `foo` in"},
		{"markup", "2023-01 <!channel> *hey* `x`", "There's nothing called"},
		{"a control character is a space", "2023-01\x07foo", "nothing called `foo` in"},
		{"emoji", "2023-01 🎉🎉", "nothing called `🎉🎉` in"},
		{"top 0", "2023-01 top 0", "needs a number from 1 to 100"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := w.types(alice, general, "/usage "+test.text, 1)
			says(t, m, test.want, "`/usage ")
			if strings.Contains(m.Text+mrkdwnIn(m), "<!channel>") {
				t.Errorf("a person's markup acts:\n%s", all(m))
			}
		})
	}
	w.inOrder()
}

func TestTroubleWithFastlyIsASentence(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault fault.Fault
		want  string
	}{
		{"a token that is refused", fault.Unauthorized, "Fastly refused the token"},
		{"a token without the right", fault.Forbidden, "The Fastly token may not read usage"},
		{"an API that fails", fault.ServerError, "Fastly's API failed"},
		{"an answer that is not understood", fault.Named("null"), "Fastly's answer can't be read"},
		{"a connection that breaks", fault.Reset, "The connection to Fastly broke"},
		{"no rows at all", fault.NoRows, "Fastly has no usage data for"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.fastly.Fail(fastlysim.UsagePath, -1, test.fault)
			says(t, w.types(alice, general, "/usage 2023-01", 1), test.want)
			w.inOrder()
		})
	}
}

func TestANameThatCannotBeCheckedIsNotGuessed(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, general, "/usage 2026-10 cdn_usage", 1), `"type":"table"`)
	w.fastly.Fail(fastlysim.UsagePath, -1, fault.ServerError)
	says(t, w.types(alice, general, "/usage 2024-05 foo", 1),
		"I can't check the name `foo` now. Fastly's API failed.", "The products I last saw, ", "10:42 UTC", "`cdn_usage`")
	says(t, w.types(alice, general, "/usage 2024-05 cdn_usage", 1), "Fastly's API failed", "reference")
	w.inOrder()
}

func TestTheLastGoodFiguresAreShownWithTheirAge(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(alice, general, "/usage", 1), "read from Fastly 10:42")
	w.fastly.Fail(fastlysim.UsagePath, -1, fault.ServerError)
	w.clock.advance(2 * time.Hour)
	says(t, w.types(alice, general, "/usage", 1), "these figures are from 10:42 UTC (2 h old)", `"type":"table"`)
	w.inOrder()
}

func TestASlowAnswerIsAnnouncedOnceAndReplaced(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Patience = 50 * time.Millisecond })
	release := w.fastly.Hold()
	asked := w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", Text: "2023-01"})
	working := w.answer(asked, 1)
	says(t, working, "Working on it")
	release()
	answered := w.answer(asked, 2)
	says(t, answered, `"type":"table"`)
	if answered.TS != working.TS {
		t.Error("the answer does not stand in the place of the notice")
	}
	w.inOrder()
}

func TestAQuestionThatTakesTooLongEnds(t *testing.T) {
	w := newWorld(t, func(_ *slacksim.Config, c *Config) { c.Deadline = 50 * time.Millisecond })
	release := w.fastly.Hold()
	defer release()
	says(t, w.types(alice, general, "/usage 2023-01", 1), "Fastly is taking too long to answer this")
	w.inOrder()
}

func TestButtonsUnderAnAnswerAskTheNextQuestion(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ action, want string }{
		{"ask:service", "by Service, Oct"},
		{"ask:region", "by Region, Oct"},
		{"ask:previous", "cdn_usage, Sep"},
		{"ask:next", "cdn_usage, Nov"},
	} {
		m := w.types(alice, general, "/usage 2026-10 cdn_usage", 1)
		next := w.presses(alice, m, test.action, 1)
		says(t, next, test.want)
		if next.EphemeralTo != alice {
			t.Errorf("%s is shown to %q", test.action, next.EphemeralTo)
		}
	}
	w.inOrder()
}

func TestPreviousAndNextPeriodLeadToAndFro(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, text, previous, next string }{
		{"a month", "2026-09 cdn_usage", "cdn_usage, August 2026", "cdn_usage, September 2026"},
		{"this year so far", "ytd cdn_usage", "cdn_usage, Jan–Nov 2025", "cdn_usage, Jan–Nov 2026 So Far"},
		{"both of two periods", "2026-10 vs 2025-10 cdn_usage", "cdn_usage, September 2026 vs September 2025", "cdn_usage, October 2026 vs October 2025"},
	} {
		t.Run(test.name, func(t *testing.T) {
			previous := w.presses(alice, w.types(alice, general, "/usage "+test.text, 1), "ask:previous", 1)
			says(t, previous, test.previous)
			says(t, w.presses(alice, previous, "ask:next", 1), test.next)
		})
	}
	if m := w.types(alice, general, "/usage ytd", 1); strings.Contains(all(m), "Next Period") {
		t.Errorf("there is a next period of one that is not over: %s", all(m))
	}
	w.inOrder()
}

func TestSharingShowsTheAnswerToTheChannelOnce(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage", 1)
	mine := w.presses(alice, m, "share", 1)
	if strings.Contains(all(mine), "Share in Channel") || mine.EphemeralTo != alice {
		t.Errorf("what was shared can be shared again: %s", all(mine))
	}
	public, err := w.slack.WaitMessage(w.soon(), general, func(m slacksim.Message) bool { return m.EphemeralTo == "" })
	if err != nil {
		t.Fatal(err)
	}
	says(t, public, "cdn_usage, Oct", "Asked by <@U0ALICE01>")
	if strings.Contains(all(public), `"actions"`) {
		t.Errorf("the shared answer is the private one: %s", all(public))
	}
	w.inOrder()
}

func TestAButtonIsNotTrusted(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2026-10", 1)
	for _, test := range []struct{ name, action, value, want string }{
		{"a value that is no question", "ask:x", "2023-99 <!channel>", "A year has months 1 to 12, not 99"},
		{"a value that asks for help instead of a share", "share", "help", "That button no longer works"},
		{"an action that nobody knows", "delete_everything", "", "That button no longer works"},
	} {
		t.Run(test.name, func(t *testing.T) {
			watch := w.slack.Watch(0)
			defer watch.Stop()
			w.pressed(m, test.action, test.value, "")
			event := <-watch.Events()
			says(t, *event.Message, test.want)
		})
	}
}

// pressed hands the app a press by alice on a button of the message.
func (w *world) pressed(m slacksim.Message, action, value, responseURL string) {
	i := &slack.InteractionCallback{ResponseURL: responseURL, Container: slack.Container{MessageTs: m.TS}}
	i.Team.ID, i.User.ID, i.Channel.ID = "T0ACME001", alice, general
	i.ActionCallback.BlockActions = []*slack.BlockAction{{ActionID: action, Value: value}}
	w.app.Handle(w.soon(), socket.Envelope{Kind: socket.KindBlockActions, Interaction: i})
}

func TestAShareButtonPressedInHasteSharesOnce(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage", 1)
	watch := w.slack.Watch(0)
	defer watch.Stop()
	first := w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", Text: "help"})
	w.answer(first, 1)
	for range 2 {
		w.pressed(m, "share", "2026-10", first.ResponseURL())
	}
	public := 0
	for _, m := range w.slack.Messages(general) {
		if m.EphemeralTo == "" {
			public++
		}
	}
	if public != 1 {
		t.Errorf("the channel has %d shared answers", public)
	}
}

func TestAShareThatFailsIsReportedAndMayBeTriedAgain(t *testing.T) {
	w := newWorld(t)
	m := w.types(alice, general, "/usage 2026-10 cdn_usage", 1)
	asked := w.slash(slacksim.Slash{User: alice, Channel: general, Command: "/usage", Text: "help"})
	w.answer(asked, 1)
	w.app.host.Responses = &http.Client{Transport: failing{w.app.host.Responses.Transport}}
	w.pressed(m, "share", "2026-10", asked.ResponseURL())
	says(t, w.answer(asked, 3), "Something went wrong on my side")
	if _, pressed := w.app.host.shared.Load(general + " " + m.TS + " " + alice); pressed {
		t.Error("the button may not be pressed again")
	}
}

// failing lets nothing through that is for the whole channel.
type failing struct{ next http.RoundTripper }

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(body), `"in_channel"`) {
		return nil, errors.New("the connection broke")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return f.next.RoundTrip(r)
}
