package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/soak/clock"
	"budgetbot/internal/soak/judge"
)

const fastlyToken = "soak-fastly-token-that-nobody-may-see"

// group is some processes of the service on one database, and their own world.
type group struct {
	name     string
	plan     *plan
	lag      time.Duration
	dir      string
	slack    *slacksim.Server
	fastly   *fastlysim.Server
	database *database // nil on SQLite
	watcher  *slacksim.Watcher
	watching sync.WaitGroup
	replicas []*replica
	counts   counts

	mu        sync.Mutex
	messages  []judge.Message
	updates   []judge.Post                    // of messages, as they stood then
	answers   map[time.Time]fastlysim.Request // true answers about the account, by the time of the question
	edited    []judge.Stretch                 // of wall time, in which some rules were left out or had other budgets
	paused    []judge.Stretch                 // of wall time, in which a process stood still
	lags      []judge.Lag
	open      []judge.Stretch // of wall time, in which an attempt to post may have come to an end that nobody knows
	troubles  []judge.Stretch // of wall time, in which a look may not have been seen through
	corrected []time.Time     // in business time, by the script's corrections
	reformed  judge.Stretch   // of wall time
	moved     time.Time       // of wall time: when the closed channel's rules were given another one
	silences  []judge.Silence
	problems  []string

	editing sync.Mutex // held while the rules files are changed
	form    judge.Form
}

// plan is what all groups have in common.
type plan struct {
	*judge.Script

	clock   clock.Clock
	program string // the file
}

// counts are what was done to a group.
type counts struct{ kills, cuts, storms, renewals, faults, restarts, pauses, presses, lags int }

// groupConfig is what a group is made of.
type groupConfig struct {
	name     string
	replicas int
	lag      time.Duration // by which Fastly's figures come late
	postgres bool
}

// open opens a group's world; start starts its processes.
func (p *plan) open(ctx context.Context, dir string, c groupConfig) (g *group, err error) {
	g = &group{name: c.name, plan: p, lag: c.lag, dir: filepath.Join(dir, c.name), corrected: make([]time.Time, len(p.Corrections))}
	g.answers = map[time.Time]fastlysim.Request{}
	defer func() { //nolint:contextcheck // what was opened is closed, whatever has ended
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		return g, err
	}
	if g.slack, err = slacksim.Start(p.workspace()); err != nil { //nolint:contextcheck // it ends with close
		return g, err
	}
	g.fastly, err = fastlysim.Start(fastlysim.Config{Token: fastlyToken, Clock: p.clock.Now, Lag: c.lag, Account: p.Account})
	if err != nil {
		return g, err
	}
	storage := "DATABASE_URL=sqlite://" + filepath.Join(g.dir, "budgetbot.db")
	if c.postgres {
		if g.database, err = openDatabase(ctx); err != nil {
			return g, err
		}
		storage = g.database.setting
	}
	for i := range c.replicas {
		rules := filepath.Join(g.dir, fmt.Sprintf("rules-%d.yaml", i+1))
		g.replicas = append(g.replicas, &replica{
			name: fmt.Sprintf("%s %d", c.name, i+1), group: g, rules: rules, environment: append(g.environment(storage), "RULES_FILE="+rules),
		})
	}
	g.watch()
	return g, g.each((*replica).writeRules)
}

// workspace is one in which what Slack gives minutes for lasts, in a time that flies, and in which a day's edits of a hundred messages fit
// into seconds: the real one counts both in the time of the wall. Posts are as in the real one.
func (p *plan) workspace() slacksim.Config {
	const life = 10 * 365 * 24 * time.Hour
	c := slacksim.Config{
		Now: p.clock.Now, TicketLife: life, TriggerLife: life, ResponseURLLife: life, TimeScale: 10,
		RateLimits: slacksim.RateLimits{PerMinute: map[string]int{
			"chat.update": 6000, "conversations.history": 600, "conversations.replies": 600, "conversations.list": 600,
			"apps.connections.open": 600, "auth.test": 600,
		}},
	}
	for i := range judge.Channels {
		c.Channels = append(c.Channels, slacksim.Channel{ID: fmt.Sprintf("C0SOAK%03d", i), Name: fmt.Sprintf("soak-%d", i), BotMember: true})
	}
	c.Channels = append(c.Channels, slacksim.Channel{ID: "C0SOAK09B", Name: judge.Successor, BotMember: true})
	c.Channels = append(c.Channels, slacksim.Channel{ID: "C0SOAKOPS", Name: judge.Operators, BotMember: true})
	return c
}

func (g *group) environment(storage string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + g.dir,
		"SLACK_BOT_TOKEN=" + g.slack.BotToken(), "SLACK_APP_TOKEN=" + g.slack.AppToken(), "SLACK_API_URL=" + g.slack.APIURL(),
		"FASTLY_API_TOKEN=" + fastlyToken, "FASTLY_API_URL=" + g.fastly.URL(),
		storage, "HTTP_ADDR=127.0.0.1:0",
		g.plan.clock.Setting(), "CHECK_INTERVAL=" + g.plan.clock.CheckEvery().String(),
	}
}

func (r *replica) writeRules() error {
	return os.WriteFile(r.rules, []byte(r.group.plan.File(r.group.form)), 0o600)
}

// watch notes every message as it stands when it is posted: it may be edited later.
func (g *group) watch() {
	names := map[string]string{}
	for _, channel := range g.slack.Snapshot().Channels {
		names[channel.ID] = channel.Name
	}
	g.watcher = g.slack.Watch(1 << 16)
	g.watching.Go(func() {
		for event := range g.watcher.Events() {
			if event.Message == nil || !event.Message.FromBot || event.Message.EphemeralTo != "" {
				continue
			}
			g.mu.Lock()
			switch event.Kind {
			case slacksim.Posted, slacksim.Replied:
				g.messages = append(g.messages, judge.ReadMessage(judge.PostOf(*event.Message, names[event.Channel], event.At, time.Now())))
			case slacksim.Edited:
				g.updates = append(g.updates, judge.PostOf(*event.Message, names[event.Channel], event.At, time.Now()))
			}
			g.mu.Unlock()
		}
	})
}

// collect notes what Fastly has answered so far: it keeps the latest calls only.
func (g *group) collect() {
	for _, r := range g.fastly.Requests() {
		if r.Path == fastlysim.UsagePath && r.Status == http.StatusOK {
			g.answers[r.At] = r
		}
	}
}

// each does something to all replicas side by side.
func (g *group) each(do func(*replica) error) error { return each(g.replicas, do) }

func each(some []*replica, do func(*replica) error) error {
	errs := make([]error, len(some))
	var all sync.WaitGroup
	for i, r := range some {
		all.Go(func() { errs[i] = do(r) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// start starts all processes and returns when they are connected.
func (g *group) start(ctx context.Context) error {
	if err := g.each(func(r *replica) error { return r.begin(ctx) }); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := g.slack.WaitConnected(ctx, 2*len(g.replicas)); err != nil {
		return fmt.Errorf("%s does not connect: %w\n%s", g.name, err, g.replicas[0].process.LastWords())
	}
	return nil
}

// correct corrects what Fastly reported, and notes when.
func (g *group) correct(ctx context.Context, i int) error {
	c := &g.plan.Corrections[i]
	if c.First {
		defer g.fastly.Hold()()
		rest(ctx, time.Until(g.plan.clock.Wall(c.At))+time.Millisecond)
	}
	g.mu.Lock()
	g.corrected[i] = g.plan.clock.Now()
	g.mu.Unlock()
	return c.Make(g.fastly)
}

// trouble notes a stretch of wall time in which a look at the figures may have come to nothing.
func (g *group) trouble(from, to time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.troubles = append(g.troubles, judge.Stretch{From: from, To: to})
}

// unsettle notes a stretch of wall time in which, beside that, an attempt to post may have come to an end that nobody knows.
func (g *group) unsettle(from, to time.Time) {
	g.trouble(from, to)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = append(g.open, judge.Stretch{From: from, To: to})
}

// complain notes what must not happen.
func (g *group) complain(format string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.problems = append(g.problems, fmt.Sprintf(format, args...))
}

func (g *group) close() error {
	var errs []error
	for _, r := range g.replicas {
		if r.process != nil {
			r.process.Kill()
		}
	}
	if g.watcher != nil {
		g.watcher.Stop()
		g.watching.Wait()
	}
	if g.slack != nil {
		errs = append(errs, g.slack.Close())
	}
	if g.fastly != nil {
		errs = append(errs, g.fastly.Close())
	}
	if g.database != nil {
		errs = append(errs, g.database.Close())
	}
	return errors.Join(errs...)
}
