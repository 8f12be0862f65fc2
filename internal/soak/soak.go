package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"budgetbot/internal/program"
)

// soak is a run.
type soak struct {
	script  *script
	within  time.Duration // of wall time, in which the script passes
	lead    time.Duration // how long the processes have to start while business time still stands
	seed    uint64
	torment bool
	groups  []groupConfig
	out     io.Writer // what goes on
}

func (s soak) run(ctx context.Context) (result report, err error) {
	dir, err := os.MkdirTemp("", "budgetbot-soak-")
	if err != nil {
		return report{}, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p := &plan{script: s.script, program: filepath.Join(dir, "bot")}
	if err := program.Build(ctx, "budgetbot/cmd/bot", p.program); err != nil {
		return report{}, err
	}
	p.clock = newClock(s.script.from, s.script.until, time.Now().Add(s.lead), s.within)
	result = report{seed: s.seed, within: s.within, clock: p.clock, before: load()}
	s.say("seed %d, a day takes %s, a check is due every %s", s.seed, p.clock.wall(s.script.from.Add(24*time.Hour)).Sub(p.clock.since), p.clock.checkEvery())

	var groups []*group
	defer func() { //nolint:contextcheck // what was opened is closed, whatever has ended
		for _, g := range groups {
			err = errors.Join(err, g.close())
		}
	}()
	for _, c := range s.groups {
		g, err := p.open(ctx, dir, c)
		if err != nil {
			return result, fmt.Errorf("open %s: %w", c.name, err)
		}
		groups = append(groups, g)
		if err := g.start(ctx); err != nil {
			return result, err
		}
	}
	if late := time.Since(p.clock.since); late > 0 {
		s.say("the processes were connected %s after business time began", late.Round(time.Millisecond))
	}
	if err := s.live(ctx, p, groups); err != nil {
		return result, err
	}
	for _, g := range groups {
		row, err := g.conclude(ctx)
		if err != nil {
			return result, err
		}
		result.rows = append(result.rows, row)
	}
	result.after = load()
	return result, nil
}

func (s soak) say(format string, args ...any) {
	fmt.Fprintf(s.out, "soak: "+format+"\n", args...)
}

// live lets business time pass, with everything that happens in it, until it is over and everything has been delivered.
func (s soak) live(ctx context.Context, p *plan, groups []*group) error {
	alive, over := context.WithDeadline(ctx, p.clock.wall(p.until))
	defer over()
	var acts sync.WaitGroup
	errs := make(chan error, 2*len(groups)*(len(p.restatements)+1))
	for _, g := range groups {
		for i := range p.restatements {
			acts.Go(func() { errs <- at(alive, p.clock.wall(p.restatements[i].at), func() error { return g.restate(i) }) })
		}
		if !p.reform.IsZero() {
			acts.Go(func() { errs <- at(alive, p.clock.wall(p.reform), func() error { return g.reform(ctx) }) })
		}
		acts.Go(func() { errs <- g.supervise(alive) })
	}
	acts.Go(func() { s.tell(alive, p, groups) })
	if s.torment {
		acts.Go(func() { torment(alive, groups, s.seed, troubles(s.within)) })
	}
	acts.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.say("business time is over; waiting for what is on its way")
	for _, g := range groups {
		if err := g.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// at does something at an instant of wall time, unless ctx ends before.
func at(ctx context.Context, when time.Time, do func() error) error {
	if !rest(ctx, time.Until(when)) {
		return nil
	}
	return do()
}

// tell says now and then how far it is.
func (s soak) tell(ctx context.Context, p *plan, groups []*group) {
	for rest(ctx, max(s.within/16, 5*time.Second)) {
		line := p.clock.now().Format(time.DateOnly)
		for _, g := range groups {
			g.mu.Lock()
			line += fmt.Sprintf("; %s: %d posts, %d edits, %d kills", g.name, len(g.heard), g.edits, g.counts.kills)
			g.mu.Unlock()
		}
		s.say("%s", line)
	}
}

// supervise starts again what has ended by itself, and notes what Fastly has answered, until the end of ctx.
func (g *group) supervise(ctx context.Context) error {
	for rest(ctx, time.Second) {
		g.collect()
		for _, r := range g.replicas {
			revived, err := r.revive(ctx)
			if err != nil && ctx.Err() == nil {
				return err
			}
			if revived {
				g.count(func(c *counts) { c.restarts++ })
			}
		}
	}
	return nil
}

const (
	// leased is how long what a process was doing when it was killed may be nobody's.
	leased = 50 * time.Second
	// settleTimeout bounds the wait for what is on its way in the end.
	settleTimeout = 5 * time.Minute
	// calm is how long a workspace has to be silent to be.
	calm = 3 * time.Second
)

// settle ends all trouble and waits until the service says that nothing waits any more.
func (g *group) settle(ctx context.Context) error {
	g.slack.ClearFaults()
	g.fastly.Heal()
	for _, r := range g.replicas {
		if _, err := r.revive(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if g.counts.kills > 0 {
		rest(ctx, time.Until(g.plan.clock.wall(g.plan.until).Add(leased)))
	}
	for quiet := time.Now(); time.Since(quiet) < calm; {
		if waiting, err := g.waiting(ctx); err != nil || waiting != "0" {
			quiet = time.Now()
		}
		if !rest(ctx, 200*time.Millisecond) {
			g.complain("messages still wait %s after the end", settleTimeout)
			return nil
		}
	}
	return nil
}

var queueDepth = regexp.MustCompile(`(?m)^budgetbot_deliveries_waiting\{state="pending"\} (\S+)$`)

// waiting is how many messages wait, as the first process says.
func (g *group) waiting(ctx context.Context) (string, error) {
	page, err := g.replicas[0].page(ctx, "/metrics")
	if err != nil {
		return "", err
	}
	depth := queueDepth.FindStringSubmatch(page)
	if depth == nil {
		return "", errors.New("the metrics do not say how many messages wait")
	}
	return depth[1], nil
}
