package main

import (
	"context"
	"time"

	"budgetbot/internal/soak/judge"
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
	return []change{{p.Absence, g.leaveOut}, {p.Rollout, g.rollOut}, {p.Reform, g.reform}, {p.Closure, g.closeChannel}}
}

// restart stops some processes as an operator does, changes what is in their rules files and starts them again. It returns the stretch
// of wall time that this took.
func (g *group) restart(ctx context.Context, some []*replica, change func(*judge.Form)) (judge.Stretch, error) {
	from := time.Now()
	for _, r := range some {
		r.stage.Lock()
		defer r.stage.Unlock()
	}
	_ = each(some, func(r *replica) error { r.end(ctx); return nil })
	change(&g.form)
	if err := each(some, (*replica).writeRules); err != nil {
		return judge.Stretch{}, err
	}
	if err := each(some, func(r *replica) error { return r.begin(ctx) }); err != nil {
		return judge.Stretch{}, err
	}
	took := judge.Stretch{From: from, To: time.Now()}
	g.trouble(took.From, took.To)
	return took, nil
}

// reform renames a rule and removes another one, for good.
func (g *group) reform(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	took, err := g.restart(ctx, g.replicas, func(f *judge.Form) { f.Reformed = true })
	g.mu.Lock()
	g.reformed = took
	g.mu.Unlock()
	return err
}

// leaveOut takes some rules out of the file and puts them back.
func (g *group) leaveOut(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	return g.forAWhile(ctx, g.replicas, func(f *judge.Form, on bool) { f.Without = on })
}

// rollOut starts one replica with a file in which some budgets are higher and some rules are missing, beside the others, and takes it back.
func (g *group) rollOut(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	return g.forAWhile(ctx, g.replicas[:1], func(f *judge.Form, on bool) { f.Raised, f.Without = on, on })
}

// forAWhile changes the rules files of some replicas and changes them back. What is looked at meanwhile is held against other rules than
// the script's.
func (g *group) forAWhile(ctx context.Context, some []*replica, change func(f *judge.Form, on bool)) error {
	first, err := g.restart(ctx, some, func(f *judge.Form) { change(f, true) })
	if err != nil {
		return err
	}
	rest(ctx, whileEdited)
	last, err := g.restart(ctx, some, func(f *judge.Form) { change(f, false) })
	g.mu.Lock()
	defer g.mu.Unlock()
	g.edited = append(g.edited, judge.Stretch{From: first.From, To: last.To})
	return err
}

// closeChannel archives a channel, and some time later gives its rules another one.
func (g *group) closeChannel(ctx context.Context) error {
	g.editing.Lock()
	defer g.editing.Unlock()
	for _, channel := range g.slack.Snapshot().Channels {
		if channel.Name == judge.Closed {
			g.slack.Archive(channel.ID)
		}
	}
	rest(ctx, whileEdited)
	g.mu.Lock()
	g.moved = time.Now()
	g.mu.Unlock()
	_, err := g.restart(ctx, g.replicas, func(f *judge.Form) { f.Moved = true })
	return err
}
