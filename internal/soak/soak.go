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
	"budgetbot/internal/soak/clock"
	"budgetbot/internal/soak/judge"
)

// soak is a run.
type soak struct {
	script  *judge.Script
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
	p := &plan{Script: s.script, program: filepath.Join(dir, "bot")}
	if err := program.Build(ctx, "budgetbot/internal/soak/bot", p.program); err != nil {
		return report{}, err
	}
	result = report{seed: s.seed, within: s.within, before: load()}
	groups, err := s.begin(ctx, p, dir)
	defer func() { err = errors.Join(err, closeAll(groups)) }() //nolint:contextcheck // what was opened is closed, whatever has ended
	if err != nil {
		return result, err
	}
	result.clock = p.clock
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

// longestLead is how long the processes may take to start at most.
const longestLead = time.Minute

// begin starts everything while business time still stands. On a machine that is too busy for that it begins again, with more time.
func (s soak) begin(ctx context.Context, p *plan, dir string) ([]*group, error) {
	for lead := s.lead; ; lead *= 2 {
		p.clock = clock.New(p.From, p.Until, time.Now().Add(lead), s.within)
		groups, err := s.open(ctx, p, filepath.Join(dir, lead.String()))
		if err != nil || time.Now().Before(p.clock.Since) {
			s.say("seed %d, a day takes %s, a check is due every %s", s.seed, p.clock.Wall(p.From.Add(24*time.Hour)).Sub(p.clock.Since), p.clock.CheckEvery())
			return groups, err
		}
		if lead > longestLead {
			return groups, fmt.Errorf("the processes do not start within %s", lead)
		}
		s.say("the processes took longer than %s to start; once more", lead)
		if err := closeAll(groups); err != nil { //nolint:contextcheck // as above
			return nil, err
		}
	}
}

// open opens all groups and returns them, also where one of them fails.
func (s soak) open(ctx context.Context, p *plan, dir string) ([]*group, error) {
	var groups []*group
	for _, c := range s.groups {
		g, err := p.open(ctx, dir, c)
		if err != nil {
			return groups, fmt.Errorf("open %s: %w", c.name, err)
		}
		groups = append(groups, g)
		if err := g.start(ctx); err != nil {
			return groups, err
		}
	}
	return groups, nil
}

func closeAll(groups []*group) error {
	var errs []error
	for _, g := range groups {
		errs = append(errs, g.close())
	}
	return errors.Join(errs...)
}

func (s soak) say(format string, args ...any) {
	fmt.Fprintf(s.out, "soak: "+format+"\n", args...)
}

// heldFor is for how long Fastly's answers are held back before a month's invoice appears, for the sake of a correction that is to be
// there with it.
const heldFor = 50 * time.Millisecond

// live lets business time pass, with everything that happens in it, until it is over and everything has been delivered.
func (s soak) live(ctx context.Context, p *plan, groups []*group) error {
	alive, over := context.WithDeadline(ctx, p.clock.Wall(p.Until))
	defer over()
	var acts sync.WaitGroup
	errs := make(chan error, len(groups)*(len(p.Corrections)+5))
	for _, g := range groups {
		for i, c := range p.Corrections {
			when := p.clock.Wall(c.At)
			if c.First {
				when = when.Add(-heldFor)
			}
			acts.Go(func() { errs <- at(alive, when, func() error { return g.correct(alive, i) }) })
		}
		for _, change := range g.changes() {
			if !change.at.IsZero() {
				acts.Go(func() { errs <- at(alive, p.clock.Wall(change.at), func() error { return change.make(ctx) }) })
			}
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
		line := p.clock.Now().Format(time.DateOnly)
		for _, g := range groups {
			g.mu.Lock()
			line += fmt.Sprintf("; %s: %d posts, %d edits, %d kills", g.name, len(g.messages), len(g.updates), g.counts.kills)
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
		rest(ctx, time.Until(g.plan.clock.Wall(g.plan.Until).Add(leased)))
	}
	for quiet := time.Now(); time.Since(quiet) < calm; {
		if waiting, err := g.waiting(ctx); err != nil || waiting != "0" || !g.isUp(ctx) {
			quiet = time.Now()
		}
		if !rest(ctx, 200*time.Millisecond) {
			g.complain("messages still wait %s after the end", settleTimeout)
			return nil
		}
	}
	return nil
}

// isUp reports whether every process serves its pages: one that has only just been started could not end well.
func (g *group) isUp(ctx context.Context) bool {
	return g.each(func(r *replica) error {
		_, err := r.page(ctx, "/healthz")
		return err
	}) == nil
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
