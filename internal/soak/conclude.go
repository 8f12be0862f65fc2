package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/soak/judge"
)

// conclusion is what a group's run comes to.
type conclusion struct {
	judge.Verdict
	counts

	name      string
	crossings int // all that the script has, due or not
	checks    int // that have ended well
	looks     int // at a month, in those
	blind     time.Duration
	edits     int
	refused   int // calls that Slack answered with 429
	memory    []uint64
}

// conclude ends the processes and compares what was posted with what had to be.
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
	c.edits = len(g.updates)
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
	figures, reopened, err := g.plan.Figures(g.lag, g.corrected)
	if err != nil {
		return c, err
	}
	var reformed time.Time // in business time
	if !g.reformed.From.IsZero() {
		reformed = g.plan.clock.At(g.reformed.From)
	}
	crossings := g.plan.Crossings(figures, reformed)
	c.crossings = len(crossings)
	c.Verdict = judge.Of(judge.Evidence{
		Clock: g.plan.clock, Rules: g.plan.Rules, Crossings: crossings, Looks: looks, Messages: g.messages, Updates: g.updates, Edits: g.edited,
		Silences: g.silences, Moved: g.moved, Reopened: reopened, Lags: g.lags, Open: append(g.open, g.unanswered()...),
	})
	c.Problems = append(c.Problems, g.problems...)
	return c, nil
}

const wallTime = "15:04:05.000"

// keepLogs writes what the processes wrote, and what was posted, into the directory SOAK_LOGS, where that is set.
func (g *group) keepLogs() error {
	dir := os.Getenv("SOAK_LOGS")
	if dir == "" {
		return nil
	}
	var posts strings.Builder
	for _, h := range g.messages {
		fmt.Fprintf(&posts, "%s %s %s %s: %s\n", h.Wall.Format(wallTime), h.At.UTC().Format("2006-01-02 15:04"), h.Channel, h.Notices[0].Kind, h.Text)
	}
	files := map[string]string{g.name + " posts": posts.String(), g.name + " looks": g.looksLog()}
	for _, r := range g.replicas {
		var log strings.Builder
		for _, p := range append(r.past, r.process) {
			log.WriteString(p.Wrote())
		}
		files[r.name] = log.String()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name+".log"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// looksLog has what Fastly was asked, and what troubled the group.
func (g *group) looksLog() string {
	var lines []string
	for _, r := range g.asked() {
		line := fmt.Sprintf("%s look at %s", r.At.Format(wallTime), r.Query.Get("end_month"))
		if g.isTroubled(r.At) {
			line += ", troubled"
		}
		lines = append(lines, line)
	}
	for _, s := range g.troubles {
		lines = append(lines, fmt.Sprintf("%s trouble to %s", s.From.Format(wallTime), s.To.Format(wallTime)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// unanswered are the calls to post of whose end the service was not told.
func (g *group) unanswered() []judge.Stretch {
	var all []judge.Stretch
	for _, call := range g.slack.Calls("chat.postMessage") {
		if call.Status == 0 || call.Status >= http.StatusInternalServerError {
			at := g.plan.clock.Wall(call.At)
			all = append(all, judge.Stretch{From: at, To: at})
		}
	}
	return all
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
	if there != len(g.messages) {
		g.complain("%d messages are in the channels, and %d were seen to appear", there, len(g.messages))
	}
}

// asked are the questions about the account that Fastly has answered truly, by time.
func (g *group) asked() []fastlysim.Request {
	return slices.SortedFunc(maps.Values(g.answers), func(a, b fastlysim.Request) int { return a.At.Compare(b.At) })
}

// lookedAt returns the looks at the figures that were seen through, and notes how many there were and how long there was none.
func (g *group) lookedAt(c *conclusion) []judge.Look {
	ended, failed := g.checks()
	c.checks = len(ended)
	g.checkFailures(failed)
	var looks []judge.Look
	before := g.plan.clock.Since
	for _, r := range seenThrough(g.asked(), ended) {
		month, at := r.Query.Get("end_month"), g.plan.clock.At(r.At)
		looks = append(looks, judge.Look{Month: month, At: at})
		if month == judge.MonthOf(at) && r.At.After(before) {
			c.blind = max(c.blind, r.At.Sub(before))
			before = r.At
		}
	}
	c.looks = len(looks)
	c.blind = max(c.blind, g.plan.clock.Wall(g.plan.Until).Sub(before))
	if c.blind > judge.LongestBlind {
		g.complain("nobody looked at the figures for %s", c.blind.Round(time.Second))
	}
	return looks
}

// checkFailures finds checks that failed when nothing was wrong.
func (g *group) checkFailures(failed []failure) {
	for _, f := range failed {
		if !g.isTroubled(f.at) {
			g.complain("a check failed at %s, and nothing was wrong: %s", f.at.Format(wallTime), f.why)
		}
	}
}

// seenThrough returns, of true answers by time, the first of each month in each check that has ended well: those that follow may be for a
// process that only starts.
func seenThrough(asked []fastlysim.Request, ended []judge.Stretch) []fastlysim.Request {
	var looks []fastlysim.Request
	for _, check := range ended {
		months := map[string]bool{}
		for _, r := range asked {
			month := r.Query.Get("end_month")
			if r.At.Before(check.From) || r.At.After(check.To) || months[month] {
				continue
			}
			months[month] = true
			looks = append(looks, r)
		}
	}
	slices.SortFunc(looks, func(a, b fastlysim.Request) int { return a.At.Compare(b.At) })
	return looks
}

// failure is a check that came to nothing.
type failure struct {
	at  time.Time
	why string
}

// checks are the checks of all processes, as their logs have them.
func (g *group) checks() (ended []judge.Stretch, failed []failure) {
	for _, r := range g.replicas {
		for _, p := range append(r.past, r.process) {
			e, f := checksIn(p.Wrote())
			ended, failed = append(ended, e...), append(failed, f...)
		}
	}
	return ended, failed
}

// noted is how long after its end a check may have been written into the log.
const noted = 250 * time.Millisecond

// checksIn reads a log.
func checksIn(log string) (ended []judge.Stretch, failed []failure) {
	for line := range strings.Lines(log) {
		var entry struct {
			At        time.Time
			Msg, Took string
			Error     string
		}
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue // the last words of a process that was killed
		}
		switch entry.Msg {
		case "checked":
			if took, err := time.ParseDuration(entry.Took); err == nil {
				ended = append(ended, judge.Stretch{From: entry.At.Add(-took - noted), To: entry.At})
			}
		case "check failed":
			failed = append(failed, failure{entry.At, entry.Error})
		}
	}
	return ended, failed
}

// isTroubled reports whether something went wrong around an instant.
func (g *group) isTroubled(at time.Time) bool {
	return slices.ContainsFunc(g.troubles, func(s judge.Stretch) bool {
		return at.After(s.From.Add(-judge.Settles)) && at.Before(s.To.Add(judge.Settles))
	})
}

// checkManners finds what no process may have done to Slack.
func (g *group) checkManners() {
	g.checkViolations(g.slack.Violations())
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

// checkViolations finds what broke Slack's rules. A process that stands still answers no ping, and acknowledges late.
func (g *group) checkViolations(all []slacksim.Violation) {
	for _, v := range all {
		isOfAPause := v.Rule == "pong_missing" || v.Rule == "ack_late"
		if !isOfAPause || !inOneOf(g.paused, g.plan.clock.Wall(v.At)) {
			g.complain("Slack's rules were broken: %s: %s", v.Rule, v.Detail)
		}
	}
}

func inOneOf(all []judge.Stretch, at time.Time) bool {
	return slices.ContainsFunc(all, func(s judge.Stretch) bool { return at.After(s.From) && at.Before(s.To) })
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
