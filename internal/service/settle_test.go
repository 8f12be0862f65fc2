package service_test

import (
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"budgetbot/internal/service"
	"budgetbot/internal/slacksim"
)

// What Slack takes without saying so, or shows late, is posted once, with the pauses of production. What it does not show within 35 s
// is posted again, and says that it may be a repeat.
func TestWhatSlackTakesSlowlyIsPostedOnce(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault slacksim.Fault
		lag   time.Duration
		posts int
		words bool
	}{
		{name: "no answer, and the message 12 s later", fault: slacksim.Fault{Late: 12 * time.Second}, posts: 1},
		{name: "the answer lost, and a history that is 3 s behind", fault: slacksim.Fault{DropAfter: true}, lag: 3 * time.Second, posts: 1},
		{name: "the answer lost, and a history that is 33 s behind", fault: slacksim.Fault{DropAfter: true}, lag: 33 * time.Second, posts: 1},
		{name: "the answer lost, and a history that is two minutes behind", fault: slacksim.Fault{DropAfter: true}, lag: 2 * time.Minute, posts: 2, words: true},
		{name: "a success that names no message, which is there", fault: slacksim.Fault{Carried: true, Body: `{"ok":true}`}, posts: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			onVirtualTime(t, func(t *testing.T) {
				w := newWorld(t)
				w.Uses(390, 50)
				r := w.Start(func(_ *service.Config, o *service.Options) { o.SettleWait, o.LookWait = 0, 0 })
				w.AwaitChecks(2)
				w.Slack.SetHistoryLag(test.lag)
				w.Slack.Fail("chat.postMessage", 1, test.fault)
				w.Uses(402.6, 50)
				if err := w.Slack.WaitCalls(w.Soon(), "chat.postMessage", 1); err != nil {
					t.Fatal(err)
				}
				asked := time.Now()
				r.AwaitDelivered()
				took := time.Since(asked).Round(time.Millisecond)
				for i, post := range w.ExpectPosts(cdnBudget, test.posts) {
					if says := strings.Contains(servicetest.Words(post), "it may be a repeat"); says != (test.words && i == 1) {
						t.Errorf("post %d says that it may be a repeat: %t", i+1, says)
					}
				}
				calls := w.Slack.Calls("conversations.history")
				if len(calls) == 0 || calls[0].At.Sub(w.Slack.Calls("chat.postMessage")[0].At) < 20*time.Second {
					t.Errorf("the channel was looked through too early, or not at all: %v", calls)
				}
				w.Uses(501, 50)
				w.Await("a reply under it", func() bool {
					posts := w.Posts(cdnBudget)
					return len(posts) == test.posts+1 && posts[test.posts].ThreadTS == posts[test.posts-1].TS
				})
				t.Logf("%d posts, %d looks, settled after %s", test.posts, len(calls), took)
			})
		})
	}
}

// A copy of the database from before the crossing is put back: what was posted since is found, and goes on in its thread. The channel says nothing twice.
func TestADatabaseThatIsPutBack(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		r.Stop()
		kept := w.ReadDatabase()
		r = w.Start()
		w.AwaitChecks(2)
		w.Uses(402.6, 50)
		root := w.Message(cdnBudget, "North America Bandwidth: 80% Used")
		r.AwaitDelivered()
		r.Stop()
		w.WriteDatabase(kept)

		r = w.Start()
		w.AwaitChecks(3)
		r.AwaitDelivered()
		w.ExpectPosts(cdnBudget, 1)
		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 2)
		rise := w.Posts(cdnBudget)[1]
		if rise.ThreadTS != root.TS {
			t.Errorf("the rise is in the thread %q, want that of the message which was found, %q", rise.ThreadTS, root.TS)
		}
		if strings.Contains(servicetest.Words(rise), "may be a repeat") {
			t.Errorf("the rise says that it may be a repeat")
		}
		w.AwaitChecks(3)
		r.AwaitDelivered()
		r.Stop()
		w.WriteDatabase(kept)

		r = w.Start() // 80 % and 100 % are posted at once, and the second was a reply
		w.AwaitChecks(3)
		r.AwaitDelivered()
		w.ExpectPosts(cdnBudget, 2)
		w.ExpectPosts(cdnPlatform, 0)
	})
}
