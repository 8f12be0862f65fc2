package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

// Replicas are processes of their own on one PostgreSQL database. They are equal: any may be asked, any may check, any may
// deliver, and any may die.

// replicas launches n processes with the same settings and returns when all are connected.
func (w *world) replicas(n int, changes ...string) []*process {
	w.T.Helper()
	var all []*process
	for range n {
		all = append(all, w.launch(changes...))
	}
	w.awaitConnections(2 * n)
	return all
}

func (w *world) awaitConnections(n int) {
	w.T.Helper()
	w.Await(fmt.Sprintf("%d connections", n), func() bool { return len(w.Slack.Connections()) == n })
}

// die ends one of several processes as kill -9 does.
func (p *process) die() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

func TestReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Uses(390, 50)
	database, _ := w.postgres()
	all := w.replicas(3, database)
	w.AwaitChecks(2)

	began, before := time.Now(), w.Checks()
	for i := range 30 {
		m := w.Asks("/usage cdn_usage")
		w.Says(m, "North America Bandwidth")
		if i == 10 {
			w.Uses(402.6, 50)
		}
	}
	w.Message(cdnBudget, "North America Bandwidth: 403 TB used, 80% of")
	w.AwaitChecks(5)
	most := int(time.Since(began)/time.Second) + 2
	if n := w.Checks() - before; n > most {
		t.Errorf("%d checks in %s, want at most one a second over all replicas", n, time.Since(began))
	}
	w.ExpectPosts(cdnBudget, 1)
	w.ExpectPosts(servicetest.CDNPlatform, 0)
	answered := 0
	for _, p := range all {
		if strings.Contains(p.wrote.String(), `"msg":"request answered"`) {
			answered++
		}
	}
	if answered < 2 {
		t.Errorf("%d of 3 replicas were asked", answered)
	}
	for _, p := range all {
		p.terminate()
	}
}

// TestReplicasTakeARepeatedCommandOnce: what comes again, in another envelope and to another replica, is answered once.
// TestRollingRestart: while one replica after the other is replaced, every command is answered, and none gets the answer that the bot is
// busy. In the instant in which a replica leaves, commands are on the wire of every connection. Those that arrive after the close
// frame cannot be acknowledged any more, so that Slack may tell the person that it failed; the answer comes all the same.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	people := make([]slacksim.User, 24)
	for i := range people {
		people[i] = slacksim.User{ID: fmt.Sprintf("U0MEMBER%02d", i), Name: fmt.Sprintf("member-%d", i)}
	}
	w := newWorld(t, func(workspace *slacksim.Config, _ *fastlysim.Config) {
		workspace.Users = append(workspace.Users, people...)
		workspace.RateLimits.PerMinute = map[string]int{"users.info": 10 * len(people)} // six processes ask about everybody in turn
	})
	w.Uses(390, 50)
	database, _ := w.postgres()
	all := w.replicas(3, database)
	w.Asks("/usage cdn_usage")

	var (
		asking   sync.WaitGroup
		replaced atomic.Bool
		asked    = make(chan *slacksim.Invocation, 10_000)
	)
	type group chan string // those of them whose last question has been answered
	ask := func(free group) {
		who := <-free
		one, err := w.Slack.Command(w.Soon(), slacksim.Slash{User: who, Channel: cdnBudget, Command: "/usage", Text: "cdn_usage"})
		if err != nil {
			t.Error(err)
			return
		}
		asked <- one
		asking.Go(func() {
			for n := 1; ; n++ {
				if m, err := one.WaitAnswer(w.Soon(), n); err != nil || !servicetest.IsInterim(m) {
					free <- who
					return
				}
			}
		})
	}
	steady, atOnce := make(group, 8), make(group, 16)
	for i, person := range people {
		if i < cap(steady) {
			steady <- person.ID
		} else {
			atOnce <- person.ID
		}
	}
	asking.Go(func() {
		pace := time.NewTicker(50 * time.Millisecond)
		defer pace.Stop()
		for ; !replaced.Load(); <-pace.C {
			ask(steady)
		}
	})
	for _, old := range all {
		w.launch(database)
		w.awaitConnections(8)
		release := w.Slack.Hold()
		for range cap(atOnce) {
			ask(atOnce)
		}
		old.signal(syscall.SIGTERM)
		w.awaitConnections(6)
		release()
		if code, took := old.ends(); code != exitOK {
			t.Errorf("exit code %d after %s, want %d", code, took, exitOK)
		}
	}
	replaced.Store(true)
	asking.Wait()
	close(asked)
	sent, unacknowledged := 0, 0
	for one := range asked {
		sent++
		outcome, err := one.Outcome(w.Soon())
		if err != nil || outcome.Result == slacksim.DispatchFailed {
			t.Errorf("command %d: error %v, outcome %s", sent, err, outcome.Result)
		}
		if outcome.Result != slacksim.Acknowledged {
			unacknowledged++
		}
		w.Says(w.Answer(one), "North America Bandwidth")
		answers := slices.DeleteFunc(one.Answers(), servicetest.IsInterim)
		if len(answers) > 1 {
			t.Errorf("command %d, %s, was answered %d times", sent, outcome.Result, len(answers))
		}
	}
	t.Logf("%d commands; %d were on the wire of a connection that was being left", sent, unacknowledged)
}

// TestReplicaKilledWhileItDelivers: another one takes the message over within a minute, finds it in the channel, and does not
// repeat it.
func TestReplicaKilledWhileItDelivers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	censor := w.Censor()
	w.Uses(390, 50)
	database, _ := w.postgres()
	doomed := w.replicas(1, database, "SLACK_API_URL="+censor.APIURL)[0]
	w.AwaitChecks(2)
	kept := censor.Keep("chat.postMessage")
	w.Uses(402.6, 50)
	kept()
	w.replicas(1, database)
	doomed.die()
	died := time.Now()
	w.Uses(501, 50) // the broadcast reply waits for the receipt of its parent message
	within(t, time.Minute, func() bool { return len(w.Posts(cdnBudget)) == 2 }, "the broadcast reply, under the parent message that was found again")
	t.Logf("taken over %s after the kill", time.Since(died).Round(time.Second))
	if posts := w.Posts(cdnBudget); posts[1].ThreadTS != posts[0].TS {
		t.Errorf("the second message is no reply to the first:\n%s", w.Channel(cdnBudget))
	}
}

// TestReplicaKilledWhileItChecks: another one makes the check within a minute.
func TestReplicaKilledWhileItChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Uses(390, 50)
	database, _ := w.postgres()
	doomed := w.replicas(1, database)[0]
	w.AwaitChecks(2)
	release := w.Fastly.Hold()
	w.Await("a check under way", func() bool { return w.Fastly.InFlight() > 0 })
	doomed.die()
	release()
	w.Uses(402.6, 50)
	w.replicas(1, database)
	died := time.Now()
	within(t, time.Minute, func() bool { return len(w.Posts(cdnBudget)) > 0 }, "the alert of the check that was taken over")
	t.Logf("taken over %s after the kill", time.Since(died).Round(time.Second))
	w.AwaitChecks(3)
	w.ExpectPosts(cdnBudget, 1)
}

// within is eventually with a limit of its own.
func within(t testing.TB, limit time.Duration, holds func() bool, what string) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); <-look.C {
		if holds() {
			return
		}
	}
	t.Fatalf("waited %s in vain for %s", limit, what)
}

// TestDatabaseGoneForAWhile: while it is away the bot tells people so, and when it is back what was missed is made up for, once.
func TestDatabaseGoneForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Uses(390, 50)
	database, server := w.postgres()
	all := w.replicas(3, database)
	w.Asks("/usage cdn_usage")
	w.AwaitChecks(2)

	server.Sever()
	gone := time.Now()
	w.Uses(402.6, 50)
	w.Says(w.Asks("/budget"), "Something went wrong on my side", "the reference")
	w.Says(w.Asks("/usage cdn_usage"), "North America Bandwidth")
	w.awaitReadiness(all, http.StatusServiceUnavailable, "the database does not answer")
	within(t, servicetest.Patience, func() bool { return time.Since(gone) > 10*time.Second }, "ten seconds to pass")
	w.ExpectPosts(cdnBudget, 0)
	server.Mend()

	w.Message(cdnBudget, "North America Bandwidth: 403 TB used, 80% of")
	w.AwaitChecks(5)
	w.ExpectPosts(cdnBudget, 1)
	w.Says(w.Asks("/budget"), "80%")
	w.awaitReadiness(all, http.StatusOK, "")
	for _, p := range all {
		p.terminate()
	}
}

// TestDatabaseServerKilled: the server of the database is killed in the middle of everything, and started again after some seconds.
// The bot tells people so meanwhile; what was written before is there, and what was missed is made up for, once.
func TestDatabaseServerKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Uses(390, 50)
	server := newCluster(t)
	all := w.replicas(3, "DATABASE_URL="+server.address())
	w.Asks("/usage cdn_usage")
	w.AwaitChecks(1)
	for n, killed := range []struct {
		signal    syscall.Signal
		terabytes float64 // counted meanwhile
		said      string
	}{
		{syscall.SIGKILL, 402.6, "North America Bandwidth: 403 TB used, 80% of"},
		{syscall.SIGQUIT, 501, "North America Bandwidth: Over"},
	} {
		release := w.Fastly.Hold()
		w.Await("a check under way", func() bool { return w.Fastly.InFlight() > 0 })
		server.kill(killed.signal)
		gone := time.Now()
		release()
		w.Uses(killed.terabytes, 50)
		w.Says(w.Asks("/budget"), "Something went wrong on my side", "the reference")
		w.Says(w.Asks("/usage cdn_usage"), "North America Bandwidth")
		w.awaitReadiness(all, http.StatusServiceUnavailable, "the database does not answer")
		within(t, servicetest.Patience, func() bool { return time.Since(gone) > 3*time.Second }, "three seconds to pass")
		w.ExpectPosts(cdnBudget, n)

		server.start()
		back := time.Now()
		w.Message(cdnBudget, killed.said)
		t.Logf("said %s after the server was back", time.Since(back).Round(100*time.Millisecond))
		w.awaitReadiness(all, http.StatusOK, "")
	}
	w.AwaitChecks(1)
	w.ExpectPosts(cdnBudget, 2)
	for _, p := range all {
		p.terminate()
	}
}

// TestDatabaseServerKilledWhileSlackAnswers: a message is in the channel, and that it is cannot be written down. It is found there
// when the database is back, and not repeated.
func TestDatabaseServerKilledWhileSlackAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	censor := w.Censor()
	w.Uses(390, 50)
	server := newCluster(t)
	all := w.replicas(2, "DATABASE_URL="+server.address(), "SLACK_API_URL="+censor.APIURL)
	w.AwaitChecks(1)
	kept := censor.Keep("chat.postMessage")
	w.Uses(402.6, 50)
	kept()
	server.kill(syscall.SIGKILL)
	censor.Let()
	w.awaitReadiness(all, http.StatusServiceUnavailable, "the database does not answer")
	server.start()
	back := time.Now()
	w.Uses(501, 50) // the broadcast reply waits for the receipt of its parent message
	within(t, 2*time.Minute, func() bool { return len(w.Posts(cdnBudget)) == 2 }, "the broadcast reply, under the parent message that was found again")
	t.Logf("settled %s after the server was back", time.Since(back).Round(time.Second))
	if posts := w.Posts(cdnBudget); posts[1].ThreadTS != posts[0].TS {
		t.Errorf("the second message is no reply to the first:\n%s", w.Channel(cdnBudget))
	}
	for _, p := range all {
		p.terminate()
	}
}

// awaitReadiness waits until every process says so of itself.
func (w *world) awaitReadiness(all []*process, status int, reason string) {
	w.T.Helper()
	for _, p := range all {
		w.Await(fmt.Sprintf("readiness %d %s", status, reason), func() bool {
			got, page := w.Page(p.address() + "/readyz")
			return got == status && strings.Contains(page, reason)
		})
	}
}
