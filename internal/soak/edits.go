package main

import (
	"context"
	"time"
)

// An edit that lasts for a while lasts this long, in wall time: more than a day of business.
const whileEdited = 6 * time.Second

// change is what an operator does once, at an instant of business time; never where that is zero.
type change struct {
	at   time.Time
	make func(context.Context) error
}

func (g *group) changes() []change {
	p := g.plan
	return []change{{p.absence, g.leaveOut}, {p.rollout, g.rollOut}, {p.reform, g.reform}, {p.closure, g.closeChannel}}
}

// restart stops some processes as an operator does, changes what is in their rules files and starts them again. It returns the stretch
// of wall time that this took.
func (g *group) restart(ctx context.Context, some []*replica, change func(*form)) (stretch, error) {
	from := time.Now()
	for _, r := range some {
		r.stage.Lock()
		defer r.stage.Unlock()
	}
	_ = each(some, func(r *replica) error { r.end(ctx); return nil })
	change(&g.form)
	if err := each(some, (*replica).writeRules); err != nil {
		return stretch{}, err
	}
	if err := each(some, func(r *replica) error { return r.begin(ctx) }); err != nil {
		return stretch{}, err
	}
	took := stretch{from, time.Now()}
	g.trouble(took.from, took.to)
	return took, nil
}

// reform renames a rule and removes another one, for good.
func (g *group) reform(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	took, err := g.restart(ctx, g.replicas, func(f *form) { f.reformed = true })
	g.mu.Lock()
	g.reformed = took
	g.mu.Unlock()
	return err
}

// leaveOut takes some rules out of the file and puts them back.
func (g *group) leaveOut(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	return g.forAWhile(ctx, g.replicas, func(f *form, on bool) { f.without = on })
}

// rollOut starts one replica with a file in which some budgets are higher and some rules are missing, beside the others, and takes it back.
func (g *group) rollOut(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	return g.forAWhile(ctx, g.replicas[:1], func(f *form, on bool) { f.raised, f.without = on, on })
}

// forAWhile changes the rules files of some replicas and changes them back. What is looked at meanwhile is held against other rules than
// the script's.
func (g *group) forAWhile(ctx context.Context, some []*replica, change func(f *form, on bool)) error {
	first, err := g.restart(ctx, some, func(f *form) { change(f, true) })
	if err != nil {
		return err
	}
	rest(ctx, whileEdited)
	last, err := g.restart(ctx, some, func(f *form) { change(f, false) })
	g.mu.Lock()
	defer g.mu.Unlock()
	g.edited = append(g.edited, stretch{first.from, last.to})
	return err
}

// closeChannel archives a channel, and some time later gives its rules another one.
func (g *group) closeChannel(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	for _, channel := range g.slack.Snapshot().Channels {
		if channel.Name == closed {
			g.slack.Archive(channel.ID)
		}
	}
	rest(ctx, whileEdited)
	g.mu.Lock()
	g.moved = time.Now()
	g.mu.Unlock()
	_, err := g.restart(ctx, g.replicas, func(f *form) { f.moved = true })
	return err
}
