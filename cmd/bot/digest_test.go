package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

const finOps = "C0FINOPS1"

func withFinOps(workspace *slacksim.Config, _ *fastlysim.Config) {
	workspace.Channels = append(workspace.Channels, slacksim.Channel{ID: finOps, Name: "finops-private", BotMember: true})
}

const mondayRules = worldRules + `
time_zone: Europe/Berlin
digests:
  - {name: monday, channel: finops-private, schedule: "0 9 * * 1"}
`

// onDatabase starts a service of this world on the database, beside those that run.
func (w *world) onDatabase(setting string, replicas int) []*running {
	w.t.Helper()
	var all []*running
	for range replicas {
		c := w.config()
		c.DatabaseURL = strings.TrimPrefix(setting, "DATABASE_URL=")
		o := options{log: newLog(c, w.written), now: w.clock.Now, poll: 50 * time.Millisecond, brokenWait: time.Second}
		ctx, cancel := context.WithCancel(context.Background())
		built, err := build(ctx, c, o)
		if err != nil {
			cancel()
			w.t.Fatalf("build: %v; %s", err, w.log())
		}
		r := &running{w: w, service: built, cancel: cancel, ended: make(chan error, 1)}
		w.t.Cleanup(r.stop)
		go func() { r.ended <- built.run(ctx) }()
		all = append(all, r)
	}
	w.await("the connections", func() bool { return len(w.slack.Connections()) >= 2*replicas })
	return all
}

// TestAMondayDigestIsSaidOnce: by three replicas, over a restart, and after a Monday that was missed.
func TestAMondayDigestIsSaidOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFinOps)
	w.writeRules(mondayRules)
	w.hurry(20)
	w.countedTo(monday, 300, 50)
	database, _ := w.postgres()
	all := w.onDatabase(database, 3)
	w.awaitChecks(2)
	w.expectPosts(finOps, 0)

	w.clock.advance(monday.Sub(w.clock.Now()) + time.Minute)
	m := w.message(finOps, "November Budgets")
	says(t, m, "No budget is over, or near it: 2 on course", "What Changed Most", "digest `monday`", "Data to Nov 22, 24:00 UTC")
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 1)
	for _, r := range all {
		r.stop()
	}
	all = w.onDatabase(database, 3)
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 1)

	for _, r := range all {
		r.stop()
	}
	w.clock.advance(7*24*time.Hour + time.Hour) // over a Monday
	w.countedTo(monday.AddDate(0, 0, 7), 501, 150)
	w.onDatabase(database, 3)
	w.await("the digest that was missed", func() bool { return len(w.posts(finOps)) == 2 })
	says(t, w.posts(finOps)[1], "1 over", "North America Bandwidth", "100%")
	w.awaitChecks(manyChecks)
	w.expectPosts(finOps, 2)
}

// countedTo sets November's usage to that many terabytes up to the beginning of a day.
func (w *world) countedTo(at time.Time, northAmerica, asia float64) {
	w.fastly.Set(bandwidth(at, "North America", northAmerica), bandwidth(at, "Asia", asia))
}

// monday is nine o'clock in Berlin.
var monday = time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
