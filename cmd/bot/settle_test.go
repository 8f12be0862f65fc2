package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/service"
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
			r := w.start(func(o *service.Options) { o.SettleWait, o.LookWait = 0, 0 })
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

// A copy of the database from before the crossing is put back: what was posted since is found, and goes on in its thread. The channel says nothing twice.
func TestADatabaseThatIsPutBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	r := w.start()
	w.awaitChecks(2)
	r.stop()
	kept := w.readDatabase()
	r = w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	root := w.message(cdnBudget, "North America Bandwidth: 80% Used")
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	r.stop()
	w.writeDatabase(kept)

	r = w.start()
	w.awaitChecks(3)
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	w.expectPosts(cdnBudget, 1)
	w.uses(501, 50)
	w.await("a reply", func() bool { return len(w.posts(cdnBudget)) == 2 })
	rise := w.posts(cdnBudget)[1]
	if rise.ThreadTS != root.TS {
		t.Errorf("the rise is in the thread %q, want that of the message which was found, %q", rise.ThreadTS, root.TS)
	}
	if strings.Contains(words(rise), "may be a repeat") {
		t.Errorf("the rise says that it may be a repeat")
	}
	w.awaitChecks(3)
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	r.stop()
	w.writeDatabase(kept)

	r = w.start() // 80 % and 100 % are told at once, and the second was a reply
	w.awaitChecks(3)
	w.await("an empty queue", func() bool { return pending(t, r) == 0 })
	w.expectPosts(cdnBudget, 2)
	w.expectPosts(cdnPlatform, 0)
}

func (w *world) readDatabase() map[string][]byte {
	w.t.Helper()
	files := map[string][]byte{}
	paths, err := filepath.Glob(w.path("budgetbot.db*"))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // the test's own
		if err != nil {
			w.t.Fatal(err)
		}
		files[path] = content
	}
	return files
}

// writeDatabase puts back what readDatabase has read, and nothing else.
func (w *world) writeDatabase(files map[string][]byte) {
	w.t.Helper()
	for path := range w.readDatabase() {
		if err := os.Remove(path); err != nil {
			w.t.Fatal(err)
		}
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}
