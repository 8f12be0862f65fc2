package main

import (
	"strings"
	"testing"
	"time"

	"budgetbot/internal/slacksim"
)

// What Slack takes without saying so, or shows late, is posted once, with the pauses of production. What it does not show within 35 s
// is posted again, and says that it may be a repeat.
func TestWhatSlackTakesSlowlyIsPostedOnce(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			w := newWorld(t)
			w.hurry(20)
			w.uses(390, 50)
			r := w.start(func(o *options) { o.settleWait, o.lookWait = 0, 0 })
			w.awaitChecks(2)
			w.slack.SetHistoryLag(test.lag)
			w.slack.Fail("chat.postMessage", 1, test.fault)
			w.uses(402.6, 50)
			if err := w.slack.WaitCalls(w.soon(), "chat.postMessage", 1); err != nil {
				t.Fatal(err)
			}
			asked := time.Now()
			w.await("an empty queue", func() bool { return pending(t, r) == 0 })
			took := time.Since(asked).Round(time.Millisecond)
			for i, post := range w.expectPosts(cdnBudget, test.posts) {
				if says := strings.Contains(words(post), "it may be a repeat"); says != (test.words && i == 1) {
					t.Errorf("post %d says that it may be a repeat: %t", i+1, says)
				}
			}
			calls := w.slack.Calls("conversations.history")
			if len(calls) == 0 || calls[0].At.Sub(w.slack.Calls("chat.postMessage")[0].At) < 20*time.Second {
				t.Errorf("the channel was looked through too early, or not at all: %v", calls)
			}
			w.uses(501, 50)
			w.await("a reply under it", func() bool {
				posts := w.posts(cdnBudget)
				return len(posts) == test.posts+1 && posts[test.posts].ThreadTS == posts[test.posts-1].TS
			})
			t.Logf("%d posts, %d looks, settled after %s", test.posts, len(calls), took)
		})
	}
}
