package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

const (
	alice = "U0ALICE01"
	gerda = "U0GERDA01" // a guest

	cdnBudget   = "C0CDN0001"
	cdnPlatform = "C0PLAT001" // the operators' channel
	shopCDN     = "C0SHOP001" // the bot is not in it

	fastlyToken = "fastly-token-that-nobody-may-see"
)

// patience is how long a test waits for what has to happen; it is spent only where something is broken.
const patience = time.Minute

// worldRules watch two usage types in the main channel.
const worldRules = `
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, thresholds: [80%, 100%, 125%]}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB}
`

// world is everything outside the program: a workspace, an account, a directory, and the secrets that must stay in it.
type world struct {
	t       testing.TB
	slack   *slacksim.Server
	fastly  *fastlysim.Server
	dir     string
	clock   *clock
	now     func() time.Time // the clock's time, or the wall's
	written *output          // all that any program of this world wrote
	secrets secrets
	// unfair tells that the test makes Fastly refuse what is right.
	unfair  bool
	user    *syscall.Credential // who runs the programs; nil is who runs the test
	excused []string            // Slack's rules that the test breaks in the program's name
}

// clock is business time, a fixed day that runs at a speed of its own.
type clock struct {
	mu      sync.Mutex
	base    time.Time
	started time.Time
	speed   int
}

// Now returns business time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base.Add(time.Since(c.started) * time.Duration(c.speed))
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.base.Add(d)
}

// noon is when every world begins whose clock is not the wall's.
var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// worldOption changes the world before it begins.
type worldOption func(*slacksim.Config, *fastlysim.Config)

// newWorld starts both simulators. At the end of the test it looks for what no program may have done: break Slack's rules,
// ask Fastly for what it refuses, show a secret.
func newWorld(t testing.TB, options ...worldOption) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), written: &output{}, clock: &clock{base: noon, started: time.Now(), speed: 1}}
	workspace := slacksim.Config{
		Channels: []slacksim.Channel{
			{ID: cdnBudget, Name: "cdn-budget", BotMember: true},
			{ID: cdnPlatform, Name: "cdn-platform", BotMember: true},
			{ID: shopCDN, Name: "shop-cdn"},
		},
		Users:      []slacksim.User{{ID: alice, Name: "alice"}, {ID: gerda, Name: "gerda", Guest: true}},
		UserGroups: []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{alice}}, {ID: "S0EMPTY01", Handle: "empty"}},
	}
	account := fastlysim.Config{Token: fastlyToken, Clock: w.clock.Now, Account: account.Account{Services: 40}}
	for _, change := range options {
		change(&workspace, &account)
	}
	if w.now = w.clock.Now; account.Clock == nil {
		w.now = time.Now
	}
	w.slack = begin(t, "Slack", slacksim.Start, workspace)
	w.fastly = begin(t, "Fastly", fastlysim.Start, account)
	w.secrets.add(fastlyToken, w.slack.BotToken(), w.slack.AppToken(), "/respond/")
	t.Cleanup(w.checkManners)
	w.writeRules(worldRules)
	return w
}

func begin[C any, S interface{ Close() error }](t testing.TB, name string, start func(C) (S, error), config C) S {
	t.Helper()
	server, err := start(config)
	if err != nil {
		t.Fatalf("start the simulated %s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the simulated %s: %v", name, err)
		}
	})
	return server
}

// onWallTime lets the world run by the wall clock, as a program in a process of its own does.
func onWallTime(_ *slacksim.Config, account *fastlysim.Config) { account.Clock = nil }

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) writeRules(text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path("rules.yaml"), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// failFastly makes Fastly misbehave, so that its refusals are none of the program's doing.
func (w *world) failFastly(path string, times int, fault fault.Fault) {
	w.unfair = true
	w.fastly.Fail(path, times, fault)
}

// uses sets usage to that many terabytes, for the case that a month ends meanwhile also for the next.
func (w *world) uses(northAmerica, asia float64) {
	var rows []account.Row
	now := w.now().UTC()
	for _, month := range []time.Time{now, now.AddDate(0, 1, 1-now.Day())} {
		rows = append(rows, bandwidth(month, "North America", northAmerica), bandwidth(month, "Asia", asia))
	}
	w.fastly.Set(rows...)
}

func bandwidth(at time.Time, region string, terabytes float64) account.Row {
	figure := decimal.NewFromFloat(terabytes)
	return account.Row{
		Month: at.Format("2006-01"), ProductID: "cdn_usage", UsageType: region + " Bandwidth", Region: region, Unit: "gb",
		Quantity: figure.Shift(3), Raw: figure.Shift(12), UpdatedAt: at.Truncate(24 * time.Hour),
	}
}

// checks counts the reads of three months, which is what a check makes of Fastly, and a start once.
func (w *world) checks() int {
	n := 0
	for _, request := range w.fastly.Requests() {
		first, firstErr := time.Parse("2006-01", request.Query.Get("start_month"))
		last, lastErr := time.Parse("2006-01", request.Query.Get("end_month"))
		if request.Path == fastlysim.UsagePath && firstErr == nil && lastErr == nil && first.AddDate(0, 2, 0).Equal(last) {
			n++
		}
	}
	return n
}

// awaitChecks returns when n more checks have been made from beginning to end.
func (w *world) awaitChecks(n int) {
	w.t.Helper()
	for range n + 3 { // one may be under way, one may be the start's, and one has to begin so that those before have ended
		before := w.checks()
		w.await("another check", func() bool { return w.checks() > before })
	}
}

// await returns when the condition holds, and fails the test where it does not in time.
func (w *world) await(what string, holds func() bool) {
	w.t.Helper()
	eventually(w.t, holds, "waited in vain for %s; %s", what, lastWords{w})
}

// lastWords are the log as it is when it is printed.
type lastWords struct{ *world }

func (l lastWords) String() string { return l.log() }

// eventually returns when the condition holds. Where it does not in time the test ends with the message.
func eventually(t testing.TB, holds func() bool, message string, args ...any) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-look.C {
		if holds() {
			return
		}
	}
	t.Fatalf(message, args...)
}

// soon is a context for what has to happen.
func (w *world) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	w.t.Cleanup(cancel)
	return ctx
}

// types lets somebody type a command.
func (w *world) types(user, channel, line string) *slacksim.Invocation {
	w.t.Helper()
	command, text, _ := strings.Cut(line, " ")
	return w.slash(slacksim.Slash{User: user, Channel: channel, Command: command, Text: text})
}

func (w *world) slash(s slacksim.Slash) *slacksim.Invocation {
	w.t.Helper()
	asked, err := w.slack.Command(w.soon(), s)
	if err != nil {
		w.t.Fatal(err)
	}
	w.secrets.add(asked.ResponseURL())
	return asked
}

// presses lets somebody press a button under a message.
func (w *world) presses(user string, m slacksim.Message, action string) *slacksim.Invocation {
	w.t.Helper()
	pressed, err := w.slack.Press(w.soon(), slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action})
	if err != nil {
		w.t.Fatalf("%v; the message:\n%s", err, m.Blocks)
	}
	w.secrets.add(pressed.ResponseURL())
	return pressed
}

// answer waits for the answer, which on a busy machine comes after the word that it takes a while.
func (w *world) answer(asked *slacksim.Invocation) slacksim.Message {
	w.t.Helper()
	for n := 1; ; n++ {
		m, err := asked.WaitAnswer(w.soon(), n)
		if err != nil {
			w.t.Fatalf("no answer %d: %v; %s", n, err, w.log())
		}
		if !isInterim(m) {
			return m
		}
	}
}

func isInterim(m slacksim.Message) bool {
	return strings.HasPrefix(m.Text, "Working on it.") || strings.Contains(m.Text, "This one begins when one of them is answered")
}

// asks types a command as Alice and waits for the answer.
func (w *world) asks(line string) slacksim.Message {
	w.t.Helper()
	return w.answer(w.types(alice, cdnBudget, line))
}

// message waits for a message that holds all of the texts.
func (w *world) message(channel string, texts ...string) slacksim.Message {
	w.t.Helper()
	m, err := w.slack.WaitMessage(w.soon(), channel, func(m slacksim.Message) bool { return m.FromBot && saysAll(m, texts) })
	if err != nil {
		w.t.Fatalf("no message with %q: %v; the channel:\n%s\n%s", texts, err, w.channel(channel), w.log())
	}
	return m
}

// posts are the bot's messages that everybody in the channel sees, replies included.
func (w *world) posts(channel string) []slacksim.Message {
	var posts []slacksim.Message
	for _, m := range w.slack.Messages(channel) {
		if m.FromBot && m.EphemeralTo == "" && !m.Deleted {
			posts = append(posts, m)
		}
	}
	return posts
}

// expectPosts fails the test where the channel does not hold exactly that many posts.
func (w *world) expectPosts(channel string, n int) []slacksim.Message {
	w.t.Helper()
	posts := w.posts(channel)
	if len(posts) != n {
		w.t.Fatalf("%s has %d posts, want %d:\n%s\n%s", channel, len(posts), n, w.channel(channel), w.log())
	}
	return posts
}

// log is what the programs of this world wrote last, for the report of a failure.
func (w *world) log() string {
	var lines []string
	for line := range strings.Lines(w.written.String()) {
		if !strings.Contains(line, `"level":"debug"`) {
			lines = append(lines, line)
		}
	}
	return "the log:\n" + strings.Join(lines[max(0, len(lines)-40):], "")
}

func (w *world) channel(id string) string {
	var lines strings.Builder
	for _, m := range w.slack.Messages(id) {
		lines.WriteString(m.TS + " " + m.ThreadTS + " " + m.Text + "\n")
	}
	return lines.String()
}

// words is everything of a message that a person can read or press.
func words(m slacksim.Message) string {
	return m.Text + "\n" + messageOf(m).TextOnly() + "\n" + string(m.Blocks)
}

func saysAll(m slacksim.Message, texts []string) bool {
	for _, text := range texts {
		if !strings.Contains(words(m), text) {
			return false
		}
	}
	return true
}

// says fails the test where the message lacks one of the texts.
func says(t testing.TB, m slacksim.Message, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(words(m), text) {
			t.Errorf("%q is not in:\n%s", text, words(m))
		}
	}
}
