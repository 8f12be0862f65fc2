package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/soak/judge"
)

// trouble is one way to make a group's life hard, again and again.
type trouble struct {
	// every is how often it happens, to a group chosen at random and at a random point of that stretch.
	every time.Duration
	// make makes it, and returns when it is over.
	make func(ctx context.Context, g *group, r *rand.Rand)
}

// troubles are all that go on during a run of that length. In a short run the rarer ones come more often.
func troubles(within time.Duration) []trouble {
	atLeast := func(every time.Duration, times int) time.Duration { return min(every, within/time.Duration(times)) }
	return []trouble{
		{20 * time.Second, killOne},
		{atLeast(60*time.Second, 2), cutDatabase},
		{atLeast(25*time.Second, 3), storm},
		{atLeast(15*time.Second, 4), renew},
		{atLeast(35*time.Second, 3), failFastly},
		{atLeast(80*time.Second, 2), pauseOne},
		{atLeast(75*time.Second, 2), lagBehind},
		{atLeast(5*time.Second, 8), answer},
	}
}

// torment makes trouble until the end of ctx.
func torment(ctx context.Context, groups []*group, seed uint64, all []trouble) {
	var working sync.WaitGroup
	for i, t := range all {
		random := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // trouble, which guards nothing
		working.Go(func() {
			for from := time.Now(); ; from = from.Add(t.every) {
				victim := choose(groups, random)
				if !rest(ctx, time.Duration(random.Int64N(int64(t.every)))) {
					return
				}
				t.make(ctx, victim, random)
				if !rest(ctx, time.Until(from.Add(t.every))) {
					return
				}
			}
		})
	}
	working.Wait()
}

// choose chooses a group: one of three processes three times as often as one of one.
func choose(groups []*group, r *rand.Rand) *group {
	var of []*group
	for _, g := range groups {
		for range g.replicas {
			of = append(of, g)
		}
	}
	return of[r.IntN(len(of))]
}

// killOne kills a process of the group.
func killOne(ctx context.Context, g *group, r *rand.Rand) {
	victim := g.replicas[r.IntN(len(g.replicas))]
	if victim.kill(ctx, time.Duration(r.IntN(2000))*time.Millisecond) == nil {
		g.count(func(c *counts) { c.kills++ })
	}
}

// pauseOne stops a process of the group for longer than the others wait for an attempt of its, and lets it go on. A process that is
// alone is missed by nobody but people: it stops for a moment.
func pauseOne(ctx context.Context, g *group, r *rand.Rand) {
	stretch := 2*time.Second + time.Duration(r.IntN(3000))*time.Millisecond
	if len(g.replicas) > 1 {
		stretch = 26*time.Second + time.Duration(r.IntN(10_000))*time.Millisecond
	}
	if g.replicas[r.IntN(len(g.replicas))].pause(ctx, stretch) == nil {
		g.count(func(c *counts) { c.pauses++ })
	}
}

// cutDatabase cuts the wire to the database for 5 to 10 s. A file has none.
func cutDatabase(ctx context.Context, g *group, r *rand.Rand) {
	if g.database == nil {
		return
	}
	from := time.Now()
	g.database.Sever()
	rest(ctx, 5*time.Second+time.Duration(r.IntN(5000))*time.Millisecond)
	g.database.Mend()
	g.unsettle(from, time.Now().Add(time.Second))
	g.count(func(c *counts) { c.cuts++ })
}

// storm has Slack refuse the next messages and edits, and lose one of its own answers.
func storm(_ context.Context, g *group, r *rand.Rand) {
	wait := slacksim.Fault{RetryAfter: time.Duration(1+r.IntN(3)) * time.Second}
	g.slack.Fail("chat.postMessage", 3+r.IntN(6), wait)
	g.slack.Fail("chat.update", 5+r.IntN(20), wait)
	g.slack.Fail("chat.postMessage", 1, slacksim.Fault{DropAfter: true})
	g.count(func(c *counts) { c.storms++ })
}

// lagBehind has the channels show late what is posted, and loses Slack's answer to a message meanwhile. Mostly it is shown when the service
// looks for it, half a minute after; sometimes it is not, so that it is posted again and has to say so.
func lagBehind(ctx context.Context, g *group, r *rand.Rand) {
	by := 8*time.Second + time.Duration(r.IntN(18_000))*time.Millisecond
	if r.IntN(3) == 0 {
		by = 90 * time.Second
	}
	from := time.Now()
	g.slack.SetHistoryLag(by)
	g.slack.Fail("chat.postMessage", 1, slacksim.Fault{DropAfter: true})
	rest(ctx, 45*time.Second)
	g.slack.SetHistoryLag(0)
	g.mu.Lock()
	g.lags = append(g.lags, judge.Lag{Stretch: judge.Stretch{From: from, To: time.Now()}, By: by})
	g.mu.Unlock()
	g.count(func(c *counts) { c.lags++ })
}

// renew ends a connection of Slack's, or all of them, with notice or without.
func renew(_ context.Context, g *group, r *rand.Rand) {
	open := g.slack.Connections()
	if len(open) == 0 {
		return
	}
	one := open[r.IntN(len(open))].ID
	switch r.IntN(4) {
	case 0:
		g.slack.Disconnect("warning", one)
	case 1:
		g.slack.Disconnect("refresh_requested", one)
	case 2:
		g.slack.KillConnections(one)
	default:
		g.slack.KillConnections()
	}
	g.count(func(c *counts) { c.renewals++ })
}

// failFastly has Fastly misbehave for 3 to 6 s.
func failFastly(ctx context.Context, g *group, r *rand.Rand) {
	faults := []fault.Fault{
		fault.ServerError, fault.TooMany, fault.NoRows,
		{Name: "hangs", Line: fault.LineHangs},
		{Name: "cut", Line: fault.LineCuts},
	}
	fault := faults[r.IntN(len(faults))]
	from := time.Now()
	g.fastly.Fail(fastlysim.UsagePath, 0, fault)
	if r.IntN(2) == 0 {
		g.fastly.Fail(fastlysim.ServicePath, 0, fault)
	}
	rest(ctx, 3*time.Second+time.Duration(r.IntN(3000))*time.Millisecond)
	g.fastly.Heal()
	for g.fastly.InFlight() > 0 && rest(ctx, 20*time.Millisecond) { // what hangs does so until the service gives it up, and the check with it
	}
	g.trouble(from, time.Now())
	g.count(func(c *counts) { c.faults++ })
}

func (g *group) count(change func(*counts)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.counts)
}

// rest waits and reports whether it could do so to the end.
func rest(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
