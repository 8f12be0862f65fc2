package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"budgetbot/internal/fastlysim"
)

// conclusion is what a group's run comes to.
type conclusion struct {
	verdict
	counts

	name      string
	crossings int // all that the script has, due or not
	checks    int // true answers to a check's first question
	looks     int // of them, those that were seen through
	blind     time.Duration
	edits     int
	refused   int // calls that Slack answered with 429
	memory    []uint64
}

// conclude ends the processes and compares what was said with what had to be.
func (g *group) conclude(ctx context.Context) (conclusion, error) {
	c := conclusion{name: g.name, counts: g.counts, refused: g.refusedBySlack()}
	for _, r := range g.replicas {
		g.sweep(ctx, r)
		memory, err := r.process.Resident()
		if err != nil {
			g.complain("%s: %s", r.name, err)
		}
		c.memory = append(c.memory, memory)
	}
	if err := g.each((*replica).stop); err != nil {
		g.complain("%s", err)
	}
	g.watcher.Stop()
	g.watching.Wait()
	c.edits = g.edits
	if missed := g.watcher.Missed(); missed > 0 {
		g.complain("%d events of the workspace were not seen", missed)
	}
	g.collect()
	g.checkPosts()
	g.checkManners()
	if err := g.keepLogs(); err != nil {
		return c, err
	}
	looks := g.lookedAt(&c)
	figures, err := g.plan.figures(g.lag, g.restated)
	if err != nil {
		return c, err
	}
	var reformed time.Time // in business time
	if !g.reformed.from.IsZero() {
		reformed = g.plan.clock.at(g.reformed.from)
	}
	crossings := g.plan.crossings(figures, reformed)
	c.crossings = len(crossings)
	c.verdict = judge(evidence{
		clock: g.plan.clock, rules: g.plan.rules, crossings: crossings, firstLook: g.firstLook(), looks: looks, heard: g.heard,
		silences: g.silences, moved: g.moved,
	})
	c.problems = append(c.problems, g.problems...)
	return c, nil
}

// keepLogs writes what the processes wrote, and what was posted, into the directory SOAK_LOGS, where that is set.
func (g *group) keepLogs() error {
	dir := os.Getenv("SOAK_LOGS")
	if dir == "" {
		return nil
	}
	var posts strings.Builder
	for _, h := range g.heard {
		fmt.Fprintf(&posts, "%s %s %s %s: %s\n", h.wall.Format("15:04:05.000"), h.at.UTC().Format("2006-01-02 15:04"), h.channel, h.says[0].kind, h.text)
	}
	files := map[string]string{g.name + " posts": posts.String()}
	for _, r := range g.replicas {
		var log strings.Builder
		for _, p := range append(r.past, r.process) {
			log.WriteString(p.Wrote())
		}
		files[r.name] = log.String()
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name+".log"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// checkPosts compares what was seen to appear with what is in the channels.
func (g *group) checkPosts() {
	there := 0
	for _, channel := range g.slack.Snapshot().Channels {
		for _, m := range channel.Messages {
			if m.FromBot && m.EphemeralTo == "" {
				there++
			}
		}
	}
	if there != len(g.heard) {
		g.complain("%d messages are in the channels, and %d were seen to appear", there, len(g.heard))
	}
}

// asked are the questions about the account that Fastly has answered truly, by time.
func (g *group) asked() []fastlysim.Request {
	return slices.SortedFunc(maps.Values(g.answers), func(a, b fastlysim.Request) int { return a.At.Compare(b.At) })
}

func (g *group) firstLook() time.Time {
	if all := g.asked(); len(all) > 0 {
		return g.plan.clock.at(all[0].At)
	}
	return g.plan.until
}

// lookedAt returns the looks at the figures that were seen through, and notes how many there were and how long there was none.
func (g *group) lookedAt(c *conclusion) []look {
	var looks []look
	before := g.plan.clock.since
	for _, r := range g.asked() {
		month := r.Query.Get("end_month")
		if at := g.plan.clock.at(r.At); month == monthOf(at) {
			c.checks++
			if r.At.After(before) {
				c.blind = max(c.blind, r.At.Sub(before))
				before = r.At
			}
		}
		if !g.isTroubled(r.At) {
			looks = append(looks, look{month, g.plan.clock.at(r.At)})
		}
	}
	c.looks = len(looks)
	c.blind = max(c.blind, g.plan.clock.wall(g.plan.until).Sub(before))
	if c.blind > longestBlind {
		g.complain("nobody looked at the figures for %s", c.blind.Round(time.Second))
	}
	return looks
}

// isTroubled reports whether something went wrong around a look at the figures.
func (g *group) isTroubled(at time.Time) bool {
	return slices.ContainsFunc(g.troubles, func(s stretch) bool { return at.After(s.from.Add(-settles)) && at.Before(s.to) })
}

// checkManners finds what no process may have done to Slack.
func (g *group) checkManners() {
	for _, v := range g.slack.Violations() {
		g.complain("Slack's rules were broken: %s: %s", v.Rule, v.Detail)
	}
	seen, err := json.Marshal(g.slack.Snapshot())
	if err != nil {
		g.complain("%s", err)
	}
	g.lookForSecrets("a message", string(seen))
	for _, r := range g.replicas {
		for _, p := range append(r.past, r.process) {
			g.lookForSecrets("the log of "+r.name, p.Wrote())
		}
	}
}

// sweep looks for secrets in what a process shows while it runs.
func (g *group) sweep(ctx context.Context, r *replica) {
	for _, path := range []string{"/readyz", "/metrics"} {
		page, err := r.page(ctx, path)
		if err != nil {
			g.complain("%s does not show %s: %s", r.name, path, err)
		}
		g.lookForSecrets(path, page)
	}
}

// ticket is the secret in the address of a Socket Mode connection.
var ticket = regexp.MustCompile(`ticket=[A-Z0-9]{8,}`)

func (g *group) lookForSecrets(where, text string) {
	for _, secret := range []string{fastlyToken, g.slack.BotToken(), g.slack.AppToken(), "/respond/"} {
		if strings.Contains(text, secret) {
			g.complain("a secret is in %s", where)
		}
	}
	if ticket.MatchString(text) {
		g.complain("the ticket of a connection is in %s", where)
	}
}
