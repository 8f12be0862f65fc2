package slackapp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/view/alert"
)

// TestTurns lets one person ask again and again, a question a second, while each takes ten seconds or longer.
func TestTurns(t *testing.T) {
	for _, tt := range []struct {
		name  string
		takes time.Duration
		asked int
		want  []string // how each question went on, by the second in which it was asked
	}{
		{"two are under way at once", 10 * time.Second, 2, []string{"0 at 0s", "1 at 1s"}},
		{"the third waits for the first", 10 * time.Second, 3, []string{"0 at 0s", "1 at 1s", "2 told at 2s", "2 at 10s"}},
		{"they go on in their order", 10 * time.Second, 5, []string{
			"0 at 0s", "1 at 1s", "2 told at 2s", "3 told at 3s", "4 told at 4s", "2 at 10s", "3 at 11s", "4 at 20s",
		}},
		{"the seventh is turned away", 10 * time.Second, 7, []string{
			"0 at 0s", "1 at 1s", "2 told at 2s", "3 told at 3s", "4 told at 4s", "5 told at 5s", "6 refused at 6s",
			"2 at 10s", "3 at 11s", "4 at 20s", "5 at 21s",
		}},
		{"nobody waits longer than a minute", time.Hour, 3, []string{"0 at 0s", "1 at 1s", "2 told at 2s", "2 late at 1m2s"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var line turns
				var mu sync.Mutex
				var got []string
				began := time.Now()
				note := func(n int, what string) {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, strings.Join(strings.Fields(fmt.Sprintf("%d %s at %s", n, what, time.Since(began))), " "))
				}
				var asking sync.WaitGroup
				for n := range tt.asked {
					asking.Go(func() {
						time.Sleep(time.Duration(n) * time.Second)
						over, no := line.take(t.Context(), alice, func() { note(n, "told") })
						switch {
						case no != nil && strings.HasPrefix(no.message.Text, "You have 2 questions running and 4 waiting."):
							note(n, "refused")
						case no != nil:
							note(n, "late")
						default:
							note(n, "")
							time.Sleep(tt.takes)
							over()
						}
					})
				}
				asking.Wait()
				if !slices.Equal(got, tt.want) {
					t.Errorf("went on as\n%q, want\n%q", got, tt.want)
				}
				if len(line.of) != 0 {
					t.Errorf("%d people are left", len(line.of))
				}
			})
		})
	}
}

func TestNobodyWaitsForTheTurnsOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var line turns
		for range mostUnderWay {
			if _, no := line.take(t.Context(), alice, nil); no != nil {
				t.Fatal(no.message.Text)
			}
		}
		waiting, cancel := context.WithCancel(t.Context())
		gone := make(chan *result, 1)
		go func() {
			over, no := line.take(waiting, alice, func() {})
			over()
			gone <- no
		}()
		synctest.Wait()
		if _, no := line.take(t.Context(), boris, func() { t.Error("somebody else waits") }); no != nil {
			t.Error(no.message.Text)
		}
		cancel()
		if no := <-gone; no != nil {
			t.Errorf("who gave up is refused: %s", no.message.Text)
		}
		if asked := line.of[alice].asked; asked != mostUnderWay {
			t.Errorf("%d are under way or wait", asked)
		}
	})
}

func TestWhatAPersonDidIsSorted(t *testing.T) {
	app := New(Config{UsageCommand: "/usage", BudgetCommand: "/budget"})
	command := func(name, text string) socket.Envelope {
		return socket.Envelope{Kind: socket.KindCommand, Command: &slack.SlashCommand{Command: name, Text: text}}
	}
	press := func(action, value string) socket.Envelope {
		pressed := slack.ActionCallbacks{BlockActions: []*slack.BlockAction{{ActionID: action, Value: value}}}
		return socket.Envelope{Kind: socket.KindBlockActions, Interaction: &slack.InteractionCallback{ActionCallback: pressed}}
	}
	for _, tt := range []struct {
		name       string
		envelope   socket.Envelope
		long, once bool
	}{
		{"a question of usage may take long", command("/usage", ""), true, false},
		{"the overview of budgets is short", command("/budget", ""), false, false},
		{"one budget is short", command("/budget", "na-bandwidth"), false, false},
		{"its history is short", command("/budget", "history na-bandwidth"), false, false},
		{"a trial may take long", command("/budget", " TRY na-bandwidth"), true, false},
		{"a digest that is looked at may take long", command("/budget", "digest weekly"), true, false},
		{"help reads names", command("/budget", "help"), true, false},
		{"a typed mute changes something", command("/budget", "mute na-bandwidth"), false, true},
		{"so does acknowledge, with its colon", command("/budget", "Acknowledge: na-bandwidth"), false, true},
		{"another command is short", command("/other", "try"), false, false},
		{"Mute changes something", press("mute", "{}"), false, true},
		{"Undo changes something", press("unmute", "{}"), false, true},
		{"Share is seen by a channel", press("share", "last month"), true, true},
		{"By Service may take long", press(alertview.ActionServices, "{}"), true, false},
		{"the next question may take long", press("ask:service", "by service"), true, false},
		{"Export may take long, and a second file does no harm", press("export", "last month"), true, false},
		{"a corrected budget command is sorted like a typed one", press("run_budget:0", "try na-bandwidth"), true, false},
		{"a corrected mute too", press("run_budget:0", "mute na-bandwidth"), false, true},
		{"Why is short", press("why", "{}"), false, false},
		{"a press without an action is short", socket.Envelope{Kind: socket.KindBlockActions, Interaction: &slack.InteractionCallback{}}, false, false},
		{"a modal changes something", socket.Envelope{Kind: socket.KindViewSubmission, Interaction: &slack.InteractionCallback{}}, false, true},
		{"an event is short", socket.Envelope{Kind: socket.KindEvent}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := app.MayTakeLong(tt.envelope); got != tt.long {
				t.Errorf("may take long: %v", got)
			}
			if got := app.MustBeOnce(tt.envelope); got != tt.once {
				t.Errorf("must be once: %v", got)
			}
		})
	}
}

// TestOnePersonsQuestionsHoldUpNobody has a Fastly that answers nothing while one person asks twelve questions.
func TestOnePersonsQuestionsHoldUpNobody(t *testing.T) {
	w := newWorld(t)
	release := w.fastly.Hold()
	defer release()
	for n := range 12 {
		asked := w.types(alice, general, fmt.Sprintf("/usage 2022-%02d by service", n+1), 1)
		said, want := asked.Text, "Working on it"
		switch {
		case n >= mostUnderWay+mostWaiting:
			want = "You have 2 questions running and 4 waiting"
		case n >= mostUnderWay:
			want = "You have 2 questions running. This one starts"
		}
		if !strings.Contains(said, want) {
			t.Errorf("question %d gets %q, want %q", n, said, want)
		}
	}
	if got := w.types(boris, cdn, "/budget", 1); !strings.Contains(got.Text, "udget") {
		t.Errorf("somebody else's /budget: %q", got.Text)
	}
	if got := w.types(alice, cdn, "/budget", 1); !strings.Contains(got.Text, "udget") {
		t.Errorf("her own /budget: %q", got.Text)
	}
}
