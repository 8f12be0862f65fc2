package servicetest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/memnet"
	"budgetbot/internal/slacksim"
)

// Who and what is in every world.
const (
	Alice = "U0ALICE01"
	Gerda = "U0GERDA01" // a guest

	CDNBudget   = "C0CDN0001"
	CDNPlatform = "C0PLAT001" // the operators' channel
	ShopCDN     = "C0SHOP001" // the bot is not in it

	FastlyToken = "fastly-token-that-nobody-may-see"
)

// Patience is how long a test waits for what has to happen; on the wall clock it is spent only where something is broken.
const Patience = time.Minute

// Rules watch two usage types in the main channel.
const Rules = `
operators: {channel: cdn-platform}
defaults: {channel: cdn-budget}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, thresholds: [80%, 100%, 125%]}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 200 TB, thresholds: [80%, 100%, 125%, 150%, 200%]}
`

// World is everything outside the service.
type World struct {
	T      testing.TB
	Slack  *slacksim.Server
	Fastly *fastlysim.Server
	Dir    string
	Clock  *Clock
	// Now is the clock's time, or the wall's.
	Now     func() time.Time
	Network *memnet.Network // nil on wall time
	Written *Output         // all that any program of this world wrote

	secrets secrets
	excused []string // Slack's rules that the test breaks in the program's name
	unfair  bool     // the test makes Fastly refuse what is right
}

// Clock is business time, from a fixed day on, which runs at a speed of its own.
type Clock struct {
	mu      sync.Mutex
	base    time.Time
	started time.Time
	speed   int
}

// Now returns business time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return c.base.Add(time.Since(c.started) * time.Duration(c.speed)) }

// Advance lets business time jump.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.base.Add(d)
}

// Run lets business time run that many times as fast as other time from now on.
func (c *Clock) Run(speed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.started, c.speed = c.now(), time.Now(), speed
}

// Noon is when every world begins whose clock is not the wall's.
var Noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// Option changes the world before it begins.
type Option func(*slacksim.Config, *fastlysim.Config)

// OnWallTime lets the world run by the wall clock, for programs in processes of their own. On the first day of a month Fastly lists nothing of it,
// and tests ask about the running month, so that this day counts as soon as it begins.
func OnWallTime(_ *slacksim.Config, account *fastlysim.Config) {
	account.Clock = nil
	if time.Now().UTC().Day() == 1 {
		account.Lag = -24 * time.Hour
	}
}

// OnMachineNetwork leaves the world its clock, and puts it on the machine's network: what is on PostgreSQL cannot run on virtual time.
func OnMachineNetwork(workspace *slacksim.Config, account *fastlysim.Config) {
	workspace.Listen, account.Listen = new(net.ListenConfig).Listen, new(net.ListenConfig).Listen
}

// New starts both simulators. At the end of the test it looks for what no program may have done: break Slack's rules, ask Fastly for what
// it refuses, show a secret.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	// Checks are frequent, so that a test needs few seconds for many of them: every second of business time passes in 50 ms.
	w := &World{T: t, Dir: t.TempDir(), Written: &Output{}, Clock: &Clock{base: Noon, started: time.Now(), speed: 20}}
	workspace := slacksim.Config{
		Channels: []slacksim.Channel{
			{ID: CDNBudget, Name: "cdn-budget", BotMember: true},
			{ID: CDNPlatform, Name: "cdn-platform", BotMember: true},
			{ID: ShopCDN, Name: "shop-cdn"},
		},
		Users:      []slacksim.User{{ID: Alice, Name: "alice"}, {ID: Gerda, Name: "gerda", Guest: true}},
		UserGroups: []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{Alice}}, {ID: "S0EMPTY01", Handle: "empty"}},
	}
	customer := fastlysim.Config{Token: FastlyToken, Clock: w.Clock.Now, Account: account.Account{Services: 40}}
	for _, change := range options {
		change(&workspace, &customer)
	}
	w.Now = time.Now
	if customer.Clock != nil {
		w.Now = w.Clock.Now
	}
	if customer.Clock != nil && customer.Listen == nil {
		w.Network = memnet.New()
		workspace.Listen, customer.Listen = w.Network.Listen, w.Network.Listen
	}
	w.Slack = begin(t, "Slack", slacksim.Start, workspace)
	w.Fastly = begin(t, "Fastly", fastlysim.Start, customer)
	w.AddSecret(FastlyToken, w.Slack.BotToken(), w.Slack.AppToken(), "/respond/")
	t.Cleanup(w.checkManners)
	w.WriteRules(Rules)
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

// Path is that of a file in the world's directory.
func (w *World) Path(name string) string { return filepath.Join(w.Dir, name) }

// WriteRules writes the rules file, which a service reads at its start.
func (w *World) WriteRules(text string) {
	w.T.Helper()
	if err := os.WriteFile(w.Path("rules.yaml"), []byte(text), 0o600); err != nil {
		w.T.Fatal(err)
	}
}

// ReadDatabase returns the files of the SQLite database as they are, by path.
func (w *World) ReadDatabase() map[string][]byte {
	w.T.Helper()
	files := map[string][]byte{}
	paths, err := filepath.Glob(w.Path("budgetbot.db*"))
	if err != nil {
		w.T.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // the test's own
		if err != nil {
			w.T.Fatal(err)
		}
		files[path] = content
	}
	return files
}

// WriteDatabase puts back what ReadDatabase has read, and nothing else.
func (w *World) WriteDatabase(files map[string][]byte) {
	w.T.Helper()
	var err error
	for path := range w.ReadDatabase() {
		err = errors.Join(err, os.Remove(path))
	}
	for path, content := range files {
		err = errors.Join(err, os.WriteFile(path, content, 0o600))
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// FailFastly makes Fastly misbehave, so that its refusals are none of the program's doing.
func (w *World) FailFastly(path string, times int, fault fault.Fault) {
	w.unfair = true
	w.Fastly.Fail(path, times, fault)
}

// Uses sets usage to that many terabytes, for the case that a month ends meanwhile also for the next.
func (w *World) Uses(northAmerica, asia float64) {
	var rows []account.Row
	now := w.Now().UTC()
	for _, month := range []time.Time{now, now.AddDate(0, 1, 1-now.Day())} {
		rows = append(rows, Bandwidth(month, "North America", northAmerica), Bandwidth(month, "Asia", asia))
	}
	w.Fastly.Set(rows...)
}

// Bandwidth is a row of so many terabytes in a region up to the beginning of a day.
func Bandwidth(at time.Time, region string, terabytes float64) account.Row {
	figure := decimal.NewFromFloat(terabytes)
	return account.Row{
		Month: at.Format("2006-01"), ProductID: "cdn_usage", UsageType: region + " Bandwidth", Region: region, Unit: "gb",
		Quantity: figure.Shift(3), Raw: figure.Shift(12), UpdatedAt: at.Truncate(24 * time.Hour),
	}
}

// Checks counts the reads of three months, which is what a check makes of Fastly, and a start once.
func (w *World) Checks() int {
	n := 0
	for _, request := range w.Fastly.Requests() {
		first, firstErr := time.Parse("2006-01", request.Query.Get("start_month"))
		last, lastErr := time.Parse("2006-01", request.Query.Get("end_month"))
		if request.Path == fastlysim.UsagePath && firstErr == nil && lastErr == nil && first.AddDate(0, 2, 0).Equal(last) {
			n++
		}
	}
	return n
}

// AwaitChecks returns when n more checks have been made from beginning to end.
func (w *World) AwaitChecks(n int) {
	w.T.Helper()
	for range n + 3 { // one may be under way, one may be the start's, and one has to begin so that those before have ended
		before := w.Checks()
		w.Await("another check", func() bool { return w.Checks() > before })
	}
}

// Await returns when the condition holds, and ends the test where it does not in time.
func (w *World) Await(what string, holds func() bool) {
	w.T.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-look.C {
		if holds() {
			return
		}
	}
	w.T.Fatalf("waited in vain for %s; %s", what, w.Log())
}

// Soon is a context for what has to happen.
func (w *World) Soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	w.T.Cleanup(cancel)
	return ctx
}
