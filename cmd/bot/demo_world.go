package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/service"
	"budgetbot/internal/slacksim"
	"budgetbot/internal/store"
)

//go:embed demo.rules.yaml
var demoRules []byte

// The month that the demo runs through. It begins late enough that the first budget is crossed within seconds, and ends when the invoice is there and
// the month's close is due: on the third working day at nine.
var (
	demoMonth = billing.NewMonth(2026, time.November)
	demoStart = time.Date(2026, time.November, 14, 6, 0, 0, 0, time.UTC)
	// demoRunaway is the first day of a spike.
	demoRunaway = time.Date(2026, time.November, 19, 0, 0, 0, 0, time.UTC)
	demoEnd     = time.Date(2026, time.December, 3, 12, 0, 0, 0, time.UTC)
)

// demoUser is who types in the demo, and demoChannel where.
const (
	demoUser    = "U0ALICE01"
	demoChannel = "C0CDN0001"
)

// demoPeople and demoGroups are who is in the workspace.
var (
	demoPeople = []slacksim.User{{ID: demoUser, Name: "alice", RealName: "Alice"}, {ID: "U0BOB00001", Name: "bob", RealName: "Bob"}}
	demoGroups = []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{demoUser}}}
)

// demoMentions turns the ids in mentions into names, as Slack does.
var demoMentions = func() *strings.Replacer {
	var pairs []string
	for _, u := range demoPeople {
		pairs = append(pairs, "@"+u.ID, "@"+u.Name)
	}
	for _, g := range demoGroups {
		pairs = append(pairs, "@"+g.ID, "@"+g.Handle)
	}
	return strings.NewReplacer(pairs...)
}()

// demoWorld is everything outside the service: a workspace, an account, and the time.
type demoWorld struct {
	clock  *demoClock
	slack  *slacksim.Server
	fastly *fastlysim.Server
}

// openDemoWorld starts both simulators, with the clock at the demo's beginning.
func openDemoWorld(perDay time.Duration) (*demoWorld, error) {
	w := &demoWorld{clock: &demoClock{perDay: perDay, until: demoEnd}}
	w.clock.set(demoStart)
	var err error
	w.slack, err = slacksim.Start(slacksim.Config{
		TeamName: "Acme", BotName: "budgetbot", Now: w.clock.Now,
		// What Slack gives minutes or seconds for would be over in an instant of this clock.
		TicketLife: demoLife, TriggerLife: demoLife, ResponseURLLife: demoLife,
		Channels: []slacksim.Channel{
			{ID: demoChannel, Name: "cdn-budget", BotMember: true},
			{ID: "C0SHOP001", Name: "shop-cdn"},
			{ID: "C0PLAT001", Name: "cdn-platform", BotMember: true},
		},
		Users: demoPeople, UserGroups: demoGroups,
	})
	if err != nil {
		return nil, fmt.Errorf("start the simulated Slack: %w", err)
	}
	if w.fastly, err = startDemoFastly(w.clock); err != nil {
		return nil, errors.Join(fmt.Errorf("start the simulated Fastly: %w", err), w.slack.Close())
	}
	return w, nil
}

// Close ends both simulators.
func (w *demoWorld) Close() error { return errors.Join(w.fastly.Close(), w.slack.Close()) }

// fileName returns the name of an upload.
func (w *demoWorld) fileName(id string) string {
	name, _, _ := w.slack.File(id)
	return name
}

// startDemoFastly starts an account that has usage and invoices in dollars. One invoice of the last year was issued again: in
// August, Fastly found more image requests in July than it had billed.
func startDemoFastly(clock *demoClock) (*fastlysim.Server, error) {
	server, err := fastlysim.Start(fastlysim.Config{
		Token: demoFastlyToken, Clock: clock.Now, Latency: 15 * time.Millisecond,
		Account: account.Account{
			Invoices: account.DefaultInvoicing(),
			Jumps: []account.Jump{
				{Service: "video-vod", From: time.Date(2026, time.November, 9, 0, 0, 0, 0, time.UTC), Factor: 2.5},
				{Service: "downloads", From: demoRunaway, Factor: 5},
				{Service: "media-assets-prod", From: time.Date(2026, time.November, 11, 0, 0, 0, 0, time.UTC), Factor: 2, Region: "Asia"},
			},
		},
	})
	if err != nil {
		return nil, err
	}
	clock.set(time.Date(2026, time.August, 19, 9, 30, 0, 0, time.UTC))
	defer clock.set(demoStart)
	if err := server.Restate("2026-07", "image_optimizer", "Image Optimizer Requests", decimal.RequireFromString("1.35")); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return server, nil
}

// demoCheckEvery is the interval of checks, and demoSlack how long after a check the clock waits for the next.
const (
	demoCheckEvery = 6 * time.Hour
	demoSlack      = demoCheckEvery + 2*time.Hour
)

// demoLife is longer than the demo.
const demoLife = 60 * 24 * time.Hour

const demoFastlyToken = "demo-fastly-token"

// config points the service at the world. Everything is as in production but the addresses.
func (w *demoWorld) config() *service.Config {
	return &service.Config{
		SlackBotToken: w.slack.BotToken(), SlackAppToken: w.slack.AppToken(), SlackAPIURL: w.slack.APIURL(),
		FastlyAPIToken: demoFastlyToken, FastlyAPIURL: w.fastly.URL(),
		RulesFile: "demo.rules.yaml", DatabaseURL: "sqlite://:memory:", HTTPAddr: "127.0.0.1:0",
		LogLevel: "error", LogFormat: "console", UsageCommand: "/usage", BudgetCommand: "/budget",
		CheckEvery: demoCheckEvery,
	}
}

// remember lets the service look back on the month before and on the days until the demo begins, as if it had run all the
// while: "the same days of last month" come from such a record.
func (w *demoWorld) remember(ctx context.Context, source billing.Source, record *store.Store) error {
	defer w.clock.set(demoStart)
	for day := demoMonth.Add(-1).Start().AddDate(0, 0, 1); !day.After(demoStart); day = day.AddDate(0, 0, 1) {
		at := day.Add(5 * time.Hour)
		w.clock.set(at)
		month := billing.MonthOf(day.Add(-time.Second))
		rows, err := source.Usage(ctx, billing.One(month))
		if err != nil {
			return fmt.Errorf("read the demo's history for %s: %w", at.Format(time.DateOnly), err)
		}
		if err := record.Record(ctx, alerts.Outcome{At: at, Usage: rows}); err != nil {
			return fmt.Errorf("record the demo's history for %s: %w", at.Format(time.DateOnly), err)
		}
	}
	return nil
}

// demoClock is business time that runs faster than the wall, and waits for the service: it stands where the next check is overdue, so that on a
// busy machine time slows down, and no message is about figures of days ago.
type demoClock struct {
	perDay time.Duration // wall time for a day of business time
	until  time.Time     // where the clock ends

	mu    sync.Mutex
	at    time.Time // business time when the clock was last read
	read  time.Time // wall time of that reading; zero before the clock runs
	limit time.Time // where the clock waits for a check
}

// set puts the clock to an instant, where it stands.
func (c *demoClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.read = at, time.Time{}
}

// run lets the clock go.
func (c *demoClock) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read, c.limit = time.Now(), c.at.Add(demoSlack)
}

// checked lets the clock go on from a check that has ended.
func (c *demoClock) checked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	c.limit = c.at.Add(demoSlack)
}

// Now returns business time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	return c.at.Truncate(time.Minute)
}

// advance moves the clock by the wall time since it was last read, up to its limit and its end.
func (c *demoClock) advance() {
	if c.read.IsZero() {
		return
	}
	now := time.Now()
	days := float64(now.Sub(c.read)) / float64(c.perDay)
	c.at, c.read = c.at.Add(time.Duration(days*float64(24*time.Hour))), now
	for _, end := range []time.Time{c.limit, c.until} {
		if c.at.After(end) {
			c.at = end
		}
	}
}
